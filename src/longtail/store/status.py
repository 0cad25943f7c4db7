"""A store → what is in it: days, tenants, rows, bytes, and what was ingested when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from deltalake import DeltaTable

from longtail.store.commits import INGEST, Commit, commits
from longtail.store.lake import opened
from longtail.store.layout import VERSION_KEY
from longtail.store.reading import files_of, rows_of
from longtail.store.refusals import told


@dataclass(frozen=True, slots=True)
class DayHeld:
    """One day of a store: its files, rows (before merging) and bytes."""

    day: date
    files: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class TenantHeld:
    """One tenant of a store: its hosts and process starts over all days."""

    tenant: str
    hosts: int
    starts: int


@dataclass(frozen=True, slots=True)
class Status:
    """What is in a store. ``batches`` are ingesting commits, ``inputs`` files that count, ``starts`` what they gave."""

    schema: int
    version: int
    days: tuple[DayHeld, ...]
    tenants: tuple[TenantHeld, ...]
    batches: int
    inputs: int
    starts: int
    last_commit: datetime | None
    last_files: tuple[str, ...]

    @property
    def files(self) -> int:
        """Data files of all days."""
        return sum(each.files for each in self.days)

    @property
    def rows(self) -> int:
        """Rows of all days, before merging."""
        return sum(each.rows for each in self.days)

    @property
    def bytes(self) -> int:
        """Bytes of all days."""
        return sum(each.bytes for each in self.days)


def status(store: str, tenant: str | None = None) -> Status:
    """What is in the store now. With a tenant: its hosts and starts, and no name of a file, which may name others.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    table = opened(store)
    ingests = [each for each in commits(table) if each.what == INGEST]
    with told(store):
        schema = int(table.metadata().configuration[VERSION_KEY])
    days = _days(table)
    tenants = [each for each in _tenants(table, [each.day for each in days]) if tenant in (None, each.tenant)]
    return Status(
        schema=schema,
        version=table.version(),
        days=days,
        tenants=tuple(tenants),
        batches=len(ingests),
        inputs=len({_content(unit) for each in ingests for unit in each.units}),
        starts=sum(each.starts for each in tenants)
        if tenant is not None
        else sum(sum(each.starts.values()) for each in ingests),
        last_commit=ingests[-1].time if ingests else None,
        last_files=_newest(ingests) if tenant is None else (),
    )


def _days(table: DeltaTable) -> tuple[DayHeld, ...]:
    held = files_of(table).group_by("day").agg(pl.len(), pl.col("rows").sum(), pl.col("bytes").sum()).sort("day")
    return tuple(DayHeld(*row) for row in held.iter_rows())


def _tenants(table: DeltaTable, days: Sequence[date]) -> tuple[TenantHeld, ...]:
    """Day by day, so that memory is that of one day and of the hosts' names."""
    found = pl.DataFrame(schema={"tenant": pl.String, "host": pl.String, "starts": pl.UInt64})
    for day in days:
        runs = rows_of(table, day, pl.col("tenant", "host", "hosted_by"), pl.col("runs").cast(pl.UInt64))
        of_hosts = runs.group_by("tenant", "host").agg(_starts())
        found = pl.concat([found, of_hosts]).group_by("tenant", "host").agg(pl.col("starts").sum())
    held = found.group_by("tenant").agg(pl.len(), pl.col("starts").sum()).sort("tenant")
    return tuple(TenantHeld(*row) for row in held.iter_rows())


def _starts() -> pl.Expr:
    return pl.col("runs").filter(pl.col("hosted_by").is_null()).sum().alias("starts")


def _content(unit: str) -> str:
    """The input of a unit: pieces of one file have it in common."""
    return unit.partition(":")[0]


def _newest(ingests: Sequence[Commit], most: int = 10) -> tuple[str, ...]:
    """The files of the latest commits, newest commit first."""
    files = dict.fromkeys(name for each in reversed(ingests) for name in each.files)
    return tuple(files)[:most]
