"""Slashed dates: read as the file shows, else as its fellows show, else month first and said so; never by the piece."""

import gzip
import json
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from longtail.files.tally import readings_merged
from longtail.pipelines import Source, ingest, observed
from longtail.readings import Reading
from longtail.telemetry import Options, Table, TableReader, dated, parts, read, table_format
from longtail.telemetry.appended import Appended
from longtail.telemetry.dates import AS_OTHERS, GUESSED, MIXED
from longtail.telemetry.tables import GUESSED_OF_ROWS

HEADER = "Time,Host,Image,CommandLine"


def csv(*dates: str) -> bytes:
    rows = [f"{date} 04:05:06,sql01,C:\\a.exe,at {number}" for number, date in enumerate(dates)]
    return "\r\n".join([HEADER, *rows, ""]).encode()


def found_in(
    paths: list[Path], options: Options | None = None, pieces: int = 1
) -> tuple[dict[str, list[str]], dict[str, Reading]]:
    """The days read from each file, and its reading."""
    given = [str(path) for path in paths]
    known = dated(given, options or Options())
    readings: list[Reading] = []
    days: dict[str, list[str]] = {Path(path).name: [] for path in given}
    for part in parts(given, known, pieces):
        reader = read(part, known)
        for batch in reader:
            days[Path(part.path).name] += [str(each.date()) for each in batch["time"]]
        readings.extend(reader.readings)
    return days, {Path(each.path).name: each for each in readings_merged(readings)}


def test_what_one_file_shows_holds_for_its_fellows_in_whatever_order_they_come(tmp_path: Path) -> None:
    files = [tmp_path / f"{day}.csv" for day in (11, 12, 13, 14)]
    for file in files:
        file.write_bytes(csv(f"{file.stem}/03/2026"))
    for order in list(permutations(files))[::5]:
        days, readings = found_in(list(order))
        assert days == {f"{day}.csv": [f"2026-03-{day}"] for day in (11, 12, 13, 14)}
        assert readings["11.csv"].notes == (AS_OTHERS.format(order="day first"),)
        assert readings["13.csv"].notes == ()


def test_dates_behind_a_long_command_line_are_seen(tmp_path: Path) -> None:
    """What an attacker encodes is as long as a command line may be; the time may be the last column."""
    rows = [
        f"sql01,C:\\a.exe,powershell -enc {'A' * 32_000},11/03/2026 04:05:06",
        "sql01,C:\\a.exe,a,13/03/2026 04:05:06",
    ]
    file = tmp_path / "late.csv"
    file.write_text("\n".join(["Host,Image,CommandLine,Time", *rows, ""]))
    assert found_in([file])[0]["late.csv"] == ["2026-03-11", "2026-03-13"]


def test_what_nothing_shows_is_read_month_first_and_said_to_be_uncertain(tmp_path: Path) -> None:
    file = tmp_path / "11.csv"
    file.write_bytes(csv("11/03/2026"))
    days, readings = found_in([file])
    assert (days["11.csv"], readings["11.csv"].notes) == (["2026-11-03"], (GUESSED,))


@pytest.mark.parametrize(("day_first", "read_as"), [(True, "2026-03-11"), (False, "2026-11-03")])
def test_the_order_can_be_told(day_first: bool, read_as: str, tmp_path: Path) -> None:
    for name, written in (("a", "11/03/2026"), ("b", "13/03/2026")):
        (tmp_path / f"{name}.csv").write_bytes(csv(written))
    days, readings = found_in([tmp_path / "a.csv", tmp_path / "b.csv"], Options(day_first=day_first))
    assert (days["a.csv"], days["b.csv"], readings["a.csv"].notes) == ([read_as], ["2026-03-13"], ())


def test_files_that_contradict_each_other_are_each_read_as_they_show(tmp_path: Path) -> None:
    for name, dates in (
        ("eu", ["03/02/2026", "13/02/2026"]),
        ("us", ["02/03/2026", "02/13/2026"]),
        ("x", ["01/02/2026"]),
    ):
        (tmp_path / f"{name}.csv").write_bytes(csv(*dates))
    days, readings = found_in(sorted(tmp_path.iterdir()))
    assert days == {
        "eu.csv": ["2026-02-03", "2026-02-13"],
        "us.csv": ["2026-02-03", "2026-02-13"],
        "x.csv": ["2026-01-02"],
    }
    assert [readings[f"{name}.csv"].notes for name in ("eu", "us", "x")] == [(), (), (GUESSED,)]


def test_both_orders_in_one_file_are_told(tmp_path: Path) -> None:
    file = tmp_path / "both.csv"
    file.write_bytes(csv("13/02/2026", "02/13/2026", "03/02/2026"))
    days, readings = found_in([file])
    assert (days["both.csv"], readings["both.csv"].notes) == (["2026-02-13", "2026-02-13", "2026-03-02"], (MIXED,))


