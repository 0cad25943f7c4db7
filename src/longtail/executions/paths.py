"""Raw image paths → canonical executables: one spelling for one program in one place.

What is *not* folded, because folding it would lend a trusted place's good name to another place:
a directory that ends in a space or a dot (``C:\\Windows \\System32\\`` is a real, other directory: the kernel reports
names as they are, and Win32 strips only the end of a whole path), a drive other than the system's (save its
``Program Files``), a device that is no disk, and the stream of a file (``file.txt:evil.exe``).
"""

import re
from functools import lru_cache

from longtail.executions.executable import Executable, Zone
from longtail.executions.spellings import PLACES, PREFIXES, UNIX_PLACES, VARIABLES, respelt
from longtail.executions.tokens import folder_template, loose_folder_template, loose_template, template
from longtail.executions.zones import writable, zone_of

__all__ = ["Executable", "Zone", "executable", "writable"]

LONGEST_REMEMBERED = 1024  # longer paths are rare and hostile: they must not fill the cache
LONGEST_TEMPLATED = 4096  # PATH_MAX of Linux; beyond it nobody generates names, somebody attacks
_ROUNDS = 4  # a spelling inside a spelling inside a spelling; nested deeper it is an attack on this very function
_NESTED = Executable("", "{nested}", Zone.NONE)
_EDGES = " \t\r\n\0\"'"
_NULLISH = frozenset({"", "-", "?", "--", "n/a", "null", "none", "(null)", "unknown"})

_URL = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{1,20})://([^?#]*)")
_PLAIN = re.compile(
    r"(?:\\(?:windows|users|program files(?: \(x86\))?|programdata)\\[^/:?%$\"'~]*[^/:?%$\"'~.\\\s\0]"
    r"|/(?:usr|opt|etc|var|tmp|home|root|mnt|srv|run)/[^:\"']*[^:\"')/\s\0]"
    r"|[\w-]{2,}(?:/[\w{}-]+)+)"
)  # a spelling with nothing left in it to unfold: saves the second look that proves it
_ROOTED = re.compile(r"[a-zA-Z]:\\(?:[^\\/][^/]*\\)?|/(?:[^/].*/)?", re.DOTALL)
_PLAIN_NAME = re.compile(r"""(?:[^\\/:?%$"'~]*[^\\/:?%$"'~.)\s\0])?""")
_KERNEL_THREAD = re.compile(r"\[([a-zA-Z_]{2,40})[^\]/]{0,80}(?:/[^\]]{0,80})?\]")
_VARIABLE = re.compile(r"^(?:%([^%\\]{1,40})%|\$env:([\w()]{1,40})|\$\{env:([^}\\]{1,40})\})")
_DRIVE = re.compile(r"^([a-z]|\{drive\}):")
_ANY_DRIVE = ("\\program files\\", "\\program files (x86)\\", "\\$recycle.bin\\", "\\recycler\\", "\\recycled\\")
_RESPELT = (
    "\\users\\",
    "\\doc",
    "\\progra~",
    "\\program files\\common~",
    "\\program files (x86)\\common~",
    "\\windows\\serviceprofiles\\",
    "\\windows\\sysnative\\",
)  # where PLACES have anything to say
_KEPT_SERVERS = frozenset({"{server}@dav", "tsclient", "wsl$", "wsl.localhost"})
_WINDOWS_SUFFIXES = (".exe", ".dll", ".sys", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".hta", ".scr", ".msi")
_WINDOWS_ROOTS = re.compile(r"/(?:windows|program files(?: \(x86\))?|programdata)/", re.IGNORECASE)
_MEMORY_FILE = "/memfd:"


def executable(image: str) -> Executable:
    """The canonical executable of a raw image path, URL or bare name.

    ``location`` ends in its separator (``\\windows\\system32\\``, ``/usr/bin/``, ``http://{remote}/``, ``file.txt:``
    for a stream) or is empty for a bare name; ``name`` is empty for a directory and for what stands for nothing
    (``-``, ``?``). Total, linear in its input, and idempotent: the canonical path has itself as canonical path,
    in the same zone.
    """
    return _settled(image) if len(image) > LONGEST_REMEMBERED else _remembered(image)


def _read(image: str) -> Executable:
    """The executable, from what is known of its folder where it is a plain file of it, or the folder itself."""
    cut = max(image.rfind("\\"), image.rfind("/")) + 1
    if cut and _PLAIN_NAME.fullmatch(image, cut) and (beside := _any_file(image[:cut])) is not None:
        of_unix = beside.location.startswith("/")  # "/Windows/x" is not, though it begins like it
        return _filed(beside.location, beside.zone, image[cut:] if of_unix else image[cut:].lower())
    return _settled(image)


@lru_cache(maxsize=1 << 16)
def _any_file(folder: str) -> Executable | None:
    """A file in a folder: all plain files lie there like this one; None where it takes a second look to see."""
    if _ROOTED.fullmatch(folder) is None:
        return None
    found = _parsed(folder + "x")
    return found if _PLAIN.fullmatch(str(found)) else None


