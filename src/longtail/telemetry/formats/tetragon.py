"""Tetragon's JSON: ``process_exec`` events. The account is the number of the user: there is no name."""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, stamp, text, whole

KIND = "process_"  # exec, exit, kprobe, tracepoint, loader, …: every version has some more


def is_tetragon(record: Record) -> bool:
    """One of Tetragon's events, with the process in it."""
    told = (value for name, value in record.items() if name.startswith(KIND))
    return any(isinstance(event, dict) and isinstance(event.get("process"), dict) for event in told)


def _told(who: str) -> pl.Expr:
    """Binary and arguments, as they were put together; a binary without arguments is its own command line."""
    return pl.concat_str(f"{who}_binary", f"{who}_arguments", separator=" ", ignore_nulls=True)


TETRAGON = Format(
    name="tetragon",
    title="Tetragon process_exec as JSON, CSV or Parquet",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "time": stamp("time"),
        "started": stamp("process_exec.process.start_time"),
        "host": text("node_name"),
        "uid": text("process_exec.process.uid"),
        "own_binary": text("process_exec.process.binary"),
        "own_arguments": text("process_exec.process.arguments"),
        "parent_binary": text("process_exec.parent.binary"),
        "parent_arguments": text("process_exec.parent.arguments"),
        "pid": whole("process_exec.process.pid"),
        "parent_pid": whole("process_exec.parent.pid"),
        "record": text("process_exec.process.exec_id"),
    },
    recognises=is_tetragon,
    starts=pl.col("own_binary").is_not_null(),
    columns={
        "host": pl.col("host"),
        "account": pl.col("uid"),
        "image": pl.col("own_binary"),
        "command_line": _told("own"),
        "parent_image": pl.col("parent_binary"),
        "parent_command_line": pl.when(pl.col("parent_binary").is_not_null()).then(_told("parent")),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("started", "time"),
)
