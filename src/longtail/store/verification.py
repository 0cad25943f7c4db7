"""A store → everything that is wrong with it: its schema, its rows, and whether they are what was committed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
from deltalake import DeltaTable

from longtail.executions.account_names import AccountClass
from longtail.executions.schema import SIGHTING_KEY
from longtail.store.commits import ACCOUNT, DROP, INGEST, Commit, commits
from longtail.store.lake import opened, place_of
from longtail.store.layout import PARTITION, SCHEMA
from longtail.store.reading import days_in, files_of, rows_of
from longtail.store.refusals import StoreError, told

LOOKED_UP = 200  # oldest and newest units whose transactions are looked up: each look costs milliseconds
MAY_BE_NULL = {"hosted_by"}


@dataclass(frozen=True, slots=True)
class Invariant:
    """What holds of every stored row; ``broken`` is true of a row of which it does not."""

    says: str
    broken: pl.Expr


INVARIANTS = (
    *(
        Invariant(f"{name} is never missing", pl.col(name).is_null())
        for name in SIGHTING_KEY
        if name not in MAY_BE_NULL
    ),
    Invariant("runs is at least 1", pl.col("runs").fill_null(0) < 1),
    Invariant("first_seen is not after last_seen", ~(pl.col("first_seen") <= pl.col("last_seen")).fill_null(False)),
    Invariant(
        "a sighting lies within its day",
        ~(
            (pl.col("first_seen").dt.date() == pl.col("day")) & (pl.col("last_seen").dt.date() == pl.col("day"))
        ).fill_null(False),
    ),
    Invariant(
        "account_class is one that is known", ~pl.col("account_class").is_in([str(each) for each in AccountClass])
    ),
)

ROWS = pl.len().alias("rows")
STARTS = pl.col("runs").filter(pl.col("hosted_by").is_null()).sum().alias("starts")
COUNTS = tuple(each.broken.sum().alias(each.says) for each in INVARIANTS)


def verify(store: str) -> list[str]:
    """One sentence for each thing that is wrong; none for a store that is sound. Reads every row.

    Raises:
        StoreError: there is no store, it cannot be opened, or a later version wrote it.
    """
    table = opened(store)
    return [*_shape(table), *_transactions(table), *_rows(table)]


def _shape(table: DeltaTable) -> Iterator[str]:
    told_columns = {field.name: field.type for field in table.schema().fields}
    for wanted in SCHEMA.fields:
        if wanted.name not in told_columns:
            yield f"column {wanted.name} is missing"
        elif told_columns[wanted.name] != wanted.type:
            yield f"column {wanted.name} is {told_columns[wanted.name]}, not {wanted.type}"
    if table.metadata().partition_columns != [PARTITION]:
        yield f"partitioned by {', '.join(table.metadata().partition_columns) or 'nothing'}, not by {PARTITION}"


def _transactions(table: DeltaTable) -> Iterator[str]:
    """Each unit once, the oldest and newest known to the table as counted; no account that cannot be read."""
    ours = commits(table)
    with told(place_of(table)):
        unread = sum(ACCOUNT in entry for entry in table.history()) - len(ours)
    if unread:
        yield f"{unread} commits carry an account that cannot be read"
    times = Counter(unit for each in ours for unit in each.units)
    yield from (f"{unit} was counted {number} times" for unit, number in times.items() if number > 1)
    for unit in dict.fromkeys([*list(times)[:LOOKED_UP], *list(times)[-LOOKED_UP:]]):
        if table.transaction_version(unit) is None:
            yield f"{unit} was committed, but the table has no transaction of that name"


def _rows(table: DeltaTable) -> Iterator[str]:
    promised = _promised(commits(table))
    held = dict(files_of(table).group_by("day").agg(pl.col("rows").sum()).iter_rows())
    for day in days_in(table):
        try:
            found = rows_of(table, day, ROWS, STARTS, *COUNTS).row(0, named=True)
        except StoreError as error:
            yield f"{day}: {error}"
            continue
        if found["rows"] != held[day]:
            yield f"{day}: {found['rows']:,} rows are there, {held[day]:,} were committed"
        yield from _broken(day, found)
        yield from _disagreement(day, found["starts"], promised)
    yield from (f"{day}: {starts:,} process starts were committed, no rows are there"
                for day, starts in promised.items() if starts and day not in held)  # fmt: skip


def _broken(day: date, found: Mapping[str, int]) -> Iterator[str]:
    for each in INVARIANTS:
        if found[each.says]:
            yield f"{day}: not so in {found[each.says]:,} of {found['rows']:,} rows: {each.says}"


def _disagreement(day: date, starts: int, promised: Mapping[date, int]) -> Iterator[str]:
    if starts != promised.get(day, 0):
        yield f"{day}: {starts:,} process starts are there, {promised.get(day, 0):,} were committed"


def _promised(ours: list[Commit]) -> dict[date, int]:
    """The process starts of each day that the commits add up to; a drop takes its days away."""
    days: Counter[date] = Counter()
    for commit in ours:
        if commit.what == INGEST:
            days.update(commit.starts)
        elif commit.what == DROP and commit.before:
            days = Counter({day: number for day, number in days.items() if day >= commit.before})
    return dict(sorted(days.items()))
