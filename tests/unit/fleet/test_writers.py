"""A fleet on disk, in the formats of products, read back by Longtail's own readers."""

import json
from pathlib import Path

import polars as pl
import pytest

from longtail.errors import OutputExists, UsageError
from longtail.fleet import Plan, events
from longtail.fleet.formats import FORMATS
from longtail.fleet.writers import remove_fleet, write
from longtail.telemetry import Options, parts, read

PLAN = Plan(machines=10, days=1, seed=6, attacks=2, intensity=0.3)


@pytest.fixture(scope="module")
def made() -> pl.DataFrame:
    return pl.concat(list(events(PLAN)))


def read_back(folder: Path) -> pl.DataFrame:
    paths = [str(path) for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "truth.json"]
    return pl.concat([frame for part in parts(paths, Options()) for frame in read(part, Options())])


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_back_every_start(name: str, made: pl.DataFrame, tmp_path: Path) -> None:
    written = write(PLAN, tmp_path / "fleet", name)
    assert written.starts == made.height
    back = read_back(tmp_path / "fleet")
    assert back.height == made.height
    keys = [pl.col("image").str.to_lowercase(), pl.col("command_line"), pl.col("host").str.to_lowercase()]
    assert back.select(keys).sort(pl.all()).equals(made.select(keys).sort(pl.all()))


def test_the_truth_lies_beside_and_names_the_files(tmp_path: Path) -> None:
    written = write(PLAN, tmp_path / "fleet", "jsonl")
    told = json.loads((tmp_path / "fleet" / "truth.json").read_text("utf-8"))
    assert len(told["incidents"]) == 2
    assert told["plan"]["machines"] == 10
    assert {tmp_path / "fleet" / name for name in told["files"]} == set(written.files)
    assert told["incidents"][0]["first_seen"].endswith("Z")


def test_the_same_plan_writes_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write(PLAN, tmp_path / folder, "csv")
    first = {
        path.relative_to(tmp_path / "a"): path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file()
    }
    again = {
        path.relative_to(tmp_path / "b"): path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file()
    }
    assert first == again


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputExists):
        write(PLAN, tmp_path)
    with pytest.raises(OutputExists):
        remove_fleet(tmp_path)
    assert (tmp_path / "mine.txt").exists()


def test_a_fleet_is_removed_and_nothing_else(tmp_path: Path) -> None:
    write(PLAN, tmp_path, "parquet")
    (tmp_path / "mine.txt").write_text("mine")
    remove_fleet(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_truth_that_points_outside_removes_nothing_there(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    (tmp_path / "fleet").mkdir()
    (tmp_path / "fleet" / "truth.json").write_text(json.dumps({"files": ["../outside.txt", str(outside)]}))
    remove_fleet(tmp_path / "fleet")
    assert outside.exists()


def test_an_unknown_format_and_a_file_for_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose from"):
        write(PLAN, tmp_path / "x", "evtx")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        write(PLAN, tmp_path / "file")
