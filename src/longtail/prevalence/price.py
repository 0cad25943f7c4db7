"""Anomalies + the counts that they were judged by → the price of poisoning: what it would have taken to be normal.

The judgement itself is asked again, with what an attacker can change changed: so many other hosts that showed the same
(``n``), and so many days for which this host has shown it already (``w``: repeated, or once and then waited). The
least ``n + w``, in host-days, for which the behaviour is no anomaly any more is its price. What is not certain is taken
in the attacker's favour, so he pays at least that: his evidence is never of the same moment, his hosts make no
denominator grow, one recurrence after a wait counts like one every day, and of several surprises in what was told only
one counts.
"""

import polars as pl

from longtail.prevalence.anomalies import MOST_BITS, RECURRING, RECURRING_DAYS
from longtail.prevalence.behaviours import ASPECT, UNIT
from longtail.prevalence.rates import Rates, with_rates
from longtail.prevalence.surprise import SETTLED_WITHIN, Units, rarity, with_bits

STEPS_OF_HOSTS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 20, 32, 64, 128, 512)
STEPS_OF_DAYS = (0, 1, 2, 3, 4, 6, 8, 12, 24)
"""What is tried. Between two steps the price is that of the first and the effect nearly that of the second."""

TOGETHER = 1_000  # aspects that are asked about at once: each is asked at every price
PARTS = ("executable", "told")


def priced(each: pl.DataFrame, found: Units, anomaly_bits: float) -> pl.DataFrame:
    """Behaviours (``anomalies.weighed``) with the price of poisoning: ``normal_hosts`` and ``normal_days``.

    Either so many other hosts, a day each, or so many days on this host, whichever is less; where both together are
    less, host-days enough for that. ``found`` is what the behaviours were judged by. What is no anomaly has no price.
    """
    asked = each.filter(pl.col("judged") & (pl.col("bits") >= anomaly_bits))
    tried = _tried(asked, found)
    silent = tried.filter(pl.col("bits") < anomaly_bits).sort("behaviour", pl.col("n") + pl.col("w"), "n")
    cheapest = silent.group_by("behaviour", maintain_order=True).agg(pl.col("n", "w").first())
    days = pl.max_horizontal(pl.col("w"), 1)
    prices = cheapest.select(
        "behaviour",
        ((pl.col("n") + pl.col("w")) // days).clip(1).alias("normal_hosts"),
        days.alias("normal_days"),
    )
    return each.join(prices, on="behaviour", how="left", maintain_order="left")


def _tried(asked: pl.DataFrame, found: Units) -> pl.DataFrame:
    """``behaviour, n, w, bits``: how surprising each would be at every price; 0 beyond all that is tried."""
    parts = with_rates(found.rates, _parts(asked, found.rare))
    tried = [_at_every_price(found.rates, parts.slice(at, TOGETHER)) for at in range(0, max(parts.height, 1), TOGETHER)]
    return pl.concat(tried).group_by("behaviour", "n", "w").agg(pl.col("bits").sum())


def _at_every_price(rates: Rates, parts: pl.DataFrame) -> pl.DataFrame:
    """What each part counts for at every price."""
    bits = with_bits(rates, _changed(parts.join(_prices(), how="cross")))
    now = pl.col("bits").filter((pl.col("n") == 0) & (pl.col("w") == 0)).first().over("behaviour", "part")
    left = (pl.col("counted") - (now - pl.col("bits"))).clip(0.0)
    days = pl.col("behaviour_days") + pl.col("w_most")
    routine = pl.when(days >= RECURRING_DAYS).then(RECURRING).otherwise(1.0)
    counting = pl.when("beyond").then(0.0).otherwise(left * routine)
    return bits.with_columns(pl.col("bits").clip(0.0, MOST_BITS)).select("behaviour", "n", "w", counting.alias("bits"))


def _prices() -> pl.DataFrame:
    """``n`` hosts and ``w`` days, the most of each that is not yet the next step, and whether that is ``beyond``."""
    hosts, days = (_steps(name, steps) for name, steps in (("n", STEPS_OF_HOSTS), ("w", STEPS_OF_DAYS)))
    last = (pl.col("n") == STEPS_OF_HOSTS[-1]) | (pl.col("w") == STEPS_OF_DAYS[-1])
    return hosts.join(days, how="cross").with_columns(last.alias("beyond"))


def _steps(name: str, steps: tuple[int, ...]) -> pl.DataFrame:
    most = [*(after - 1 for after in steps[1:]), steps[-1]]
    return pl.DataFrame({name: steps, f"{name}_most": most}, schema={name: pl.Int64, f"{name}_most": pl.Int64})


def _parts(asked: pl.DataFrame, rare: pl.DataFrame) -> pl.DataFrame:
    """The aspects that make behaviours surprise, at most two each, with the bits that each ``counted``."""
    meant = pl.col("told_kind") == "trait"
    given = {"executable": pl.lit(""), "told": pl.when(meant).then(pl.lit("")).otherwise("executable")}
    lines = [
        asked.filter(pl.col(f"{part}_bits") > 0.0).select(
            "behaviour",
            *UNIT,
            pl.lit(part).alias("part"),
            pl.col(f"{part}_kind").alias("kind"),
            given[part].alias("given"),
            pl.col(f"{part}_by").alias("what"),
            pl.col(f"{part}_bits").alias("counted"),
            pl.col("days").alias("behaviour_days"),
        )
        for part in PARTS
    ]
    same = [*UNIT, *ASPECT]
    return pl.concat(lines).cast({name: rare.schema[name] for name in same}).join(rare, on=same)


def _changed(rows: pl.DataFrame) -> pl.DataFrame:
    """Aspects on units as they would be seen at a price."""
    paid = (pl.col("n") > 0) | (pl.col("w") > 0)
    since_start = ((pl.col("first_day") - pl.col("start")).dt.total_days() - pl.col("w_most")).clip(0)
    waited = (pl.col("w") > 0) & (since_start < SETTLED_WITHIN * pl.col("w_most"))
    return rows.with_columns(
        (pl.col("hosts") + pl.col("n_most")).alias("hosts"),
        pl.col("n_most").alias("more"),
        pl.when(paid).then(0).otherwise("same_moment").alias("same_moment"),
        (pl.col("before") - pl.col("w_most")).clip(0).alias("before"),
        (pl.col("settled") | waited).alias("settled"),
        (pl.col("days") + pl.col("w_most")).alias("days"),
    ).with_columns(rarity().alias("rarity"))
