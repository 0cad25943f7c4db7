"""Windows event logs as they are (EVTX) or rendered as XML: Sysmon event 1 and Security event 4688."""

from longtail.telemetry.format import Carrier, Format, Record, stamp, text
from longtail.telemetry.windows import COLUMNS, IS_START, STARTS, event_data, system

SYSTEM = "Event.System."


def is_windows_event(record: Record) -> bool:
    """``Event`` with a ``System`` in it, of any channel."""
    event = record.get("Event")
    return isinstance(event, dict) and isinstance(event.get("System"), dict)


WINDOWS_EVENT = Format(
    name="windows-event",
    title="Windows event log (EVTX, or XML of wevtutil, Event Viewer and Splunk): Sysmon 1 and Security 4688",
    carriers=(Carrier.EVTX, Carrier.XML),
    fields={
        **system(
            event=SYSTEM + "EventID",
            channel=SYSTEM + "Channel",
            provider=SYSTEM + "Provider.#attributes.Name",
            host=SYSTEM + "Computer",
        ),
        **event_data("Event.EventData."),
        "created": stamp(SYSTEM + "TimeCreated.#attributes.SystemTime"),
        "record": text(SYSTEM + "EventRecordID"),
    },
    recognises=is_windows_event,
    only=("event", STARTS),
    starts=IS_START,
    columns=COLUMNS,
    clock=("utc", "created"),
)
