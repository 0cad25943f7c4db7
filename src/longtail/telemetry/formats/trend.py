"""Trend Vision One: endpoint activity, processes created.

``object*`` is what was created, ``process*`` who created it and ``parent*`` who started that one (the search API's
``endpointActivities``). Trend's list of its fields numbers the kinds: 1 is a process, 2 of those a process created.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, account, said, stamp, text, whole

PROCESS, CREATED = ("1", "TELEMETRY_PROCESS"), ("2", "TELEMETRY_PROCESS_CREATE")


def is_trend(record: Record) -> bool:
    """The endpoint and the numbers of the kind of event."""
    return {"endpointHostName", "eventId", "eventSubId"} <= record.keys()


TREND = Format(
    name="trend-vision-one",
    title="Trend Vision One's endpoint activity as JSON, CSV or Parquet: processes created",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "kind": text("eventId"),
        "sub_kind": text("eventSubId"),
        "time": stamp("eventTime"),
        "seen": stamp("firstSeen"),
        "host": said("endpointHostName"),
        "domain": said("objectUserDomain"),
        "user": said("objectUser"),
        "path": said("objectFilePath"),
        "name": said("objectName"),
        "command_line": said("objectCmd"),
        "parent_path": said("processFilePath"),
        "parent_name": said("processName"),
        "parent_command_line": said("processCmd"),
        "pid": whole("objectPid"),
        "parent_pid": whole("processPid"),
        "record": text("uuid"),
    },
    recognises=is_trend,
    starts=pl.col("kind").is_in(PROCESS) & pl.col("sub_kind").is_in(CREATED),
    columns={
        "host": pl.col("host"),
        "account": pl.when(pl.col("user").is_not_null()).then(account("domain", "user")),
        "image": pl.coalesce("path", "name"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.coalesce("parent_path", "parent_name"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time", "seen"),
)
