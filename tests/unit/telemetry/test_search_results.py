"""What searches of SIEMs and EDR give, beyond one sample of each: other spellings, containers and neighbours."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from longtail.readings import Reading
from longtail.telemetry import Options, parts, read

NOW = "2026-03-14T04:05:06Z"
COMMAND = 'cmd.exe /c "a; b, c"\necho two'
CMD, SQL = "C:\\Windows\\cmd.exe", "C:\\sqlservr.exe"
ROW = {"account": "CONTOSO\\svc", "image": CMD, "command_line": COMMAND, "parent_image": SQL, "host": "sql01"}


def rows_of(file: Path) -> tuple[list[dict[str, Any]], Reading]:
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    rows = [row for batch in reader for row in batch.to_dicts()]
    (reading,) = reader.readings
    return rows, reading


def json_of(tmp_path: Path, *records: dict[str, Any]) -> tuple[list[dict[str, Any]], Reading]:
    file = tmp_path / "search.json"
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return rows_of(file)


def table_of(tmp_path: Path, *records: dict[str, Any]) -> tuple[list[dict[str, Any]], Reading]:
    out = io.StringIO()
    written = csv.DictWriter(out, list(dict.fromkeys(name for each in records for name in each)), quoting=csv.QUOTE_ALL)
    written.writeheader()
    written.writerows(records)
    file = tmp_path / "search.csv"
    file.write_text(out.getvalue(), encoding="utf-8")
    return rows_of(file)


SPLUNK = {
    "_time": NOW,
    "EventCode": "4688",
    "ComputerName": "sql01",
    "New_Process_Name": CMD,
    "Process_Command_Line": COMMAND,
    "Creator_Process_Name": SQL,
    "Account_Name": "SQL01$\nsvc",
    "Account_Domain": "CONTOSO\nCONTOSO",
    "Security_ID": "NT AUTHORITY\\SYSTEM\nCONTOSO\\svc",
}
SPLUNK_XML = {
    "_time": NOW,
    "EventCode": "4688",
    "Computer": "sql01",
    "NewProcessName": CMD,
    "CommandLine": COMMAND,
    "ParentProcessName": SQL,
    "SubjectUserName": "svc",
    "SubjectDomainName": "CONTOSO",
}
SYSMON = {
    "_time": NOW,
    "EventCode": "1",
    "host": "sql01",
    "Image": CMD,
    "CommandLine": COMMAND,
    "ParentImage": SQL,
    "User": "CONTOSO\\svc",
}
CIM = {
    "_time": NOW,
    "dest": "sql01",
    "user": "CONTOSO\\svc",
    "process_path": CMD,
    "process": COMMAND,
    "parent_process_path": SQL,
}
CAMEL = {
    "createdAt": NOW,
    "eventType": "Process Creation",
    "agentName": "sql01",
    "tgtProcImagePath": CMD,
    "tgtProcCmdLine": COMMAND,
    "tgtProcUser": "CONTOSO\\svc",
    "srcProcImagePath": SQL,
    "srcProcUser": "NT AUTHORITY\\SYSTEM",
}
QUERIED = {
    "timestamp": "Mar 14 2026 04:05:06 AM",
    "endpoint.name": "sql01",
    "tgt.process.image.path": CMD,
    "tgt.process.cmdline": COMMAND,
    "tgt.process.user": "CONTOSO\\svc",
    "src.process.image.path": SQL,
}
ENRICHED = {
    "device_timestamp": NOW,
    "device_name": "sql01",
    "event_type": "childproc",
    "enriched_event_type": "CREATE_PROCESS",
    "process_name": SQL,
    "process_guid": "g",
    "process_username": "NT AUTHORITY\\SYSTEM",
    "childproc_name": CMD,
    "childproc_cmdline": COMMAND,
    "childproc_username": "CONTOSO\\svc",
}
EXPORTED = {
    "backend_timestamp": NOW,
    "device_name": "sql01",
    "process_path": CMD,
    "process_cmdline": COMMAND,
    "process_username": "CONTOSO\\svc",
    "parent_path": SQL,
}
EDR = {
    "hostname": "sql01",
    "path": CMD,
    "cmdline": COMMAND,
    "username": "CONTOSO\\svc",
    "start": NOW,
    "last_update": "2026-03-15T00:00:00Z",
    "process_pid": 7,
    "parent_name": SQL,
}
CORTEX = {
    "_time": 1773461106000,
    "agent_hostname": "sql01",
    "event_type": "PROCESS",
    "event_sub_type": "PROCESS_START",
    "action_process_username": "CONTOSO\\svc",
    "action_process_image_path": CMD,
    "action_process_image_command_line": COMMAND,
    "actor_process_image_path": SQL,
}
ASIM = {
    "EventStartTime": NOW,
    "EventType": "ProcessCreated",
    "Dvc": "sql01",
    "TargetUsername": "CONTOSO\\svc",
    "TargetProcessName": CMD,
    "TargetProcessCommandLine": COMMAND,
    "ActingProcessName": SQL,
    "ActorUsername": "NT AUTHORITY\\SYSTEM",
}
QRADAR = {
    "starttime": 1773461106000,
    "qid": 5001828,
    "Machine ID": "sql01",
    "username": "CONTOSO\\svc",
    "Process Path": CMD,
    "Process CommandLine": COMMAND,
    "Parent Process Path": SQL,
}
SOPHOS = {
    "time": 1773461106,
    "meta_hostname": "sql01",
    "username": "CONTOSO\\svc",
    "path": CMD,
    "cmdline": COMMAND,
    "parent_path": SQL,
    "sophos_pid": "7:134179346",
}
LAUNCH = {
    "metadata": {"event_type": "PROCESS_LAUNCH", "event_timestamp": NOW},
    "principal": {"hostname": "sql01", "process": {"file": {"full_path": SQL}}},
    "target": {
        "administrative_domain": "CONTOSO",
        "user": {"userid": "svc"},
        "process": {"file": {"full_path": CMD}, "command_line": COMMAND},
    },
}
FLAT = {
    "metadata.event_type": "PROCESS_LAUNCH",
    "metadata.event_timestamp": NOW,
    "principal.hostname": "sql01",
    "principal.user.userid": "CONTOSO\\svc",
    "principal.process.file.full_path": SQL,
    "target.process.file.full_path": CMD,
    "target.process.command_line": COMMAND,
}
LISTED = {
    **EXPORTED,
    "process_cmdline": [COMMAND],
    "process_username": ["CONTOSO\\svc", "NT AUTHORITY\\SYSTEM"],
    "process_pid": [7],
}
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("splunk", SPLUNK),
    ("splunk", SPLUNK_XML),
    ("splunk", SYSMON),
    ("splunk", {name: value for name, value in SYSMON.items() if name != "EventCode"}),
    ("splunk-cim", CIM),
    ("splunk-cim", {name if name == "_time" else f"Processes.{name}": value for name, value in CIM.items()}),
    ("splunk-cim", {"host" if name == "dest" else name: value for name, value in CIM.items()}),
    ("splunk-cim", {"firstTime" if name == "_time" else name: value for name, value in CIM.items()}),
    ("sentinelone", CAMEL),
    ("sentinelone", QUERIED),
    ("carbon-black", ENRICHED),
    ("carbon-black", EXPORTED),
    ("carbon-black-edr", EDR),
    ("cortex-xdr", CORTEX),
    ("cortex-xdr", {name.upper(): value for name, value in CORTEX.items()}),
    ("udm", FLAT),
    ("asim", ASIM),
    ("qradar", QRADAR),
    ("sophos", SOPHOS),
]
"""Flat forms of the same start."""
NESTED: list[tuple[str, dict[str, Any]]] = [
    ("udm", LAUNCH),
    ("udm", {"name": "events/1", "udm": LAUNCH}),
    ("udm", {"event": LAUNCH, "detection": {"ruleName": "r"}}),
    ("splunk", {"preview": False, "result": {**SPLUNK, "Account_Name": ["SQL01$", "svc"]}}),
    ("carbon-black", LISTED),
]


@pytest.mark.parametrize(("format", "record"), FORMS)
def test_every_form_of_a_start_gives_the_same_from_a_table_and_from_json(
    format: str, record: dict[str, Any], tmp_path: Path
) -> None:
    for read_as in (table_of, json_of):
        (row,), reading = read_as(tmp_path, record)
        assert reading.format == format
        assert {name: row[name] for name in ROW} == ROW
        assert row["time"].isoformat() == "2026-03-14T04:05:06+00:00"


@pytest.mark.parametrize(("format", "record"), NESTED)
def test_forms_within_others_are_read_too(format: str, record: dict[str, Any], tmp_path: Path) -> None:
    (row,), reading = json_of(tmp_path, record)
    assert reading.format == format
    assert {name: row[name] for name in ROW} == ROW


@pytest.mark.parametrize("record", [{"name": "1", "udm": LAUNCH}, QRADAR])
def test_an_answer_of_a_search_for_events_is_read(record: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps({"events": [record], "moreDataAvailable": False}, indent=1), encoding="utf-8")
    (row,), _ = rows_of(file)
    assert row["image"] == CMD


@pytest.mark.parametrize(
    "event",
    [
        {"agentName": "sql01", "createdAt": NOW, "eventType": "File Creation", "pid": "7", "processName": "scp"},
        {"machine": "sql01", "event_type": "netconn", "process": CMD},
        {"kind": "Event", "metadata": {"eventType": "ADDED"}, "target": {}},
    ],
)
def test_what_says_which_event_it_is_and_is_of_no_known_kind_is_no_list_of_what_runs(
    event: dict[str, Any], tmp_path: Path
) -> None:
    rows, reading = json_of(tmp_path, event)
    assert (rows, reading.format) == ([], "unknown")


@pytest.mark.parametrize("printed", [repr, json.dumps])
def test_lists_that_a_script_printed_into_a_table_are_read(printed: Callable[[Any], str], tmp_path: Path) -> None:
    cells = {name: printed(value) if isinstance(value, list) else value for name, value in LISTED.items()}
    (row,), _ = table_of(tmp_path, cells)
    assert {name: row[name] for name in ROW} == ROW
    assert row["pid"] == 7
    (row,), _ = table_of(tmp_path, {**SPLUNK, "Account_Name": printed(["SQL01$", "svc"])})
    assert row["account"] == "CONTOSO\\svc"
    (row,), _ = table_of(tmp_path, {**EXPORTED, "process_cmdline": "[ -f 'x' ]"})
    assert row["command_line"] == "[ -f 'x' ]"


def test_a_moment_in_seconds_and_a_kind_in_numbers_are_read(tmp_path: Path) -> None:
    metadata = {"event_type": 10001, "event_timestamp": {"seconds": "1773461106", "nanos": "5"}}
    (row,), _ = json_of(tmp_path, {**LAUNCH, "metadata": metadata})
    assert row["time"].isoformat() == "2026-03-14T04:05:06+00:00"


def test_the_text_of_an_event_comes_before_what_was_cut_out_of_it(tmp_path: Path) -> None:
    raw = json.dumps({"time": NOW, "host": "sql01", "image": CMD, "command_line": COMMAND})
    for read_as in (table_of, json_of):
        (row,), reading = read_as(tmp_path, {**SPLUNK, "Process_Command_Line": "cmd.exe /c", "_raw": raw})
        assert (reading.format, row["command_line"]) == ("plain", COMMAND)


def test_rows_of_an_answer_of_splunk_are_read(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    answer = {"preview": False, "init_offset": 0, "fields": list(SPLUNK), "rows": [list(SPLUNK.values())]}
    file.write_text(json.dumps(answer), encoding="utf-8")
    (row,), reading = rows_of(file)
    assert (reading.format, row["account"]) == ("splunk", "CONTOSO\\svc")


def test_the_device_of_a_domain_is_called_as_elsewhere(tmp_path: Path) -> None:
    (row,), _ = json_of(tmp_path, {**EXPORTED, "device_name": "CONTOSO\\sql01"})
    assert row["host"] == "sql01"


def test_a_target_that_is_none_leaves_the_start_to_the_subject(tmp_path: Path) -> None:
    told = {"Account_Name": "SQL01$\n-", "Account_Domain": "CONTOSO\n-", "Security_ID": "S-1-5-20\nNULL SID"}
    (row,), _ = table_of(tmp_path, {**SPLUNK, **told})
    assert row["account"] == "NT AUTHORITY\\NETWORK SERVICE"
    (row,), _ = table_of(tmp_path, {**SPLUNK, **told, "Account_Name": "svc", "Security_ID": "CONTOSO\\svc"})
    assert row["account"] == "CONTOSO\\svc"


def test_a_name_in_place_of_the_systems_identifier_is_the_systems_account(tmp_path: Path) -> None:
    told = {"SubjectUserSid": "NT AUTHORITY\\SYSTEM", "SubjectUserName": "SQL01$"}
    (row,), _ = table_of(tmp_path, {**SPLUNK_XML, **told})
    assert row["account"] == "NT AUTHORITY\\SYSTEM"


def test_the_account_of_who_starts_is_not_told_for_that_of_what_is_started(tmp_path: Path) -> None:
    (row,), _ = json_of(tmp_path, {name: value for name, value in CAMEL.items() if name != "tgtProcUser"})
    assert row["account"] is None


def test_two_channels_of_one_search_are_both_read(tmp_path: Path) -> None:
    for read_as in (table_of, json_of):
        rows, reading = read_as(tmp_path, SPLUNK, SYSMON, {**SYSMON, "EventCode": "5"}, SPLUNK_XML)
        assert [{name: row[name] for name in ROW} for row in rows] == [ROW] * 3
        assert (reading.format, reading.passed_over, reading.quarantined) == ("splunk", 1, 0)


OTHERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("splunk", SPLUNK, {"_time": NOW, "EventCode": "4624", "ComputerName": "sql01", "Account_Name": "svc"}),
    (
        "splunk-cim",
        CIM,
        {"_time": NOW, "dest": "sql01", "process_guid": "g", "process_path": CMD, "registry_path": "HKLM"},
    ),
    ("sentinelone", CAMEL, {"eventTime": NOW, "eventType": "IP Connect", "endpointName": "sql01", "dstIp": "10.0.0.1"}),
    ("carbon-black", EXPORTED, {**EXPORTED, "type": "endpoint.event.netconn"}),
    ("carbon-black", ENRICHED, {**ENRICHED, "event_type": "netconn", "enriched_event_type": "NETWORK"}),
    ("asim", ASIM, {"TimeGenerated": NOW, "EventSchema": "Dns", "EventType": "Query", "Dvc": "sql01"}),
    ("qradar", {**QRADAR, "Event ID": "1"}, {**QRADAR, "Event ID": "5"}),
    ("sophos", SOPHOS, {**SOPHOS, "query_name": "stopped_processes_windows_sophos"}),
    ("cortex-xdr", CORTEX, {**CORTEX, "event_type": "FILE", "event_sub_type": "FILE_WRITE"}),
    ("udm", LAUNCH, {**LAUNCH, "metadata": {"event_type": "PROCESS_OPEN", "event_timestamp": NOW}}),
]


@pytest.mark.parametrize(("format", "start", "other"), OTHERS)
def test_what_else_the_search_found_is_passed_over_wherever_it_stands(
    format: str, start: dict[str, Any], other: dict[str, Any], tmp_path: Path
) -> None:
    for records in ((start, other), (other, start)):
        rows, reading = json_of(tmp_path, *records)
        assert (len(rows), reading.passed_over, reading.quarantined) == (1, 1, 0)
        assert reading.format == format


@pytest.mark.parametrize(("format", "record"), [*FORMS, *NESTED])
def test_a_command_line_that_looks_like_another_export_changes_nothing(
    format: str, record: dict[str, Any], tmp_path: Path
) -> None:
    names = "_time,host,New_Process_Name,device_name,process_path,tgt.process.image.path,metadata.event_type"
    hostile = json.loads(
        json.dumps(record).replace("echo two", json.dumps(f'{names}\n{{"_time": 1, "dest": 2}}')[1:-1])
    )
    (row,), reading = json_of(tmp_path, hostile)
    assert (reading.format, row["image"], row["host"]) == (format, CMD, "sql01")
