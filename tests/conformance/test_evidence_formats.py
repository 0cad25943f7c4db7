"""Every format of snapshots, sockets and attacks, found by discovery, keeps the same promises."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from evidence_kit import EVIDENCE, HOST, golden_input, golden_rows, rows, taken
from telemetry_kit import FORMATS, PACKINGS, read_all
from telemetry_kit import golden_input as starts_input

from longtail.files.streams import Stream
from longtail.files.tally import Tally
from longtail.ports.evidence import ATTACKED, LISTENING, RUNNING
from longtail.telemetry import Options, Rows
from longtail.telemetry.evidence import SCHEMAS
from longtail.telemetry.format import Carrier, Format
from longtail.telemetry.recognition import recognised

every_format = pytest.mark.parametrize("format", EVIDENCE, ids=lambda format: format.name)


@every_format
def test_it_has_a_name_a_title_and_known_columns(format: Format) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", format.name)
    assert len(format.title) > 10
    assert format.views and not format.columns
    for kind, view in format.views.items():
        assert set(view.columns) <= set(SCHEMAS[kind]) - {"source"}


def test_names_are_unique_among_all_formats() -> None:
    names = [format.name for format in FORMATS + EVIDENCE]
    assert len(set(names)) == len(names)


@every_format
def test_its_golden_sample_gives_exactly_the_expected_rows(format: Format) -> None:
    found = taken(golden_input(format))
    assert rows(found) == golden_rows(format)
    assert (found.running.schema, found.listening.schema, found.attacked.schema) == (RUNNING, LISTENING, ATTACKED)
    (reading,) = found.readings
    assert (reading.format, reading.process_starts, reading.quarantined) == (format.name, 0, 0)
    assert set(pl.concat([found.running["source"], found.listening["source"], found.attacked["source"]])) == {
        str(golden_input(format))
    }


@every_format
def test_it_recognises_its_own_sample_and_nobody_elses(format: Format) -> None:
    inputs = [(each, golden_input(each)) for each in EVIDENCE] + [(each, starts_input(each)) for each in FORMATS]
    for owner, path in inputs:
        source = iter([path.read_bytes(), b""])
        found = recognised(Stream(lambda _size, source=source: next(source, b"")), Tally(""), FORMATS + EVIDENCE)  # type: ignore[misc]
        assert found is not None and found.format.name == owner.name


@every_format
@pytest.mark.parametrize("pack", PACKINGS, ids=lambda pack: pack.__name__)
def test_packing_changes_nothing(format: Format, pack: object, tmp_path: Path) -> None:
    plain, packed = golden_input(format), tmp_path / "packed.dat"
    packed.write_bytes(pack(plain.name, plain.read_bytes()))  # type: ignore[operator]
    assert rows(taken(packed)) == golden_rows(format)


@every_format
def test_a_byte_order_mark_carriage_returns_or_utf_16_change_nothing(format: Format, tmp_path: Path) -> None:
    text = golden_input(format).read_text(encoding="utf-8")
    variants = [b"\xef\xbb\xbf" + text.encode(), text.replace("\n", "\r\n").encode(), text.encode("utf-16"),
                text[:-1].encode()]  # fmt: skip
    for number, content in enumerate(variants):
        (tmp_path / f"{number}.log").write_bytes(content)
        assert rows(taken(tmp_path / f"{number}.log")) == golden_rows(format), number


@every_format
def test_a_hunt_passes_it_over_and_says_so(format: Format) -> None:
    result = read_all(golden_input(format))
    (reading,) = result.readings
    assert result.events.is_empty()
    assert (reading.format, reading.process_starts, reading.quarantined) == (format.name, 0, 0)
    assert reading.passed_over > 0
    assert [note for note in reading.notes if f"not by hunt: {reading.passed_over} records" in note]


@every_format
def test_forcing_another_format_reads_nothing(format: Format) -> None:
    assert rows(taken(golden_input(format), options=Options(host="here", format_in=format.name))) == golden_rows(format)
    assert rows(taken(golden_input(format), options=Options(format_in="plain"))) == []


@every_format
def test_what_is_wholly_outside_the_window_is_left_out(format: Format) -> None:
    timed = {"time", "last_seen"} & {name for row in golden_rows(format) for name in row}
    late = taken(golden_input(format), options=Options(host="here", since=datetime(2100, 1, 1, tzinfo=UTC)))
    assert bool(timed) == (len(rows(late)) < len(golden_rows(format)))
    assert not any(row.get("last_seen") or row.get("time") for row in rows(late))


def test_all_in_one_folder_are_all_read(tmp_path: Path) -> None:
    for format in EVIDENCE:
        (tmp_path / format.name).mkdir()
        shutil.copy(golden_input(format), tmp_path / format.name)
    starts = tuple(format for format in FORMATS if not format.views)
    for format in starts:
        shutil.copy(starts_input(format), tmp_path / format.name)
    found = taken(tmp_path)
    assert {reading.format for reading in found.readings} == {format.name for format in starts + EVIDENCE}
    expected = [row["kind"] for format in EVIDENCE for row in golden_rows(format)]
    assert sorted(row["kind"] for row in rows(found)) == sorted(expected)


@pytest.mark.parametrize(
    "format", [each for each in EVIDENCE if Carrier.PARQUET in each.carriers], ids=lambda format: format.name
)
def test_a_table_reads_the_same_as_parquet(format: Format, tmp_path: Path) -> None:
    plain = golden_input(format)
    table = pl.read_csv(plain, infer_schema=False) if plain.suffix == ".csv" else pl.read_json(plain)
    table.select(pl.exclude(pl.Struct)).write_parquet(tmp_path / "table.parquet")
    names = ("kind", "host", "machine", "port", "command_line")
    expected = [{name: row.get(name) for name in names} for row in golden_rows(format)]
    assert [{name: row.get(name) for name in names} for row in rows(taken(tmp_path / "table.parquet"))] == expected


@every_format
def test_damage_costs_only_what_is_damaged(format: Format, tmp_path: Path) -> None:
    """Any half of a file is read as far as it goes: nothing is raised and nothing is invented."""
    content = golden_input(format).read_bytes()
    known = {str(sorted(row.items())) for row in golden_rows(format)}
    for cut in range(0, len(content), max(len(content) // 40, 1)):
        (tmp_path / "half").write_bytes(content[:cut] + b"\n\xff\x00{]\n")
        found = rows(taken(tmp_path / "half"))
        assert len({str(sorted(row.items())) for row in found} - known) <= 1  # the one that was cut


def test_kinds_are_told_by_the_formats() -> None:
    assert {kind for format in EVIDENCE for kind in format.kinds} == set(Rows) - {Rows.STARTS}
    assert all(Rows.STARTS in format.kinds for format in FORMATS)
    assert {format.name for format in FORMATS if len(format.kinds) > 1} == {"osquery-events"}


def test_a_log_with_starts_among_its_rows_tells_of_the_state_of_machines_too() -> None:
    (format,) = (each for each in FORMATS if each.views)
    found = rows(taken(starts_input(format)))
    assert [(row["kind"], row["port"]) for row in found if row["kind"] == "listening"] == [("listening", 22)]
    assert "/usr/lib/systemd/systemd" in {row.get("image") for row in found}
    assert HOST.host == "here"
