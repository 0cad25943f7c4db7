"""A table of a lake → a store: the sightings of its days that are over, a commit a day, each day counted once.

A day is known by the table's name, by what its columns are taken for and by the tenant it is read for. What comes into
the table later for a day that counts already is not seen.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import polars as pl

from longtail import store, telemetry
from longtail.engines import spark as engine
from longtail.errors import UsageError
from longtail.pipelines import on_spark
from longtail.pipelines.ingesting import ATTEMPTS, MOST_DAYS, SCATTERED, Ingested
from longtail.pipelines.reading import Progress, Source, Tell
from longtail.telemetry.events import moment_in_utc
from longtail.telemetry.reader import DEFAULT_TENANT

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

DAY = timedelta(days=1)


def ingest_table(source: Source, place: str, tell: Tell = lambda progress: None) -> Ingested:
    """Adds the sightings of each whole day of the source's table that does not count yet; today is not over.

    Raises:
        UsageError: the source names no table, or paths beside it, or the mapping does not fit.
        InputError: nothing is recognised by the table's columns.
        EngineError: Spark cannot be used, or has no such table.
        StoreError: the store cannot be written; what was committed before stands.
    """
    table = source.table
    if table is None or source.paths:
        raise UsageError("give files, or a table: one after the other, each counts once")
    options = whole_days(source.options, datetime.now(UTC).date())
    counted = store.units_in(store.created(place))
    with engine.kept(on_spark.table_rows(source.engine, table, options)) as rows:
        held = _days(rows)
        readings = on_spark.split(engine.collected(engine.where(rows, "day", None), on_spark.SUMMED))[1]
        units = {day: _unit(table, options, day) for day in held}
        new = [day for day in held if units[day] not in counted]
        added: list[tuple[int, int]] = []
        for day in new[:MOST_DAYS]:
            seen, _ = on_spark.split(engine.collected(engine.where(rows, "day", day), on_spark.SUMMED))
            added += _added(place, seen, units[day], f"{table.name} {day}")
            tell(Progress(len(added), len(new), sum(starts for starts, _ in added)))
    return Ingested(
        inputs=len(held),
        known=tuple(f"{table.name} {day}" for day in sorted(set(held) - set(new))),
        commits=len(added),
        process_starts=sum(starts for starts, _ in added),
        rows=sum(rows for _, rows in added),
        readings=telemetry.readings_merged(readings),
        notes=(f"{len(new) - MOST_DAYS:,} days were left out, those with the fewest sightings: {SCATTERED}",)
        if len(new) > MOST_DAYS
        else (),
    )


def whole_days(options: telemetry.Options, today: date) -> telemetry.Options:
    """The options with their window made of whole days that are over: what is left of a day would never be taken."""
    over = datetime.combine(today, time(), UTC)
    since = options.since and _midnight(options.since + DAY - timedelta(microseconds=1))
    until = min(over, _midnight(options.until)) if options.until else over
    return replace(options, since=since, until=until)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment_in_utc(moment).date(), time(), UTC)


def _days(rows: "DataFrame") -> list[date]:
    """The days, those with the most sightings first."""
    counts = engine.counted(rows, "day")
    return sorted((day for day in counts if day is not None), key=lambda day: (-counts[day], day))


def _unit(table: telemetry.Table, options: telemetry.Options, day: date) -> str:
    said = [table.name, sorted(table.columns.items()), options.tenant or DEFAULT_TENANT, day.isoformat()]
    return f"{hashlib.sha256(json.dumps(said).encode()).hexdigest()}:1/1"


def _added(place: str, seen: pl.DataFrame, unit: str, shown: str) -> Iterator[tuple[int, int]]:
    """The process starts and sightings that a day added: none where somebody else added it meanwhile."""
    for _ in range(ATTEMPTS):
        lake = store.opened(place)
        if unit in store.units_in(lake):
            return
        try:
            commit = store.appended(lake, seen, [unit], [shown])
        except store.Conflict:
            continue
        yield sum(commit.starts.values()), seen.height
        return
    raise store.StoreError(f"{place}: other writers came first {ATTEMPTS} times; what was committed stands")
