"""Anomalies → incidents: what one account did on one host that belongs together in time, as one scored story."""

from collections.abc import Mapping

import polars as pl

from longtail.prevalence.likeness import Likeness

ACTOR = ["tenant", "account_class", "host", "account"]
PASSES_FOR_BITS = 6.0  # what it adds when an anomaly passes for something common: chance alone rarely spells so
AGAIN = 0.25  # the weight of each further surprise in what the same executable was told


def grouped(anomalous: pl.DataFrame, quiet_hours: float) -> pl.DataFrame:
    """Anomalies with ``incident``: a new one begins where an account on a host was quiet for ``quiet_hours``."""
    gap = pl.col("onset") - pl.col("onset").shift(1).over(ACTOR)
    begins = gap.is_null() | (gap > pl.duration(seconds=round(quiet_hours * 3600)))
    return anomalous.sort(*ACTOR, "onset", "behaviour").with_columns(begins.cum_sum().alias("incident"))


def scored(anomalous: pl.DataFrame, likenesses: Mapping[int, Likeness]) -> pl.DataFrame:
    """One row an incident with its ``score`` in bits: how surprising its parts are, and that they come together.

    Surprises are counted by distinct executable, the greatest whole and each further one by the root of its rank, so
    that many weak ones do not outweigh a strong one by number alone. Each trait counts once.
    """
    passing = [number for number, like in likenesses.items() if like.passes_for]
    bonus = pl.when(pl.col("behaviour").is_in(passing)).then(PASSES_FOR_BITS).otherwise(0.0)
    rank = pl.col("bits").rank("ordinal", descending=True)
    programs = (
        anomalous.lazy()
        .with_columns(pl.col("bits") + bonus)
        .with_columns(pl.when(rank.over("incident", "executable") == 1).then(1.0).otherwise(AGAIN).alias("share"))
        .group_by("incident", "executable")
        .agg((pl.col("bits") * pl.col("share")).sum())
        .with_columns(rank.over("incident").sqrt().alias("root"))
        .group_by("incident")
        .agg((pl.col("bits") / pl.col("root")).sum().alias("behaviour_bits"), pl.len().alias("programs"))
    )
    traits = (
        anomalous.lazy()
        .select("incident", pl.col("traits"))
        .explode("traits")
        .filter(pl.col("traits").is_not_null())
        .unnest("traits")
        .group_by("incident", "what")
        .agg(pl.col("bits").max())
        .group_by("incident")
        .agg(pl.col("bits").sum().alias("trait_bits"))
    )
    return (
        anomalous.lazy()
        .group_by("incident", *ACTOR)
        .agg(pl.col("onset").min().alias("start"), pl.col("onset").max().alias("end"), pl.len().alias("anomalies"))
        .join(programs, on="incident")
        .join(traits, on="incident", how="left")
        .with_columns(pl.col("trait_bits").fill_null(0.0))
        .with_columns((pl.col("behaviour_bits") + pl.col("trait_bits")).alias("score"))
        .collect()
    )
