"""The Linux audit log as collectors export it, an event a record: programs executed.

Sentinel tables hold the records of an event as a list in ``AuditdMessage``, which notebooks write to CSV as Python
prints it; others hold them by their type under ``items``.
"""

import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from longtail.telemetry.audit import start, values
from longtail.telemetry.format import Carrier, Format, Record, said, stamp, text, whole
from longtail.telemetry.literals import literal

EVENT_ID = re.compile(r"(\d{9,11}\.\d{1,6}):\d")


def is_audit_export(record: Record) -> bool:
    """A list of records in ``AuditdMessage``, or records by their type under ``items``, beside the machine."""
    items = record.get("items")
    by_type = isinstance(items, dict) and {"node", "eventid"} <= record.keys() and all(map(str.isupper, items))
    return by_type or {"AuditdMessage", "Computer"} <= record.keys()


def unfolded(record: Record) -> Iterator[Record]:
    """The event's start, or what there is of it."""
    told = record.get("AuditdMessage", record.get("items"))
    listed = literal(told) if isinstance(told, str) else told
    event: dict[str, dict[str, str]] = {}
    for each in listed if isinstance(listed, list) else [listed]:
        for kind, parts in each.items() if isinstance(each, dict) else ():
            event[str(kind)] = event.get(str(kind), {}) | values(_joined(parts))
    written = EVENT_ID.match(str(record.get("mssg_id")))
    yield {**start(event), **{name: record.get(name) for name in HEAD}, "time": float(written[1]) if written else None}


def _joined(parts: Any) -> str:
    return " ".join(map(str, parts)) if isinstance(parts, list) else str(parts)


HEAD = ("Computer", "node", "TimeGenerated", "timestamp", "mssg_id", "eventid")

AUDIT_EXPORT = Format(
    name="audit-export",
    title="The Linux audit log exported with an event a record: AuditdMessage of Sentinel, or items by their type",
    carriers=(Carrier.JSON, Carrier.CSV),
    fields={
        "time": stamp("time"),
        "seconds": stamp("timestamp"),
        "generated": stamp("TimeGenerated"),
        "call": text("call"),
        "computer": said("Computer"),
        "node": said("node"),
        "user": said("user"),
        "image": text("image"),
        "command_line": text("command_line"),
        "pid": whole("pid"),
        "parent_pid": whole("ppid"),
        "message": text("mssg_id"),
        "event": text("eventid"),
    },
    recognises=is_audit_export,
    starts=pl.col("call") == "execve",
    columns={
        "host": pl.coalesce("computer", "node"),
        "account": pl.col("user"),
        "image": pl.col("image"),
        "command_line": pl.col("command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.coalesce("message", "event"),
    },
    clock=("time", "seconds", "generated"),
    unfolds=unfolded,
    folded=(b"{",),
)
