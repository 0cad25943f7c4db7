"""Raw image paths → canonical executables: one spelling for one program in one place."""

import re
from dataclasses import dataclass
from functools import lru_cache

from longtail.executions.executable import Executable, Zone
from longtail.executions.tokens import template
from longtail.executions.zones import writable, zone_of

__all__ = ["Executable", "Zone", "executable", "writable"]

LONGEST_REMEMBERED = 1024  # longer paths are rare and hostile: they must not fill the cache
LONGEST_TEMPLATED = 4096  # PATH_MAX of Linux; beyond it nobody generates names, somebody attacks
_EDGES = " \t\r\n\0\"'"
_NULLISH = frozenset({"", "-", "?", "--", "n/a", "null", "none", "(null)", "unknown"})


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A spelling, the one that stands for it, and two examples (raw path, canonical path) that run as tests."""

    pattern: re.Pattern[str]
    replacement: str
    examples: tuple[tuple[str, str], tuple[str, str]]


def _rewrite(pattern: str, replacement: str, *examples: tuple[str, str]) -> Rewrite:
    first, second = examples
    return Rewrite(re.compile(pattern), replacement, (first, second))


_CMD = "\\windows\\system32\\cmd.exe"

PREFIXES: tuple[Rewrite, ...] = (
    _rewrite(
        r"^(?:\\\\[?.]\\|\\\?\?\\|\\dosdevices\\|\\global\?\?\\)+",
        "",
        ("\\??\\C:\\Windows\\System32\\cmd.exe", _CMD),
        ("\\\\?\\C:\\Windows\\System32\\cmd.exe", _CMD),
    ),
    _rewrite(
        r"^globalroot(?=\\)",
        "",
        ("\\\\?\\GLOBALROOT\\SystemRoot\\System32\\cmd.exe", _CMD),
        ("\\\\.\\GLOBALROOT\\Device\\HarddiskVolume2\\Windows\\System32\\cmd.exe", _CMD),
    ),
    _rewrite(
        r"^unc\\+",
        r"\\\\",
        ("\\\\?\\UNC\\nas01\\tools\\x.exe", "\\\\{server}\\tools\\x.exe"),
        ("\\??\\UNC\\10.0.0.5\\c$\\x.exe", "\\\\{server}\\c$\\x.exe"),
    ),
    _rewrite(
        r"^(?:volume\{[0-9a-f-]{36}\}|\\device\\harddiskvolume\d+)(?=\\)",
        "",
        ("\\Device\\HarddiskVolume3\\Windows\\System32\\cmd.exe", _CMD),
        ("\\\\?\\Volume{26a21bda-a627-11d7-9931-806e6f6e6963}\\Windows\\System32\\cmd.exe", _CMD),
    ),
    _rewrite(
        r"^\\device\\(?:mup|lanmanredirector|webdavredirector)\\(?:;[^\\]*\\)*",
        r"\\\\",
        ("\\Device\\Mup\\nas01\\tools\\x.exe", "\\\\{server}\\tools\\x.exe"),
        ("\\Device\\LanmanRedirector\\;Z:0000000000abcdef\\nas01\\t\\x.exe", "\\\\{server}\\t\\x.exe"),
    ),
    _rewrite(
        r"^\\systemroot(?=\\)",
        r"\\windows",
        ("\\SystemRoot\\System32\\smss.exe", "\\windows\\system32\\smss.exe"),
        ("\\SYSTEMROOT\\explorer.exe", "\\windows\\explorer.exe"),
    ),
    _rewrite(
        r"^(?=(?:system32|syswow64|sysnative)\\)",
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

_VARIABLE = re.compile(r"^(?:%([^%\\]{1,40})%|\$env:([\w()]{1,40})|\$\{env:([^}\\]{1,40})\})")

PLACES: tuple[Rewrite, ...] = (
    _rewrite(
        r"^\\progra~1(?=\\)",
        r"\\program files",
        ("C:\\PROGRA~1\\7-Zip\\7z.exe", "\\program files\\7-zip\\7z.exe"),
        ("c:\\progra~1\\a\\b.exe", "\\program files\\a\\b.exe"),
    ),
    _rewrite(
        r"^\\progra~2(?=\\)",
        r"\\program files (x86)",
        ("C:\\PROGRA~2\\Google\\u.exe", "\\program files (x86)\\google\\u.exe"),
        ("C:/progra~2/a/b.exe", "\\program files (x86)\\a\\b.exe"),
    ),
    _rewrite(
        r"^\\progra~3(?=\\)",
        r"\\programdata",
        ("C:\\PROGRA~3\\chocolatey\\choco.exe", "\\programdata\\chocolatey\\choco.exe"),
        ("\\\\?\\C:\\PROGRA~3\\a\\b.exe", "\\programdata\\a\\b.exe"),
    ),
    _rewrite(
        r"^(\\program files(?: \(x86\))?)\\common~1(?=\\)",
        r"\1\\common files",
        ("C:\\PROGRA~1\\COMMON~1\\a.exe", "\\program files\\common files\\a.exe"),
        ("C:\\Program Files (x86)\\COMMON~1\\a.exe", "\\program files (x86)\\common files\\a.exe"),
    ),
    _rewrite(
        r"^\\(?:documents and settings|docume~1)\\all users(?:\\application data)?(?=\\)",
        r"\\programdata",
        ("C:\\Documents and Settings\\All Users\\Application Data\\a\\b.exe", "\\programdata\\a\\b.exe"),
        ("C:\\DOCUME~1\\All Users\\b.exe", "\\programdata\\b.exe"),
    ),
    _rewrite(
        r"^\\users\\all users(?=\\)",
        r"\\programdata",
        ("C:\\Users\\All Users\\a\\b.exe", "\\programdata\\a\\b.exe"),
        ("%SystemDrive%\\Users\\All Users\\b.exe", "\\programdata\\b.exe"),
    ),
    _rewrite(
        r"^\\(?:documents and settings|docume~1)(?=\\)",
        r"\\users",
        ("C:\\Documents and Settings\\bob\\a.exe", "\\users\\{user}\\a.exe"),
        ("C:\\DOCUME~1\\BOB~1\\a.exe", "\\users\\{user}\\a.exe"),
    ),
    _rewrite(
        r"^\\users\\(?!public\\|default\\)[^\\]+(?=\\)",
        r"\\users\\{user}",
        ("C:\\Users\\SVC-SQ~1\\a.exe", "\\users\\{user}\\a.exe"),
        ("C:\\Users\\Public\\Svn.exe", "\\users\\public\\svn.exe"),
    ),
    _rewrite(
        r"^\\users\\\{user\}\\(?:local settings|locals~1)\\(?:application data|applic~1)(?=\\)",
        r"\\users\\{user}\\appdata\\local",
        (
            "C:\\Documents and Settings\\bob\\Local Settings\\Application Data\\a.exe",
            "\\users\\{user}\\appdata\\local\\a.exe",
        ),
        ("C:\\DOCUME~1\\bob\\LOCALS~1\\APPLIC~1\\a.exe", "\\users\\{user}\\appdata\\local\\a.exe"),
    ),
    _rewrite(
        r"^\\users\\\{user\}\\(?:local settings|locals~1)\\temp(?=\\)",
        r"\\users\\{user}\\appdata\\local\\temp",
        ("C:\\DOCUME~1\\bob\\LOCALS~1\\Temp\\a.exe", "\\users\\{user}\\appdata\\local\\temp\\a.exe"),
        ("C:\\Users\\bob\\Local Settings\\Temp\\a.exe", "\\users\\{user}\\appdata\\local\\temp\\a.exe"),
    ),
    _rewrite(
        r"^\\users\\\{user\}\\(?:application data|applic~1)(?=\\)",
        r"\\users\\{user}\\appdata\\roaming",
        ("C:\\Documents and Settings\\bob\\Application Data\\a.exe", "\\users\\{user}\\appdata\\roaming\\a.exe"),
        ("C:\\DOCUME~1\\bob\\APPLIC~1\\a.exe", "\\users\\{user}\\appdata\\roaming\\a.exe"),
    ),
    _rewrite(
        r"^\\windows\\serviceprofiles\\(?!localservice\\|networkservice\\)[^\\]+(?=\\)",
        r"\\windows\\serviceprofiles\\{user}",
        ("C:\\Windows\\ServiceProfiles\\svc1\\a.exe", "\\windows\\serviceprofiles\\{user}\\a.exe"),
        (
            "C:\\Windows\\ServiceProfiles\\NetworkService\\a.exe",
            "\\windows\\serviceprofiles\\networkservice\\a.exe",
        ),
    ),
    _rewrite(
        r"^\\windows\\sysnative(?=\\)",
        r"\\windows\\system32",
        ("C:\\Windows\\Sysnative\\cmd.exe", _CMD),
        ("%windir%\\sysnative\\cmd.exe", _CMD),
    ),
)
"""Places with more than one spelling, tried in this order on the resolved path without its drive."""

_ANY_DRIVE = ("\\program files\\", "\\program files (x86)\\", "\\$recycle.bin\\", "\\recycler\\", "\\recycled\\")
_KEPT_SERVERS = frozenset({"{server}@dav", "tsclient", "wsl$", "wsl.localhost"})


def _lookup(match: re.Match[str]) -> str:
    name = match[1] or match[2] or match[3]
    return VARIABLES.get(name, match[0])


def _resolved(segments: list[str]) -> list[str]:
    """Without empty, ``.`` and ``..`` segments; ``..`` above the root stays at the root."""
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment and segment != ".":
            kept.append(segment)
    return kept


def _templated(segments: list[str]) -> list[str]:
    if sum(map(len, segments)) + len(segments) > LONGEST_TEMPLATED:
        return segments
    return [template(segment) for segment in segments]


def _share(path: str) -> str:
    """The UNC path with its server masked; WebDAV servers keep that they are reached over HTTP."""
    server, _, rest = path.lstrip("\\").partition("\\")
    if "@" in server or rest.startswith("davwwwroot\\"):
        server, rest = "{server}@dav", rest.removeprefix("davwwwroot\\")
    elif server not in _KEPT_SERVERS:
        server = "{server}"
    return "\\\\" + "\\".join([server, *_templated(_resolved(rest.split("\\")))])


def _rooted(path: str, drive: str) -> str:
    path = "\\" + "\\".join(_resolved(path.split("\\"))) + ("\\" if path.endswith("\\") else "")
    for place in PLACES:
        path = place.pattern.sub(place.replacement, path)
    if drive in ("c", "") or path.startswith(_ANY_DRIVE):
        drive = ""
    return ("{drive}:" if drive else "") + "\\".join(_templated(path.split("\\")))


def _windows_path(path: str) -> str:
    path = path.replace("/", "\\").replace('"', "").lower()
    for prefix in PREFIXES:
        path = prefix.pattern.sub(prefix.replacement, path)
    path = _VARIABLE.sub(_lookup, path)
    drive = ""
    if path[1:2] == ":" and path[0].isalpha():
        drive, path = path[0], path[2:]
    elif path.startswith("{drive}:"):
        drive, path = "{drive}", path[8:]
    if path.startswith("\\\\"):
        return _share(path)
    if path.startswith("\\"):
        return _rooted(path, drive)
    return "\\".join(_templated(_resolved(path.split("\\"))))


def _windows(image: str) -> Executable:
    path = _windows_path(image).rstrip(" .").replace("::$data", "")
    cut = max(path.rfind("\\"), path.rfind(":")) + 1
    return Executable(path[:cut], path[cut:], zone_of(path[:cut]))


_UNIX_HOME = re.compile(r"^/(home|Users)/(?!Shared/)[^/]+(?=/)")
_UNIX_MERGED = re.compile(r"^(?=/(?:bin|sbin|lib|lib32|lib64)/)")


def _unix(image: str) -> Executable:
    path = "/" + "/".join(_resolved(image.removesuffix(" (deleted)").split("/")))
    path = _UNIX_MERGED.sub("/usr", _UNIX_HOME.sub(r"/\1/{user}", path))
    path = "/".join(_templated(path.split("/")))
    cut = max(path.rfind("/"), 6 if path.startswith("/memfd:") else 0) + 1
    return Executable(path[:cut], path[cut:], zone_of(path[:cut]))


_URL = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]{1,20})://([^/\\?#]*)([^?#]*)")


def _remote(url: re.Match[str]) -> Executable:
    name = url[3].replace("\\", "/").rpartition("/")[2]
    return Executable(f"{url[1].lower()}://{{remote}}/", template(name), Zone.REMOTE)


def _executable(image: str) -> Executable:
    path = image.strip(_EDGES)
    if path.lower() in _NULLISH:
        return Executable("", "", Zone.NONE)
    if (url := _URL.match(path)) is not None:
        return _remote(url)
    if path.startswith("/"):
        return _unix(path)
    return _windows(path)


_remembered = lru_cache(maxsize=1 << 18)(_executable)


def executable(image: str) -> Executable:
    """The canonical executable of a raw image path. Total: any string gives an answer."""
    return _executable(image) if len(image) > LONGEST_REMEMBERED else _remembered(image)
