"""What consoles and search pages export: the same starts under other headers, separators, dates and containers."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from longtail.readings import Reading
from longtail.telemetry import Options, parts, read
from longtail.telemetry.format import Kind, nested
from longtail.telemetry.kinds import instants, wholes

COMMAND = '"C:\\Windows\\cmd.exe" /c echo "a; b, c"'
MOMENT = datetime(2026, 3, 14, 4, 5, 6, tzinfo=UTC)
ECS = {
    "@timestamp": "2026-03-14T04:05:06Z",
    "event": {"category": ["process"], "type": ["start"], "action": "start"},
    "host": {"name": "sql01"},
    "user": {"domain": "CONTOSO", "name": "svc"},
    "process": {
        "executable": "C:\\Windows\\cmd.exe",
        "command_line": COMMAND,
        "pid": 1500,
        "parent": {"executable": "C:\\sqlservr.exe", "pid": 400},
    },
}
SENTINEL = {
    "TimeGenerated": "2026-03-14T04:05:06Z",
    "Computer": "sql01",
    "EventID": "4688",
    "Account": "CONTOSO\\svc",
    "NewProcessName": "C:\\Windows\\cmd.exe",
    "NewProcessId": "0x5dc",
    "CommandLine": COMMAND,
    "ParentProcessName": "C:\\sqlservr.exe",
    "ProcessId": "0x190",
}
DEFENDER = {
    "Timestamp": "2026-03-14T04:05:06Z",
    "DeviceName": "sql01",
    "ActionType": "ProcessCreated",
    "FileName": "cmd.exe",
    "FolderPath": "C:\\Windows\\cmd.exe",
    "ProcessId": "1500",
    "ProcessCommandLine": COMMAND,
    "AccountDomain": "CONTOSO",
    "AccountName": "svc",
    "InitiatingProcessFileName": "sqlservr.exe",
    "InitiatingProcessFolderPath": "C:\\sqlservr.exe",
    "InitiatingProcessId": "400",
}
CROWDSTRIKE = {
    "@timestamp": 1773461106000,
    "aid": "a1",
    "#event_simpleName": "ProcessRollup2",
    "ComputerName": "sql01",
    "UserName": "CONTOSO\\svc",
    "ImageFileName": "C:\\Windows\\cmd.exe",
    "CommandLine": COMMAND,
    "ParentBaseFileName": "C:\\sqlservr.exe",
    "RawProcessId": "1500",
}


def flat(record: dict[str, Any], before: str = "") -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for name, value in record.items():
        whole |= flat(value, f"{before}{name}.") if isinstance(value, dict) else {before + name: value}
    return whole


def table(record: dict[str, Any], delimiter: str = ",") -> str:
    out = io.StringIO()
    written = csv.DictWriter(out, list(record), delimiter=delimiter, quoting=csv.QUOTE_ALL)
    written.writeheader()
    written.writerow({name: ", ".join(v) if isinstance(v, list) else v for name, v in record.items()})
    return out.getvalue()


def renamed(record: dict[str, Any], **names: str) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in record.items()}


def found_in(file: Path) -> tuple[list[dict[str, Any]], Reading]:
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    rows = [row for batch in reader for row in batch.to_dicts()]
    (reading,) = reader.readings
    return rows, reading


TIMELINE = {
    "Timestamp": "Event Time",
    "DeviceName": "Computer Name",
    "ActionType": "Action Type",
    "FileName": "File Name",
    "FolderPath": "Folder Path",
    "ProcessId": "Process Id",
    "ProcessCommandLine": "Process Command line",
    "AccountDomain": "Account Domain",
    "AccountName": "Account Name",
    "InitiatingProcessFileName": "Initiating Process File Name",
    "InitiatingProcessFolderPath": "Initiating Process Folder Path",
    "InitiatingProcessId": "Initiating Process Id",
}
US, GERMAN, BRITISH = "3/14/2026, 4:05:06.000\u202fAM", "14.3.2026, 04:05:06", "14/03/2026, 04:05:06"


def timed(header: str) -> dict[str, Any]:
    return renamed({**SENTINEL, "TimeGenerated": US}, TimeGenerated=header)


KIBANA = {**flat(ECS), "@timestamp": "Mar 14, 2026 @ 04:05:06.000", "process.pid": "1,500"}
HITS = {"took": 3, "hits": {"total": {"value": 1}, "hits": [{"_id": "x", "_source": ECS}]}}
GRAPH = {
    "@odata.context": "https://graph",
    "schema": [{"name": "Timestamp", "type": "DateTime"}],
    "results": [DEFENDER],
}

EXPORTS = {
    "Elastic, names with dots": json.dumps(flat(ECS)),
    "Elastic, an answer to a search": json.dumps(HITS),
    "Elastic, an answer to a search, indented": json.dumps(HITS, indent=2),
    "Elastic, an answer inside a page's": json.dumps({"rawResponse": HITS}),
    "Elastic, type as before 7.7": json.dumps({**ECS, "event": {"category": "process", "type": "process_start"}}),
    "Kibana, CSV": "\ufeff" + table(KIBANA),
    "Kibana, CSV of a few columns": table({name: value for name, value in KIBANA.items() if "event." not in name}),
    "Sentinel, CSV in US style": "\ufeff" + table(timed("TimeGenerated [UTC]")),
    "Sentinel, CSV in local time": table(timed("TimeGenerated [Local Time]")),
    "Sentinel, CSV in German style": table({**SENTINEL, "TimeGenerated": GERMAN}, ";"),
    "Sentinel, CSV in British style": table({**SENTINEL, "TimeGenerated": BRITISH}, ";"),
    "Sentinel, CSV for Excel": "sep=;\r\n" + table(SENTINEL, ";"),
    "Defender, CSV": table({**DEFENDER, "Timestamp": "Mar 14, 2026 4:05:06 AM"}),
    "Defender, a device's timeline": table({"Machine Id": "m", **renamed(DEFENDER, **TIMELINE)}),
    "Defender, an answer of Graph": json.dumps(GRAPH),
    "Defender, an event hub's envelope": json.dumps({"records": [{"category": "x", "properties": DEFENDER}]}),
    "CrowdStrike, a search as JSON": json.dumps([CROWDSTRIKE], indent=1),
    "CrowdStrike, a search as CSV": table(CROWDSTRIKE),
}  # fmt: skip


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_gives_its_start(export: str, tmp_path: Path) -> None:
    file = tmp_path / "export"
    file.write_text(EXPORTS[export], encoding="utf-8")
    (row,), reading = found_in(file)
    assert reading.quarantined == 0
    assert row["time"] == MOMENT
    assert (row["host"], row["account"], row["pid"]) == ("sql01", "CONTOSO\\svc", 1500)
    assert (row["image"], row["command_line"]) == ("C:\\Windows\\cmd.exe", COMMAND)
    assert row["parent_image"] == "C:\\sqlservr.exe"
    assert any(note.startswith("local times") for note in reading.notes) == ("local time" in export)


def test_rows_of_a_nested_parquet_file_are_what_its_records_are(tmp_path: Path) -> None:
    pl.DataFrame([ECS, {**ECS, "event": {"category": ["process"], "type": ["end"], "action": "end"}}]).write_parquet(
        tmp_path / "ecs.parquet"
    )
    (row,), reading = found_in(tmp_path / "ecs.parquet")
    assert (row["time"], row["host"], row["command_line"], row["pid"]) == (MOMENT, "sql01", COMMAND, 1500)
    assert (reading.format, reading.passed_over) == ("ecs", 1)


def test_a_fork_starts_no_program(tmp_path: Path) -> None:
    actions = ["fork", "exec", ["fork", "exec"]]
    lines = (json.dumps({**ECS, "event": {**ECS["event"], "action": action}}) for action in actions)  # type: ignore[dict-item]
    file = tmp_path / "ecs.ndjson"
    file.write_text("\n".join(lines), encoding="utf-8")
    rows, reading = found_in(file)
    assert (len(rows), reading.passed_over) == (2, 1)


def test_dates_are_read_in_the_order_of_their_file_where_they_can_be() -> None:
    def read_as(kind: Kind, *written: str) -> list[str]:
        return [str(each)[:16] for each in instants(pl.Series(written), kind)]

    assert read_as(Kind.STAMP, "3/2/2026 4:05:06 AM", "12/1/2026 1:00:00 PM") == [
        "2026-03-02 04:05",
        "2026-12-01 13:00",
    ]
    for kind, first in ((Kind.STAMP, "2026-03-02 04:05"), (Kind.DAY_STAMP, "2026-02-03 04:05")):
        assert read_as(kind, "03/02/2026 04:05:06", "13/02/2026 04:05:06") == [first, "2026-02-13 04:05"]
        assert read_as(kind, "2.3.2026, 04:05:06,789", "2026/03/02 04:05:06") == ["None", "2026-03-02 04:05"]


def test_moments_are_read_as_excel_writes_them_anew() -> None:
    written = ("02.03.2026 04:05", "2.3.2026 4:05", "2026/3/2 4:05", "2026-03-02 4:05", "2026-03-02 04:05")
    assert {str(each)[:16] for each in instants(pl.Series(written), Kind.STAMP)} == {"2026-03-02 04:05"}


def test_thousands_may_be_marked() -> None:
    assert wholes(pl.Series(["1,500", "12,345,678", "1,5", "1,500.0"])).to_list() == [1500, 12345678, None, 1500]


def test_names_with_dots_are_nested_and_a_name_wins_over_its_parts() -> None:
    assert nested({"a.b": 1, "a.c.d": 2, "e": 3}) == {"a": {"b": 1, "c": {"d": 2}}, "e": 3}
    assert nested({"a": 1, "a.b": 2, "c.d": 3, "c.d.e": 4, "": 5, ".": 6}) == {"a": 1, "c": {"d": 3}, "": {"": 6}} | {
        "": 5
    }


@pytest.mark.parametrize(
    "header",
    [
        "Time,HOST,Account,Image,CommandLine",
        "time,Host,account,IMAGE,command_line",
        "TIME,host,ACCOUNT,image,Command Line",
    ],
)
def test_plain_columns_are_known_in_any_case(header: str, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(f"{header}\n2026-03-14T04:05:06Z,sql01,svc,C:\\a.exe,a.exe /x\n", encoding="utf-8")
    rows, reading = found_in(file)
    assert reading.format == "plain"
    told = ("time", "host", "account", "image", "command_line")
    moment = datetime(2026, 3, 14, 4, 5, 6, tzinfo=UTC)
    assert [[row[name] for name in told] for row in rows] == [[moment, "sql01", "svc", "C:\\a.exe", "a.exe /x"]]


def test_a_name_that_is_written_exactly_comes_before_its_like(tmp_path: Path) -> None:
    start = {"time": "2026-03-14T04:05:06Z", "host": "sql01", "image": "C:\\a.exe"}
    like = {"Time": "2020-01-01T00:00:00Z", "_time": "2020-01-01T00:00:00Z", "Host": "other", "IMAGE": "C:\\b.exe"}
    for number, record in enumerate(({**start, **like}, {**like, **start})):
        file = tmp_path / f"{number}.jsonl"
        file.write_text(json.dumps(record) + "\n", encoding="utf-8")
        (row,), _ = found_in(file)
        assert (row["host"], row["image"], row["time"].year) == ("sql01", "C:\\a.exe", 2026)


@pytest.mark.parametrize("more", ["EventCode", "EventID", "LocalPort", "Port"])
def test_what_is_merely_headed_alike_is_no_plain_start(more: str, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text(f"Time,Host,Image,{more}\n2026-03-14T04:05:06Z,sql01,C:\\a.exe,3\n", encoding="utf-8")
    rows, reading = found_in(file)
    assert (rows, reading.format == "plain") == ([], False)
