"""A day is ingested twice, in another order, in pieces, by two at once, on a full disk: it counts once."""

import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from random import Random

import polars as pl
import pytest
from bench.killed import STEP_BY_STEP
from polars.testing import assert_frame_equal

from longtail import store
from longtail.errors import NothingToRead
from longtail.executions.sightings import in_order
from longtail.fleet.plan import Plan
from longtail.fleet.writers import write
from longtail.pipelines import Source, ingest, ingesting, observed
from longtail.telemetry import Options

OPTIONS = Options()


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once") / "logs"
    write(Plan(8, 2, seed=5, attacks=0, preset="sql", intensity=0.1), folder, "jsonl")
    (folder / "truth.json").unlink()
    for whole in sorted(folder.rglob("*.jsonl")):
        lines = whole.read_text("utf-8").splitlines(keepends=True)
        for number in range(4):
            whole.with_name(f"{number}-{whole.name}").write_text("".join(lines[number::4]), "utf-8")
        whole.unlink()
    return folder


@pytest.fixture(scope="module")
def truth(logs: Path) -> pl.DataFrame:
    """What a hunt without a store sees, but for the names of the files, which no key is made of."""
    return observed(Source((str(logs),), OPTIONS))[0]


def _ingested(place: Path, *paths: Path, processes: int = 1) -> int:
    return ingest(Source(tuple(map(str, paths)), OPTIONS, processes), str(place)).process_starts


def _counts_once(place: Path, truth: pl.DataFrame) -> None:
    assert store.verify(str(place)) == []
    assert_frame_equal(store.sightings(str(place)), truth)


def test_a_path_that_matches_nothing_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(NothingToRead):
        ingest(Source((str(tmp_path / "logs"),), OPTIONS), str(tmp_path / "lake"))
    assert not (tmp_path / "lake").exists()


def test_sent_twice_or_under_another_name_it_counts_once(logs: Path, truth: pl.DataFrame, tmp_path: Path) -> None:
    place, again = tmp_path / "lake", tmp_path / "again"
    starts = _ingested(place, logs)
    assert starts == truth.filter(pl.col("hosted_by").is_null())["runs"].sum()
    shutil.copytree(logs, again)
    assert _ingested(place, logs) == _ingested(place, again, logs) == 0
    _counts_once(place, truth)
    assert store.status(str(place)).starts == starts


def test_one_file_at_a_time_in_any_order_gives_the_same_table(logs: Path, truth: pl.DataFrame, tmp_path: Path) -> None:
    files = sorted(logs.rglob("*.jsonl"))
    Random(3).shuffle(files)
    for file in files:
        _ingested(tmp_path / "lake", file)
    _counts_once(tmp_path / "lake", truth)


def test_a_big_file_in_pieces_gives_the_same_and_its_pieces_count_once(
    logs: Path, truth: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, place = tmp_path / "whole.jsonl", tmp_path / "lake"
    whole.write_bytes(b"".join(file.read_bytes() for file in sorted(logs.rglob("*.jsonl"))))
    monkeypatch.setattr(import_module("longtail.telemetry.parts"), "CUT_FROM", 1)
    monkeypatch.setattr("longtail.telemetry.ranges.BLOCK", 4096)
    monkeypatch.setattr("longtail.pipelines.units.PIECE", whole.stat().st_size // 5)
    assert _ingested(place, whole) > 0
    units = store.units_in(store.opened(str(place)))
    assert len(units) > 3
    assert _ingested(place, whole) == 0
    keys = [name for name in truth.columns if not name.startswith("example_")]
    assert store.verify(str(place)) == []
    assert_frame_equal(store.sightings(str(place)).select(keys), truth.select(keys))


def _started(place: Path, logs: Path, order: int) -> subprocess.Popen[str]:
    files = sorted(map(str, logs.rglob("*.jsonl")))
    Random(order).shuffle(files)
    return subprocess.Popen([sys.executable, "-c", STEP_BY_STEP, str(place), *files], stdout=subprocess.PIPE, text=True)


def test_two_processes_at_once_count_once(logs: Path, truth: pl.DataFrame, tmp_path: Path) -> None:
    both = [_started(tmp_path / "lake", logs, order) for order in (1, 2)]
    told = [process.communicate(timeout=120)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    starts = sum(int(number) for words in told for number in words[1:])
    assert starts == truth.filter(pl.col("hosted_by").is_null())["runs"].sum()
    _counts_once(tmp_path / "lake", truth)


def _on_a_small_disk(disk: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-ec", f"mount -t tmpfs -o size=400k tmpfs '{disk}'; {script}"],
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_full_disk_is_told_and_leaves_the_store_as_it_was(logs: Path, tmp_path: Path) -> None:
    disk, longtail = tmp_path / "disk", Path(sys.executable).with_name("longtail")
    disk.mkdir()
    if shutil.which("unshare") is None or _on_a_small_disk(disk, "true").returncode != 0:
        pytest.skip("no small disk: mounting a tmpfs is not allowed here")
    first, *others = sorted(logs.rglob("*.jsonl"))
    call, lake = f"'{longtail}'", f"--store '{disk}/lake'"
    rest = " ".join(f"'{file}'" for file in others)
    done = _on_a_small_disk(
        disk,
        f"""
        {call} ingest '{first}' {lake}
        dd if=/dev/zero of='{disk}/filler' bs=1k 2>/dev/null || true
        truncate -s -24k '{disk}/filler'
        {call} ingest {rest} {lake} && exit 91
        {call} store verify {lake}
        rm '{disk}/filler'
        {call} ingest {rest} {lake} >&2
        {call} store verify {lake}
        """,
    )
    assert done.returncode == 0, done.stderr
    assert f"longtail: {disk}/lake: no room left; what was committed before stands" in done.stderr
    assert "panicked" not in done.stderr and "Traceback" not in done.stderr
    assert done.stdout.count("sound") == 2


def test_a_file_that_is_written_to_meanwhile_is_left_out_and_told(
    logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing, still = tmp_path / "growing.jsonl", tmp_path / "still.jsonl"
    first, second, *_ = sorted(logs.rglob("*.jsonl"))
    growing.write_bytes(first.read_bytes())
    still.write_bytes(second.read_bytes())
    planned = ingesting.planned

    def planned_then_grown(*given: object) -> object:
        plan = planned(*given)  # type: ignore[arg-type]
        with growing.open("ab") as file:
            file.write(b"\n")
        return plan

    monkeypatch.setattr(ingesting, "planned", planned_then_grown)
    done = ingest(Source((str(growing), str(still)), OPTIONS), str(tmp_path / "lake"))
    assert [note.startswith(str(growing)) for note in done.notes] == [True]
    seen = store.sightings(str(tmp_path / "lake"))
    assert_frame_equal(seen, in_order(observed(Source((str(still),), OPTIONS))[0]))


def test_a_broken_clock_does_not_scatter_over_the_store(
    logs: Path, truth: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingesting, "MOST_DAYS", 1)
    done = ingest(Source((str(logs),), OPTIONS), str(tmp_path / "lake"))
    days = truth.group_by("day").len().sort("len", "day", descending=True)
    assert days.height > 1 and done.notes[0].startswith(f"{days.height - 1} days were left out")
    assert set(store.sightings(str(tmp_path / "lake"))["day"]) == set(days["day"].head(1))
    assert store.verify(str(tmp_path / "lake")) == []
