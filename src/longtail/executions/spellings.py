"""The spellings of one place as tables: how Windows paths begin, what variables mean, which places have aliases."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A spelling, the one that stands for it, and two examples (raw path, canonical path) that run as tests."""

    pattern: re.Pattern[str]
    replacement: str
    examples: tuple[tuple[str, str], tuple[str, str]]


def respelt(path: str, rewrites: tuple[Rewrite, ...]) -> str:
    """The path after every rewrite in turn; patterns are tried at its beginning only."""
    for rewrite in rewrites:
        if (match := rewrite.pattern.match(path)) is not None:
            path = match.expand(rewrite.replacement) + path[match.end() :]
    return path


def _rewrite(pattern: str, replacement: str, *examples: tuple[str, str]) -> Rewrite:
    first, second = examples
    return Rewrite(re.compile(pattern), replacement, (first, second))


_CMD = "\\windows\\system32\\cmd.exe"

PREFIXES: tuple[Rewrite, ...] = (
    _rewrite(
        r"(?:\\\\[?.]\\|\\\?\?\\|\\dosdevices\\|\\global\?\?\\)+",
        "",
        ("\\??\\C:\\Windows\\System32\\cmd.exe", _CMD),
        ("\\\\?\\C:\\Windows\\System32\\cmd.exe", _CMD),
    ),
    _rewrite(
        r"globalroot(?=\\)",
        "",
        ("\\\\?\\GLOBALROOT\\SystemRoot\\System32\\cmd.exe", _CMD),
        ("\\\\.\\GLOBALROOT\\Device\\HarddiskVolume2\\Windows\\System32\\cmd.exe", _CMD),
    ),
    _rewrite(
        r"unc\\+",
        r"\\\\",
        ("\\\\?\\UNC\\nas01\\tools\\x.exe", "\\\\{server}\\tools\\x.exe"),
        ("\\??\\UNC\\10.0.0.5\\c$\\x.exe", "\\\\{server}\\c$\\x.exe"),
    ),
    _rewrite(
        r"(?:volume\{[0-9a-f-]{36}\}|\\device\\harddiskvolume\d{1,9})(?=\\)",
        "",
        ("\\Device\\HarddiskVolume3\\Windows\\System32\\cmd.exe", _CMD),
        ("\\\\?\\Volume{26a21bda-a627-11d7-9931-806e6f6e6963}\\Windows\\System32\\cmd.exe", _CMD),
    ),
    _rewrite(
        r"\\device\\(?:mup|lanmanredirector|webdavredirector)\\(?:;[^\\]*\\)*",
        r"\\\\",
        ("\\Device\\Mup\\nas01\\tools\\x.exe", "\\\\{server}\\tools\\x.exe"),
        ("\\Device\\LanmanRedirector\\;Z:0000000000abcdef\\nas01\\t\\x.exe", "\\\\{server}\\t\\x.exe"),
    ),
    _rewrite(
        r"\\systemroot(?=\\)",
        r"\\windows",
        ("\\SystemRoot\\System32\\smss.exe", "\\windows\\system32\\smss.exe"),
        ("\\SYSTEMROOT\\explorer.exe", "\\windows\\explorer.exe"),
    ),
    _rewrite(
        r"(?=(?:system32|syswow64|sysnative)\\)",
        r"\\windows\\",
        ("system32\\drivers\\beep.sys", "\\windows\\system32\\drivers\\beep.sys"),
        ("System32/cmd.exe", _CMD),
    ),
)
"""How a Windows path may begin, in the order they are tried, on the lower-case path with backslashes."""

VARIABLES: dict[str, str] = {
    "windir": "\\windows",
    "systemroot": "\\windows",
    "systemdrive": "",
    "homedrive": "",
    "homepath": "\\users\\{user}",
    "comspec": _CMD,
    "programfiles": "\\program files",
    "programw6432": "\\program files",
    "programfiles(x86)": "\\program files (x86)",
    "commonprogramfiles": "\\program files\\common files",
    "commonprogramw6432": "\\program files\\common files",
    "commonprogramfiles(x86)": "\\program files (x86)\\common files",
    "programdata": "\\programdata",
    "allusersprofile": "\\programdata",
    "public": "\\users\\public",
    "userprofile": "\\users\\{user}",
    "appdata": "\\users\\{user}\\appdata\\roaming",
    "localappdata": "\\users\\{user}\\appdata\\local",
    "temp": "\\users\\{user}\\appdata\\local\\temp",
    "tmp": "\\users\\{user}\\appdata\\local\\temp",
}
"""What the variables of a default installation stand for."""

