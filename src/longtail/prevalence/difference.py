"""Two models' sightings → what became normal between them, what is new in the tail, what became rare, and what left."""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from longtail.prevalence.bars import TAIL_SHARE
from longtail.prevalence.behaviours import POPULATION
from longtail.prevalence.judgement import model


class Change(StrEnum):
    """What happened to an executable in its population."""

    BECAME_NORMAL = "became normal"
    NEW = "new in the tail"
    BECAME_RARE = "became rare"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Difference:
    """One executable of one population that is not what it was: on how many hosts, of how many, before and after."""

    tenant: str
    account_class: str
    executable: str
    change: Change
    hosts_before: int
    of_hosts_before: int
    hosts_after: int
    of_hosts_after: int


def differences(before: pl.DataFrame, after: pl.DataFrame) -> tuple[Difference, ...]:
    """What changed between two tables of habits or sightings, by population, commonest first.

    Normal is what lies outside the tail. Places are those of both together: a new name of an old place is no news.
    """
    both = [before.with_columns(pl.lit(0).alias("model")), after.with_columns(pl.lit(1).alias("model"))]
    located, _ = model(pl.concat(both))
    old, new = (_prevalence(located.filter(pl.col("model") == number)) for number in (0, 1))
    changed = (
        old.join(new, on=[*POPULATION, "executable"], how="full", coalesce=True, suffix="_after")
        .join(_hosts(located, 0), on=POPULATION, how="left")
        .join(_hosts(located, 1), on=POPULATION, how="left", suffix="_after")
        .with_columns(pl.col("hosts", "hosts_after", "of", "of_after").fill_null(0))
        .with_columns(_change().alias("change"), pl.max_horizontal("hosts", "hosts_after").alias("most"))
        .drop_nulls("change")
        .sort(*POPULATION, "change", "most", "executable", descending=[False, False, False, True, False])
    )
    return tuple(
        Difference(
            tenant=row["tenant"],
            account_class=row["account_class"],
            executable=row["executable"],
            change=Change(row["change"]),
            hosts_before=row["hosts"],
            of_hosts_before=row["of"],
            hosts_after=row["hosts_after"],
            of_hosts_after=row["of_after"],
        )
        for row in changed.iter_rows(named=True)
    )


def _prevalence(located: pl.DataFrame) -> pl.DataFrame:
    return located.group_by([*POPULATION, "executable"]).agg(pl.col("host").n_unique().alias("hosts"))


def _hosts(located: pl.DataFrame, number: int) -> pl.DataFrame:
    of_model = located.filter(pl.col("model") == number)
    return of_model.group_by(POPULATION).agg(pl.col("host").n_unique().alias("of"))


def _change() -> pl.Expr:
    """The change of a row; null where there is none."""
    was, now = _normal("hosts", "of"), _normal("hosts_after", "of_after")
    return (
        pl.when(~was & now)
        .then(pl.lit(Change.BECAME_NORMAL.value))
        .when((pl.col("hosts") == 0) & (pl.col("hosts_after") > 0))
        .then(pl.lit(Change.NEW.value))
        .when((pl.col("hosts") > 0) & (pl.col("hosts_after") == 0))
        .then(pl.lit(Change.LEFT.value))
        .when(was & ~now)
        .then(pl.lit(Change.BECAME_RARE.value))
    )


def _normal(hosts: str, of: str) -> pl.Expr:
    return pl.col(hosts) > pl.max_horizontal(pl.lit(1.0), TAIL_SHARE * pl.col(of))
