"""What ``ps``, ``ss``, ``netstat`` and ``lsof`` print, one after the other in one file or each in its own.

They name no host and no time. Their headers are not needed, except that of ``ps``, whose columns everybody chooses.
"""

import re
from collections.abc import Iterator

import polars as pl

from longtail.telemetry.format import Carrier, Format, Lines, Record, Rows, View, never, said, text, whole
from longtail.telemetry.sockets import listens, port
from longtail.telemetry.terminal import ps, sockets

LSTART = "%b %d %H:%M:%S %Y"  # without the day of the week
HALF = "half a row of sockets"
_OWNED_BY = re.compile(r"\s*\[([^\]\\/:*?\"<>|]{1,128})\]\s*")  # netstat -b, on the line after its socket


def terminal_records(lines: Lines) -> Iterator[tuple[int, Record | str]]:
    """The processes and sockets among lines; a row that cannot be read whole gives its reason."""
    table: ps.Layout | None = None
    waiting: tuple[int, Record] | None = None
    fewest: dict[object, int] = {}  # by protocol, the words of its shortest row
    narrow, number, raw = False, 0, ""  # in the end: the last line, which is empty where the text ends with a newline
    for number, raw in lines:
        line = raw.rstrip()
        if waiting and (owner := _OWNED_BY.fullmatch(line)):
            waiting = (waiting[0], {**waiting[1], "name": owner[1]})
        elif found := sockets.socket(line):
            if waiting:
                yield waiting
            table, waiting = None, (number, found)
            width, known = len(line.split()), fewest.get(found.get("protocol"), 0)
            narrow = width < known
            fewest[found.get("protocol")] = min(width, known or width)
        elif sockets.half(line):
            yield number, HALF
        elif not line or (header := ps.layout(line)):
            table = header if line else None
        elif table and (row := table.process(line)):
            yield number, row
    ends = waiting is not None and waiting[0] == number
    if waiting:
        yield (number, HALF) if ends and raw and narrow else waiting
    if fewest and not table and not ends and raw.strip() and not sockets.half(raw) and sockets.begins(raw):
        yield number, HALF


TERMINAL = Format(
    name="terminal",
    title="Output of ps, ss, netstat (Linux, BSD, Windows) and lsof",
    carriers=(Carrier.TEXT,),
    fields={
        "user": said("user"),
        "image": said("image"),
        "command_line": text("command_line"),
        "pid": whole("pid"),
        "began": text("began"),
        "protocol": text("protocol"),
        "address": text("address"),
        "port": text("port"),
        "foreign_port": text("foreign_port"),
        "state": text("state"),
        "name": said("name"),
    },
    recognises=never,
    reads=terminal_records,
    columns={},
    clock=(),
    views={
        Rows.RUNNING: View(
            {
                "account": pl.col("user"),
                "image": pl.col("image"),
                "command_line": pl.col("command_line"),
                "first_seen": pl.col("began").str.to_datetime(LSTART, strict=False).dt.replace_time_zone("UTC"),
                "pid": pl.col("pid"),
            },
            pl.col("protocol").is_null(),
        ),
        Rows.LISTENING: View(
            {
                "protocol": pl.col("protocol"),
                "port": port("port"),
                "address": pl.col("address"),
                "pid": pl.col("pid"),
                "image": pl.col("name"),
            },
            pl.col("protocol").is_not_null() & (pl.col("port") != "*") & listens("state", "foreign_port"),
        ),
    },
)
