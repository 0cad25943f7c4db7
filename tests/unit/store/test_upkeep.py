"""Looking after a store: it shrinks without losing anything, forgets what is old, and says what is wrong with it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake import CommitProperties, DeltaTable, write_deltalake
from polars.testing import assert_frame_equal

from longtail import store
from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import sightings
from longtail.store import reading, upkeep
from longtail.store.commits import INGEST, Commit, noted
from longtail.store.layout import stored

DAYS = [date(2026, 3, day) for day in (2, 3, 4)]


def _seen(day: date, *hosts: str) -> pl.DataFrame:
    time = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    events = [{"time": time + timedelta(minutes=number), "tenant": "contoso", "host": host, "account": "svc",
               "image": "C:\\Windows\\System32\\conhost.exe", "command_line": "conhost.exe", "record_id": "1"}
              for number, host in enumerate(hosts)]  # fmt: skip
    return sightings(pl.DataFrame(events, schema=PROCESS_EVENT))


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Three days; the first two came in three batches that see the same hosts again."""
    for batch in range(3):
        for day in DAYS[: 2 if batch else 3]:
            table = store.created(str(tmp_path / "lake"))
            store.appended(table, _seen(day, "a", "b"), [f"{batch}-{day}:1/1"], [f"{batch}.jsonl"])
    return tmp_path / "lake"


def _table(lake: Path) -> DeltaTable:
    return DeltaTable(str(lake / "sightings"))


def _data(lake: Path) -> list[Path]:
    return sorted((lake / "sightings").rglob("*.parquet"))


def test_compacting_merges_files_and_rows_and_loses_nothing(lake: Path) -> None:
    before = store.sightings(str(lake))
    done = store.compact(str(lake))
    assert (done.days, done.before.files, done.after.files) == (2, 7, 3)
    assert (done.before.rows, done.after.rows) == (14, 6) and done.after.bytes < done.before.bytes
    assert_frame_equal(store.sightings(str(lake)), before)
    assert store.verify(str(lake)) == []
    assert store.compact(str(lake)).days == 0


