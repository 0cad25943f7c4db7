"""The plain forms: CSV, JSON lines or Parquet with the column names of a process event, in whatever case.

A name that stands there exactly comes before one that is only spelt like it (``CommandLine``, ``Command Line``).
"""

import polars as pl

from longtail.telemetry.format import Carrier, Field, Format, Record, spelling, stamp, text, whole

NAMES = {
    "time": stamp,
    "tenant": text,
    "host": text,
    "account": text,
    "image": text,
    "command_line": text,
    "parent_image": text,
    "parent_command_line": text,
    "pid": whole,
    "parent_pid": whole,
    "source": text,
    "record_id": text,
}
FIELDS: dict[str, Field] = {name: kind(name, name) for name, kind in NAMES.items()}
NEEDED = {"host", "image", "time"}
OTHER_KINDS = {"eventid", "eventcode", "eventtype", "port", "localport", "lport"}
"""What a start has not: rows that say which event they are, or a port, and are merely headed alike."""


def is_plain(record: Record) -> bool:
    """``host``, ``image`` and ``time`` are there by these names, or spelt like them with no sign of another kind."""
    there = {spelling(name): value for name, value in record.items()}
    told = record.keys() >= NEEDED or (there.keys() >= NEEDED and not there.keys() & OTHER_KINDS)
    return told and not isinstance(there["host"], dict)


PLAIN = Format(
    name="plain",
    title="Plain CSV, JSON lines or Parquet with the names of a process event",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields=FIELDS,
    recognises=is_plain,
    columns={name: pl.col(name) for name in FIELDS if name != "time"},
    clock=("time",),
)
