"""What a host was called with, and what it was thereby told to run: the words all host tables speak in."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from longtail.executions.argv import Word, posix_program, posix_words, windows_program, windows_words


class Kind(StrEnum):
    """What the told text is, which decides how it is read on."""

    FILE = "a file, followed by its arguments"
    INLINE = "code, given on the spot"
    LINE = "a command line"
    CMD = "text for cmd.exe"
    SH = "text for a POSIX shell"
    POWERSHELL = "text for PowerShell"


class Told(NamedTuple):
    """One thing a host runs. ``text`` begins with the file; ``file`` names it where the text does not."""

    kind: Kind
    text: str
    file: str = ""


class Call(NamedTuple):
    """A host as it was called: its file name in lower case without ``.exe``, its words, the whole line."""

    name: str
    words: tuple[Word, ...]
    line: str
    posix: bool

    def value(self, index: int) -> str:
        return self.words[index].value if 0 <= index < len(self.words) else ""

    def tail(self, index: int) -> str:
        """The line from a word on, as written."""
        return self.line[self.words[index].start :] if 0 <= index < len(self.words) else ""

    def text(self, index: int) -> str:
        """A text argument: the one word when it was quoted, everything from it on when it was not."""
        raw = self.tail(index)
        return self.value(index) if raw[:1] in ("'", '"') else raw


Reading = Callable[[Call], list[Told]]


class Host(NamedTuple):
    """One row: the names a host goes by, and how its command line is read."""

    names: str
    reads: Reading


_BARE_OPTION = re.compile(r"[ \t]*/[ckqsdr](?=[ \t])", re.IGNORECASE)


def with_program(line: str, image: str | None) -> str:
    """The line with its program before it, where telemetry has left it out (``/c dir`` of xp_cmdshell)."""
    if line[:1] not in ("/", " ", "\t") or not _BARE_OPTION.match(line):
        return line
    return f'"{image or "cmd.exe"}" {line}'


@lru_cache(maxsize=8)  # what a line hosts and what its shape is are asked one after the other
def called(line: str, posix: bool) -> tuple[Word, ...]:
    """The words of a command line in its dialect."""
    return tuple(posix_words(line) if posix else windows_words(line))


def program(line: str, posix: bool) -> Word:
    """The first word of a command line in its dialect, the program as written."""
    if not line:
        return Word("", 0, 0)
    return posix_program(line) if posix else windows_program(line)


def file(call: Call, index: int) -> list[Told]:
    """The word at ``index`` as a file that runs, with all that follows as its arguments."""
    return [Told(Kind.FILE, call.tail(index), call.value(index))] if call.value(index) else []


def option(word: str) -> tuple[str, str]:
    """``/I:value`` → (``i``, ``value``): an option's name without its dashes, and the value glued to it."""
    if word[:1] not in ("-", "/", "\u2013", "\u2014", "\u2015"):
        return "", ""
    body = word.lstrip("-/\u2013\u2014\u2015")
    cut = min((at for at in (body.find(":"), body.find("=")) if at >= 0), default=len(body))
    return body[:cut].lower(), body[cut + 1 :]


def interpreter(valued: str = "", inline: str = "", module: str = "", kind: Kind = Kind.INLINE) -> Reading:
    """Runs the first argument that is no option; ``inline`` options carry code, ``module`` ones a module's name.

    ``valued`` names the options whose next word is their value, and so not the script.
    """
    takes, codes, modules = set(valued.split()), set(inline.split()), set(module.split())

    def reads(call: Call) -> list[Told]:
        index = 1
        while index < len(call.words):
            word = call.value(index)
            if word in codes:
                code = call.text(index + 1) if kind is not Kind.INLINE else call.tail(index)
                return [Told(kind, code, word)] if code else []
            if word in modules:
                return file(call, index + 1)
            if word == "-" or not word.startswith(("-", "+")):
                return file(call, index) if word != "-" else []
            index += 2 if word in takes else 1
        return []

    return reads


def wrapper(valued: str = "", skip: int = 0) -> Reading:
    """Runs the rest of its own line: options (and their values), assignments and ``skip`` words come first."""
    takes = set(valued.split())

    def reads(call: Call) -> list[Told]:
        index, left = 1, skip
        while index < len(call.words):
            word = call.value(index)
            if word == "--":
                index += 1
            elif word.startswith("-") or (not call.posix and re.fullmatch(r"/\w*", word)):
                index += 2 if word in takes else 1
                continue
            elif "=" in word.partition("/")[0]:
                index += 1
                continue
            if left <= 0:
                break
            index, left = index + 1, left - 1
        return [Told(Kind.LINE, call.tail(index))] if index < len(call.words) else []

    return reads


def carried(options: str, kind: Kind = Kind.FILE) -> Reading:
    """Runs the value of an option, glued to it (``-s:file``) or in the next word."""
    names = set(options.split())

    def reads(call: Call) -> list[Told]:
        found = []
        for index in range(1, len(call.words)):
            name, value = option(call.value(index))
            if name not in names:
                continue
            if value:
                found.append(Told(kind, value, value))
            elif call.value(index + 1):
                text = call.tail(index + 1) if kind is Kind.FILE else call.value(index + 1)
                found.append(Told(kind, text, call.value(index + 1)))
        return found

    return reads


def positional(count: int = 0) -> Reading:
    """Runs every argument that is no option, or the first ``count`` of them."""

    def reads(call: Call) -> list[Told]:
        free = [word.value for word in call.words[1:] if word.value[:1] not in "-/" or word.value[:1] == ""]
        return [Told(Kind.FILE, value, value) for value in (free[:count] if count else free) if value]

    return reads
