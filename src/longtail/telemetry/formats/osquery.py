"""osquery's logs: results and snapshots, an event a line or a batch a line, of whatever queries were scheduled.

A row is known by its columns, not by its query's name, which everybody chooses. ``path`` of a listening socket is a
Unix socket's file. A process that is reported as removed ran until then; a socket that is removed listens no more.
"""

from collections.abc import Iterator

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
