"""A process start → the same deed dressed up: the ways around a rule that cost an attacker nothing, one row each.

Each row rewrites image or command line as the attacker could have written it, or gives None where that spelling is not
to be had of this start. Every row's example runs as a test.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from longtail.detections.programs import ORIGINAL_NAMES


class Start(NamedTuple):
    """A process start as a rule sees it."""

    image: str
    command_line: str
    parent_image: str = ""
    account: str = ""
    original_file_name: str | None = None


Dress = Callable[[Start], Start | None]


@dataclass(frozen=True, slots=True)
class Evasion:
    """A way to write the same thing otherwise. ``example`` is a command line before and after."""

    name: str
    says: str
    dress: Dress
    example: tuple[str, str]


_PROGRAM = re.compile(r'\s*("[^"]*"|\S+)')
_SCHEME = re.compile(r"(?<![a-z])(https?|ftp)(?=://)", re.IGNORECASE)
_HOST = re.compile(r"(?<=://)([^/:\s\"']+)")
_SLASHED = re.compile(r"(?<=\s)/(?=[A-Za-z]{2,})")
_DASHED = re.compile(r"(?<=\s)-(?=[A-Za-z]{2,})")
_OPTION = re.compile(r"(?<=\s[-/])([A-Za-z]{3,})")
_SYSTEM = re.compile(r"\\system32\\", re.IGNORECASE)
_SHELLS = ("\\cmd.exe",)
_LAST = re.compile(r"[^\\/]+$")
_ESCAPED = str.maketrans({character: f"%25{ord(character):02x}" for character in "abcdefghijklmnopqrstuvwxyz"})


def _told(change: Callable[[str], str]) -> Dress:
    """A dress that changes what comes after the program."""

    def dress(start: Start) -> Start | None:
        written = _PROGRAM.match(start.command_line)
        end = written.end() if written else 0
        rest = change(start.command_line[end:])
        line = start.command_line[:end] + rest
        return None if line == start.command_line else start._replace(command_line=line)

    return dress


def _caret(start: Start) -> Start | None:
    """Only a shell sees carets; it takes them out before a program is started."""
    if not start.image.lower().endswith(_SHELLS):
        return None
    line = re.sub(r"(?<=\s)([a-z])(?=[a-z]{2,}[\s.])", r"\1^", start.command_line, count=1, flags=re.IGNORECASE)
    return None if line == start.command_line else start._replace(command_line=line)


def _absolute(start: Start) -> Start | None:
    written = _PROGRAM.match(start.command_line)
    if written is None or not start.image:
        return None
    line = f'"{start.image}"{start.command_line[written.end() :]}'
    return None if line == start.command_line else start._replace(command_line=line)


def _renamed(start: Start) -> Start | None:
    """A copy under another name, in telemetry that does not tell the original name."""
    name = _LAST.sub("wuaueng.exe" if "\\" in start.image else "kworkerd", start.image)
    return _absolute(start._replace(image=name)) if name != start.image else None


def _renamed_and_told(start: Start) -> Start | None:
    original = ORIGINAL_NAMES.get(start.image.lower().replace("\\", "/").rpartition("/")[2])
    dressed = _renamed(start)
    return dressed._replace(original_file_name=original) if original and dressed else None


def _look_alike(start: Start) -> Start | None:
    image = _SYSTEM.sub(r"\\System33\\", start.image)
    return None if image == start.image else start._replace(image=image)


def _double_encoded(rest: str) -> str:
    return re.sub(r"(?<=://)([^/\s]+/)([^\s\"']+)", lambda m: m[1] + m[2].lower().translate(_ESCAPED), rest)


EVASIONS: tuple[Evasion, ...] = (
    Evasion("case", "letters in another case", lambda start: start._replace(
        image=start.image.swapcase(), command_line=start.command_line.swapcase()),
        ("certutil -urlcache", "CERTUTIL -URLCACHE")),
    Evasion("caret", "a caret in what a shell is told", _caret, ("cmd /c whoami /all", "cmd /c w^hoami /all")),
    Evasion("quoted program", "quotes around the program",
            lambda start: start._replace(command_line=_PROGRAM.sub(
                lambda m: m[0] if '"' in m[0] else f'"{m[1]}"', start.command_line, count=1)),
            ("certutil -f a", '"certutil" -f a')),
    Evasion("quoted option", "quotes inside an option", _told(lambda rest: _OPTION.sub(
        lambda m: f'{m[1][0]}""{m[1][1:]}', rest, count=1)), ("certutil -urlcache a", 'certutil -u""rlcache a')),
    Evasion("slash", "options after a slash", _told(lambda rest: _DASHED.sub("/", rest)),
            ("certutil -urlcache a", "certutil /urlcache a")),
    Evasion("dash", "options after a dash", _told(lambda rest: _SLASHED.sub("-", rest)),
            ("bitsadmin /transfer a", "bitsadmin -transfer a")),
    Evasion("blanks", "more blanks between the words", _told(lambda rest: re.sub(r"(?<=\S) (?=\S)", "   ", rest)),
            ("certutil -f a", "certutil -f   a")),
    Evasion("absolute path", "the program by its whole path", _absolute, ("certutil -f a", '"C:\\certutil.exe" -f a')),
    Evasion("renamed image where the original name is not logged",
            "a copy of the program under another name, in telemetry that does not tell its original name", _renamed,
            ("certutil -f a", '"C:\\wuaueng.exe" -f a')),
    Evasion("renamed image where the original name is logged",
            "the same in telemetry that tells it", _renamed_and_told,
            ("certutil -f a", '"C:\\wuaueng.exe" -f a')),
    Evasion("look-alike directory", "a directory that looks like the system's", _look_alike,
            ("certutil -f a", "certutil -f a")),
    Evasion("scheme in another case", "the address's scheme in mixed case",
            _told(lambda rest: _SCHEME.sub(lambda m: m[0].title(), rest)),
            ("curl http://a/b", "curl Http://a/b")),
    Evasion("address by name", "a name where there was an address in numbers, or the other way round",
            _told(lambda rest: _HOST.sub("cdn.example.net", rest)),
            ("curl http://203.0.113.9/b", "curl http://cdn.example.net/b")),
    Evasion("double-encoded address", "percent signs encoded twice in the address", _told(_double_encoded),
            ("curl http://a/b", "curl http://a/%2562")),
)  # fmt: skip
"""In the order they are told."""
