"""An image and a command line of a running process → the programs that run in it: itself, and what it hosts.

Listings write less than telemetry: a command line without an image (``ps``), a title that a daemon gave itself
(``nginx: master process /usr/sbin/nginx``), a service's path with its arguments (``"C:\\X\\x.exe" -k``).
"""

import re
from functools import lru_cache
from itertools import chain

from longtail.executions.executable import Executable, Zone
from longtail.executions.hosted import hosted, is_posix
from longtail.executions.hosts.told import program
from longtail.executions.paths import executable

LINE_MOST = 32_768  # longest command line that Windows itself takes; what follows names no program
SVCHOST = "svchost.exe"

SERVICE = r"(?i)\bsvchost(?:\.exe)?\"?\s[^\r\n]{0,256}?-s\s+([\w.$-]{1,80})"
_SERVICE = re.compile(SERVICE)
_TITLE = re.compile(r"-?([\w.+@-]{1,64}):(?:\s|$)")
_ROOTED_WORD = re.compile(r"(?<=\s)/[^\s\]]{1,512}")
_SPACED = re.compile(r'[a-z]:\\[^"<>|*?\t]{1,512}?\.(?:exe|com|bat|cmd|scr)(?=\s|$)', re.IGNORECASE)
_NO_PROGRAM = re.compile(
    r"\[[^\]]{1,128}\]|\([\w-]{1,32}\)|system|registry|idle|system idle process|secure system|memory compression"
    r"|memcompression|vmmem\w*|kthreadd|[a-z_]{2,24}/\d[\w:+.-]{0,40}",
    re.IGNORECASE,
)
IMAGES = (
    # command line, the image that it tells
    ("/usr/sbin/sshd -D", "/usr/sbin/sshd"),
    ("nginx: master process /usr/sbin/nginx -g daemon on;", "/usr/sbin/nginx"),
    ("nginx: worker process", "nginx"),
    ("sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", "/usr/sbin/sshd"),
    ("postgres: 15/main: checkpointer ", "postgres"),
    ("-bash", "bash"),
    ('"C:\\Program Files\\X\\x.exe" -k', "C:\\Program Files\\X\\x.exe"),
    ("C:\\Program Files\\X Y\\x.exe -k", "C:\\Program Files\\X Y\\x.exe"),
    ("\\SystemRoot\\System32\\smss.exe", "\\SystemRoot\\System32\\smss.exe"),
    ("[kworker/0:1-events]", ""),
)


def programs(image: str | None, line: str | None) -> tuple[Executable, ...]:
    """The process's own program first, then what it hosts. Empty for a kernel's threads and what names no file."""
    told = (line or "")[:LINE_MOST].strip()
    path = image or image_told_by(told)
    if not path or _NO_PROGRAM.fullmatch(path.strip()):
        return ()
    itself = executable(path)
    carried = (each.executable for each in hosted(path, told))
    found = dict.fromkeys(chain((itself,), carried, service(itself.name, told)))
    return tuple(each for each in found if each.name)


def service(name: str, line: str) -> tuple[Executable, ...]:
    """The service that a shared service process was told to run."""
    told = _SERVICE.search(line) if name == SVCHOST else None
    return (service_named(told[1]),) if told else ()


def service_named(name: str) -> Executable:
    """A Windows service as an executable: it has a name and no file of its own."""
    return Executable("", f"{SVCHOST} -s {name.lower()}", Zone.BUILTIN)


def image_told_by(line: str) -> str:
    """The image that a command line begins with, or that a daemon's title ends with; empty for a kernel thread."""
    if not line or line.startswith("["):
        return ""
    if title := _TITLE.match(line):
        return _titled(title[1], line)
    if spaced := _SPACED.match(line):
        return spaced[0]
    return program(line, is_posix(None, line)).value.removeprefix("-")


def _titled(name: str, line: str) -> str:
    """The path in a title whose file the title begins with, else its name alone."""
    paths = (each[0] for each in _ROOTED_WORD.finditer(line))
    return next((path for path in paths if path.rpartition("/")[2] == name), name)


remembered = lru_cache(maxsize=1 << 18)(programs)
