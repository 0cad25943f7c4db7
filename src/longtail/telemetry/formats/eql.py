"""Endgame's normalised events (eqllib): processes created. Times are FILETIMEs; the machine is not named."""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, stamp, whole


def is_eql(record: Record) -> bool:
    """A kind of event, a process and a time, under EQL's names."""
    return {"event_type", "process_path", "timestamp"} <= record.keys()


def is_normalised(record: Record) -> bool:
    """An event of which the process is not told."""
    return {"event_type", "timestamp"} <= record.keys() and bool({"subtype", "unique_pid"} & record.keys())


EQL = Format(
    name="eql",
    title="EQL normalised events as JSON, CSV or Parquet: processes created",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "kind": said("event_type"),
        "subtype": said("subtype"),
        "time": stamp("timestamp"),
        "host": said("hostname"),
        "user": said("user"),
        "image": said("process_path"),
        "command_line": said("command_line"),
        "parent_image": said("parent_process_path"),
        "pid": whole("pid"),
        "parent_pid": whole("ppid"),
        "record": said("unique_pid"),
    },
    recognises=is_eql,
    kin=is_normalised,
    starts=(pl.col("kind") == "process") & (pl.col("subtype") == "create"),
    columns={
        "host": pl.col("host"),
        "account": pl.col("user"),
        "image": pl.col("image"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.col("parent_image"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time",),
)
