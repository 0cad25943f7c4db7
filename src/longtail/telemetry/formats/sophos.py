"""Sophos: rows of the data lake's process journal (``running_processes_windows_sophos``), a row a process started.

The columns are those of the data lake's schema (community.sophos.com, "DATA LAKE Schema - Endpoint Data"); the
journal's time is that at which the process started, which its ``sophos_pid`` repeats. Rows of other queries are not.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, stamp, text, whole


def is_sophos(record: Record) -> bool:
    """The machine and the process as the data lake names both."""
    return {"meta_hostname", "sophos_pid"} <= record.keys()


SOPHOS = Format(
    name="sophos",
    title="Sophos data lake's running processes as JSON, CSV or Parquet: processes started",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "query": text("query_name"),
        "time": stamp("time"),
        "written": stamp("calendar_time"),
        "tenant": text("customer_id"),
        "host": said("meta_hostname"),
        "user": said("username"),
        "path": said("path"),
        "name": said("name"),
        "command_line": said("cmdline", "cmd_line"),
        "parent_path": said("parent_path"),
        "parent_name": said("parent_name"),
        "parent_command_line": said("parent_cmdline"),
        "pid": whole("pid"),
        "parent_pid": whole("parent"),
        "record": text("sophos_pid"),
    },
    recognises=is_sophos,
    starts=pl.col("query").str.starts_with("running_processes").fill_null(pl.col("command_line").is_not_null()),
    columns={
        "tenant": pl.col("tenant"),
        "host": pl.col("host"),
        "account": pl.col("user"),
        "image": pl.coalesce("path", "name"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.coalesce("parent_path", "parent_name"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time", "written"),
)