def test_a_big_day_is_merged_in_pieces_to_the_same(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = store.sightings(str(lake))
    monkeypatch.setattr(reading, "PIECE_ROWS", 1)
    assert_frame_equal(store.sightings(str(lake)), whole)
    assert store.compact(str(lake)).after.rows == whole.height
    assert_frame_equal(store.sightings(str(lake)), whole)


def test_what_counted_before_compacting_counts_afterwards(lake: Path) -> None:
    units = store.units_in(store.opened(str(lake)))
    store.compact(str(lake))
    assert store.units_in(store.opened(str(lake))) == units


def test_what_comes_in_while_a_day_is_compacted_is_not_lost(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    merged_of, late = upkeep.merged_of, iter([_seen(DAYS[0], "late")])

    def merged_while_another_writes(table: DeltaTable, day: date) -> Iterator[pl.DataFrame]:
        for seen in late:
            store.appended(store.opened(str(lake)), seen, ["late:1/1"], [])
        return merged_of(table, day)

    monkeypatch.setattr(upkeep, "merged_of", merged_while_another_writes)
    store.compact(str(lake))
    assert "late" in set(store.sightings(str(lake))["host"]) and store.verify(str(lake)) == []


def test_old_days_are_dropped_and_do_not_come_back(lake: Path) -> None:
    done = store.vacuum(str(lake), DAYS[1], grace_hours=0)
    assert done.days == (DAYS[0],) and done.files == 3
    assert sorted(store.sightings(str(lake))["day"].unique()) == DAYS[1:]
    assert store.verify(str(lake)) == []
    assert f"0-{DAYS[0]}:1/1" in store.units_in(store.opened(str(lake)))
    assert store.vacuum(str(lake), DAYS[1], grace_hours=0) == store.Vacuumed((), 0)


def test_telemetry_that_comes_late_for_a_dropped_day_is_held_and_sound(lake: Path) -> None:
    store.vacuum(str(lake), DAYS[1], grace_hours=0)
    store.appended(store.opened(str(lake)), _seen(DAYS[0], "late"), ["late:1/1"], [])
    assert store.verify(str(lake)) == []


def test_files_nobody_refers_to_stay_for_their_grace(lake: Path) -> None:
    store.compact(str(lake))
    assert store.vacuum(str(lake), None, grace_hours=1).files == 0 and len(_data(lake)) == 9
    assert store.vacuum(str(lake), None, grace_hours=0).files == 6 and len(_data(lake)) == 3
    assert store.verify(str(lake)) == []


def test_a_sound_store_has_nothing_wrong(lake: Path) -> None:
    assert store.verify(str(lake)) == []


def _with_rows(lake: Path, change: pl.DataFrame) -> None:
    write_deltalake(_table(lake), stored(change), mode="append")


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a data file is gone": (lambda lake: _data(lake)[0].unlink(), "a data file cannot be read"),
    "a data file is damaged": (lambda lake: _data(lake)[0].write_bytes(b"PAR1"), "a data file cannot be read"),
    "rows nobody committed": (
        lambda lake: _with_rows(lake, _seen(DAYS[0], "stranger")),
        "2026-03-02: 7 process starts are there, 6 were committed",
    ),
    "rows gone": (
        lambda lake: _table(lake).delete("host = 'a'"),
        "2026-03-04: 1 process starts are there, 2 were committed",
    ),
    "a day gone": (
        lambda lake: _table(lake).delete("day = '2026-03-04'"),
        "2026-03-04: 2 process starts were committed, no rows are there",
    ),
    "no runs": (
        lambda lake: _with_rows(lake, _seen(DAYS[0], "x").with_columns(runs=pl.lit(0, pl.UInt64))),
        "2026-03-02: not so in 1 of 7 rows: runs is at least 1",
    ),
    "no host": (
        lambda lake: _with_rows(lake, _seen(DAYS[0], "x").with_columns(host=pl.lit(None, pl.String))),
        "host is never missing",
    ),
    "another day": (
        lambda lake: _with_rows(lake, _seen(DAYS[0], "x").with_columns(day=pl.lit(DAYS[1]))),
        "a sighting lies within its day",
    ),
    "last before first": (
        lambda lake: _with_rows(
            lake, _seen(DAYS[0], "x").with_columns(last_seen=pl.col("first_seen") - pl.duration(minutes=1))
        ),
        "first_seen is not after last_seen",
    ),
    "a unit without its transaction": (
        lambda lake: write_deltalake(
            _table(lake),
            stored(_seen(DAYS[0])),
            mode="append",
            commit_properties=CommitProperties(noted(Commit(INGEST, ("odd:1/1",)))),
        ),
        "odd:1/1 was committed, but the table has no transaction of that name",
    ),
    "a unit counted twice": (
        lambda lake: [
            write_deltalake(
                _table(lake),
                stored(_seen(DAYS[0])),
                mode="append",
                commit_properties=CommitProperties(noted(Commit(INGEST, ("odd:1/1",)))),
            )
            for _ in range(2)
        ],
        "odd:1/1 was counted 2 times",
    ),
    "an account nobody can read": (
        lambda lake: write_deltalake(
            _table(lake),
            stored(_seen(DAYS[0])),
            mode="append",
            commit_properties=CommitProperties({"longtail": "{"}),
        ),
        "1 commits carry an account that cannot be read",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_said(lake: Path, name: str) -> None:
    break_it, says = BROKEN[name]
    break_it(lake)
    assert says in "\n".join(store.verify(str(lake)))


def test_status_counts_what_is_there(lake: Path) -> None:
    found = store.status(str(lake))
    assert [(each.day, each.files, each.rows) for each in found.days] == [
        (DAYS[0], 3, 6),
        (DAYS[1], 3, 6),
        (DAYS[2], 1, 2),
    ]
    assert found.tenants[0].tenant == "contoso" and found.tenants[0].hosts == 2
    assert (found.starts, found.tenants[0].starts) == (14, 14)
    assert (found.batches, found.inputs, found.files, found.rows) == (7, 7, 7, 14)
    assert found.bytes == sum(file.stat().st_size for file in _data(lake))
    assert found.last_files == ("2.jsonl", "1.jsonl", "0.jsonl")
    assert found.last_commit and found.last_commit.tzinfo is UTC


def test_an_empty_store_has_a_status_too(tmp_path: Path) -> None:
    store.created(str(tmp_path))
    found = store.status(str(tmp_path))
    assert (found.days, found.tenants, found.starts, found.last_commit) == ((), (), 0, None)
    assert store.verify(str(tmp_path)) == [] and store.compact(str(tmp_path)).days == 0
