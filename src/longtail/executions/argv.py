"""A command line → the arguments the program was given, by the rules of Windows and of POSIX shells.

Windows passes one string; the C runtime's ``CommandLineToArgvW`` is what nearly every program splits it with:
the program's own name ends at the next quote or blank, backslashes escape only before a quote, and nothing but
space and tab separates (a no-break space does not). POSIX words follow ``sh`` quoting. Both are total and linear.
"""

import re
from typing import NamedTuple

MAX_TEXT = 32_768
"""Characters of a command line that are read: what Windows itself allows. The rest says nothing new."""


class Word(NamedTuple):
    """One argument as the program sees it, and where it stood in the text."""

    value: str
    start: int
    end: int


_BLANK = " \t"
_PIECE = re.compile(r'[^\\" \t]++|\\++|"++|[ \t]++')
_PLAIN = re.compile(r"[^ \t]+")
_WHOLE = re.compile(r'[ \t]*((?:[^ \t"]++|"([^"]*+)(?<!\\)"))(?=[ \t]|\Z)')
_POSIX = re.compile(r"""[^\s'"\\]++|'[^']*+'?|"(?:[^"\\]|\\.)*+"?|\\.?|\s++""", re.DOTALL | re.ASCII)
_POSIX_ESCAPE = re.compile(r'\\([$`"\\])|\\\n')
_POSIX_PLAIN = re.compile(r"\S+", re.ASCII)


def windows_argv(command_line: str) -> list[str]:
    """The arguments exactly as ``CommandLineToArgvW`` gives them; none for an empty line."""
    return [word.value for word in windows_words(command_line)]


def posix_argv(command_line: str) -> list[str]:
    """The words as ``sh`` would split and unquote them; an open quote runs to the end of the text."""
    return [word.value for word in posix_words(command_line)]


def windows_words(command_line: str) -> list[Word]:
    """``windows_argv`` with the place of each argument."""
    if not command_line:
        return []
    first = windows_program(command_line)
    return [first, *windows_arguments(command_line, first.end)]


def windows_program(text: str) -> Word:
    """``argv[0]`` of a text that is not empty: no escapes; it ends at the next quote or blank, and may be empty."""
    if text[0] == '"':
        closing = text.find('"', 1)
        end = len(text) if closing < 0 else closing
        return Word(text[1:end], 0, min(end + 1, len(text)))
    plain = _PLAIN.match(text)
    return Word(plain[0], 0, plain.end()) if plain else Word("", 0, 0)


def windows_arguments(text: str, start: int = 0) -> list[Word]:
    """The arguments after the program's name, from ``start`` on."""
    if text.find('"', start) < 0:
        return [Word(found[0], *found.span()) for found in _PLAIN.finditer(text, start)]
    words: list[Word] = []
    while whole := _WHOLE.match(text, start):
        words.append(Word(whole[1] if whole[2] is None else whole[2], *whole.span(1)))
        start = whole.end()
    return words + _pieced(text, start)


def _pieced(text: str, start: int) -> list[Word]:
    """The arguments from ``start`` on, put together from quoted and unquoted pieces."""
    words: list[Word] = []
    value: list[str] = []
    opened, began, slashes = False, -1, 0
    for piece in _PIECE.finditer(text, start):
        run = piece[0]
        if run[0] in _BLANK and not opened:
            if began >= 0:
                words.append(Word("".join(value), began, piece.start()))
            value, began, slashes = [], -1, 0
            continue
        began = piece.start() if began < 0 else began
        if run[0] == '"':
            written, opened = _quotes(len(run), slashes, opened)
            if slashes:
                value[-1] = "\\" * (slashes // 2)
            value.append(written)
        else:
            value.append(run)
        slashes = len(run) if run[0] == "\\" else 0
    if began >= 0:
        words.append(Word("".join(value), began, len(text)))
    return words


def _quotes(count: int, slashes: int, opened: bool) -> tuple[str, bool]:
    """What a run of quotes after a run of backslashes writes, and whether the argument is quoted after it."""
    written = 0
    if slashes % 2:
        written, count = 1, count - 1
        depth = int(opened)
    else:
        depth, count = int(opened) + 1, count - 1
    written += (depth + count) // 3
    depth = (depth + count) % 3
    return '"' * written, depth == 1


def posix_words(command_line: str) -> list[Word]:
    """``posix_argv`` with the place of each word."""
    if not any(mark in command_line for mark in "'\"\\"):
        return [Word(found[0], *found.span()) for found in _POSIX_PLAIN.finditer(command_line)]
    words: list[Word] = []
    value: list[str] = []
    began = -1
    for piece in _POSIX.finditer(command_line):
        if piece[0].isspace():
            if began >= 0:
                words.append(Word("".join(value), began, piece.start()))
            value, began = [], -1
            continue
        began = piece.start() if began < 0 else began
        value.append(_unquoted(piece[0]))
    if began >= 0:
        words.append(Word("".join(value), began, len(command_line)))
    return words


def posix_program(text: str) -> Word:
    """The first word of a text, empty where there is none."""
    plain = _POSIX_PLAIN.match(text)
    if plain and not any(mark in plain[0] for mark in "'\"\\"):
        return Word(plain[0], 0, plain.end())
    return next(iter(posix_words(text)), Word("", 0, 0))


def _unquoted(piece: str) -> str:
    """What one quoted, escaped or plain piece of a POSIX word stands for."""
    match piece[0]:
        case "'":
            return piece[1:].removesuffix("'")
        case '"':
            closed = len(piece) > 1 and piece[-1] == '"' and _closes(piece)
            return _POSIX_ESCAPE.sub(r"\1", piece[1:-1] if closed else piece[1:])
        case "\\":
            return "" if piece == "\\\n" else piece[1:] or piece
        case _:
            return piece


def _closes(piece: str) -> bool:
    """Whether the last quote of a double-quoted piece is its own, not an escaped one."""
    body = piece[:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 0
