"""A store that has grown → the same sightings in fewer bytes, and a store without what is older than was asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import polars as pl
from deltalake import CommitProperties, DeltaTable, write_deltalake

from longtail.store.commits import COMPACT, DROP, WRITER, Commit, Conflict, lost_races, noted
from longtail.store.lake import opened, place_of
from longtail.store.layout import TABLE, stored_in
from longtail.store.reading import days_in, files_of, merged_of
from longtail.store.refusals import StoreError, refuse_without_room, told

ATTEMPTS = 20
"""How often a step is tried when other writers come first."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a store holds: files, rows, bytes."""

    files: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compacting did: how many days were rewritten, and the store before and after."""

    days: int
    before: Extent
    after: Extent


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """What vacuuming did: the days dropped, and how many files nothing refers to any more were deleted."""

    days: tuple[date, ...]
    files: int


def compact(store: str, tell: Callable[[date], None] = lambda day: None) -> Compacted:
    """Rewrites each day that stands in several files as one, its sightings merged; memory is that of one day.

    Files that are no longer referred to stay for readers that are at them, until `vacuum`.

    Raises:
        StoreError: there is no store, no room, or other writers came first again and again.
    """
    before = extent(opened(store))
    days = _scattered(opened(store))
    for day in days:
        _persistently(store, partial(_compacted, day=day))
        tell(day)
    return Compacted(len(days), before, extent(opened(store)))


def vacuum(store: str, oldest: date | None, grace_hours: int) -> Vacuumed:
    """Drops the days before ``oldest`` (none if None), then deletes files that nothing refers to any more.

    Unreferenced files younger than ``grace_hours`` stay: a reader or a writer may be at them. What was counted stays
    known, so a dropped day does not come back when its telemetry is sent once more.

    Raises:
        StoreError: there is no store, or other writers came first again and again.
    """
    dropped = _persistently(store, lambda table: _dropped(table, oldest)) if oldest else ()
    return Vacuumed(dropped, _deleted(opened(store), store, grace_hours))


def extent(table: DeltaTable) -> Extent:
    """How much a table holds."""
    files = files_of(table)
    return Extent(files.height, int(files["rows"].sum()), int(files["bytes"].sum()))


def _scattered(table: DeltaTable) -> list[date]:
    counted = files_of(table).group_by("day").len()
    return sorted(day for day, files in counted.iter_rows() if files > 1 and day is not None)


def _compacted(table: DeltaTable, day: date) -> None:
    """One day as one file, unless somebody writes to that day in the meantime: then it is a conflict."""
    merged = pl.concat(merged_of(table, day))
    refuse_without_room(place_of(table), merged)
    with lost_races(table):
        write_deltalake(
            table,
            stored_in(table, merged),
            mode="overwrite",
            predicate=f"day = '{day.isoformat()}'",
            commit_properties=CommitProperties(custom_metadata=noted(Commit(COMPACT))),
            writer_properties=WRITER,
        )


def _dropped(table: DeltaTable, oldest: date) -> tuple[date, ...]:
    """Whole days only, so nothing is rewritten. Never rebased: the days told are the days dropped."""
    days = tuple(day for day in days_in(table) if day < oldest)
    if days:
        properties = CommitProperties(noted(Commit(DROP, before=oldest)), max_commit_retries=0)
        with lost_races(table):
            table.delete(f"day < '{oldest.isoformat()}'", commit_properties=properties)
    return days


def _deleted(table: DeltaTable, store: str, grace_hours: int) -> int:
    """How many unreferenced files were deleted; the library lists those again that are long gone."""
    with told(store):
        listed = table.vacuum(grace_hours, dry_run=True, enforce_retention_duration=False, full=True)
        there = [path for path in listed if "://" in store or Path(store, TABLE, path).exists()]
        if there:
            table.vacuum(grace_hours, dry_run=False, enforce_retention_duration=False, full=True)
    return len(there)


def _persistently(store: str, step: Callable[[DeltaTable], Result]) -> Result:
    """A step on the table as it stands now, again where another writer came first."""
    for _ in range(ATTEMPTS):
        try:
            return step(opened(store))
        except Conflict:
            continue
    raise StoreError(f"{store}: other writers came first {ATTEMPTS} times; run it again when fewer of them are at work")
