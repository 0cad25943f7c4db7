"""Records of several formats in one file: each is read as what it is, wherever it stands."""

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from longtail.files.tally import readings_merged
from longtail.readings import Reading
from longtail.telemetry import Options, parts, read
from longtail.telemetry.format import Carrier
from longtail.telemetry.formats import FORMATS

GOLDEN = Path(__file__).parents[2] / "golden" / "telemetry"
START = {"time": "2026-03-14T04:05:06Z", "host": "sql01", "account": "svc", "image": "C:\\a.exe", "command_line": "a"}
SAMPLES = {
    each.name: sample
    for each in FORMATS
    if Carrier.JSON in each.carriers
    for sample in sorted((GOLDEN / each.name).glob("input*.json*"))
    if sample.read_bytes().lstrip()[:1] == b"{" and b"\n{" in sample.read_bytes().strip()
}
"""A sample of JSON lines of each format."""


def found_in(file: Path, options: Options | None = None) -> tuple[pl.DataFrame, Reading]:
    (part,) = parts([str(file)], options or Options())
    reader = read(part, options or Options())
    batches = list(reader)
    (reading,) = reader.readings
    drop = ("source", "record_id")
    return pl.concat(batches).drop(drop) if batches else pl.DataFrame(), reading


def lines_of(sample: Path) -> list[bytes]:
    return [line for line in sample.read_bytes().splitlines() if line.strip()]


def written(lines: list[bytes], file: Path) -> Path:
    file.write_bytes(b"\n".join(lines) + b"\n")
    return file


def table(rows: pl.DataFrame) -> list[str]:
    return sorted(str(row) for row in rows.iter_rows())


NAMES = list(SAMPLES)
PAIRS = {
    pair
    for at, name in enumerate(NAMES)
    for pair in ((name, NAMES[at - 1]), (NAMES[at - 4], name), ("plain", name), (name, "plain"))
} | {("ecs", "winlogbeat-7"), ("winlogbeat-7", "ecs"), ("carbon-black", "carbon-black-processes")}


@pytest.mark.parametrize(("first", "second"), sorted(PAIRS))
def test_two_formats_joined_give_what_each_gives(first: str, second: str, tmp_path: Path) -> None:
    samples = [SAMPLES[first], SAMPLES[second]]
    apart = [found_in(written(lines_of(each), tmp_path / "sql01.json")) for each in samples]
    joined, reading = found_in(written([line for each in samples for line in lines_of(each)], tmp_path / "sql01.json"))
    assert table(joined) == sorted(table(apart[0][0]) + table(apart[1][0]))
    assert reading.quarantined == sum(each.quarantined for _, each in apart)


def test_what_is_of_another_format_is_told(tmp_path: Path) -> None:
    lines = [json.dumps(START).encode(), *lines_of(SAMPLES["winlogbeat-7"])]
    _, reading = found_in(written(lines, tmp_path / "mixed.json"))
    count = len(lines) - 1
    assert reading.notes == (f"records of another format than the first ones, read as winlogbeat-7: {count} records",)


def test_an_array_of_two_formats_and_a_format_under_two_envelopes(tmp_path: Path) -> None:
    others = [json.loads(line) for line in lines_of(SAMPLES["winlogbeat-7"])]
    array = written([json.dumps([START, *others], indent=1).encode()], tmp_path / "array.json")
    shipped = written([json.dumps({"_source": each}).encode() for each in (START, *others)], tmp_path / "shipped.json")
    half = [json.dumps(START).encode(), *(json.dumps({"_source": each}).encode() for each in others)]
    expected = table(found_in(shipped)[0])
    assert table(found_in(array)[0]) == expected
    assert table(found_in(written(half, tmp_path / "half.json"))[0]) == expected


def test_other_spellings_of_the_same_names_are_read_too(tmp_path: Path) -> None:
    spelt: list[dict[str, Any]] = [
        START,
        {"Time": START["time"], "Host": "sql02", "Image": "C:\\b.exe", "CommandLine": "b"},
        {"TIME": START["time"], "HOST": "sql03", "IMAGE": "C:\\c.exe", "command_line": "c"},
    ]
    rows, reading = found_in(written([json.dumps(each).encode() for each in spelt], tmp_path / "spelt.json"))
    assert rows["host"].to_list() == ["sql01", "sql02", "sql03"]
    assert (rows["command_line"].to_list(), reading.quarantined) == (["a", "b", "c"], 0)


def test_a_record_that_lacks_its_time_is_still_its_own_formats(tmp_path: Path) -> None:
    torn = {name: value for name, value in START.items() if name != "time"}
    _, reading = found_in(written([json.dumps(each).encode() for each in (START, torn)], tmp_path / "torn.json"))
    assert reading.reasons == {"time missing or unreadable": 1}
    assert not reading.notes


def test_a_forced_format_is_kept_to(tmp_path: Path) -> None:
    lines = [json.dumps(START).encode(), *lines_of(SAMPLES["winlogbeat-7"])]
    rows, _ = found_in(written(lines, tmp_path / "mixed.json"), Options(format_in="plain"))
    assert rows.height == 1


def test_tables_joined_end_to_end_have_their_header_once_each(tmp_path: Path) -> None:
    header, row = b"Time,Host,Image,CommandLine", b"2026-03-14T04:05:06Z,sql01,C:\\a.exe,a"
    rows, reading = found_in(written([header, row, header, row, b"\xef\xbb\xbf" + header, row], tmp_path / "all.csv"))
    assert (rows.height, reading.process_starts, reading.passed_over, reading.quarantined) == (3, 3, 0, 0)


def test_cutting_a_file_of_two_formats_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["longtail.telemetry.parts"], "CUT_FROM", 1)
    monkeypatch.setattr("longtail.telemetry.ranges.BLOCK", 4096)
    lines = [line for name in ("plain", "nxlog", "winlogbeat-7") for line in lines_of(SAMPLES[name])] * 20
    file = written(lines, tmp_path / "mixed.json")
    whole, reading = found_in(file)
    pieces = parts([str(file)], Options(), 5)
    readers = [read(each, Options()) for each in pieces]
    cut = pl.concat([batch for reader in readers for batch in reader]).drop("source", "record_id")
    (merged,) = readings_merged([each for reader in readers for each in reader.readings])
    assert len(pieces) > 1
    assert (table(cut), merged) == (table(whole), reading)
