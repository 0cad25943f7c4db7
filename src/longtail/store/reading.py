"""A store → its sightings, merged: one key may stand in several commits, and is one row to whoever reads."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import polars as pl
from deltalake import DeltaTable

from longtail.executions.sightings import KEY, empty, in_order, merge
from longtail.store.lake import opened, place_of
from longtail.store.layout import PARTITION, TABLE, from_store, stored
from longtail.store.refusals import StoreError, told

PIECE_ROWS = 500_000  # rows that are merged together


@dataclass(frozen=True, slots=True)
class Window:
    """Which sightings are wanted: days from ``since`` (inclusive) to ``until`` (exclusive), and of which tenant."""

    since: date | None = None
    until: date | None = None
    tenant: str | None = None

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


EVERYTHING = Window()


def sightings(store: str, window: Window = EVERYTHING) -> pl.DataFrame:
    """The merged sightings of a window in the columns of ``SIGHTING``, in one order whatever came in which batch.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    table = opened(store)
    wanted = [day for day in days_in(table) if window.holds(day)]
    return in_order(pl.concat([empty(), *daily(table, wanted, window.tenant)]))


def daily(
    table: DeltaTable, days: Collection[date], tenant: str | None = None, hosts: Collection[str] | None = None
) -> Iterator[pl.DataFrame]:
    """The merged sightings of some days, one after the other in pieces, of all hosts or of some; in no order of rows.

    Raises:
        StoreError: a data file cannot be read.
    """
    for day in sorted(days):
        yield from merged_of(table, day, tenant, hosts)


def holds(table: DeltaTable, tenant: str | None, host: pl.Expr | None = None) -> bool:
    """Whether the table has a sighting of a tenant, of a ``host`` (a test of its name).

    Raises:
        StoreError: a data file cannot be read.
    """
    wanted = pl.lit(True) if host is None else host
    return any(
        _collected(table, _scanned(table, day, tenant).filter(wanted).select("host").head(1)).height
        for day in reversed(days_in(table))
    )


def days_in(table: DeltaTable) -> list[date]:
    """The days that a table holds rows of, in order."""
    found = files_of(table).filter(pl.col("rows") > 0)["day"].unique().drop_nulls()
    return sorted(found.to_list())


def merged_of(
    table: DeltaTable, day: date, tenant: str | None = None, hosts: Collection[str] | None = None
) -> Iterator[pl.DataFrame]:
    """The merged sightings of one day in pieces, each of some hosts: merging takes the memory of a piece."""
    rows = _scanned(table, day, tenant)
    if hosts is not None:
        rows = rows.filter(pl.col("host").is_in(list(hosts)))
    held = int(files_of(table).filter(pl.col("day") == day)["rows"].sum())
    pieces = 1 + held // PIECE_ROWS
    for number in range(pieces):
        of_piece = rows if pieces == 1 else rows.filter(pl.col("host").hash() % pieces == number)
        yield _merged(from_store(_collected(table, of_piece)))


def _merged(rows: pl.DataFrame) -> pl.DataFrame:
    """The sum of rows of which few stand for the same: only these need to be added."""
    again = rows.select(KEY).is_duplicated()
    return pl.concat([rows.filter(~again), merge([rows.filter(again)])])


def rows_of(table: DeltaTable, day: date, *columns: pl.Expr) -> pl.DataFrame:
    """What the columns say of the sightings of one day as they were committed, not merged."""
    return _collected(table, _scanned(table, day, None).select(*columns))


def _scanned(table: DeltaTable, day: date, tenant: str | None) -> pl.LazyFrame:
    place = f"{place_of(table)}/{TABLE}"
    paths = [f"{place}/{path}" for path in files_of(table).filter(pl.col("day") == day)["path"]]
    if not paths:
        return stored(empty()).lazy()
    rows = pl.scan_parquet(paths, glob=False, hive_partitioning=False).with_columns(pl.lit(day).alias(PARTITION))
    return rows if tenant is None else rows.filter(pl.col("tenant") == tenant)


def _collected(table: DeltaTable, rows: pl.LazyFrame) -> pl.DataFrame:
    with _readable(place_of(table)):
        return rows.collect(engine="streaming")


def files_of(table: DeltaTable) -> pl.DataFrame:
    """The files that make up the table now: ``path, day, rows, bytes``."""
    with told(place_of(table)):
        actions = pl.DataFrame(table.get_add_actions(flatten=True))
    if not actions.height:
        return pl.DataFrame(schema={"path": pl.String, "day": pl.Date, "rows": pl.Int64, "bytes": pl.Int64})
    return actions.select(
        "path",
        pl.col("partition.day").cast(pl.Date).alias("day"),
        pl.col("num_records").cast(pl.Int64).alias("rows"),
        pl.col("size_bytes").cast(pl.Int64).alias("bytes"),
    ).sort("day", "path")


@contextmanager
def _readable(store: str) -> Iterator[None]:
    """A data file that is gone or damaged, as the error of a store."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).partition("\n")[0]
        raise StoreError(f"{store}: a data file cannot be read: {first}") from error
