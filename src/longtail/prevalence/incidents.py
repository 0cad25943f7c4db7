"""Anomalies → incidents: what one account did on one host that belongs together in time, as one scored story."""

from collections.abc import Mapping

import polars as pl

from longtail.prevalence.likeness import Likeness

ACTOR = ["tenant", "account_class", "host", "account"]
PASSES_FOR_BITS = 6.0  # what it adds when an anomaly passes for something common: chance alone rarely spells so
AGAIN = 0.25  # the weight of each further executable within one act


def grouped(anomalous: pl.DataFrame, quiet_hours: float) -> pl.DataFrame:
    """Anomalies with ``incident``: a new one begins where an account on a host was quiet for ``quiet_hours``."""
    gap = pl.col("onset") - pl.col("onset").shift(1).over(ACTOR)
    begins = gap.is_null() | (gap > pl.duration(seconds=round(quiet_hours * 3600)))
    return anomalous.sort(*ACTOR, "onset", "behaviour").with_columns(begins.cum_sum().alias("incident"))


def acts(anomalous: pl.DataFrame) -> pl.DataFrame:
    """Anomalies with ``act``: what one deed shows in several rows is one act.

    One deed is what one command line carries (``cmd /c powershell -c "a | b"``), and every run of one executable.
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    nodes = []
    for incident, executable, line in anomalous.select("incident", "executable", "example_command_line").iter_rows():
        node = root(f"{incident} e {executable}")
        if line is not None:
            parent[root(f"{incident} l {line}")] = node
        nodes.append(f"{incident} e {executable}")
    return anomalous.with_columns(pl.Series("act", [root(node) for node in nodes], dtype=pl.String))


def scored(anomalous: pl.DataFrame, likenesses: Mapping[int, Likeness]) -> pl.DataFrame:
    """One row an incident with its ``score`` in bits: how surprising its acts are, and that they come together.

    An act weighs its greatest surprise and a fraction of each other executable's in it; the greatest act counts whole
    and each further one by the root of its rank, so that many weak ones do not outweigh a strong one by number alone.
    Each trait counts once.
    """
    passing = [number for number, like in likenesses.items() if like.passes_for]
    bonus = pl.when(pl.col("behaviour").is_in(passing)).then(PASSES_FOR_BITS).otherwise(0.0)
    rank = pl.col("bits").rank("ordinal", descending=True)
    programs = (
        acts(anomalous)
        .lazy()
        .with_columns(pl.col("bits") + bonus)
        .group_by("incident", "act", "executable")
        .agg(pl.col("bits").max())
        .with_columns(pl.when(rank.over("incident", "act") == 1).then(1.0).otherwise(AGAIN).alias("share"))
        .group_by("incident", "act")
        .agg((pl.col("bits") * pl.col("share")).sum())
        .with_columns(rank.over("incident").sqrt().alias("root"))
        .group_by("incident")
        .agg((pl.col("bits") / pl.col("root")).sum().alias("behaviour_bits"), pl.len().alias("acts"))
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