def _settled(image: str) -> Executable:
    """Parsed until nothing changes any more: what one spelling hides may be another spelling."""
    path = image
    for _ in range(_ROUNDS):
        found, before = _parsed(path), path
        path = str(found)
        if path == before or _PLAIN.fullmatch(path):
            return found
    return _NESTED


_remembered = lru_cache(maxsize=1 << 16)(_read)


def _parsed(image: str) -> Executable:
    path = image.strip(_EDGES)
    if path.lower() in _NULLISH:
        return Executable("", "", Zone.NONE)
    if "://" in path and (url := _URL.match(path)) is not None:
        return _remote(url)
    if path[0] == "[" and (thread := _KERNEL_THREAD.fullmatch(path)) is not None:
        return Executable("", f"[{thread[1].lower()}]", Zone.NONE)
    return _unix(path) if _is_unix(path) else _windows(path)


def _is_unix(path: str) -> bool:
    if path.startswith("//"):
        return not (path.startswith(("//?/", "//./")) or path.lower().endswith(_WINDOWS_SUFFIXES))
    if path.startswith("/"):
        return _WINDOWS_ROOTS.match(path) is None
    relative = "/" in path and "\\" not in path and path[1:2] != ":" and path[0] not in "%${"
    return relative and not path.lower().endswith(_WINDOWS_SUFFIXES)


def _remote(url: re.Match[str]) -> Executable:
    scheme, rest = url[1].lower(), url[2].replace("\\", "/")
    if scheme == "file":
        return _parsed(rest[1:] if re.match(r"/[a-zA-Z]:", rest) else rest if rest.startswith("/") else "//" + rest)
    _, slash, path = rest.partition("/")
    name = path.rpartition("/")[2].strip(_EDGES) if slash else ""
    return Executable(f"{scheme}://{{remote}}/", loose_template(name), Zone.REMOTE)


def _windows(image: str) -> Executable:
    path = image.replace("/", "\\").replace('"', "").lower().rstrip(" .").removesuffix("::$data")
    if path[:1] in "\\vgus":
        path = respelt(path, PREFIXES)
    if path[:1] in "%$":
        path = _VARIABLE.sub(_lookup, path)
    drive = _DRIVE.match(path)
    path = path[drive.end() :] if drive else path
    if path.startswith("\\\\"):
        return _placed(_share(path))
    if not path.startswith("\\"):
        return _placed("\\".join(_resolved(path.split("\\"))))
    return _placed(_rooted(path, drive[1] if drive else "c"))


def _lookup(match: re.Match[str]) -> str:
    return VARIABLES.get(match[1] or match[2] or match[3], match[0])


def _resolved(segments: list[str]) -> list[str]:
    """Without empty, ``.`` and ``..`` segments; ``..`` above the root stays there. A last empty one marks a folder."""
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment and segment != ".":
            kept.append(segment)
    return [*kept, ""] if kept and segments[-1] in ("", ".", "..") else kept


def _share(path: str) -> str:
    """The UNC path with its server masked; WebDAV servers keep that they are reached over HTTP."""
    server, _, rest = path.lstrip("\\").partition("\\")
    if "@" in server or rest.startswith("davwwwroot\\"):
        server, rest = "{server}@dav", rest.removeprefix("davwwwroot\\")
    elif server not in _KEPT_SERVERS:
        server = "{server}"
    return "\\\\" + "\\".join([server, *(_resolved(rest.split("\\")) or [""])])


def _rooted(path: str, drive: str) -> str:
    path = "\\" + "\\".join(_resolved(path.split("\\")))
    if path.startswith(_RESPELT):
        path = respelt(path, PLACES)
    return path if drive == "c" or path.startswith(_ANY_DRIVE) else "{drive}:" + path


def _placed(path: str) -> Executable:
    """The resolved Windows path in its zone, with what was generated in it masked."""
    cut = max(path.rfind("\\"), path.rfind(":")) + 1
    return _masked(path[:cut], path[cut:], "\\")


def _masked(location: str, name: str, separator: str) -> Executable:
    zone = zone_of(location)
    if len(location) + len(name) > LONGEST_TEMPLATED:
        return Executable(location, name, zone)
    folder = loose_folder_template if writable(zone) else folder_template
    return _filed(separator.join(map(folder, location.split(separator))), zone, name)


def _filed(location: str, zone: Zone, name: str) -> Executable:
    return Executable(location, loose_template(name) if writable(zone) else template(name), zone)


def _unix(image: str) -> Executable:
    path = image.removesuffix(" (deleted)")
    root = "/" if path.startswith("/") else ""
    path = root + "/".join(_resolved(path.split("/")))
    path = respelt(path, UNIX_PLACES)
    cut = max(path.rfind("/"), len(_MEMORY_FILE) - 1 if path.startswith(_MEMORY_FILE) else -1) + 1
    return _masked(path[:cut], path[cut:], "/")
