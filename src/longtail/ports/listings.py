"""Findings of snapshots → which of them were there when everything that runs on their machine was listed at last.

A listing shows in its times: much of what a file tells of a machine was there at the same moment. An inventory file may
as well tell what was seen to run in some window, each program at a time of its own, which is no more than starts.
"""

import polars as pl

from longtail.ports.dating import dated

CROWD = 5  # programs found at one moment, from which someone must have listed what runs
SHARE = 0.3  # of the programs that a file tells of a machine: the others ran no more; of starts, few fall together


def listed(rows: pl.DataFrame, programs: pl.DataFrame) -> pl.DataFrame:
    """``rows`` with ``listed`` left on what the last listing of the machine holds, and null elsewhere.

    ``rows`` are findings by ``machine`` and ``program``: ``listed`` is when a snapshot found it (null for starts), and
    ``argued`` whether the snapshot told its command line; ``source`` is the file. The last two are dropped.
    ``programs`` gives each program its ``name``.

    A listing of images alone does not show what they were told to run (``java -jar x.jar``): what is no image itself is
    left in it.
    """
    rows = dated(rows, programs)
    if rows["listed"].null_count() == rows.height:  # the millions of rows of a list without times
        return rows.drop("argued", "source")
    found = rows.join(_last(rows), on="machine", how="left", maintain_order="left")
    image = programs["name"].str.ends_with(".exe").gather(found["program"])
    held = pl.col("listed") == pl.col("moment")
    untold = ~pl.col("told") & ~pl.lit(image)
    kept = pl.when(held.fill_null(False) | untold.fill_null(False)).then("moment").alias("listed")
    return found.with_columns(kept).drop("moment", "told", "argued", "source")


def _last(rows: pl.DataFrame) -> pl.DataFrame:
    """By machine, the ``moment`` of its last listing, and whether it ``told`` any command line."""
    timed = rows.drop_nulls("listed")
    crowd = pl.col("program").n_unique().alias("crowd")
    told = timed.group_by("machine", "source").agg(crowd.alias("all"))
    together = (
        timed.group_by("machine", "source", pl.col("listed").alias("moment"))
        .agg(crowd, pl.col("argued").any().alias("told"))
        .join(told, on=["machine", "source"])
        .filter(pl.col("crowd") >= CROWD, pl.col("crowd") >= SHARE * pl.col("all"))
    )
    return together.sort("machine", "moment").unique("machine", keep="last").select("machine", "moment", "told")
