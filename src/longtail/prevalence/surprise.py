"""Aspects → bits: how surprising each is on its unit, judged by the other hosts and by this host's own earlier days.

How rare an aspect is: the share of *other* hosts of the population that show it, shrunk toward the share in all other
tenants (empirical Bayes). Runs never enter, and a host that shows it only around the same moment is weak evidence
(``SAME_MOMENT``): what appears on three hosts in one afternoon is not thereby normal.

How surprising that is: the rate at which host-days of the population's other hosts bring something of that kind, new to
their host and at least as rare (Good-Turing's rate of novelty where nobody else shows it). So a population where
something new comes every day is surprised by little, and a roll-out or a patch night, which brings the same things to
many hosts, makes them ordinary. It is never more surprising than the others' share alone would make it, spread over
the days this host was watched without it. This host is left out of every number.

What recurs on this host, and whose first day lies within one of its own intervals of the host's first day, may have
been there before watching began: then its recurrence counts as its past. What alarmed, and nobody dismissed, has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from longtail.prevalence.behaviours import ASPECT, POPULATION, UNIT
from longtail.prevalence.habits import days_of, days_watched
from longtail.prevalence.rates import RAREST, STRATUM, Rates, at_rarity, rate, rate_here, rates, summed, with_rates
from longtail.prevalence.telling import harmful

SHRINKAGE = 4.0  # other hosts' worth of belief in what all tenants show
OWN_PAST = 1.0  # days of doubt before a host's own past speaks for it
SETTLED_WITHIN = 1.5  # of its own intervals: what first shows so soon after watching began may have been there before
SAME_MOMENT = 0.25  # the weight of a host that showed it only within a day of this one
STEPS = 2  # steps of rarity a bit
MOST_BITS = 16.0

COUNTED = {
    "could": [*POPULATION, "given"],
    "show": [*POPULATION, *ASPECT],
    "brief": [*POPULATION, *ASPECT, "first_day", "last_day"],
    "host_days": [*POPULATION, "given", "at_start"],
    "novel": [*POPULATION, *STRATUM, "rarity"],
}
"""What judging a unit asks of its population, and by what it is counted: the units that could show an aspect, that
show it, that show it only around one moment; host-days, and those that brought something new so rare."""

TOLD = [*UNIT, *ASPECT, "stratum", "first_day", "last_day", "days", "hosts", "of_hosts", "elsewhere", "of_elsewhere"]
TOLD += ["before", "same_moment", "settled", "rarity", "bits"]
"""What is told of an aspect on a unit: the columns of ``surprise``."""

Counts = Mapping[str, pl.DataFrame]
"""By the names of ``COUNTED``: how many ``n`` there are. Each is a sum over units, so it can be kept and added to."""
NOT_COUNTED: Counts = {}


@dataclass(frozen=True)
class Units:
    """Aspects on units with their ``rarity``, the ``rows`` that these units count with, and the ``counts`` of all.

    ``more``: host-days that bring something as rare besides those that are counted.
    """

    rare: pl.DataFrame
    rows: Counts
    counts: Counts

    @cached_property
    def rates(self) -> Rates:
        """How often host-days bring what is at least as rare."""
        return rates(self.rows, self.counts)


def exposures(located_habits: pl.DataFrame) -> pl.DataFrame:
    """The days each unit was watched: as a whole (``given`` empty) and running each executable.

    Columns: unit, ``given``, ``day``, ``before`` (watched days earlier than this one).
    """
    running = days_of(located_habits, *UNIT, "executable").lazy()
    whole = days_watched(located_habits).lazy().select(*UNIT, pl.lit("").alias("given"), "day")
    each = running.select(*UNIT, pl.col("executable").alias("given"), "day")
    before = pl.col("day").rank("ordinal").over([*UNIT, "given"]) - 1
    return pl.concat([whole, each]).with_columns(before.cast(pl.Int64).alias("before")).collect()


def surprise(found: pl.DataFrame, watched: pl.DataFrame, counts: Counts = NOT_COUNTED) -> pl.DataFrame:
    """One row a (unit, aspect) with ``bits`` and the counts behind them.

    ``found`` is the table of ``behaviours.aspects``, ``watched`` that of ``exposures``; ``counts`` are those of all
    units (these included) where these are only some. Columns of the result (``TOLD``): unit, aspect, ``stratum``,
    ``first_day``, ``last_day``, ``days``, ``hosts`` of ``of_hosts`` (other hosts of the population that show it, of
    those that could), ``elsewhere`` of ``of_elsewhere`` (the same in other tenants), ``before`` (days this host was
    watched before it), ``same_moment`` (of ``hosts``, those that show it only around the same day), ``settled`` (it may
    have been there before watching began), ``rarity`` in steps, ``bits``.
    """
    return surprises(units(found, watched, counts))


def surprises(found: Units) -> pl.DataFrame:
    """The table of ``surprise``, for what units show."""
    return surprises_by(found.rates, found.rare)


def surprises_by(rates: Rates, rare: pl.DataFrame) -> pl.DataFrame:
    """The same for aspects on units with their ``rarity``, by rates that are known."""
    return with_bits(rates, with_rates(rates, rare)).select(TOLD)


def with_bits(rates: Rates, rare: pl.DataFrame) -> pl.DataFrame:
    """Aspects on units with their ``rarity`` and ``with_rates``, with ``bits``."""
    return (
        at_rarity(rates, rare)
        .lazy()
        .with_columns(rate().alias("rate"))
        .with_columns(_rate().alias("rate"))
        .with_columns(_probability().alias("probability"))
        .with_columns((-pl.col("probability").log(2)).clip(0.0, MOST_BITS).alias("bits"))
        .collect()
    )


def units(found: pl.DataFrame, watched: pl.DataFrame, counts: Counts = NOT_COUNTED) -> Units:
    """What units show, how rare that is, and what it counts for others; ``counts`` as for ``surprise``."""
    return rated_by(unit_rows(found, watched), counts)


def unit_rows(found: pl.DataFrame, watched: pl.DataFrame) -> Counts:
    """What units show, and count one each with: the rows of ``COUNTED`` that no other unit has a part in."""
    on_unit = _on_units(found, watched)
    days = watched.with_columns((pl.col("before") == 0).alias("at_start"))
    brief = on_unit.filter((pl.col("last_day") - pl.col("first_day")).dt.total_days() <= 2)
    return {"could": watched.select(*UNIT, "given").unique(), "show": on_unit, "brief": brief, "host_days": days}


def rated_by(rows: Counts, counts: Counts) -> Units:
    """How rare what units show (``unit_rows``) is, by the counts of all units, or of these where there are none."""
    known = {name: counts[name] if name in counts else tallied(name, each) for name, each in rows.items()}
    rare = _other_hosts(rows["show"], known).with_columns(rarity().alias("rarity"), pl.lit(0, pl.Int64).alias("more"))
    novel = _at_least_as_rare(rare)
    summed = counts["novel"] if "novel" in counts else tallied("novel", novel)
    return Units(rare, {**rows, "novel": novel}, {**known, "novel": summed})


def tallied(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """One of ``COUNTED``, of rows that count one each."""
    return rows.group_by(COUNTED[name]).agg(pl.len().cast(pl.Int64).alias("n"))


def _on_units(found: pl.DataFrame, watched: pl.DataFrame) -> pl.DataFrame:
    """Each aspect once a unit, with its days, how long the unit was watched before it, and whether it has a past."""
    interval = (pl.col("last_day") - pl.col("first_day")).dt.total_days() / (pl.col("days") - 1)
    since_start = (pl.col("first_day") - pl.col("start")).dt.total_days()
    start = watched.group_by([*UNIT, "given"]).agg(pl.col("day").min().alias("start"))
    return (
        found.group_by([*UNIT, *ASPECT])
        .agg(
            pl.col("stratum").min(),
            pl.col("first_day").min(),
            pl.col("last_day").max(),
            pl.col("days").sum(),
            pl.col("alarmed").any(),
        )
        .with_columns(
            pl.min_horizontal("days", (pl.col("last_day") - pl.col("first_day")).dt.total_days() + 1).alias("days")
        )
        .join(start, on=[*UNIT, "given"])
        .join(watched, left_on=[*UNIT, "given", "first_day"], right_on=[*UNIT, "given", "day"], how="left")
        .with_columns(
            pl.col("before").fill_null(0),
            ((pl.col("days") > 1) & (since_start < SETTLED_WITHIN * interval) & ~pl.col("alarmed")).alias("settled"),
            (since_start == 0).alias("at_start"),
        )
    )


def _other_hosts(on_unit: pl.DataFrame, counts: Counts) -> pl.DataFrame:
    """How many other hosts show each aspect, of how many that could, in this tenant and in the others."""
    per_tenant = summed(counts["could"], COUNTED["could"], "could")
    overall = summed(counts["could"], ["account_class", "given"], "could_all")
    show = summed(counts["show"], COUNTED["show"], "show")
    show_all = summed(counts["show"], ["account_class", *ASPECT], "show_all")
    return (
        on_unit.join(per_tenant, on=[*POPULATION, "given"])
        .join(overall, on=["account_class", "given"])
        .join(show, on=[*POPULATION, *ASPECT])
        .join(show_all, on=["account_class", *ASPECT])
        .join(_same_moment(on_unit, counts["brief"]), on=[*UNIT, *ASPECT], how="left")
        .with_columns(
            (pl.col("show") - 1).alias("hosts"),
            (pl.col("could") - 1).alias("of_hosts"),
            (pl.col("show_all") - pl.col("show")).alias("elsewhere"),
            (pl.col("could_all") - pl.col("could")).alias("of_elsewhere"),
            pl.col("same_moment").fill_null(0),
        )
    )


def _same_moment(on_unit: pl.DataFrame, brief: pl.DataFrame) -> pl.DataFrame:
    """How many other hosts of the population show an aspect only within a day of this host's first day."""
    spans = brief.rename({"n": "hosts"})
    day = pl.duration(days=1)
    near = (pl.col("first_day_other") >= pl.col("first_day") - day) & (
        pl.col("last_day_other") <= pl.col("first_day") + day
    )
    itself = (pl.col("last_day") <= pl.col("first_day") + day).cast(pl.Int64)
    return (
        on_unit.select(*UNIT, *ASPECT, "first_day", "last_day")
        .join(spans, on=[*POPULATION, *ASPECT], suffix="_other")
        .filter(near)
        .group_by([*UNIT, *ASPECT])
        .agg((pl.col("hosts").sum() - itself.first()).clip(0).alias("same_moment"))
    )


