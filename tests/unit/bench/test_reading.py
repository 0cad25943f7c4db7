"""What is measured reads the same events, whoever reads them."""

import re
from pathlib import Path

import pytest
from bench.bare import BARE, KEY
from bench.inputs import NoSamplesError, inputs
from bench.measured import Measurement, measurement
from bench.task import task
from bench.throughput import growth_table, throughput_table

from longtail.fleet import Plan

PLAN = Plan(machines=2, days=2, seed=3, preset="sql", quiet=True, intensity=0.3)


@pytest.mark.parametrize("kind", BARE)
def test_the_product_finds_what_the_bare_readers_count(kind: str, tmp_path: Path) -> None:
    try:
        files = inputs(kind, 1, PLAN, tmp_path)
    except NoSamplesError as missing:
        pytest.skip(str(missing))
    files = files[:8]
    paths = [str(path) for path in files]
    counts = {name: read(files) for name, read in BARE[kind].items() if name != "evtx loop"}
    assert set(counts.values()) == {task("sightings", kind, 1, paths)()}
    assert min(counts.values()) > 0


def test_more_machines_are_more_files_to_read_and_are_made_once(tmp_path: Path) -> None:
    one, two = (
        task("msgspec", "jsonl", 1, [str(path) for path in inputs("jsonl", scale, PLAN, tmp_path)])()
        for scale in (1, 2)
    )
    assert two > 1.5 * one
    (kept, *_) = inputs("jsonl", 1, PLAN, tmp_path)
    kept.write_text("")
    assert not inputs("jsonl", 1, PLAN, tmp_path)[0].read_text()


def test_a_measurement_is_taken_in_a_process_of_its_own(tmp_path: Path) -> None:
    found = measurement("sightings", "parquet", inputs("parquet", 1, PLAN, tmp_path))
    assert found.events > 100
    assert 0 < found.seconds < 60
    assert found.busy > 0
    assert found.peak > 20 << 20


def test_a_reader_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=re.escape("msgspec of jsonl")):
        measurement("msgspec", "jsonl", [tmp_path / "missing"])


def test_the_tables_compare_with_the_bare_reader_and_with_the_smallest() -> None:
    found = [
        Measurement(what, "csv", scale, 1, 100 * scale, 2 * seconds * scale, seconds * scale, peak)
        for scale in (1, 16)
        for what, seconds, peak in (("csv module", 1.0, 50), ("hunt", 4.0, 100 * scale))
    ]
    rows = throughput_table(found).splitlines()
    assert "0.25" in rows[3]
    assert growth_table(found).splitlines()[-1].split() == ["csv", "hunt", "16.0", "16.0", "16.0"]


def test_the_key_is_what_sightings_are_counted_by() -> None:
    assert KEY == ("day", "host", "account", "image", "command_line", "parent_image")
