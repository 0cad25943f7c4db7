"""Process starts into sightings: what ran on which host, under which account, on which day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from longtail.executions.schema import PROCESS_EVENT, SIGHTING
from longtail.executions.sightings import empty, in_order, merge, sightings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CMD = r"C:\Windows\System32\cmd.exe"
EVENT: dict[str, Any] = {
    "time": NOON,
    "tenant": "contoso",
    "host": "DB01",
    "account": r"NT SERVICE\MSSQLSERVER",
    "image": CMD,
    "command_line": "cmd.exe /c whoami /all",
    "parent_image": r"C:\Program Files\Microsoft SQL Server\MSSQL15.A\MSSQL\Binn\sqlservr.exe",
    "pid": 7,
    "record_id": "1",
}


def seen(*changes: dict[str, Any]) -> pl.DataFrame:
    return in_order(sightings(pl.DataFrame([EVENT | each for each in changes], schema=PROCESS_EVENT)))


def test_no_events_give_no_sightings_of_the_same_schema() -> None:
    assert sightings(pl.DataFrame(schema=PROCESS_EVENT)).equals(empty())
    assert empty().schema == SIGHTING


def test_what_a_shell_is_told_is_an_execution_beside_the_shells_own() -> None:
    rows = seen({}).select("location", "name", "zone", "hosted_by", "runs").rows()
    assert set(rows) == {("\\windows\\system32\\", "cmd.exe", "system", None, 1), ("", "whoami", "none", "cmd.exe", 1)}


@pytest.mark.parametrize(
    ("image", "line", "carried"),
    [
        (r"C:\Windows\System32\rundll32.exe", r"rundll32 C:\Temp\a.dll,Run", "a.dll"),
        (r"C:\Windows\System32\cmd.exe", "cmd /c echo open 1.2.3.4>So.2", "echo"),
        ("/usr/bin/python3", "python3 /tmp/a.py", "a.py"),
        ("/bin/sh", "sh -c '/tmp/x --now'", "x"),
    ],
)
def test_every_host_of_another_program_gives_its_row_and_that_of_the_program(
    image: str, line: str, carried: str
) -> None:
    found = seen({"image": image, "command_line": line})
    assert found.height == 2
    assert carried in found.filter(pl.col("hosted_by").is_not_null())["name"].to_list()


def test_equal_starts_of_a_day_are_one_sighting_with_its_span() -> None:
    hours = [{"time": NOON + timedelta(hours=each)} for each in (3, 0, 5)]
    shell = seen(*hours).filter(pl.col("hosted_by").is_null())
    assert shell.select("runs", "first_seen", "last_seen").rows() == [(3, NOON, NOON + timedelta(hours=5))]


def test_another_day_is_another_sighting_by_utc() -> None:
    found = seen({"time": NOON}, {"time": NOON + timedelta(hours=12)})
    assert found["day"].unique().sort().to_list() == [date(2026, 3, 2), date(2026, 3, 3)]


def test_the_example_is_the_earliest_event_as_it_was_written() -> None:
    later = {"time": NOON + timedelta(minutes=1), "command_line": "CMD.exe /c whoami /all", "pid": 8}
    shell = seen(later, {}).filter(pl.col("hosted_by").is_null())
    assert shell["example_command_line"].to_list() == ["cmd.exe /c whoami /all"]
    assert shell["example_pid"].to_list() == [7]


@pytest.mark.parametrize("missing", ["time", "host", "image"])
def test_a_start_that_says_not_when_where_or_what_is_left_out(missing: str) -> None:
    assert seen({missing: None}).is_empty()
    assert seen({missing: None}, {})["runs"].max() == 1


def test_what_else_is_missing_stays_unknown() -> None:
    (row,) = seen(dict.fromkeys(("tenant", "account", "command_line", "parent_image", "pid", "record_id"))).to_dicts()
    assert (row["tenant"], row["account"], row["parent"], row["shape"]) == ("default", "", "", "")
    assert row["example_command_line"] is None and row["example_pid"] is None


def test_a_host_is_one_host_however_its_name_is_written() -> None:
    assert seen({"host": "DB01"}, {"host": "db01"})["host"].unique().to_list() == ["db01"]


def test_machine_made_values_do_not_make_lines_different() -> None:
    lines = [{"image": r"C:\job.exe", "command_line": f"job.exe -run 2026030{day} -id {day}77"} for day in range(1, 8)]
    assert seen(*lines).select("runs", pl.col("shape").is_in(["", None])).rows() == [(7, False)]


def test_the_parent_is_canonical_and_the_account_has_its_class() -> None:
    (row, *_) = seen({}).to_dicts()
    assert row["parent"].endswith(r"\mssql\binn\sqlservr.exe") and row["parent"] == row["parent"].lower()
    assert row["account_class"] == "mssql"


def test_merging_with_itself_doubles_the_runs_and_nothing_else() -> None:
    once = seen({}, {"time": NOON + timedelta(days=1)})
    assert in_order(merge([once, once])).equals(once.with_columns(pl.col("runs") * 2))
