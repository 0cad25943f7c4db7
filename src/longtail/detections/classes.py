"""Distinct starts → the same, each account in the class that the whole telemetry tells: a batch alone cannot know.

A service account of an ordinary name (``CORP\\svc-db7``) is told by what the service manager starts under it, on some
day of some host. Hunts do the same to sightings, so that rules and alerts speak of the same classes.
"""

import polars as pl
import polars.selectors as cs

from longtail.detections.backtest import STARTS, merge
from longtail.executions.claims import reclassified
from longtail.executions.paths import executable

WHO = ["tenant", "host", "account", "image", "parent_image"]


def classed(starts: pl.DataFrame) -> pl.DataFrame:
    """The starts (columns of ``STARTS``) of accounts in their classes; rows that are the same then are summed."""
    days = pl.col("day").unique().alias("days")
    distinct = starts.group_by(*WHO, "account_class", maintain_order=True).agg(days)
    given = distinct.with_columns(cs.categorical().cast(pl.String))
    told = reclassified(_as_sightings(given))["account_class"]
    changed = given.with_columns(told.alias("told")).filter(pl.col("told") != pl.col("account_class"))
    if changed.is_empty():
        return starts
    moved = changed.drop("days").cast(STARTS["account_class"])
    joined = starts.join(moved, on=[*WHO, "account_class"], how="left", nulls_equal=True)
    return merge(
        [joined.with_columns(pl.coalesce("told", "account_class").alias("account_class")).select(list(STARTS))]
    )


def _as_sightings(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows, in the same order, with the columns of a sighting that tell whose an account is."""
    images = rows["image"].unique().to_list()
    found = [executable(image) for image in images]
    programs = pl.DataFrame(
        {
            "image": images,
            "location": [each.location for each in found],
            "name": [each.name for each in found],
            "zone": [str(each.zone) for each in found],
        },
        schema=dict.fromkeys(("image", "location", "name", "zone"), pl.String),
    )
    parents = rows["parent_image"].unique().to_list()
    named = ["" if each is None else str(executable(each)) for each in parents]
    below = pl.DataFrame(
        {"parent_image": parents, "parent": named}, schema=dict.fromkeys(("parent_image", "parent"), pl.String)
    )
    return (
        rows.join(programs, on="image", how="left", maintain_order="left")
        .join(below, on="parent_image", how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.lit(None, pl.String).alias("hosted_by"))
    )
