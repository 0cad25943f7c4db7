"""Sysmon's own fields at the top of a JSON record, and little else: no machine, no channel."""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, whole
from longtail.telemetry.windows import COLUMNS, SYSMON_START, event_data


def is_sysmon_json(record: Record) -> bool:
    """Sysmon's time and an event number, without the machine that NXLog would name."""
    return "UtcTime" in record and bool({"EventId", "EventID"} & record.keys()) and "Hostname" not in record


SYSMON_JSON = Format(
    name="sysmon-json",
    title="Sysmon 1 as plain JSON (an array or lines of its fields)",
    carriers=(Carrier.JSON,),
    fields={
        **event_data(""),
        "event": whole("EventId"),
        "event_upper": whole("EventID"),
        "computer": said("Computer"),
        "record": said("EventRecordID"),
    },
    recognises=is_sysmon_json,
    starts=pl.coalesce("event", "event_upper") == SYSMON_START,
    columns=COLUMNS,
    clock=("utc",),
)
