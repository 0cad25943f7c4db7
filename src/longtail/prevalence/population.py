"""Located habits → populations: how large, how long watched, how stable, and so whether they can be judged."""

import math
from collections.abc import Sequence
from typing import Any

import polars as pl

from longtail.executions.account_names import AccountClass
from longtail.prevalence.behaviours import POPULATION, UNIT
from longtail.prevalence.habits import SERVICES, days_watched
from longtail.settings import Settings

SETTLED_AFTER = 3  # watched days of a host before a new thing on it says something about its stability
UNSETTLED = (
    f"no host of this tenant showed this account class on more than {SETTLED_AFTER} days, so how stable it is cannot be"
    f" told; at least {SETTLED_AFTER + 1} are needed"
)

TOLD = "such accounts run what they are told to, which is new as often as it is not"


def measured(located: pl.DataFrame) -> pl.DataFrame:
    """One row a population: ``accounts``, ``hosts``, ``span`` (days watched), ``host_days``, ``runs``, ``executables``,
    ``stability`` and ``unseen`` (Good-Turing mass of executables), largest first.

    Stability is the share of settled host-days on which the account class ran nothing that no other host runs, in this
    tenant and (``class_stability``) in all of them. A host is settled after ``SETTLED_AFTER`` days (``days_watched``).
    """
    hosts = located.group_by(POPULATION).agg(
        pl.col("account").unique().sort().alias("accounts"),
        pl.col("host").n_unique().alias("hosts"),
        pl.col("runs").sum(),
        pl.col("executable").n_unique().alias("executables"),
    )
    return (
        hosts.join(days_watched(located).group_by(POPULATION).agg(span=pl.col("day").n_unique()), on=POPULATION)
        .join(_stability(located), on=POPULATION, how="left")
        .join(_unseen(located), on=POPULATION, how="left")
        .sort("hosts", *POPULATION, descending=[True, False, False])
    )


def _stability(located: pl.DataFrame) -> pl.DataFrame:
    days = days_watched(located)
    settled = days.filter(pl.col("day").rank("ordinal").over(UNIT) > SETTLED_AFTER)
    onset = located.group_by([*UNIT, "executable"]).agg(pl.col("days").list.first().min().alias("day"))
    alone = onset.filter(pl.len().over("account_class", "executable") == 1).select(*UNIT, "day").unique()
    quiet = settled.join(alone.with_columns(new=pl.lit(True)), on=[*UNIT, "day"], how="left").with_columns(
        pl.col("new").is_null().alias("quiet")
    )
    tenant = quiet.group_by(POPULATION).agg(pl.len().alias("host_days"), pl.col("quiet").mean().alias("stability"))
    whole = quiet.group_by("account_class").agg(pl.col("quiet").mean().alias("class_stability"))
    return tenant.join(whole, on="account_class", how="left")


def _unseen(located: pl.DataFrame) -> pl.DataFrame:
    """Good-Turing: of the (host, executable) pairs, the share whose executable is on that host only."""
    pairs = located.select(*UNIT, "executable").unique()
    alone = pl.len().over([*POPULATION, "executable"]) == 1
    return pairs.with_columns(alone.alias("alone")).group_by(POPULATION).agg(pl.col("alone").mean().alias("unseen"))


def selected(populations: pl.DataFrame, accounts: Sequence[str], settings: Settings) -> pl.DataFrame:
    """Populations with ``judged``, ``reason`` and ``least``: which are modelled, what is missing where not, and how
    stable they must be.

    ``accounts``: ``auto`` takes the stable ones, ``all`` every one, else account names or account classes. A class is
    judged in every tenant or in none: a small tenant leans on the class's other tenants.
    """
    classes = populations.group_by("account_class").agg(
        pl.col("hosts").sum().alias("class_hosts"), pl.col("span").max().alias("class_days")
    )
    rows = populations.join(classes, on="account_class", how="left", maintain_order="left").to_dicts()
    verdicts = [_verdict(row, {each.casefold() for each in accounts}, settings) for row in rows]
    return populations.with_columns(
        pl.Series("judged", [judged for judged, _ in verdicts], dtype=pl.Boolean),
        pl.Series("reason", [reason for _, reason in verdicts], dtype=pl.String),
        pl.Series("left", [_left(*verdict) for verdict in verdicts], dtype=pl.Boolean),
        pl.Series("least", [_least_stability(row["account_class"], settings) for row in rows], dtype=pl.Float64),
    )


def _verdict(row: dict[str, Any], wanted: set[str], settings: Settings) -> tuple[bool, str]:
    named = {row["account_class"], *(account.casefold() for account in row["accounts"])} & wanted
    if not named and not wanted & {"auto", "all"}:
        return False, "not asked for (--account)"
    missing = _missing(row, settings)
    if missing:
        return False, f"not enough data: {missing}"
    wished = bool(named or "all" in wanted)
    if row["account_class"] == AccountClass.AUTOMATION:
        return wished, f"asked for (--account): {TOLD}" if wished else f"not stable enough to model: {TOLD}"
    if row["class_stability"] is None:
        return wished, f"asked for (--account): {UNSETTLED}" if wished else f"not enough data: {UNSETTLED}"
    least = _least_stability(row["account_class"], settings)
    found = f"{_class_stability(row)}, {100 * least:g}% are needed"
    if row["class_stability"] >= least:
        return True, f"stable: {found}"
    return wished, f"asked for (--account), not stable: {found}" if wished else f"not stable enough to model: {found}"


def _left(judged: bool, reason: str) -> bool:
    """Whether a population was asked for and cannot be modelled."""
    return not judged and not reason.startswith("not asked for")


def _class_stability(row: dict[str, Any]) -> str:
    """What a class is judged by is that of all tenants, which is not what a tenant's own figure says."""
    return (
        f"over all tenants {_percent(row['class_stability'])} of this account class's host-days"
        " bring nothing that no other host runs"
    )


def _least_stability(account_class: str, settings: Settings) -> float:
    """What people and the system itself do is new by nature: they must be all the more stable to be modelled."""
    return settings.least_stability if account_class in SERVICES else settings.least_stability_of_others


def _missing(row: dict[str, Any], settings: Settings) -> str:
    hosts, days, lacks = row["class_hosts"], row["class_days"], []
    if hosts < settings.least_hosts:
        run = "1 host runs" if hosts == 1 else f"{hosts} hosts run"
        lacks.append(f"{run} this account class in all tenants together, at least {settings.least_hosts:g} are needed")
    if days < settings.least_days:
        seen = "1 day was" if days == 1 else f"{days} days were"
        lacks.append(f"{seen} seen in any tenant, at least {settings.least_days:g} are needed")
    return "; ".join(lacks)


def _percent(share: float) -> str:
    """Rounded down: what is just short of what is needed must not read as enough."""
    return f"{math.floor(100 * share + 1e-9)}%"
