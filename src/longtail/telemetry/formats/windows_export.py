"""Windows events as tools export them to JSON and CSV: Sysmon 1 and Security 4688.

evtx_dump, Chainsaw, Velociraptor, EvtxECmd, PowerShell's ``Get-WinEvent``, Sentinel's ``WindowsEvent`` and ``Event``:
each has the event's head under names of its own, and its data as an object, as a list of names and values, as JSON or
XML in a text, or only in the message. All are brought into the shape ``System`` and ``EventData`` first.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import msgspec

from longtail.telemetry.format import Carrier, Format, Record, stamp, text
from longtail.telemetry.json_text import REFUSALS
from longtail.telemetry.messages import message_data
from longtail.telemetry.windows import COLUMNS, IS_START, SECURITY_START, STARTS, event_data, system
from longtail.telemetry.xml_events import DATA

EVENT_IDS = ("EventID", "EventId", "Id", "EventCode")
CHANNELS = ("Channel", "LogName", "EventLog")
PROVIDERS = ("Provider", "ProviderName", "SourceName", "Source")
COMPUTERS = ("Computer", "MachineName", "ComputerName")
TIMES = ("TimeCreated", "TimeCreated_attributes", "EventTime", "TimeGenerated", "SystemTime")
RECORDS = ("EventRecordID", "EventRecordId", "RecordId", "RecordNumber")
DATAS = ("EventData", "Payload", "Message", "RenderedDescription")
LONE = ("#text", "text", "Value", "value", "Name", "SystemTime", "#attributes", "@Name", "@SystemTime")
SECURITY_PROPERTIES = (
    *("SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId", "NewProcessId", "NewProcessName"),
    *("TokenElevationType", "ProcessId", "CommandLine", "TargetUserSid", "TargetUserName", "TargetDomainName"),
    *("TargetLogonId", "ParentProcessName"),
)
"""The order of 4688's values since Windows 8.1 (Microsoft, "4688(S): A new process has been created")."""

US_TIME = re.compile(r"\d{1,2}/\d{1,2}/\d{4} ")  # as PowerShell writes a local time into CSV


def is_windows_export(record: Record) -> bool:
    """The head of a Windows event with something that holds its data, under the names of one of the tools."""
    inner = _inner(record)
    if isinstance(inner.get("System"), dict):
        return "EventID" in inner["System"]
    heads = (EVENT_IDS, CHANNELS + PROVIDERS, COMPUTERS, TIMES, DATAS)
    return (
        "Hostname" not in inner and "EventCode" not in inner and all(any(n in inner for n in names) for names in heads)
    )


def unfolded(record: Record) -> Iterator[Record]:
    """The event in its one shape; of an event that is no process start, its number only."""
    inner = _inner(record)
    head = inner["System"] if isinstance(inner.get("System"), dict) else inner
    number = _number(_lone(head, EVENT_IDS))
    if number not in STARTS:
        yield {"System": {"EventID": number}}
        return
    created = _lone(head, TIMES)
    is_local = isinstance(created, str) and US_TIME.match(created) and "MachineName" in head
    yield {
        "System": {
            "EventID": number,
            "Channel": _lone(head, CHANNELS),
            "Provider": _lone(head, PROVIDERS),
            "Computer": _lone(head, COMPUTERS),
            "LocalTime" if is_local else "TimeCreated": created,
            "EventRecordID": _lone(head, RECORDS),
        },
        "EventData": _data(inner, number),
    }


def _inner(record: Record) -> Mapping[str, Any]:
    event = record.get("Event")
    return event if isinstance(event, dict) else record


def _lone(head: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The first of the names that is there, as the one value that it holds or stands for."""
    value = next((head[name] for name in names if head.get(name) not in (None, "")), None)
    for _ in range(3):
        if not isinstance(value, dict):
            return value
        value = next((value[name] for name in LONE if name in value), None)
    return None


def _number(written: Any) -> int | None:
    try:
        return int(written)
    except (TypeError, ValueError, OverflowError):
        return None


def _data(inner: Mapping[str, Any], number: int | None) -> Mapping[str, Any]:
    """The event's data by name, from the first place that has any."""
    properties = inner.get("Properties")
    if (
        number == SECURITY_START
        and isinstance(properties, list)
        and len(properties) > SECURITY_PROPERTIES.index("CommandLine")
    ):
        return dict(zip(SECURITY_PROPERTIES, map(_value, properties), strict=False))
    told = (_named(inner.get(name), number) for name in DATAS)
    return next((data for data in told if data), {})


def _value(told: Any) -> Any:
    """The value of a property; that of an account is an object with a value again."""
    held = told.get("Value") if isinstance(told, dict) else told
    return held.get("Value") if isinstance(held, dict) else held


def _named(told: Any, number: int | None) -> Mapping[str, Any]:
    """Names and values, from an object, a list of pairs, or a text of JSON, XML or words."""
    if isinstance(told, str):
        return _from_text(told, number)
    if not isinstance(told, dict):
        return {}
    pairs = told["Data"] if isinstance(told.get("Data"), list) else None
    if pairs is None:
        return _named(told["EventData"], number) if isinstance(told.get("EventData"), dict) else told
    return {str(each.get("@Name")): each.get("#text") for each in pairs if isinstance(each, dict)}


def _from_text(told: str, number: int | None) -> Mapping[str, Any]:
    if told.startswith("<"):
        return {name: unescape(value) for name, value in DATA.findall(told)}
    if told.startswith("{"):
        try:
            return _named(msgspec.json.decode(told), None)
        except REFUSALS:
            return {}
    return message_data(number, told)


WINDOWS_EXPORT = Format(
    name="windows-export",
    title="Windows events exported by evtx_dump, Chainsaw, Velociraptor, EvtxECmd, Get-WinEvent or Sentinel",
    carriers=(Carrier.JSON, Carrier.CSV),
    fields={
        **system(event="System.EventID", channel="System.Channel", provider="System.Provider", host="System.Computer"),
        **event_data("EventData."),
        "created": stamp("System.TimeCreated"),
        "local": stamp("System.LocalTime"),
        "record": text("System.EventRecordID"),
    },
    recognises=is_windows_export,
    only=("event", STARTS),
    starts=IS_START,
    columns=COLUMNS,
    clock=("utc", "created", "local"),
    local=frozenset({"local"}),
    unfolds=unfolded,
    folded=(b"{",),
)
