"""The plain forms: CSV, JSON lines or Parquet with exactly the column names of a process event."""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, stamp, text, whole

FIELDS = {
    "time": stamp("time"),
    "tenant": text("tenant"),
    "host": text("host"),
    "account": text("account"),
    "image": text("image"),
    "command_line": text("command_line"),
    "parent_image": text("parent_image"),
    "parent_command_line": text("parent_command_line"),
    "pid": whole("pid"),
    "parent_pid": whole("parent_pid"),
    "source": text("source"),
    "record_id": text("record_id"),
}


def is_plain(record: Record) -> bool:
    """``host``, ``image`` and ``time`` are there, by these names."""
    return {"host", "image", "time"} <= record.keys() and not isinstance(record["host"], dict)


PLAIN = Format(
    name="plain",
    title="Plain CSV, JSON lines or Parquet with the names of a process event",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields=FIELDS,
    recognises=is_plain,
    columns={name: pl.col(name) for name in FIELDS if name != "time"},
    clock=("time",),
)
