"""A store → what is in it: days, tenants, rows, bytes, and what was ingested when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from deltalake import DeltaTable

from longtail.store.commits import INGEST, Commit, commits, content_of
from longtail.store.lake import opened
from longtail.store.layout import VERSION_KEY
from longtail.store.reading import files_of, rows_of
from longtail.store.refusals import told


@dataclass(frozen=True, slots=True)
class DayHeld:
    """One day of a store: its rows (before merging), files and bytes; files hold all tenants, so of one alone nothing
    is known of them."""

    day: date
    rows: int
    files: int | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class TenantHeld:
    """One tenant of a store: its hosts and process starts over all days."""

    tenant: str
    hosts: int
    starts: int


@dataclass(frozen=True, slots=True)
class Status:
    """What is in a store. ``starts`` are process starts that were counted, ``batches`` ingesting commits, ``inputs``
    files that count, ``last_files`` the newest of them.

    What is not of one tenant alone is None where one is asked for: others have part in it.
    """

    schema: int
    days: tuple[DayHeld, ...]
    tenants: tuple[TenantHeld, ...]
    starts: int
    version: int | None = None
    batches: int | None = None
    inputs: int | None = None
    last_commit: datetime | None = None
    last_files: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of all days, before merging."""
        return sum(each.rows for each in self.days)

    @property
    def files(self) -> int | None:
        """Data files of all days."""
        return None if self.batches is None else sum(each.files or 0 for each in self.days)

    @property
    def bytes(self) -> int | None:
        """Bytes of all days."""
        return None if self.batches is None else sum(each.bytes or 0 for each in self.days)


def status(store: str, tenant: str | None = None) -> Status:
    """What is in the store now. With a tenant: its days, hosts and starts, and nothing that others have part in.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    table = opened(store)
    with told(store):
        schema = int(table.metadata().configuration[VERSION_KEY])
    days = _days(table)
    tenants, own = _tenants(table, [each.day for each in days], tenant)
    if tenant is not None:
        return Status(schema, own, tenants, sum(each.starts for each in tenants))
    ingests = [each for each in commits(table) if each.what == INGEST]
    return Status(
        schema=schema,
        days=days,
        tenants=tenants,
        starts=sum(sum(each.starts.values()) for each in ingests),
        version=table.version(),
        batches=len(ingests),
        inputs=len({content_of(unit) for each in ingests for unit in set(each.units) - set(each.aliases)}),
        last_commit=ingests[-1].time if ingests else None,
        last_files=_newest(ingests),
    )


def _days(table: DeltaTable) -> tuple[DayHeld, ...]:
    held = files_of(table).group_by("day").agg(pl.col("rows").sum(), pl.len(), pl.col("bytes").sum()).sort("day")
    return tuple(DayHeld(*row) for row in held.iter_rows())


def _tenants(
    table: DeltaTable, days: Sequence[date], tenant: str | None
) -> tuple[tuple[TenantHeld, ...], tuple[DayHeld, ...]]:
    """The tenants, or the one, and the days it has: day by day, so that memory is that of one and of hosts' names."""
    found = pl.DataFrame(schema={"tenant": pl.String, "host": pl.String, "starts": pl.UInt64})
    own: list[DayHeld] = []
    for day in days:
        runs = rows_of(table, day, pl.col("tenant", "host", "hosted_by"), pl.col("runs").cast(pl.UInt64))
        mine = runs if tenant is None else runs.filter(pl.col("tenant") == tenant)
        own += [DayHeld(day, mine.height)] if mine.height else []
        of_hosts = mine.group_by("tenant", "host").agg(_starts())
        found = pl.concat([found, of_hosts]).group_by("tenant", "host").agg(pl.col("starts").sum())
    held = found.group_by("tenant").agg(pl.len(), pl.col("starts").sum()).sort("tenant")
    return tuple(TenantHeld(*row) for row in held.iter_rows()), tuple(own)


def _starts() -> pl.Expr:
    return pl.col("runs").filter(pl.col("hosted_by").is_null()).sum().alias("starts")


def _newest(ingests: Sequence[Commit], most: int = 10) -> tuple[str, ...]:
    """The files of the latest commits, newest commit first."""
    files = dict.fromkeys(name for each in reversed(ingests) for name in each.files)
    return tuple(files)[:most]
