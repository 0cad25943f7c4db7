"""osquery's evented tables of programs executed: ``process_events`` and its like, among whatever else is logged.

A row is one of them by its columns: a time of its own and a path. ``uid`` is a number on Linux and macOS.
"""

from dataclasses import replace

import polars as pl

from longtail.telemetry.format import Record, Rows, stamp, text, whole
from longtail.telemetry.formats.osquery import OSQUERY, is_osquery, unfolded

EXITS = ("exit", "ProcessStop", "processstop")


def is_osquery_events(record: Record) -> bool:
    """A row of the log with the columns of an executed program."""
    return is_osquery(record) and any(_executed(row.get("columns")) for row in unfolded(record))


def _executed(columns: object) -> bool:
    if not isinstance(columns, dict) or "path" not in columns or "cmdline" not in columns:
        return False
    return bool({"time", "datetime"} & columns.keys()) and not {"name", "state"} & columns.keys()


_TIMED = pl.any_horizontal(pl.col("happened", "happened_at").is_not_null())
IS_START = (
    _TIMED
    & pl.all_horizontal(pl.col("path", "pid").is_not_null())
    & pl.all_horizontal(pl.col("name", "status", "port", "local_port").is_null())
    & (pl.col("action") != "removed")
    & ~pl.coalesce("kind", "syscall", "event_type", pl.lit("")).is_in(EXITS)
)
_RUNNING = OSQUERY.views[Rows.RUNNING]

OSQUERY_EVENTS = replace(
    OSQUERY,
    name="osquery-events",
    title="osquery's results with process_events, process_etw_events, es_process_events or bpf_process_events",
    fields={
        **OSQUERY.fields,
        "happened": stamp("columns.time"),
        "happened_at": stamp("columns.datetime"),
        "uid": text("columns.uid"),
        "parent": whole("columns.parent"),
        "ppid": whole("columns.ppid"),
        "parent_path": text("columns.parent_path"),
        "kind": text("columns.type"),
        "syscall": text("columns.syscall"),
        "event_type": text("columns.event_type"),
        "eid": text("columns.eid"),
    },
    recognises=is_osquery_events,
    starts=IS_START,
    columns={
        "host": _RUNNING.columns["host"],
        "account": pl.coalesce("account", "uid"),
        "image": pl.col("path"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.col("parent_path"),
        "pid": pl.col("pid"),
        "parent_pid": pl.coalesce("parent", "ppid"),
        "record_id": pl.col("eid"),
    },
    clock=("happened", "happened_at", "time", "calendar"),
)
