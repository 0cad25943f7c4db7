"""Located habits → the chart of article 1: what each population runs, ranked by the share of its hosts that run it."""

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from longtail.executions.paths import Zone
from longtail.prevalence.behaviours import POPULATION
from longtail.prevalence.findings import Bar

TAIL_SHARE = 0.05  # of the hosts: an executable on no more of them lies in the tail of the chart


def ranked(
    located: pl.DataFrame, populations: pl.DataFrame, anomalous: Collection[tuple[str, str, str]]
) -> Mapping[tuple[str, str], tuple[Bar, ...]]:
    """By tenant and account class the bars of ``populations`` (with their ``hosts``), commonest first.

    All are counted at once: their number grows with the fleet. ``anomalous`` names (tenant, account class, executable).
    """
    spread = (
        located.lazy()
        .join(populations.lazy().select(*POPULATION, pl.col("hosts").alias("of_hosts")), on=POPULATION)
        .group_by(*POPULATION, "executable")
        .agg(
            _zone(),
            pl.col("host").n_unique().alias("hosts"),
            pl.col("days").explode().n_unique(),
            pl.col("runs").sum(),
            pl.col("of_hosts").first(),
        )
        .sort("hosts", "days", "executable", descending=[True, True, False])
        .collect()
    )
    found: dict[tuple[str, str], list[Bar]] = {}
    for row in spread.iter_rows(named=True):
        of = (row["tenant"], row["account_class"])
        found.setdefault(of, []).append(_bar(row, (*of, row["executable"]) in anomalous))
    return {of: tuple(bars) for of, bars in found.items()}


def _zone() -> pl.Expr:
    """Where an executable lies, by the rows that say so: a bare name in a command line has no place of its own."""
    known = pl.col("zone").filter(pl.col("zone") != Zone.NONE.value)
    return pl.coalesce(known.min(), pl.col("zone").first()).alias("zone")


def _bar(row: dict[str, Any], anomalous: bool) -> Bar:
    share = row["hosts"] / row["of_hosts"]
    in_tail = row["hosts"] <= max(1, TAIL_SHARE * row["of_hosts"])
    return Bar(row["executable"], row["zone"], row["hosts"], row["days"], row["runs"], share, in_tail, anomalous)
