"""Laurel's JSON of the Linux audit log: programs executed, an event a line."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, stamp, text, whole
from longtail.telemetry.shapes import dig

ARGUMENTS = {"own": ("EXECVE", "ARGV"), "parent": ("PARENT_INFO", "ARGV")}
EVENT_ID = re.compile(r"(\d{9,11}\.\d{1,6}):(\d{1,20})")


def is_laurel(record: Record) -> bool:
    """An event's number beside its records, under the names of the audit log; an event need not be a call."""
    return any(name.isupper() and name != "ID" for name in record) and bool(EVENT_ID.fullmatch(str(record.get("ID"))))


def unfolded(record: Record) -> Iterator[Record]:
    """The record with the time and the number that its id is made of; one without an execve has none."""
    told = EVENT_ID.fullmatch(str(record.get("ID")))
    started = "EXECVE" in record and dig(record, ("SYSCALL", "success")) != "no"
    lines = {f"{who}_line": _line(dig(record, path)) for who, path in ARGUMENTS.items()}
    yield {**record, **lines, "time": float(told[1]) if told else None, "serial": told and told[2], "call": started}


def _line(arguments: Any) -> str | None:
    """Arguments as a shell would take them."""
    return shlex.join(map(str, arguments)) if isinstance(arguments, list) else None


LAUREL = Format(
    name="laurel",
    title="Laurel's JSON lines of the Linux audit log: execve",
    carriers=(Carrier.JSON,),
    fields={
        "time": stamp("time"),
        "call": text("call"),
        "host": said("NODE"),
        "user": said("SYSCALL.UID"),
        "uid": text("SYSCALL.uid"),
        "image": said("SYSCALL.exe"),
        "own_line": text("own_line"),
        "told_line": text("EXECVE.ARGV_STR"),
        "parent_image": said("PARENT_INFO.exe"),
        "parent_line": text("parent_line"),
        "pid": whole("SYSCALL.pid"),
        "parent_pid": whole("SYSCALL.ppid"),
        "record": text("serial"),
    },
    recognises=is_laurel,
    starts=pl.col("call").str.to_lowercase() == "true",
    columns={
        "host": pl.col("host"),
        "account": pl.coalesce("user", "uid"),
        "image": pl.col("image"),
        "command_line": pl.coalesce("own_line", "told_line"),
        "parent_image": pl.col("parent_image"),
        "parent_command_line": pl.col("parent_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time",),
    unfolds=unfolded,
    folded=(b"{",),
)
