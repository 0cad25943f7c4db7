"""One Sysmon start and one of Security's, as each tool exports them: every tool's gives the same process start."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from longtail.telemetry import Options, parts, read
from longtail.telemetry.messages import EXAMPLES, message_data

PARENT = r"C:\Program Files\Microsoft SQL Server\MSSQL16.MSSQLSERVER\MSSQL\Binn\sqlservr.exe"
COMMAND = r'"C:\Windows\system32\cmd.exe" /c echo "a, b" > c:\t.txt'
SYSMON = {
    "RuleName": "-",
    "UtcTime": "2026-03-02 04:05:06.789",
    "ProcessGuid": "{00000000-0000-0000-0000-000000000001}",
    "ProcessId": "4242",
    "Image": r"C:\Windows\System32\cmd.exe",
    "CommandLine": COMMAND,
    "CurrentDirectory": "C:\\Windows\\",
    "User": r"CONTOSO\svc-sql",
    "ParentProcessId": "1880",
    "ParentImage": PARENT,
    "ParentCommandLine": f'"{PARENT}" -s',
    "ParentUser": r"CONTOSO\svc-sql",
}
SECURITY = {
    "SubjectUserSid": "S-1-5-21-1-2-3-1104",
    "SubjectUserName": "svc-sql",
    "SubjectDomainName": "CONTOSO",
    "SubjectLogonId": "0x3e7",
    "NewProcessId": "0x1092",
    "NewProcessName": r"C:\Windows\System32\cmd.exe",
    "TokenElevationType": "%%1936",
    "ProcessId": "0x758",
    "CommandLine": COMMAND,
    "TargetUserSid": "S-1-0-0",
    "TargetUserName": "-",
    "TargetDomainName": "-",
    "TargetLogonId": "0x0",
    "ParentProcessName": PARENT,
}
SECURITY_MESSAGE = f"""A new process has been created.

Creator Subject:
\tSecurity ID:\t\tS-1-5-21-1-2-3-1104
\tAccount Name:\t\tsvc-sql
\tAccount Domain:\t\tCONTOSO
\tLogon ID:\t\t0x3E7

Target Subject:
\tSecurity ID:\t\tNULL SID
\tAccount Name:\t\t-
\tAccount Domain:\t\t-
\tLogon ID:\t\t0x0

Process Information:
\tNew Process ID:\t\t0x1092
\tNew Process Name:\t{SECURITY["NewProcessName"]}
\tCreator Process ID:\t0x758
\tCreator Process Name:\t{PARENT}
\tProcess Command Line:\t{COMMAND}

