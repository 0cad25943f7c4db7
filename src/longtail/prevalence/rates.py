"""Host-days and what they brought → how often host-days bring something of a kind at least as rare as a thing is."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from longtail.prevalence.behaviours import POPULATION, UNIT

RATE_PRIOR = 0.5  # host-days with such a novelty assumed before any is counted (Jeffreys)
TENANT_PRIOR = 50.0  # host-days of all tenants' rate mixed into one tenant's
RAREST = 24  # steps of rarity: rarer than this counts as nowhere
STRATUM = ["given", "stratum", "at_start"]
GIVEN = ["given", "at_start"]
ALL_TENANTS = ["account_class"]
AS_RARE = ("rare_own", "rare_here", "rare_anywhere")
"""Host-days that brought something at least as rare: of the unit itself, of its population, of its account class."""


@dataclass(frozen=True)
class Rates:
    """Host-days that brought something at least as rare (``AS_RARE``, each a list by rarity), and all there were
    (``days``): each of the unit itself, of its population, of its account class."""

    rare: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
    days: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


def rates(rows: Mapping[str, pl.DataFrame], counts: Mapping[str, pl.DataFrame]) -> Rates:
    """How often host-days bring what is as rare, by the ``novel`` and the ``host_days`` of units and of all."""
    own = {name: rows[name].with_columns(pl.lit(1, pl.Int64).alias("n")) for name in ("novel", "host_days")}
    novel, days = counts["novel"], counts["host_days"]
    return Rates(
        (
            _cumulated(own["novel"], UNIT, AS_RARE[0]),
            _cumulated(novel, POPULATION, AS_RARE[1]),
            _cumulated(novel, ALL_TENANTS, AS_RARE[2]),
        ),
        (
            summed(own["host_days"], [*UNIT, *GIVEN], "own_days"),
            summed(days, [*POPULATION, *GIVEN], "tenant_days"),
            summed(days, [*ALL_TENANTS, *GIVEN], "all_days"),
        ),
    )


def summed(counts: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    """``name``: how many ``n`` there are by some columns."""
    return counts.group_by(by).agg(pl.col("n").sum().alias(name))


def _cumulated(counts: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    """``name``: how many host-days brought something at least as rare, a list with a number for every rarity.

    One row a stratum: as a row for every rarity the counts of the units alone outgrew all that is judged.
    """
    as_rare = (
        pl.when(pl.col("rarity") >= step).then("n").otherwise(0).sum().alias(str(step)) for step in range(RAREST + 1)
    )
    found = counts.lazy().group_by(*by, *STRATUM).agg(as_rare)
    return found.select(*by, *STRATUM, pl.concat_list(pl.exclude(*by, *STRATUM)).alias(name)).collect()


def with_rates(known: Rates, rare: pl.DataFrame) -> pl.DataFrame:
    """Aspects on units with what their rate is made of, whatever their rarity."""
    rows = rare.lazy()
    for table, by in zip(known.rare, (UNIT, POPULATION, ALL_TENANTS), strict=True):
        rows = rows.join(table.lazy(), on=[*by, *STRATUM], how="left")
    for table, by in zip(known.days, (UNIT, POPULATION, ALL_TENANTS), strict=True):
        rows = rows.join(table.lazy(), on=[*by, *GIVEN], how="left")
    return rows.with_columns(pl.col("own_days", "tenant_days", "all_days").fill_null(0)).collect()


def rate() -> pl.Expr:
    """The share of other hosts' host-days, of all tenants, that bring something of this kind at least as rare.

    A host's first day (or an executable's first on it) is a stratum of its own: everything particular to it shows then.
    """
    novel = (pl.col("rare_anywhere") - pl.col("rare_own")).clip(0) + pl.col("more")
    return (novel + RATE_PRIOR) / ((pl.col("all_days") - pl.col("own_days")).clip(0) + 1)


def rate_here() -> pl.Expr:
    """The same of the tenant alone, mixed with the ``rate`` of all."""
    novel = (pl.col("rare_here") - pl.col("rare_own")).clip(0) + pl.col("more")
    days = (pl.col("tenant_days") - pl.col("own_days")).clip(0)
    return (novel + TENANT_PRIOR * pl.col("rate")) / (days + TENANT_PRIOR)
