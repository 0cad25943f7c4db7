"""The Linux audit log: programs executed, each put together from the lines of one event.

SYSCALL tells who and what, EXECVE the arguments; PROCTITLE stands in for them, cut at 128 bytes. Lines of several
events may be mixed. An argument without quotes is hexadecimal. The account is the user's name where the log was
written enriched, else its number. The lines may be those of ``audit.log``, of ``ausearch --raw``, or of syslog.
"""

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from longtail.telemetry.format import Carrier, Format, Lines, Record, never, said, stamp, text, whole

LINE = re.compile(
    r".{0,512}?\b(?:node=(\S{1,255}) )?type=([A-Z_0-9]{3,40}) msg=audit\((\d{9,11}\.\d{1,6}):(\d{1,20})\): ?(.*)"
)
SYSLOG = re.compile(r"(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S{8,30}) (\S{1,255}) \S*audi")
PAIR = re.compile(r"""\b([A-Za-z]\w*(?:\[\d+\])?)=("[^"]*"|'[^']*'|\S*)""")
HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})+")
ARGUMENT = re.compile(r"a(\d{1,5})(?:\[(\d{1,5})\])?")
USED = frozenset({"SYSCALL", "EXECVE", "PROCTITLE"})
EXECS = {
    *(("c000003e", "59"), ("c000003e", "322")),
    *(("40000003", "11"), ("40000003", "358")),
    *(("c00000b7", "221"), ("c00000b7", "281")),
}
"""Numbers of execve and execveat on x86 of 64 and 32 bits and on ARM of 64 (the kernel's tables of system calls)."""

OPEN_MOST = 1000  # events whose lines may be mixed
FIELD_MOST = 1 << 16  # bytes of one line's fields that are read: the kernel cuts lines at 8 KiB
EXAMPLES = (
    (
        'node=web01 type=SYSCALL msg=audit(1772424310.789:7): arch=c000003e syscall=59 exe="/bin/dash"',
        ("web01", "SYSCALL", "1772424310.789", "7", 'arch=c000003e syscall=59 exe="/bin/dash"'),
    ),
    (
        "Mar  2 04:05:10 web01 audispd: type=CWD msg=audit(1772424310.789:7):  cwd=2F",
        (None, "CWD", "1772424310.789", "7", " cwd=2F"),
    ),
    ("type=EOE msg=audit(1772424310.789:7): ", (None, "EOE", "1772424310.789", "7", "")),
    ("type=SYSCALL audit(1772424310.789:7)", None),
)  # fmt: skip


@dataclass(slots=True)
class _Event:
    """What the lines of one event said so far."""

    line: int
    host: str | None
    time: str
    serial: str
    said: dict[str, dict[str, str]] = field(default_factory=dict)

    def _call(self) -> str | None:
        call = self.said.get("SYSCALL", {})
        number = (call.get("arch", ""), call.get("syscall", ""))
        known = "EXECVE" in self.said or number in EXECS or call.get("SYSCALL", "").startswith("execve")
        return "execve" if known and call.get("success") != "no" else None

    def record(self) -> Record:
        call = self.said.get("SYSCALL", {})
        told = {"image": _text(call.get("exe", "")), "pid": call.get("pid"), "ppid": call.get("ppid")}
        who = {"host": self.host, "user": _text(call.get("UID", "")) or call.get("uid"), "time": float(self.time)}
        return {**told, **who, "serial": self.serial, "call": self._call(), "command_line": self._command()}

    def _command(self) -> str | None:
        if words := _arguments(self.said.get("EXECVE", {})):
            return shlex.join(words)
        title = _text(self.said.get("PROCTITLE", {}).get("proctitle", ""))
        return shlex.join(title.rstrip("\0").split("\0")) if "\0" in title else title or None


def _arguments(told: dict[str, str]) -> list[str]:
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


def audit_records(lines: Lines) -> Iterator[tuple[int, Record]]:
    """Each event with a system call, when it is complete or too many others are open."""
    waiting: dict[tuple[str | None, str, str], _Event] = {}
    for number, line in lines:
        if (found := LINE.match(line[:FIELD_MOST])) is None:
            continue
        syslog = SYSLOG.match(line)
        host = found[1] or (syslog[1] if syslog else None)
        key = (host, found[3], found[4])
        if found[2] in USED:
            event = waiting.setdefault(key, _Event(number, host, found[3], found[4]))
            event.said[found[2]] = event.said.get(found[2], {}) | dict(PAIR.findall(found[5].replace("\x1d", " ")))
        ended = key if found[2] == "EOE" else next(iter(waiting)) if len(waiting) > OPEN_MOST else None
        yield from _told([waiting.pop(ended)] if ended in waiting else [])
    yield from _told(waiting.values())


def _told(events: Iterable[_Event]) -> Iterator[tuple[int, Record]]:
    return ((each.line, each.record()) for each in events if "SYSCALL" in each.said)


AUDITD = Format(
    name="auditd",
    title="Linux audit log: execve, from SYSCALL, EXECVE and PROCTITLE",
    carriers=(Carrier.TEXT,),
    fields={
        "time": stamp("time"),
        "call": text("call"),
        "host": said("host"),
        "user": said("user"),
        "image": text("image"),
        "command_line": text("command_line"),
        "pid": whole("pid"),
        "parent_pid": whole("ppid"),
        "record": text("serial"),
    },
    recognises=never,
    reads=audit_records,
    starts=pl.col("call") == "execve",
    columns={
        "host": pl.col("host"),
        "account": pl.col("user"),
        "image": pl.col("image"),
        "command_line": pl.col("command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time",),
)
