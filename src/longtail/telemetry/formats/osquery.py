"""osquery's logs: results and snapshots, an event a line or a batch a line, of whatever queries were scheduled.

Rows of the evented tables (``process_events`` and its like) are process starts; their ``uid`` is a number.
A row is known by its columns, not by its query's name, which everybody chooses. ``path`` of a listening socket is a
Unix socket's file. A process that is reported as removed ran until then; a socket that is removed listens no more.
"""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, Rows, View, said, stamp, text, whole
from longtail.telemetry.services import runs, service_line
from longtail.telemetry.sockets import listens, port

BATCHES = ("added", "removed")


def is_osquery(record: Record) -> bool:
    """The host's identifier beside columns, a snapshot or differences."""
    return "hostIdentifier" in record and bool({"columns", "snapshot", "diffResults"} & record.keys())


def unfolded(record: Record) -> Iterator[Record]:
    """The rows of a batch, each as the event that osquery would have logged for it."""
    snapshot, differences = record.get("snapshot"), record.get("diffResults")
    outer = {name: value for name, value in record.items() if name not in ("snapshot", "diffResults")}
    if isinstance(snapshot, list):
        yield from ({**outer, "columns": row, "action": "snapshot"} for row in snapshot)
    elif isinstance(differences, dict):
        for action in BATCHES:
            rows = differences.get(action)
            yield from ({**outer, "columns": row, "action": action} for row in (rows if isinstance(rows, list) else ()))
    else:
        yield record


_HOST = pl.coalesce("decorated_host", "decorated_name", "computer", "identifier")
_SERVICE = pl.col("status").is_not_null()
_PORTED = pl.col("port").is_not_null() | pl.col("local_port").is_not_null()
_PROGRAM = pl.any_horizontal(pl.col("path", "command_line").is_not_null())
_NAMED = pl.any_horizontal(pl.col("name", "command_line").is_not_null())
_RUNS = ~_SERVICE | runs("status")
_INET = ~(pl.col("family") == "1").fill_null(False)

OSQUERY = Format(
    name="osquery",
    title="osquery results and snapshots: processes, services, listening_ports, process_open_sockets",
    carriers=(Carrier.JSON,),
    fields={
        "identifier": said("hostIdentifier"),
        "decorated_host": said("decorations.hostname"),
        "decorated_name": said("decorations.host"),
        "computer": said("decorations.computer_name"),
        "time": stamp("unixTime"),
        "calendar": stamp("calendarTime"),
        "action": text("action"),
        "name": text("columns.name"),
        "path": text("columns.path"),
        "command_line": text("columns.cmdline"),
        "account": text("columns.username"),
        "pid": whole("columns.pid"),
        "status": text("columns.status"),
        "port": text("columns.port"),
        "address": text("columns.address"),
        "protocol": text("columns.protocol"),
        "family": text("columns.family"),
        "local_port": text("columns.local_port"),
        "local_address": text("columns.local_address"),
        "remote_port": text("columns.remote_port"),
        "state": text("columns.state"),
    },
    recognises=is_osquery,
    columns={},
    clock=(),
    views={
        Rows.RUNNING: View(
            {
                "host": _HOST,
                "account": pl.col("account"),
                "image": pl.when(~_SERVICE).then("path"),
                "command_line": pl.when(_SERVICE).then(service_line("path", "name")).otherwise(pl.col("command_line")),
                "first_seen": pl.coalesce("time", "calendar"),
                "last_seen": pl.coalesce("time", "calendar"),
                "pid": pl.when(~_SERVICE).then("pid"),
            },
            pl.col("pid").is_not_null() & ~_PORTED & _PROGRAM & _NAMED & _RUNS,
        ),
        Rows.LISTENING: View(
            {
                "time": pl.coalesce("time", "calendar"),
                "host": _HOST,
                "protocol": pl.col("protocol"),
                "port": pl.coalesce(port("port"), port("local_port")),
                "address": pl.coalesce("address", "local_address"),
                "pid": pl.when(pl.col("pid") > 0).then("pid"),
                "image": pl.coalesce("path", "name"),
            },
            _PORTED
            & _INET
            & pl.coalesce("port", "local_port").ne("0")
            & listens("state", "remote_port")
            & pl.col("action").ne_missing("removed"),
        ),
    },
    unfolds=unfolded,
    folded=(b'"snapshot":[', b'"snapshot": [', b'"diffResults"'),
)

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
OSQUERY = replace(OSQUERY, fuller=OSQUERY_EVENTS)
