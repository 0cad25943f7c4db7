"""What the Linux audit log says of one event, record by record → a process start.

SYSCALL tells who and what, EXECVE the arguments; PROCTITLE stands in for them, cut at 128 bytes. An argument without
quotes is hexadecimal. The account is the user's name where the log was written enriched, else its number.
"""

import re
import shlex
from collections.abc import Mapping

from longtail.telemetry.format import Record

PAIR = re.compile(r"""\b([A-Za-z]\w*(?:\[\d+\])?)=("[^"]*"|'[^']*'|\S*)""")
HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})+")
ARGUMENT = re.compile(r"a(\d{1,5})(?:\[(\d{1,5})\])?")
EXECS = {
    *(("c000003e", "59"), ("c000003e", "322")),
    *(("40000003", "11"), ("40000003", "358")),
    *(("c00000b7", "221"), ("c00000b7", "281")),
}
"""Numbers of execve and execveat on x86 of 64 and 32 bits and on ARM of 64 (the kernel's tables of system calls)."""

Said = Mapping[str, Mapping[str, str]]
"""The values of an event's records, by their type and name."""


def values(text: str) -> dict[str, str]:
    """The names and values of a record."""
    return dict(PAIR.findall(text.replace("\x1d", " ")))


def start(said: Said) -> Record:
    """What an event tells; its ``call`` is ``execve`` where a program was started."""
    call = said.get("SYSCALL", {})
    told = {"image": _text(call.get("exe", "")), "pid": call.get("pid"), "ppid": call.get("ppid")}
    user = _text(call.get("UID", "")) or call.get("uid")
    return {**told, "user": user, "call": _call(said), "command_line": _command(said)}


def _call(said: Said) -> str | None:
    call = said.get("SYSCALL", {})
    number = (call.get("arch", ""), call.get("syscall", ""))
    known = "EXECVE" in said or number in EXECS or call.get("SYSCALL", "").startswith("execve")
    return "execve" if call and known and call.get("success") != "no" else None


def _command(said: Said) -> str | None:
    if words := _arguments(said.get("EXECVE", {})):
        return shlex.join(words)
    title = _text(said.get("PROCTITLE", {}).get("proctitle", ""))
    return shlex.join(title.rstrip("\0").split("\0")) if "\0" in title else title or None


def _arguments(told: Mapping[str, str]) -> list[str]:
    """The arguments in order; one that is long comes in pieces, which are hexadecimal all or none."""
    pieces: dict[int, dict[int, str]] = {}
    for name, value in told.items():
        if found := ARGUMENT.fullmatch(name):
            pieces.setdefault(int(found[1]), {})[int(found[2] or 0)] = value
    return [_joined([value for _, value in sorted(each.items())]) for _, each in sorted(pieces.items())]


def _joined(pieces: list[str]) -> str:
    return "".join(map(_text, pieces)) if pieces[0].startswith('"') else _text("".join(pieces))


def _text(written: str) -> str:
    """A value as it was before it was quoted, or written in hexadecimal for what it holds."""
    if len(written) > 1 and written[0] in "\"'":
        return written[1:-1] if written[-1] == written[0] else written[1:]
    if HEXADECIMAL.fullmatch(written):
        return bytes.fromhex(written).decode("utf-8", "replace")
    return "" if written in ("(null)", "?") else written