PLACES: tuple[Rewrite, ...] = (
    _rewrite(
        r"\\progra~1(?=\\)",
        r"\\program files",
        ("C:\\PROGRA~1\\7-Zip\\7z.exe", "\\program files\\7-zip\\7z.exe"),
        ("c:\\progra~1\\a\\b.exe", "\\program files\\a\\b.exe"),
    ),
    _rewrite(
        r"\\progra~2(?=\\)",
        r"\\program files (x86)",
        ("C:\\PROGRA~2\\Google\\u.exe", "\\program files (x86)\\google\\u.exe"),
        ("C:/progra~2/a/b.exe", "\\program files (x86)\\a\\b.exe"),
    ),
    _rewrite(
        r"\\progra~3(?=\\)",
        r"\\programdata",
        ("C:\\PROGRA~3\\chocolatey\\choco.exe", "\\programdata\\chocolatey\\choco.exe"),
        ("\\\\?\\C:\\PROGRA~3\\a\\b.exe", "\\programdata\\a\\b.exe"),
    ),
    _rewrite(
        r"(\\program files(?: \(x86\))?)\\common~1(?=\\)",
        r"\1\\common files",
        ("C:\\PROGRA~1\\COMMON~1\\a.exe", "\\program files\\common files\\a.exe"),
        ("C:\\Program Files (x86)\\COMMON~1\\a.exe", "\\program files (x86)\\common files\\a.exe"),
    ),
    _rewrite(
        r"\\(?:documents and settings|docume~1)\\all users(?:\\application data)?(?=\\)",
        r"\\programdata",
        ("C:\\Documents and Settings\\All Users\\Application Data\\a\\b.exe", "\\programdata\\a\\b.exe"),
        ("C:\\DOCUME~1\\All Users\\b.exe", "\\programdata\\b.exe"),
    ),
    _rewrite(
        r"\\users\\all users(?=\\)",
        r"\\programdata",
        ("C:\\Users\\All Users\\a\\b.exe", "\\programdata\\a\\b.exe"),
        ("%SystemDrive%\\Users\\All Users\\b.exe", "\\programdata\\b.exe"),
    ),
    _rewrite(
        r"\\(?:documents and settings|docume~1)(?=\\)",
        r"\\users",
        ("C:\\Documents and Settings\\bob\\a.exe", "\\users\\{user}\\a.exe"),
        ("C:\\DOCUME~1\\BOB~1\\a.exe", "\\users\\{user}\\a.exe"),
    ),
    _rewrite(
        r"\\users\\(?!public\\|default\\)[^\\]+(?=\\)",
        r"\\users\\{user}",
        ("C:\\Users\\SVC-SQ~1\\a.exe", "\\users\\{user}\\a.exe"),
        ("C:\\Users\\Public\\Svn.exe", "\\users\\public\\svn.exe"),
    ),
    _rewrite(
        r"\\users\\\{user\}\\(?:local settings|locals~1)\\(?:application data|applic~1)(?=\\)",
        r"\\users\\{user}\\appdata\\local",
        (
            "C:\\Documents and Settings\\bob\\Local Settings\\Application Data\\a.exe",
            "\\users\\{user}\\appdata\\local\\a.exe",
        ),
        ("C:\\DOCUME~1\\bob\\LOCALS~1\\APPLIC~1\\a.exe", "\\users\\{user}\\appdata\\local\\a.exe"),
    ),
    _rewrite(
        r"\\users\\\{user\}\\(?:local settings|locals~1)\\temp(?=\\)",
        r"\\users\\{user}\\appdata\\local\\temp",
        ("C:\\DOCUME~1\\bob\\LOCALS~1\\Temp\\a.exe", "\\users\\{user}\\appdata\\local\\temp\\a.exe"),
        ("C:\\Users\\bob\\Local Settings\\Temp\\a.exe", "\\users\\{user}\\appdata\\local\\temp\\a.exe"),
    ),
    _rewrite(
        r"\\users\\\{user\}\\(?:application data|applic~1)(?=\\)",
        r"\\users\\{user}\\appdata\\roaming",
        ("C:\\Documents and Settings\\bob\\Application Data\\a.exe", "\\users\\{user}\\appdata\\roaming\\a.exe"),
        ("C:\\DOCUME~1\\bob\\APPLIC~1\\a.exe", "\\users\\{user}\\appdata\\roaming\\a.exe"),
    ),
    _rewrite(
        r"\\windows\\serviceprofiles\\(?!localservice\\|networkservice\\)[^\\]+(?=\\)",
        r"\\windows\\serviceprofiles\\{user}",
        ("C:\\Windows\\ServiceProfiles\\svc1\\a.exe", "\\windows\\serviceprofiles\\{user}\\a.exe"),
        (
            "C:\\Windows\\ServiceProfiles\\NetworkService\\a.exe",
            "\\windows\\serviceprofiles\\networkservice\\a.exe",
        ),
    ),
    _rewrite(
        r"\\windows\\sysnative(?=\\)",
        r"\\windows\\system32",
        ("C:\\Windows\\Sysnative\\cmd.exe", _CMD),
        ("%windir%\\sysnative\\cmd.exe", _CMD),
    ),
)
"""Places with more than one spelling, tried in this order on the resolved path without its drive."""

UNIX_PLACES: tuple[Rewrite, ...] = (
    _rewrite(
        r"/(home|Users)/(?!Shared/)[^/]+(?=/)",
        r"/\1/{user}",
        ("/home/bob/bin/x", "/home/{user}/bin/x"),
        ("/Users/bob/x", "/Users/{user}/x"),
    ),
    _rewrite(
        r"(?=/(?:bin|sbin|lib|lib32|lib64)/)",
        "/usr",
        ("/bin/bash", "/usr/bin/bash"),
        ("/lib/systemd/systemd", "/usr/lib/systemd/systemd"),
    ),
    _rewrite(
        r"/var/run(?=/)",
        "/run",
        ("/var/run/x/y", "/run/x/y"),
        ("/var/run/user/1000/a", "/run/user/{n}/a"),
    ),
)
"""Places that are links to other places, or belong to one person, on the resolved path."""
