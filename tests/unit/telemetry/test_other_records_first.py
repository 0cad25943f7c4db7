"""A log may hold other things for longer than anybody looks ahead: its starts are read all the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from longtail.telemetry import Options, parts, read
from longtail.telemetry.recognition import HEADS

GOLDEN = Path(__file__).parents[2] / "golden" / "telemetry"
NOW = "2026-03-02T04:05:06Z"
HOST = {"hostname": "h", "name": "h"}
ROW = {"name": "users", "hostIdentifier": "h", "unixTime": 1772424310, "columns": {"username": "u"}, "action": "added"}
CONNECTION = {"Timestamp": NOW, "DeviceId": "d", "DeviceName": "h", "ActionType": "ConnectionSuccess", "ReportId": 1}
PROCESS = {**CONNECTION, "ActionType": "ProcessCreated", "FileName": "a.exe", "FolderPath": "C:\\a.exe"}
LOGON = {"TimeGenerated": NOW, "Computer": "h", "EventID": 4624, "Activity": "4624 - An account was logged on"}
START = {**LOGON, "EventID": 4688, "NewProcessName": "C:\\a.exe"}

OTHERS: dict[str, Any] = {
    "crowdstrike-fdr": {"event_simpleName": "NetworkConnectIP4", "aid": "a", "timestamp": "1772424310000"},
    "ecs": {"@timestamp": NOW, "event": {"category": ["network"]}, "host": HOST, "source": {"ip": "10.0.0.1"}},
    "falco": {"rule": "Opened", "time": NOW, "output_fields": {"evt.type": "open"}},
    "laurel": {"ID": "1772424310.789:7", "USER_LOGIN": {"pid": 1, "op": "login"}},
    "nxlog": {"EventTime": "2026-03-02 04:05:06", "Hostname": "h", "EventID": 3},
    "ocsf": {"class_uid": 4001, "activity_id": 1, "time": 1772424310000},
    "osquery-events": ROW,
    "splunk": {"_time": NOW, "EventCode": "4624", "ComputerName": "h", "Account_Name": ["a", "b"]},
    "sentinelone": {"event.time": 1772424310000, "event.type": "Login", "endpoint.name": "h"},
    "carbon-black": {
        "type": "endpoint.event.netconn",
        "device_name": "h",
        "process_guid": "g",
        "device_timestamp": NOW,
    },
    "carbon-black-edr": {
        "type": "ingress.event.netconn",
        "computer_name": "h",
        "sensor_id": 1,
        "timestamp": 1772424310,
    },
    "udm": {"metadata": {"eventType": "USER_LOGIN", "eventTimestamp": NOW}, "principal": {"hostname": "h"}},
    "limacharlie": {"routing": {"event_type": "DNS_REQUEST", "hostname": "h"}, "event": {"DOMAIN_NAME": "a.example"}},
    "trend-vision-one": {"endpointHostName": "h", "eventId": "3", "eventSubId": 204, "eventTime": "1772424310000"},
    "sophos": {"query_name": "sophos_ips_windows", "meta_hostname": "h", "sophos_pid": "7:1", "time": 1772424310},
    "tetragon": {"process_loader": {"process": {"binary": "/a"}}, "node_name": "h", "time": NOW},
    "wazuh": {"agent": {"name": "h"}, "manager": {"name": "m"}, "location": "syslog", "rule": {"id": "5501"}},
    "windows-export": {"Event": {"System": {"EventID": 3, "Channel": "Microsoft-Windows-Sysmon/Operational"}}},
    "winlogbeat-6": {"@timestamp": NOW, "event_id": 3, "computer_name": "h", "log_name": "x"},
    "winlogbeat-7": {"@timestamp": NOW, "winlog": {"event_id": 3}},
}
"""What each program writes beside process starts."""


def reading_of(file: Path) -> tuple[str, int, int, int]:
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    assert sum(batch.height for batch in reader) == reader.events_read
    (reading,) = reader.readings
    return reading.format, reading.process_starts, reading.passed_over, reading.quarantined


def lines_of(record: dict[str, Any]) -> bytes:
    """More of one record than is looked at, in few long lines."""
    line = json.dumps({**record, "filler": "x" * 200_000}).encode() + b"\n"
    return line * (HEADS[-1] // len(line) + 2)


@pytest.mark.parametrize("name", OTHERS)
def test_starts_that_come_late_are_read(name: str, tmp_path: Path) -> None:
    sample = next((GOLDEN / name).glob("input.*"))
    before = lines_of(OTHERS[name])
    late = tmp_path / "late.log"
    late.write_bytes(before + sample.read_bytes())
    _, starts, passed_over, quarantined = reading_of(sample)
    _, *found = reading_of(late)
    assert found == [starts, passed_over + before.count(b"\n"), quarantined]


@pytest.mark.parametrize(
    ("name", "other", "start"),
    [
        ("defender", CONNECTION, {**PROCESS, "ProcessCommandLine": "a.exe"}),
        ("sentinel-securityevent", LOGON, START),
        ("eql", {"event_type": "network", "subtype": "outgoing", "timestamp": 131883571822140000}, None),
    ],
)
def test_tables_of_many_kinds_of_rows_too(name: str, other: Any, start: Any, tmp_path: Path) -> None:
    late = tmp_path / "late.log"
    before = lines_of(other)
    late.write_bytes(before + (json.dumps(start).encode() if start else b""))
    assert reading_of(late) == (name, 1 if start else 0, before.count(b"\n"), 0)


def test_what_osquery_logs_beside_starts_is_still_said_to_be_of_use_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "osqueryd.results.log"
    file.write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    assert not list(reader)
    (note,) = reader.readings[0].notes
    assert note.endswith("used by `longtail ports`, not by hunt: 1 records")
