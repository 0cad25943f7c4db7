"""Wazuh's archives and alerts of Windows events: Sysmon 1 and Security 4688, whose names begin with a small letter."""

from longtail.telemetry.format import Carrier, Field, Format, Record, said, stamp, text, whole
from longtail.telemetry.shapes import dig
from longtail.telemetry.windows import COLUMNS, IS_START, NAMES, NUMBERS, STARTS, system

SYSTEM, DATA = "data.win.system.", "data.win.eventdata."


def is_wazuh(record: Record) -> bool:
    """A Windows event where Wazuh's decoder puts it."""
    return isinstance(dig(record, ("data", "win", "system")), dict)


def is_of_the_manager(record: Record) -> bool:
    """An event of another decoder: who sent it, who took it in, and where it stood."""
    return isinstance(record.get("agent"), dict) and isinstance(record.get("manager"), dict) and "location" in record


def _small(path: str) -> str:
    return DATA + path[0].lower() + path[1:]


FIELDS: dict[str, Field] = {
    **{name: said(_small(path)) for name, path in NAMES},
    **{name: whole(_small(path)) for name, path in NUMBERS},
    **system(
        event=SYSTEM + "eventID",
        channel=SYSTEM + "channel",
        provider=SYSTEM + "providerName",
        host=SYSTEM + "computer",
    ),
}

WAZUH = Format(
    name="wazuh",
    title="Wazuh archives and alerts as JSON lines, CSV or Parquet: Sysmon 1 and Security 4688",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        **FIELDS,
        "utc": stamp(_small("UtcTime")),
        "created": stamp(SYSTEM + "systemTime"),
        "shipped": stamp("timestamp"),
        "record": text(SYSTEM + "eventRecordID"),
    },
    recognises=is_wazuh,
    kin=is_of_the_manager,
    only=("event", STARTS),
    starts=IS_START,
    columns=COLUMNS,
    clock=("utc", "created", "shipped"),
)
