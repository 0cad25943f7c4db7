"""Sysmon's own fields at the top of a JSON record or as the columns of a table, and little else.

Of the machine, the channel and the number of the event often nothing is left; a parent's image is told by no other
event of Sysmon than a process's start.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, stamp, whole
from longtail.telemetry.windows import COLUMNS, SYSMON_START, event_data

EVENTS = ("EventId", "EventID", "EventCode")
STARTED = {"Image", "CommandLine", "ParentImage"}


def is_sysmon_json(record: Record) -> bool:
    """Sysmon's time with an event number or all that tells a start; not the machine that NXLog would name."""
    numbered = any(name in record for name in EVENTS)
    told = "UtcTime" in record and (numbered or record.keys() >= STARTED)
    return told and not (numbered and "Hostname" in record)


SYSMON_JSON = Format(
    name="sysmon-json",
    title="Sysmon 1 as plain JSON, CSV or Parquet: its fields, with or without a head",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        **event_data(""),
        "event": whole("EventId"),
        "event_upper": whole("EventID"),
        "event_code": whole("EventCode"),
        "computer": said("Computer", "ComputerName", "host", "Hostname"),
        "created": stamp("TimeCreated"),
        "found": stamp("_time"),
        "record": said("EventRecordID", "RecordNumber"),
    },
    recognises=is_sysmon_json,
    starts=pl.coalesce("event", "event_upper", "event_code")
    .eq(SYSMON_START)
    .fill_null(pl.col("parent_image").is_not_null()),
    columns=COLUMNS,
    clock=("utc", "created", "found"),
)
