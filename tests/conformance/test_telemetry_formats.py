"""Every telemetry format, found by discovery, keeps the same promises."""

import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from telemetry_kit import FORMATS, GOLDEN, PACKINGS, golden_events, golden_input, read_all

from longtail.executions.schema import PROCESS_EVENT
from longtail.files.streams import Stream
from longtail.files.tally import Tally
from longtail.telemetry import Options, parts, read
from longtail.telemetry.format import Carrier, Format
from longtail.telemetry.recognition import recognised

every_format = pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)


@every_format
def test_it_has_a_name_a_title_and_known_columns(format: Format) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", format.name)
    assert len(format.title) > 10
    assert set(format.columns) <= set(PROCESS_EVENT) - {"time"}
    assert {"image", "host"} <= set(format.columns)
    assert set(format.clock) <= set(format.fields)
    assert format.local < set(format.clock)


def test_names_are_unique_and_each_has_its_golden_pair() -> None:
    names = [format.name for format in FORMATS]
    assert len(set(names)) == len(names)
    assert sorted(names) == sorted(folder.name for folder in GOLDEN.iterdir())


@every_format
def test_its_golden_sample_gives_exactly_the_expected_events(format: Format) -> None:
    result = read_all(golden_input(format))
    assert result.events.drop("source").to_dicts() == [
        {name: value for name, value in event.items() if name != "source"} for event in golden_events(format)
    ]
    assert set(result.events["source"]) == {str(golden_input(format))}
    (reading,) = result.readings
    assert (reading.format, reading.process_starts, reading.quarantined) == (format.name, result.events.height, 0)


@every_format
def test_it_recognises_its_own_sample_and_no_other_format_does_before_it(format: Format) -> None:
    content = golden_input(format).read_bytes()
    for other in FORMATS:
        source = iter([content, b""])
        found = recognised(Stream(lambda _size, source=source: next(source, b"")), Tally(""), [other])  # type: ignore[misc]
        assert (found is not None) == (other is format), other.name


@every_format
@pytest.mark.parametrize("rows", [1, 2, 7])
def test_the_size_of_batches_changes_nothing(format: Format, rows: int) -> None:
    whole, batched = read_all(golden_input(format)), read_all(golden_input(format), options=Options(batch_rows=rows))
    assert batched.events.equals(whole.events)
    assert batched.readings == whole.readings


@every_format
@pytest.mark.parametrize("pack", PACKINGS, ids=lambda pack: pack.__name__)
def test_packing_changes_nothing(format: Format, pack: object, tmp_path: Path) -> None:
    plain = golden_input(format)
    packed = tmp_path / "packed.dat"
    packed.write_bytes(pack(plain.name, plain.read_bytes()))  # type: ignore[operator]
    assert read_all(packed).rows() == read_all(plain).rows()


@every_format
def test_forcing_the_format_reads_the_same_and_another_reads_nothing(format: Format) -> None:
    forced = read_all(golden_input(format), options=Options(format_in=format.name))
    assert forced.rows() == read_all(golden_input(format)).rows()


@every_format
def test_a_byte_order_mark_carriage_returns_or_utf_16_change_nothing(format: Format, tmp_path: Path) -> None:
    plain = golden_input(format)
    text = plain.read_text(encoding="utf-8")
    for number, content in enumerate(
        [
            b"\xef\xbb\xbf" + text.encode(),
            text.replace("\n", "\r\n").encode(),
            text.encode("utf-16"),
            text[:-1].encode(),
        ]
    ):
        variant = tmp_path / f"{number}.log"
        variant.write_bytes(content)
        assert read_all(variant).rows() == read_all(plain).rows(), number


@every_format
def test_the_window_passes_over_what_is_outside(format: Format) -> None:
    times = sorted(set(read_all(golden_input(format)).events["time"]))
    inside = read_all(golden_input(format), options=Options(since=times[1], until=times[2]))
    assert set(inside.events["time"]) == {times[1]}
    (reading,) = inside.readings
    whole = read_all(golden_input(format)).readings[0]
    assert reading.passed_over + reading.process_starts == whole.passed_over + whole.process_starts


def test_all_formats_in_one_folder_are_all_read_in_any_order(tmp_path: Path) -> None:
    for format in FORMATS:
        (tmp_path / format.name).mkdir()
        shutil.copy(golden_input(format), tmp_path / format.name)
    together = read_all(tmp_path)
    assert together.events.height == sum(len(golden_events(format)) for format in FORMATS)
    backwards = read_all(*(tmp_path / format.name for format in reversed(FORMATS)))
    assert backwards.readings == together.readings
    key = ["source", "record_id"]
    assert backwards.events.sort(key).equals(together.events.sort(key))


def test_the_tenant_is_the_records_else_the_options_else_the_folder(tmp_path: Path) -> None:
    ecs = next(format for format in FORMATS if format.name == "ecs")
    plain = next(format for format in FORMATS if format.name == "plain")
    (tmp_path / "fabrikam" / "deep").mkdir(parents=True)
    shutil.copy(golden_input(ecs), tmp_path / "fabrikam" / "deep" / "a.log")
    shutil.copy(golden_input(plain), tmp_path / "fabrikam" / "deep" / "b.log")

    def tenants(options: Options) -> list[set[str]]:
        events = read_all(tmp_path, options=options).events
        return [set(events.filter(pl.col("source").str.ends_with(name))["tenant"]) for name in ("a.log", "b.log")]

    assert tenants(Options()) == [{"default"}, {"contoso"}]
    assert tenants(Options(tenant_from_path=True)) == [{"fabrikam"}, {"contoso"}]
    assert tenants(Options(tenant="northwind")) == [{"northwind"}, {"contoso"}]


TABLES = [format for format in FORMATS if Carrier.PARQUET in format.carriers]


@pytest.mark.parametrize("format", TABLES, ids=lambda format: format.name)
def test_a_table_reads_the_same_as_parquet(format: Format, tmp_path: Path) -> None:
    plain = golden_input(format)
    if plain.suffix == ".csv":
        table = pl.read_csv(plain, infer_schema=False).rename(lambda name: name.removesuffix(" [UTC]"))
    else:
        table = pl.read_json(plain) if plain.suffix == ".json" else pl.read_ndjson(plain)
    table.write_parquet(tmp_path / "table.parquet")
    assert read_all(tmp_path / "table.parquet").rows("record_id") == read_all(plain).rows("record_id")


@pytest.mark.parametrize(
    ("given", "name", "host"),
    [("web7.jsonl", "web7.jsonl", "web7"), (".", "db3/process.jsonl", "db3"), ("2026.jsonl", "2026.jsonl", "unnamed")],
)
def test_starts_that_name_no_host_are_placed_by_their_file_or_folder_and_that_is_told(
    tmp_path: Path, given: str, name: str, host: str
) -> None:
    path = tmp_path / "2026" / name
    path.parent.mkdir(parents=True)
    path.write_bytes((GOLDEN / "eql" / "input.json").read_bytes())
    reader = read(parts([str(tmp_path / "2026" / given)], Options())[0], Options())
    assert pl.concat(list(reader))["host"].unique().to_list() == [host]
    assert any("name no host" in note for note in reader.readings[0].notes)
    assert read_all(path).events["host"].unique().to_list() == ["here"]