def others() -> pl.Expr:
    """The share of other hosts that show it: shrunk toward the other tenants, those of the same moment discounted."""
    elsewhere = pl.col("elsewhere") / (pl.col("of_elsewhere") + SHRINKAGE)
    credited = pl.col("hosts") - (1.0 - SAME_MOMENT) * pl.col("same_moment")
    return (credited + SHRINKAGE * elsewhere) / (pl.col("of_hosts") + SHRINKAGE)


def rarity() -> pl.Expr:
    """How rare among the others, in steps: 0 is everywhere, ``RAREST`` nowhere."""
    return (-STEPS * others().clip(2.0 ** -(RAREST / STEPS), 1.0).log(2)).floor().cast(pl.Int64)


def _at_least_as_rare(rare: pl.DataFrame) -> pl.DataFrame:
    """Of each host-day that brought something new of a kind, the rarity of the rarest of it."""
    new = rare.filter(~pl.col("settled"))
    return new.group_by([*UNIT, *STRATUM, "first_day"]).agg(pl.col("rarity").max())


def _rate() -> pl.Expr:
    """The rate of the tenant; what means harm is judged by that of all tenants where it is lower.

    Harm is the same everywhere, and a few hosts of which several are attacked are no measure of what is usual.
    """
    return pl.when(harmful()).then(pl.min_horizontal("rate", rate_here())).otherwise(rate_here())


def _probability() -> pl.Expr:
    """How likely a host-day brings it: by the rate of such novelties, or by how many other hosts show it.

    Others' share is spread over the days this host was watched without it. What may always have been there has the
    share that its recurrence gives it.
    """
    spread = others() / (pl.col("before") + 1)
    past = pl.when("settled").then(pl.col("days") - 1).otherwise(0)
    return pl.max_horizontal("rate", spread, past / (past + OWN_PAST)).clip(0.0, 1.0)
