"""LimaCharlie: events of its sensor, processes started (``routing`` and ``event``: docs.limacharlie.io)."""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, stamp, text, whole


def is_limacharlie(record: Record) -> bool:
    """What happened, and where: the head that every event has."""
    routing = record.get("routing")
    told = isinstance(routing, dict) and {"event_type", "hostname"} <= routing.keys()
    return told and isinstance(record.get("event"), dict)


LIMACHARLIE = Format(
    name="limacharlie",
    title="LimaCharlie's sensor events as JSON, CSV or Parquet: processes started",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "kind": text("routing.event_type"),
        "time": stamp("routing.event_time"),
        "stamped": stamp("event.TIMESTAMP"),
        "tenant": text("routing.oid"),
        "host": said("routing.hostname"),
        "user": said("event.USER_NAME"),
        "image": said("event.FILE_PATH"),
        "command_line": said("event.COMMAND_LINE"),
        "parent_image": said("event.PARENT.FILE_PATH"),
        "parent_command_line": said("event.PARENT.COMMAND_LINE"),
        "pid": whole("event.PROCESS_ID"),
        "parent_pid": whole("event.PARENT_PROCESS_ID"),
        "record": text("routing.this"),
    },
    recognises=is_limacharlie,
    starts=pl.col("kind") == "NEW_PROCESS",
    columns={
        "tenant": pl.col("tenant"),
        "host": pl.col("host"),
        "account": pl.col("user"),
        "image": pl.col("image"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.col("parent_image"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time", "stamped"),
)
