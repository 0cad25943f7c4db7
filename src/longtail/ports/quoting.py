"""A text that an attacker may have written → one argument of a shell command, whatever is in it.

Every name that a remedy puts into a command goes through `quoted` or `option`. What they give is for POSIX shells; what
is unprintable is written ``$'\\x1b'``, which bash, zsh and ksh read and a terminal shows. PowerShell quotes otherwise:
single quotes, with those inside doubled.
"""

from shlex import quote

_ESCAPED = {"\\": "\\\\", "'": "\\'"}


def quoted(text: str) -> str:
    """``text`` as one word of a shell command. No argument can hold a NUL, so NULs are dropped."""
    text = text.replace("\x00", "")
    if text.isascii() and text.isprintable():
        return quote(text)
    return "$'" + "".join(map(_escaped, text.encode("utf-8", "replace"))) + "'"


def option(name: str, value: str) -> str:
    """An option with its value; a value that begins with a dash cannot be taken for an option of its own."""
    return f"{name}={quoted(value)}" if value.startswith("-") else f"{name} {quoted(value)}"


def command(*words: str, **options: str) -> str:
    """A command of ``words`` and options: ``resource_group="x"`` is ``--resource-group x``; empty ones are left out."""
    told = [option(f"--{name.replace('_', '-')}", value) for name, value in options.items() if value]
    return " ".join((*words, *told))


def _escaped(byte: int) -> str:
    letter = chr(byte)
    if 0x20 <= byte < 0x7F:
        return _ESCAPED.get(letter, letter)
    return f"\\x{byte:02x}"
