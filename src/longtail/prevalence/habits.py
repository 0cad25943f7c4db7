"""Sightings of many days → habits: each thing once, with the days it was seen on. All that judging counts is in them.

A fleet does today what it did yesterday, so a month has about a tenth as many habits as sightings. Two tables of habits
can be added (``added``) as two of sightings can, and nothing depends on how the days were cut.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from longtail.executions.account_names import AccountClass
from longtail.executions.schema import EXAMPLE, SIGHTING, SIGHTING_KEY

SAME = [name for name in SIGHTING_KEY if name != "day"]
"""What makes sightings of different days one habit."""

HABIT = pl.Schema(
    {**{name: pl.String() for name in SAME}, "days": pl.List(pl.Date()),
     **{name: SIGHTING[name] for name in ("runs", "first_seen", "last_seen", *EXAMPLE)}}
)  # fmt: skip
"""A sighting without its day: ``days`` are all of them, in order; the example is that of the first moment."""

SERVICES = frozenset(
    (
        AccountClass.MSSQL, AccountClass.SQLAGENT, AccountClass.MSSQL_OTHER, AccountClass.IIS_APPPOOL,
        AccountClass.NETWORK_SERVICE, AccountClass.LOCAL_SERVICE, AccountClass.POSTGRES, AccountClass.MYSQL,
        AccountClass.TOMCAT, AccountClass.WEB_LINUX, AccountClass.SERVICE,
    )
)  # fmt: skip
"""Classes of accounts that a machine keeps for one service."""
MEASURES = ("runs", "first_seen", "last_seen")
WAITING = 1_000_000  # sightings that wait to be added together: memory is theirs and that of the habits
NAMED_CLASS = "named_class"
"""The class that an account was given by its name alone, before ancestry was looked at."""


@dataclass(frozen=True)
class Past:
    """What is only learnt from: its ``habits``, and how to get the sightings behind them for some (``tenant, host,
    day``), which few are asked for."""

    habits: pl.DataFrame
    sightings: Callable[[pl.DataFrame], pl.DataFrame]


def past(sightings: pl.DataFrame) -> Past:
    """Sightings (``SIGHTING``) as a past."""
    return Past(habits([sightings]), lambda wanted: sightings.join(wanted, on=wanted.columns, how="semi"))


def habits(pieces: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The habits in sightings (``SIGHTING``) that come in pieces of any size; what stands in two pieces counts once."""
    found: list[pl.DataFrame] = []
    waiting: list[pl.DataFrame] = []
    for piece in pieces:
        waiting.append(piece)
        if sum(each.height for each in waiting) >= WAITING:
            found.append(_once(pl.concat(waiting), "day"))
            waiting = []
    if waiting:
        found.append(_once(pl.concat(waiting), "day"))
    return added(found)


def added(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The sum of tables of habits (``HABIT``)."""
    several = [each for each in tables if each.height]
    if len(several) < 2:
        return several[0] if several else pl.DataFrame(schema=HABIT)
    return _once(pl.concat(several), "days")


def days_of(seen: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Of a table with ``days`` the distinct ``columns`` with each ``day``."""
    each = seen.lazy().group_by(columns).agg(pl.col("days").explode().unique().alias("day"))
    return each.explode("day").collect()


def days_watched(seen: pl.DataFrame) -> pl.DataFrame:
    """Of a table with ``days`` the units (``tenant, account_class, host``) with each ``day`` they were watched.

    That a service ran nothing on a day on which its host showed anything else says as much as that it ran the usual;
    that somebody was not at work says nothing.
    """
    of_service = pl.col("account_class").is_in(SERVICES)
    active = days_of(seen, "tenant", "account_class", "host")
    services = active.filter(of_service).drop("day").unique()
    whole = services.join(days_of(seen, "tenant", "host"), on=["tenant", "host"])
    return pl.concat([active.filter(~of_service), whole])


def in_order(found: pl.DataFrame) -> pl.DataFrame:
    """The same habits in one order, whatever order their sightings came in."""
    return found.sort(*SAME, "first_seen", nulls_last=False)


def sightings_in(found: pl.DataFrame) -> int:
    """How many sightings habits stand for."""
    return int(found["days"].list.len().sum())


def without_sightings(found: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Habits without what stands in ``judged`` (``SIGHTING``) too: the days of that, its runs, or all of it."""
    again = judged.group_by(SAME).agg(pl.col("day").alias("again"), pl.col("runs").sum().alias("runs_again"))
    left = pl.col("days").list.set_difference("again").list.sort()
    rows = found.join(again, on=SAME, how="left", nulls_equal=True, maintain_order="left").with_columns(
        pl.when(pl.col("again").is_null()).then("days").otherwise(left).alias("left")
    )
    fewer = pl.col("left").list.len() < pl.col("days").list.len()
    runs = pl.col("runs") - pl.when(fewer).then(pl.min_horizontal("runs", "runs_again")).otherwise(0)
    kept = rows.with_columns(runs.alias("runs"), pl.col("left").alias("days"))
    return kept.filter(pl.col("days").list.len() > 0).select(list(HABIT)).cast(dict(HABIT))  # type: ignore[arg-type]


def host_days(seen: pl.DataFrame) -> int:
    """On how many days of how many hosts anything in a table with ``days`` was judged."""
    return days_of(seen.filter("judged"), "tenant", "host").height


def of_unix() -> pl.Expr:
    """``of_unix``, by the path of the process: a bare name means another program there."""
    return pl.col("example_image").str.starts_with("/").alias("of_unix")


def _once(rows: pl.DataFrame, days: str) -> pl.DataFrame:
    """Rows of one habit as one, with all of their ``days``, a column of one or several a row.

    Texts are told apart by their numbers in a dictionary: they are long, and repeat. Of a large fleet's day hardly any
    two rows are one habit, and rows that are all different stay as they are.
    """
    nested = rows.schema[days].is_nested()
    found = (
        rows.lazy()
        .select(*(pl.col(name).cast(pl.Categorical) for name in SAME), of_unix(), days, *MEASURES)
        .with_row_index("row")
        .group_by(*SAME, "of_unix")
        .agg(
            (pl.col(days).explode() if nested else pl.col(days)).alias("days"),
            pl.col("runs").sum(),
            pl.col("first_seen").min(),
            pl.col("last_seen").max(),
            pl.col("row").min_by("first_seen"),
        )
        .sort("row")
        .collect(engine="streaming")
    )
    if found.height == rows.height:
        return rows.with_columns((pl.col(days) if nested else pl.concat_list(days)).alias("days")).select(list(HABIT))
    summed = found.select(pl.col("days").list.unique().list.sort(), *MEASURES)
    first = pl.zeros(rows.height, dtype=pl.Boolean, eager=True).scatter(found["row"], values=True)
    return rows.select(*SAME, *EXAMPLE).filter(first).hstack(summed).select(list(HABIT))
