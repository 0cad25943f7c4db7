"""The lake: what is committed is read back merged, by day and by tenant; strangers and later versions are refused."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, Field, Schema, write_deltalake
from deltalake.schema import PrimitiveType
from polars.testing import assert_frame_equal

from longtail import store
from longtail.executions.schema import PROCESS_EVENT, SIGHTING
from longtail.executions.sightings import in_order, merge, sightings
from longtail.store import refusals
from longtail.store.layout import CONFIGURATION, SCHEMA, STORED, TOLD_BY, VERSION_KEY, stored

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
CMD = "C:\\Windows\\System32\\cmd.exe"


def seen(*hosts: str, tenant: str = "contoso", hours: float = 0) -> pl.DataFrame:
    """The sightings of one start on each host."""
    events = [
        {"time": MORNING + timedelta(hours=hours), "tenant": tenant, "host": host, "account": "svc", "image": CMD,
         "command_line": "cmd /c rundll32 a.dll,Run", "source": "s", "record_id": "1"}
        for host in hosts
    ]  # fmt: skip
    return sightings(pl.DataFrame(events, schema=PROCESS_EVENT))


def append(place: Path, table: pl.DataFrame, *units: str) -> None:
    """Commits sightings as these units."""
    store.appended(store.created(str(place)), table, units, [f"{unit}.jsonl" for unit in units])


def table_at(place: Path) -> DeltaTable:
    """The store's table, as anybody's Delta reader opens it."""
    return DeltaTable(str(place / "sightings"))


def test_what_was_committed_is_read_back_merged(tmp_path: Path) -> None:
    first, second, later = seen("a", "b"), seen("b", "c", hours=2), seen("a", hours=30)
    for number, table in enumerate((first, second, later)):
        append(tmp_path, table, f"u{number}:1/1")
    whole = store.sightings(str(tmp_path))
    assert whole.schema == SIGHTING
    assert_frame_equal(whole, in_order(merge([later, second, first])))
    on_b = whole.filter(pl.col("host") == "b", pl.col("hosted_by").is_null())
    assert on_b["runs"].to_list() == [2] and on_b["last_seen"].to_list() == [MORNING + timedelta(hours=2)]


@pytest.mark.parametrize(
    ("window", "days"),
    [
        (store.Window(), [2, 3, 4]),
        (store.Window(since=date(2026, 3, 3)), [3, 4]),
        (store.Window(until=date(2026, 3, 3)), [2]),
        (store.Window(date(2026, 3, 3), date(2026, 3, 4)), [3]),
        (store.Window(since=date(2027, 1, 1)), []),
    ],
)
def test_a_window_is_of_whole_days_and_leaves_its_end_out(
    tmp_path: Path, window: store.Window, days: list[int]
) -> None:
    append(tmp_path, pl.concat([seen("a", hours=24 * day) for day in range(3)]), "u:1/1")
    assert [day.day for day in store.sightings(str(tmp_path), window)["day"].unique().sort()] == days


def test_tenants_do_not_see_each_other(tmp_path: Path) -> None:
    append(tmp_path, pl.concat([seen("shared", "ours"), seen("shared", "theirs", tenant="litware")]), "u:1/1")
    ours = store.sightings(str(tmp_path), store.Window(tenant="contoso"))
    assert set(ours["host"]) == {"shared", "ours"} and set(ours["tenant"]) == {"contoso"}
    assert store.sightings(str(tmp_path), store.Window(tenant="nobody")).is_empty()


def test_a_unit_that_another_writer_counted_is_a_conflict_and_adds_nothing(tmp_path: Path) -> None:
    late = store.created(str(tmp_path))
    append(tmp_path, seen("a"), "x:1/1", "y:1/1")
    with pytest.raises(store.Conflict):
        store.appended(late, seen("b"), ["y:1/1", "z:1/1"], [])
    assert set(store.sightings(str(tmp_path))["host"]) == {"a"}
    assert store.units_in(store.opened(str(tmp_path))) == {"x:1/1", "y:1/1"}


def test_writers_of_different_units_do_not_hinder_each_other(tmp_path: Path) -> None:
    late = store.created(str(tmp_path))
    append(tmp_path, seen("a"), "x:1/1")
    store.appended(late, seen("b"), ["y:1/1"], [])
    assert set(store.sightings(str(tmp_path))["host"]) == {"a", "b"}


def test_a_commit_says_what_it_added(tmp_path: Path) -> None:
    append(tmp_path, pl.concat([seen("a", "b"), seen("a", hours=24)]), "x:1/1")
    (commit,) = store.commits(store.opened(str(tmp_path)))
    assert commit.starts == {date(2026, 3, 2): 2, date(2026, 3, 3): 1}, "what cmd carried is no start"
    assert (commit.units, commit.files, commit.version) == (("x:1/1",), ("x:1/1.jsonl",), 1)
    assert commit.time and commit.time.tzinfo is UTC


def test_later_commits_can_be_asked_for_alone(tmp_path: Path) -> None:
    for unit in ("x:1/1", "y:1/1", "z:1/1"):
        append(tmp_path, seen("a"), unit)
    table = store.opened(str(tmp_path))
    assert store.units_in(table, after=1) == {"y:1/1", "z:1/1"}
    assert store.units_in(table, after=table.version()) == frozenset()


def test_a_log_that_somebody_cut_short_is_refused_not_counted_from(tmp_path: Path) -> None:
    append(tmp_path, seen("a"), "x:1/1")
    table_at(tmp_path).create_checkpoint()
    (tmp_path / "sightings" / "_delta_log" / f"{0:020}.json").unlink()
    with pytest.raises(store.StoreError, match="1 commits are gone from its log"):
        store.units_in(store.opened(str(tmp_path)))


def test_any_reader_of_delta_and_of_parquet_reads_it(tmp_path: Path) -> None:
    append(tmp_path, seen("a", "b"), "x:1/1")
    append(tmp_path, seen("c", hours=24), "y:1/1")
    by_delta = pl.scan_delta(str(tmp_path / "sightings")).collect()
    assert by_delta.schema == STORED
    table = table_at(tmp_path)
    by_parquet = pl.concat(
        [pl.read_parquet(tmp_path / "sightings" / path, hive_partitioning=True, try_parse_hive_dates=True)
         for path in pl.DataFrame(table.get_add_actions())["path"]]
    )  # fmt: skip
    wanted = in_order(stored(store.sightings(str(tmp_path))))
    for read in (by_delta, by_parquet):
        assert_frame_equal(in_order(read.select(wanted.columns)), wanted)


def test_a_store_says_its_schema_and_a_later_one_is_refused(tmp_path: Path) -> None:
    append(tmp_path, seen("a"), "x:1/1")
    assert table_at(tmp_path).metadata().configuration[VERSION_KEY] == "1"
    table_at(tmp_path).alter.set_table_properties({VERSION_KEY: "2"}, raise_if_not_exists=False)
    for use in (store.opened, store.created, store.sightings, store.status, store.verify, store.compact):
        with pytest.raises(store.FutureStore, match="a store of schema 2, this version reads up to 1"):
            use(str(tmp_path))


def test_a_table_of_somebody_else_is_refused(tmp_path: Path) -> None:
    write_deltalake(str(tmp_path / "sightings"), pl.DataFrame({"a": [1]}))
    with pytest.raises(store.StoreError, match="Longtail did not make"):
        store.created(str(tmp_path))


def test_where_there_is_no_store_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(store.NoStore, match=r"longtail ingest PATH --store"):
        store.opened(str(tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()


def test_a_place_that_cannot_hold_a_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(store.StoreError, match="file"):
        store.created(str(tmp_path / "file"))
    with pytest.raises(store.StoreError, match="percent sign"):
        store.created(str(tmp_path / "50%25"))


def test_a_store_may_lie_under_a_name_with_blanks_and_accents(tmp_path: Path) -> None:
    place = tmp_path / "le même lac"
    append(place, seen("a"), "x:1/1")
    assert set(store.sightings(str(place))["host"]) == {"a"} and store.verify(str(place)) == []


def test_without_room_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(tmp_path, seen("a"), "x:1/1")
    there = sorted(tmp_path.rglob("*"))

    class Usage:
        free = 1000

    monkeypatch.setattr(refusals.shutil, "disk_usage", lambda path: Usage)
    with pytest.raises(store.StoreFull, match="no room left"):
        append(tmp_path, seen("b"), "y:1/1")
    assert sorted(tmp_path.rglob("*")) == there


@contextmanager
def _told(store_name: str) -> Iterator[None]:
    with refusals.told(store_name):
        yield


def test_a_disk_that_fills_up_is_told_by_whatever_the_library_says() -> None:
    for said in ("Generic error: No space left on device (os error 28)", "Disk quota exceeded"):
        with pytest.raises(store.StoreFull, match=r"^lake: no room left"), _told("lake"):
            raise OSError(said)
    with pytest.raises(store.StoreError, match=r"^lake: broken$"), _told("lake"):
        raise OSError("broken\nmore")


def test_types_of_the_table_are_those_of_the_waist() -> None:
    names = [field["name"] for field in json.loads(SCHEMA.to_json())["fields"]]
    assert names == [name for name in SIGHTING if name not in TOLD_BY] and set(TOLD_BY.values()) < set(names)


def test_a_store_that_keeps_the_time_of_the_example_too_is_read_and_goes_on(tmp_path: Path) -> None:
    columns = Schema([*SCHEMA.fields, Field("example_time", PrimitiveType("timestamp"))])
    made = DeltaTable.create(
        str(tmp_path / "sightings"), columns, partition_by=["day"], configuration=CONFIGURATION,
        raise_if_key_not_exists=False,
    )  # fmt: skip
    first, more = seen("a", "b"), seen("b", "c", hours=2)
    write_deltalake(made, stored(first).with_columns(pl.col("first_seen").alias("example_time")), mode="append")
    assert_frame_equal(store.sightings(str(tmp_path)), in_order(first))
    append(tmp_path, more, "u1")
    assert_frame_equal(store.sightings(str(tmp_path)), in_order(merge([first, more])))
    store.compact(str(tmp_path))
    assert_frame_equal(store.sightings(str(tmp_path)), in_order(merge([first, more])))
    assert pl.read_delta(str(tmp_path / "sightings"))["example_time"].null_count() == 0
