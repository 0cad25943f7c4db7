"""The Linux audit log: programs executed, each put together from the lines of one event, which may be mixed.

The lines may be those of ``audit.log``, of ``ausearch --raw``, or of syslog. Logins, sockets and whatever else the log
tells are events too, of which none is a start: a log may begin with days of them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from longtail.telemetry.audit import start, values
from longtail.telemetry.format import Carrier, Format, Lines, Record, never, said, stamp, text, whole

LINE = re.compile(
    r".{0,512}?\b(?:node=(\S{1,255}) )?type=([A-Z_0-9]{3,40}(?:\[\d{1,5}\])?)"
    r" msg=audit\((\d{9,11}\.\d{1,6}):(\d{1,20})\): ?(.*)"
)
MARK = re.compile(rb"\btype=[A-Z_0-9]{3,40}(?:\[\d{1,5}\])? msg=audit\(\d{9,11}\.\d{1,6}:\d{1,20}\):")
SYSLOG = re.compile(r"(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S{8,30}) (\S{1,255}) \S*audi")
USED = frozenset({"SYSCALL", "EXECVE", "PROCTITLE"})

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

    def record(self) -> Record:
        return {**start(self.said), "host": self.host, "time": float(self.time), "serial": self.serial}


def audit_records(lines: Lines) -> Iterator[tuple[int, Record]]:
    """Each event, of whatever type, when it is complete or too many others are open."""
    waiting: dict[tuple[str | None, str, str], _Event] = {}
    for number, line in lines:
        if (found := LINE.match(line[:FIELD_MOST])) is None:
            continue
        syslog = SYSLOG.match(line)
        host = found[1] or (syslog[1] if syslog else None)
        key = (host, found[3], found[4])
        event = waiting.setdefault(key, _Event(number, host, found[3], found[4]))
        if found[2] in USED:
            event.said[found[2]] = event.said.get(found[2], {}) | values(found[5])
        ended = key if found[2] == "EOE" else next(iter(waiting)) if len(waiting) > OPEN_MOST else None
        yield from _told([waiting.pop(ended)] if ended in waiting else [])
    yield from _told(waiting.values())


def _told(events: Iterable[_Event]) -> Iterator[tuple[int, Record]]:
    return ((each.line, each.record()) for each in events)


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
    marks=MARK,
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
