"""Host-days and what they brought → how often host-days bring something of a kind at least as rare as a thing is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
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
class AsRare:
    """How many host-days brought something at least as rare: ``strata`` says which ``row`` of ``counts`` a stratum has,
    and a row has a number for every rarity.

    Joined to what is judged, the rows alone are copied: with their numbers they outgrew all that is judged.
    """

    strata: pl.DataFrame
    counts: np.ndarray[tuple[int, int], np.dtype[np.int64]]

    def of(self, row: pl.Series, rarity: pl.Series) -> pl.Series:
        """The number of each row at each rarity; 0 where there is no row."""
        flat = pl.Series(self.counts.reshape(-1), dtype=pl.Int64)
        return flat.gather(row.cast(pl.Int64) * (RAREST + 1) + rarity).fill_null(0)


@dataclass(frozen=True)
class Rates:
    """Host-days that brought something at least as rare (``rare``, as named by ``AS_RARE``), and all there were
    (``days``): each of the unit itself, of its population, of its account class."""

    rare: tuple[AsRare, AsRare, AsRare]
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


def _cumulated(counts: pl.DataFrame, by: list[str], name: str) -> AsRare:
    """How many host-days brought something at least as rare; ``name`` is that of the row."""
    as_rare = (
        pl.when(pl.col("rarity") >= step).then("n").otherwise(0).sum().alias(str(step)) for step in range(RAREST + 1)
    )
    found = counts.lazy().group_by(*by, *STRATUM).agg(as_rare).collect()
    strata = found.select(*by, *STRATUM).with_row_index(name)
    return AsRare(strata, found.drop(*by, *STRATUM).to_numpy().astype(np.int64))


def with_rates(known: Rates, rare: pl.DataFrame) -> pl.DataFrame:
    """Aspects on units with what their rate is made of, whatever their rarity: ``AS_RARE`` names rows of counts."""
    rows = rare.lazy()
    for as_rare, by in zip(known.rare, (UNIT, POPULATION, ALL_TENANTS), strict=True):
        rows = rows.join(as_rare.strata.lazy(), on=[*by, *STRATUM], how="left")
    for table, by in zip(known.days, (UNIT, POPULATION, ALL_TENANTS), strict=True):
        rows = rows.join(table.lazy(), on=[*by, *GIVEN], how="left")
    return rows.with_columns(pl.col("own_days", "tenant_days", "all_days").fill_null(0)).collect()


def at_rarity(known: Rates, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows ``with_rates`` with the numbers of ``AS_RARE`` at their ``rarity``, in place of the rows of counts."""
    named = zip(AS_RARE, known.rare, strict=True)
    return rows.with_columns(as_rare.of(rows[name], rows["rarity"]).alias(name) for name, as_rare in named)


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
