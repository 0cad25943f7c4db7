"""Process snapshots, as every tool writes them, become rows of what runs; each distinct finding is one row."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from longtail.telemetry import Options, read, running
from longtail.telemetry.hostnames import EXAMPLES as NAMES
from longtail.telemetry.hostnames import host_told_by
from longtail.telemetry.parts import parts
from longtail.telemetry.terminal import ps


def _ran(folder: Path, name: str, content: str | bytes, **options: Any) -> list[dict[str, Any]]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    table, _ = running([str(folder / Path(name).parts[0])], Options(**options))
    return [{key: value for key, value in row.items() if value is not None} for row in table.drop("source").to_dicts()]


def _reading(folder: Path, name: str) -> Any:
    return running([str(folder / Path(name).parts[0])], Options())[1][0]


@pytest.mark.parametrize(("path", "host"), NAMES)
def test_a_file_or_its_folder_may_be_named_after_the_host(path: str, host: str | None) -> None:
    assert host_told_by(path, "") == host


def test_no_folder_above_what_was_given_names_a_host() -> None:
    assert host_told_by("/srv/db9/in/ps.txt", "/srv/db9/in") is None
    assert host_told_by("/srv/in/db9/ps.txt", "/srv/in") == "db9"
    assert host_told_by("/srv/db9/ps.txt", "/srv/db9") == "db9"


@pytest.mark.parametrize(("header", "row", "process"), ps.EXAMPLES)
def test_a_row_of_ps_is_cut_as_its_header_says(header: str, row: str, process: dict[str, Any]) -> None:
    table = ps.layout(header)
    assert table is not None and table.process(row) == process


@pytest.mark.parametrize("line", ["COMMAND  PID USER FD TYPE", "a PID that a COMMAND", "PID", "USER COMMAND", ""])
def test_what_is_no_header_of_ps_opens_no_table(line: str) -> None:
    assert ps.layout(line) is None


def test_a_row_that_does_not_fit_its_table_is_quarantined_with_its_line(tmp_path: Path) -> None:
    content = (
        "  PID USER  COMMAND\n    1 root  /sbin/init\n  oops\n    7 root  /usr/sbin/cron -f\n\n    9 not in a table\n"
    )
    assert [row["command_line"] for row in _ran(tmp_path, "web01/ps.txt", content)] == [
        "/sbin/init",
        "/usr/sbin/cron -f",
    ]
    (example,) = _reading(tmp_path, "web01/ps.txt").examples
    assert example.place.endswith("ps.txt:3") and example.reason == ps.NO_ROW


def test_ps_tells_when_a_process_began_where_it_is_asked_for_the_whole_date(tmp_path: Path) -> None:
    content = (
        "USER   PID                  STARTED COMMAND\nroot     1 Sun Nov  1 12:26:40 2026 /sbin/init\n"
        "root     7 Thu Nov 31 12:26:40 2026 /usr/sbin/cron -f\n"
    )
    began = [row.get("first_seen") for row in _ran(tmp_path, "web01/ps.txt", content)]
    assert began == [datetime(2026, 11, 1, 12, 26, 40, tzinfo=UTC), None]


def test_threads_of_the_kernel_are_no_programs(tmp_path: Path) -> None:
    content = "  PID CMD\n    2 [kthreadd]\n   33 [kworker/0:1-events]\n   40 /usr/bin/x [y]\n"
    assert [row["command_line"] for row in _ran(tmp_path, "h1/ps.txt", content)] == ["/usr/bin/x [y]"]


def test_a_snapshot_without_a_host_takes_the_file_s_name_and_says_so(tmp_path: Path) -> None:
    record = json.dumps({"Pid": 4711, "Name": "sqlservr.exe", "Exe": "C:\\S\\sqlservr.exe", "CommandLine": ""})
    assert _ran(tmp_path, "SQL03/results/Windows.System.Pslist.json", record) == [
        {"tenant": "default", "host": "SQL03", "image": "C:\\S\\sqlservr.exe"}
    ]
    assert any("SQL03" in note for note in _reading(tmp_path, "SQL03/results/Windows.System.Pslist.json").notes)
    assert _ran(tmp_path, "SQL03/pslist.json", record, host="told")[0]["host"] == "told"


def test_a_snapshot_that_nothing_names_is_quarantined(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert _ran(folder, "pslist.json", '{"Pid": 1, "Exe": "C:\\\\a.exe"}\n{"Pid": 2, "Exe": "C:\\\\b.exe"}\n') == []
    reading = _reading(folder, "pslist.json")
    assert reading.quarantined == 2 and "--host" in reading.examples[0].reason
    assert reading.examples[1].place.endswith("pslist.json:2")


def test_powershell_in_utf_16_pretty_printed_or_a_single_object(tmp_path: Path) -> None:
    one = {"Id": 7, "ProcessName": "sqlservr", "Path": "C:\\S\\sqlservr.exe", "MachineName": ".",
           "StartTime": "/Date(1762000000123)/", "Modules": [{"ModuleName": "ntdll.dll"}]}  # fmt: skip
    started = datetime(2025, 11, 1, 12, 26, 40, 123_000, UTC)
    expected = {"tenant": "default", "host": "SQL03", "image": "C:\\S\\sqlservr.exe", "first_seen": started}
    assert _ran(tmp_path, "SQL03/get-process.json", json.dumps(one, indent=4).encode("utf-16")) == [expected]
    assert _ran(tmp_path, "SQL03/all.json", json.dumps([one, one], indent=4)) == [expected]


def test_win32_process_has_its_own_names(tmp_path: Path) -> None:
    record = {"ProcessId": 5, "Name": "java.exe", "ExecutablePath": None, "CommandLine": "C:\\jdk\\java.exe -jar a.jar",
              "CSName": "APP1", "PSComputerName": None, "CreationDate": "2026-11-02T03:04:05+01:00"}  # fmt: skip
    assert _ran(tmp_path, "x.json", json.dumps([record])) == [
        {"tenant": "default", "host": "APP1", "command_line": "C:\\jdk\\java.exe -jar a.jar",
         "first_seen": datetime(2026, 11, 2, 2, 4, 5, tzinfo=UTC)}
    ]  # fmt: skip


def test_a_stopped_service_does_not_run(tmp_path: Path) -> None:
    records = [
        {"Name": name, "PathName": f'"C:\\S\\{name}.exe" -k', "State": state, "StartMode": "Auto", "SystemName": "A"}
        for name, state in (("on", "Running"), ("off", "Stopped"), ("paused", "Paused"))
    ]
    assert [row["command_line"] for row in _ran(tmp_path, "s.json", json.dumps(records))] == ['"C:\\S\\on.exe" -k']


def test_osqueryi_with_and_without_the_host_in_its_rows(tmp_path: Path) -> None:
    row = {"pid": "810", "name": "nginx", "path": "/usr/sbin/nginx", "cmdline": "nginx: worker process"}
    bare = json.dumps([row]).replace("[{", "[\n  {")
    decorated = json.dumps([{**row, "hostname": "web-07"}])
    assert [each["host"] for each in _ran(tmp_path, "web01/osqueryi-processes.json", bare)] == ["web01"]
    assert [each["host"] for each in _ran(tmp_path, "web02/x.json", decorated)] == ["web-07"]


def test_an_osquery_snapshot_and_its_events_say_the_same(tmp_path: Path) -> None:
    rows = [{"pid": str(n), "name": f"p{n}", "path": f"/opt/p{n}", "cmdline": f"/opt/p{n} -d"} for n in range(3)]
    outer = {"name": "any", "hostIdentifier": "h", "unixTime": 1762000000}
    events = "\n".join(json.dumps({**outer, "columns": row, "action": "added"}) for row in rows)
    batch = json.dumps({**outer, "snapshot": rows, "action": "snapshot"})
    differences = json.dumps({**outer, "diffResults": {"added": rows[:2], "removed": rows[2:]}})
    assert _ran(tmp_path, "a.log", events) == _ran(tmp_path, "b.log", batch) == _ran(tmp_path, "c.log", differences)


def test_an_osquery_batch_with_values_of_odd_types_loses_only_those(tmp_path: Path) -> None:
    odd = [{"pid": 10**30, "name": "a", "path": "/opt/a"}, {"pid": 3.5, "name": ["x"], "path": "/opt/b", "cmdline": {}}]
    rows = [*odd, {"pid": 7.0, "name": "c", "path": "/opt/c"}, "no row", None]
    batch = json.dumps({"name": "x", "hostIdentifier": "h", "unixTime": 1762000000, "snapshot": rows})
    assert [row["image"] for row in _ran(tmp_path, "b.log", batch)] == ["/opt/c"]


def test_rows_of_other_osquery_tables_are_passed_over(tmp_path: Path) -> None:
    outer = {"name": "q", "hostIdentifier": "h", "unixTime": 1762000000, "action": "added"}
    others = [
        {"name": "Babel", "path": "/usr/lib/python3", "version": "2"},  # python_packages
        {"pid": "9", "fd": "3", "path": "/etc/passwd"},  # process_open_files
        {"pid": "9", "path": "/usr/bin/x", "start": "0x0", "permissions": "r-xp"},  # process_memory_map
        {"pid": "9", "port": "22", "protocol": "6", "family": "2", "address": "::", "path": ""},  # listening_ports
        {"name": "Spooler", "path": "C:\\spoolsv.exe", "status": "STOPPED", "pid": "0"},  # services
    ]
    lines = "\n".join(json.dumps({**outer, "columns": columns}) for columns in others)
    assert _ran(tmp_path, "o.log", lines) == []
    assert _reading(tmp_path, "o.log").passed_over == len(others) - 1  # the socket is another kind of row


def test_the_same_snapshot_again_and_again_is_one_row_with_its_times(tmp_path: Path) -> None:
    lines = "\n".join(
        json.dumps({"name": "p", "hostIdentifier": "h", "unixTime": 1762000000 + 60 * minute, "action": "snapshot",
                    "columns": {"pid": str(minute), "name": "x", "path": "/opt/x", "cmdline": "/opt/x"}})
        for minute in (5, 0, 9)
    )  # fmt: skip
    (row,) = _ran(tmp_path, "s.log", lines)
    assert (row["first_seen"].timestamp(), row["last_seen"].timestamp()) == (1762000000, 1762000540)


def test_a_bad_line_costs_itself_only(tmp_path: Path) -> None:
    good = '{"host": "a", "image": "/bin/x"}\n'
    content = good + '{"host": "a", "image": \n' + '{"host": "b", "image": ""}\n' + good.replace("x", "y")
    assert [row["image"] for row in _ran(tmp_path, "i.jsonl", content)] == ["/bin/x", "/bin/y"]
    reading = _reading(tmp_path, "i.jsonl")
    assert (reading.quarantined, [each.place.rsplit(":")[-1] for each in reading.examples]) == (2, ["2", "3"])


def test_an_inventory_as_people_head_it(tmp_path: Path) -> None:
    assert _ran(tmp_path, "i.csv", "Machine;Executable;Last Seen\nA;C:\\x.exe;2026-11-02\n") == [
        {"tenant": "default", "host": "A", "image": "C:\\x.exe", "last_seen": datetime(2026, 11, 2, tzinfo=UTC)}
    ]


@pytest.mark.parametrize(
    ("pid", "number"), [("7.0", 7), ("3.5", None), ("1e400", None), ("9" * 40, None), ("[1]", 1), ("[[1]]", None)]
)
def test_a_number_of_an_odd_kind_costs_nothing_but_itself(tmp_path: Path, pid: str, number: int | None) -> None:
    line = '{"time": "2026-11-01T00:00:00Z", "host": "h", "image": "/x", "pid": PID}\n'
    (tmp_path / "p.jsonl").write_text(line.replace("PID", "1") + line.replace("PID", pid))
    (part,) = parts([str(tmp_path / "p.jsonl")], Options())
    assert [value for batch in read(part, Options()) for value in batch["pid"]] == [1, number]


def test_starts_are_no_snapshot_and_a_file_of_them_is_not_read_through(tmp_path: Path) -> None:
    assert _ran(tmp_path, "p.csv", "time,host,image\n2026-11-02,a,/bin/x\nnot a time,b,/bin/y\n") == []
    reading = _reading(tmp_path, "p.csv")
    assert (reading.format, reading.quarantined, reading.passed_over) == ("plain", 0, 0)


def test_a_hunt_takes_no_snapshot_for_starts(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("host,image\na,/bin/x\n")
    (part,) = parts([str(tmp_path / "i.csv")], Options())
    reader = read(part, Options())
    assert list(reader) == [] and reader.events_read == 0
    assert reader.readings[0].notes == (
        "process snapshot or inventory, used by `longtail ports`, not by hunt: 1 records",
    )