Token Elevation Type indicates the type of token that was assigned."""
SYSMON_MESSAGE = "Process Create:\n" + "\n".join(f"{name}: {value}" for name, value in SYSMON.items())
TIME, HOST = "2026-03-02T04:05:06.789", "sql01.contoso.example"

Event = tuple[int, str, str, dict[str, str], str]
STARTS: dict[str, Event] = {
    "sysmon": (1, "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", SYSMON, SYSMON_MESSAGE),
    "security": (4688, "Security", "Microsoft-Windows-Security-Auditing", SECURITY, SECURITY_MESSAGE),
}
Tool = Callable[[int, str, str, dict[str, str], str], dict[str, Any]]


def pairs(data: dict[str, str]) -> list[dict[str, str]]:
    return [{"@Name": name, "#text": value} for name, value in data.items()]


def evtx_dump(number: int, channel: str, provider: str, data: dict[str, str], _: str) -> dict[str, Any]:
    head = {"Provider": {"#attributes": {"Name": provider}}, "EventID": number, "Channel": channel, "Computer": HOST}
    created = {"TimeCreated": {"#attributes": {"SystemTime": TIME + "Z"}}, "EventRecordID": 7}
    return {"Event": {"#attributes": {"xmlns": "x"}, "System": {**head, **created}, "EventData": data}}


def chainsaw(number: int, channel: str, provider: str, data: dict[str, str], _: str) -> dict[str, Any]:
    head = {"Provider": None, "Provider_attributes": {"Name": provider}, "EventID": number, "Channel": channel}
    created = {"TimeCreated": None, "TimeCreated_attributes": {"SystemTime": TIME + "Z"}, "EventRecordID": 7}
    return {"Event": {"System": {**head, "Computer": HOST, **created}, "EventData": data}, "Event_attributes": {}}


def as_python_dictionary(number: int, channel: str, provider: str, data: dict[str, str], _: str) -> dict[str, Any]:
    head = {"Provider": {"@Name": provider}, "EventID": {"#text": str(number)}, "Channel": channel, "Computer": HOST}
    created = {"TimeCreated": {"@SystemTime": TIME + "Z"}, "EventRecordID": "7"}
    return {"Event": {"System": {**head, **created}, "EventData": {"Data": pairs(data)}}}


def velociraptor(number: int, channel: str, provider: str, data: dict[str, str], message: str) -> dict[str, Any]:
    head = {"Provider": {"Name": provider}, "EventID": {"Value": number}, "Channel": channel, "Computer": HOST}
    created = {"TimeCreated": {"SystemTime": 1772424306.789}, "EventRecordID": 7}
    return {"System": {**head, **created}, "EventData": data, "Message": message}


def velociraptor_artefact(number: int, channel: str, provider: str, data: dict[str, str], _: str) -> dict[str, Any]:
    head = {"EventTime": TIME + "Z", "Computer": HOST, "Channel": channel, "Provider": provider}
    return {**head, "EventID": number, "EventRecordID": 7, "EventData": data}


def evtxecmd(number: int, channel: str, provider: str, data: dict[str, str], _: str) -> dict[str, Any]:
    head = {"RecordNumber": "7", "EventRecordId": "7", "TimeCreated": TIME + "1234", "EventId": number}
    told = {"Provider": provider, "Channel": channel, "ProcessId": 4, "Computer": HOST, "UserName": r"CONTOSO\other"}
    return {**head, **told, "Payload": json.dumps({"EventData": {"Data": pairs(data)}})}


def sentinel(number: int, channel: str, provider: str, data: dict[str, str], _: str) -> dict[str, Any]:
    head = {"TimeGenerated": TIME + "Z", "Computer": HOST, "Channel": channel, "Provider": provider}
    return {**head, "EventID": number, "EventData": json.dumps(data), "EventRecordId": "7", "Type": "WindowsEvent"}


def sentinel_event(number: int, channel: str, provider: str, data: dict[str, str], message: str) -> dict[str, Any]:
    quoted = ((name, value.replace("&", "&amp;").replace("<", "&lt;")) for name, value in data.items())
    named = "".join(f'<Data Name="{name}">{value}</Data>' for name, value in quoted)
    head = {"TimeGenerated": TIME + "Z", "Source": provider, "EventLog": channel, "Computer": HOST, "EventID": number}
    head["RecordId"] = "7"
    return {**head, "EventData": f"<DataItem><EventData>{named}</EventData></DataItem>", "RenderedDescription": message}


def get_winevent(number: int, channel: str, provider: str, data: dict[str, str], message: str) -> dict[str, Any]:
    properties = [{"Value": value} for value in data.values()]
    head = {"Id": number, "ProviderName": provider, "LogName": channel, "ProcessId": 9, "MachineName": HOST}
    told = {"Message": message.replace("\n", "\r\n"), "UserId": {"Value": "S-1-5-18"}, "RecordId": 7}
    return {**told, **head, "TimeCreated": "/Date(1772424306789)/", "Properties": properties}


TOOLS: tuple[Tool, ...] = (
    evtx_dump,
    chainsaw,
    as_python_dictionary,
    velociraptor,
    velociraptor_artefact,
    evtxecmd,
    sentinel,
    sentinel_event,
    get_winevent,
)


def exported_csv(number: int, channel: str, provider: str, data: dict[str, str], message: str) -> dict[str, Any]:
    """As ``Get-WinEvent | Export-Csv`` does."""
    told = get_winevent(number, channel, provider, data, message)
    return {**told, "UserId": "S-1-5-18", "TimeCreated": "3/2/2026 4:05:06 AM", "Properties": "System.Object[]"}


TABLES: tuple[Tool, ...] = (evtxecmd, sentinel, sentinel_event, exported_csv)
OTHER = (11, "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", {"Image": r"C:\a.exe"}, "File created")


def only_start(file: Path) -> dict[str, Any]:
    """The one start in a file that holds one other event as well."""
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    (batch,) = list(reader)
    (reading,) = reader.readings
    assert (reading.format, reading.process_starts, reading.passed_over) == ("windows-export", 1, 1)
    assert reading.quarantined == 0
    return batch.row(0, named=True)


def check(found: dict[str, Any], start: str, whole_seconds: bool = False) -> None:
    micros = 0 if whole_seconds else 789_000
    assert abs((found["time"] - datetime(2026, 3, 2, 4, 5, 6, micros, UTC)).total_seconds()) < 0.001
    assert {name: found[name] for name in ("host", "account", "image", "command_line", "parent_image")} == {
        "host": HOST,
        "account": r"CONTOSO\svc-sql",
        "image": r"C:\Windows\System32\cmd.exe",
        "command_line": COMMAND,
        "parent_image": PARENT,
    }
    assert (found["pid"], found["parent_pid"], found["record_id"]) == (4242, 1880, "7")
    assert found["parent_command_line"] == (f'"{PARENT}" -s' if start == "sysmon" else None)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.__name__)
@pytest.mark.parametrize("indent", [None, 4])
def test_json_of_every_tool_gives_the_start(tool: Tool, start: str, indent: int | None, tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    records = [tool(*OTHER), tool(*STARTS[start])]
    written = json.dumps(records, indent=indent) if indent else "\n".join(map(json.dumps, records))
    file.write_text(written, encoding="utf-8")
    check(only_start(file), start)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("tool", TABLES, ids=lambda tool: tool.__name__)
def test_csv_of_every_tool_gives_the_start(tool: Tool, start: str, tmp_path: Path) -> None:
    rows = [tool(*OTHER), tool(*STARTS[start])]
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]), quoting=csv.QUOTE_ALL)
    table.writeheader()
    table.writerows(rows)
    file = tmp_path / "export.csv"
    file.write_text(out.getvalue(), encoding="utf-8-sig")
    check(only_start(file), start, whole_seconds=tool is exported_csv and start == "security")


def test_a_local_time_without_a_zone_is_told(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps(exported_csv(*STARTS["security"])), encoding="utf-8")
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    assert sum(batch.height for batch in reader) == 1
    assert any(note.startswith("local times without a zone") for note in reader.readings[0].notes)


@pytest.mark.parametrize(("event", "message", "data"), EXAMPLES)
def test_a_message_tells_its_fields(event: int, message: str, data: dict[str, str]) -> None:
    assert message_data(event, message) == data


HOSTILE = [
    {"Event": {"System": {"EventID": {"#text": {"#text": {"#text": {"#text": 1}}}}}, "EventData": []}},
    {"Event": {"System": {"EventID": [1]}, "EventData": {"Data": [None, 3, {"#text": {}}]}}},
    {"Event": {"System": {"EventID": 10**40}, "EventData": "<Data Name='Image'>x"}},
    {"Event": {"System": {"EventID": 1, "Channel": {}, "Computer": []}, "EventData": "{" * 5000}},
    {"Event": {"System": {"EventID": 4688}, "Properties": [{}] * 20, "EventData": {"EventData": {"EventData": 1}}}},
    {"Id": 4688, "LogName": "Security", "MachineName": "h", "TimeCreated": {}, "Message": "\nProcess Command Line:"},
    {"Id": 1, "LogName": "Sysmon", "MachineName": "h", "TimeCreated": None, "Message": "\nCommandLine: \nImage: "},
]


def test_whatever_stands_in_an_event_nothing_raises_and_its_neighbours_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    good = evtx_dump(*STARTS["sysmon"])
    file.write_text("\n".join(map(json.dumps, [good, *HOSTILE, good])), encoding="utf-8")
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    assert sum(batch.height for batch in reader) == 2
    (reading,) = reader.readings
    assert reading.quarantined + reading.passed_over == len(HOSTILE)


def test_a_parent_that_a_message_leaves_out_is_not_known(tmp_path: Path) -> None:
    """Sysmon writes a dash; NXLog's lines may hold it in the message only."""
    told = {"EventID": 1, "Hostname": HOST, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\a.exe"}
    message = "Process Create:\r\nParentProcessId: 4\r\nParentImage: -\r\nParentCommandLine: -"
    file = tmp_path / "nxlog.json"
    file.write_text(json.dumps({**told, "UtcTime": "2026-03-02 04:05:06", "Message": message}), encoding="utf-8")
    (part,) = parts([str(file)], Options())
    (batch,) = list(read(part, Options()))
    assert batch.row(0, named=True)["parent_pid"] == 4
    assert (batch["parent_image"][0], batch["parent_command_line"][0]) == (None, None)