def test_a_date_at_the_end_of_a_big_file_holds_for_all_its_pieces(tmp_path: Path) -> None:
    file = tmp_path / "big.csv"
    rows = b"".join(b"02/03/2026 04:05:06,sql01,C:\\a.exe,%s\r\n" % (b"x" * 4000) for _ in range(5000))
    file.write_bytes(HEADER.encode() + b"\r\n" + rows + b"13/03/2026 04:05:06,sql01,C:\\a.exe,b\r\n")
    days, readings = found_in([file], pieces=4)
    assert len(parts([str(file)], Options(), 4)) > 1
    assert (set(days["big.csv"]), len(days["big.csv"])) == ({"2026-03-02", "2026-03-13"}, 5001)
    assert readings["big.csv"].notes == ()


def test_a_stream_is_read_as_its_head_shows(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(csv("11/03/2026", "13/03/2026"))
    (part,) = parts([str(file)], Options())
    (batch,) = read(part, Options())  # what was not looked through before, as standard input is not
    assert [each.date().day for each in batch["time"]] == [11, 13]


def test_json_that_escapes_its_slashes_and_packed_files_are_looked_at_too(tmp_path: Path) -> None:
    lines = [
        json.dumps({"time": f"{day}/03/2026 04:05", "host": "h", "image": "/a"}).replace("/", "\\/") for day in (11, 13)
    ]
    (tmp_path / "b.json").write_text(lines[1] + "\n", encoding="utf-8")
    (tmp_path / "a.json.gz").write_bytes(gzip.compress((lines[0] + "\n").encode("utf-16")))
    days, _ = found_in([tmp_path / "a.json.gz", tmp_path / "b.json"])
    assert days == {"a.json.gz": ["2026-03-11"], "b.json": ["2026-03-13"]}


def test_a_date_in_a_command_line_shows_nothing(tmp_path: Path) -> None:
    record = {"time": "2026-03-02T04:05:06Z", "host": "h", "image": "a", "command_line": "schtasks /sd 13/03/2026"}
    (tmp_path / "a.json").write_text(json.dumps(record) + "\n", encoding="utf-8")
    (tmp_path / "b.csv").write_bytes(csv("11/03/2026"))
    days, readings = found_in([tmp_path / "a.json", tmp_path / "b.csv"])
    assert (days["b.csv"], readings["a.json"].notes, readings["b.csv"].notes) == (["2026-11-03"], (), (GUESSED,))


def test_dates_without_seconds_are_read_as_spreadsheets_write_them(tmp_path: Path) -> None:
    file = tmp_path / "excel.csv"
    file.write_text(f"{HEADER}\n3/14/2026 4:05,h,a,b\n3/14/2026 4:05 PM,h,a,b\n", encoding="utf-8")
    (part,) = parts([str(file)], Options())
    (batch,) = read(part, Options())
    day = datetime(2026, 3, 14, 4, 5, tzinfo=UTC)
    assert batch["time"].to_list() == [day, day.replace(hour=16)]


def test_texts_in_parquet_are_looked_through_whole_and_all_slices_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("longtail.telemetry.parquet.SLICE_ROWS", 2)
    times = ["11/03/2026 04:05:06", "12/03/2026 04:05:06", "13/03/2026 04:05:06"]
    pl.DataFrame({"time": times, "host": "h", "image": "/a"}).write_parquet(tmp_path / "a.parquet")
    days, _ = found_in([tmp_path / "a.parquet"])
    assert days == {"a.parquet": ["2026-03-11", "2026-03-12", "2026-03-13"]}


def test_a_table_of_a_lake_is_read_as_told_and_says_that_it_guesses() -> None:
    table = Table("catalog.schema.starts")
    rows = pl.DataFrame({"time": ["11/03/2026 04:05:06"], "host": ["h"], "image": ["/a"]})
    for day_first, day, notes in ((None, 3, (GUESSED_OF_ROWS,)), (True, 11, ()), (False, 3, ())):
        options = Options(day_first=day_first)
        reader = TableReader(table, table_format(table, rows.columns, options), options, [rows])
        (batch,) = reader
        assert (batch["time"][0].day, reader.reading.notes) == (day, notes)


def test_what_is_followed_is_read_as_told_or_says_that_it_guesses() -> None:
    for day_first, day, notes in ((None, 3, (GUESSED,)), (True, 11, ())):
        lines = Appended("a.csv", ".", Options(day_first=day_first))
        (batch,) = lines.take(csv("11/03/2026"))
        assert (batch["time"][0].day, lines.reading().notes) == (day, notes)


@pytest.mark.parametrize("processes", [1, 2])
def test_however_many_processes_read_and_whether_into_a_store_or_not_the_days_are_the_same(
    processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("longtail.pipelines.reading.SMALL", 0)
    for day in (11, 12, 13, 14):
        (tmp_path / f"logs/{day}.csv").parent.mkdir(exist_ok=True)
        (tmp_path / f"logs/{day}.csv").write_bytes(csv(*[f"{day}/03/2026"] * 3))
    source = Source((str(tmp_path / "logs"),), Options(), processes)
    seen, _ = observed(source)
    ingest(source, str(tmp_path / "lake"))
    stored = pl.read_delta(str(tmp_path / "lake" / "sightings"))
    days = [date(2026, 3, day) for day in (11, 12, 13, 14)]
    assert sorted(seen["day"].unique()) == days
    assert sorted(stored["day"].drop_nulls().unique()) == days
