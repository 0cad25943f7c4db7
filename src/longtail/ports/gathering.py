"""Inventory → the matrix of what each joined machine runs, with when it was last seen to."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from longtail.ports.joining import Host
from longtail.ports.matrix import EVER, Matrix, Numbers, Sparse, narrow

LARGE_FLEET = 1_000
SMALLEST = 2
RECURS = 0.25  # of the whole window, after which an executable seen again is one that comes again


def matrix(inventory: pl.DataFrame, machine_of: Mapping[Host, int], tenants: Sequence[str], more_than: int) -> Matrix:
    """What the joined machines run (``inventory`` has the schema INVENTORY).

    ``tenants`` are those of all machines of the network, by their numbers. ``more_than`` holds from 1,000 machines on
    and shrinks with smaller fleets.
    """
    pairs = _pairs(inventory, machine_of)
    rows = pairs.select("machine").unique().sort("machine").with_row_index("row")
    table = _executables(pairs)
    found = (
        pairs.join(rows, on="machine")
        .join(table.select("executable", "column"), on="executable")
        .select("row", "column", "first", "last")
        .sort("row", "column")
    )
    return Matrix(
        machines=rows["machine"].to_numpy().astype(np.int64),
        tenants=tuple(tenants[each] for each in rows["machine"].to_list()),
        ran=_cells(found, (rows.height, table.height)),
        last=found["last"].dt.epoch("us").fill_null(EVER).to_numpy().astype(np.int64),
        table=table.drop("column"),
        times=_times(found),
        more_than=least_machines(rows.height, more_than),
    )


def least_machines(machines: int, more_than: int) -> int:
    """On more machines than this an executable must run: ``more_than``, or 1 % of a fleet below 1,000, at least 2."""
    return more_than if machines >= LARGE_FLEET else min(more_than, max(SMALLEST, machines * more_than // LARGE_FLEET))


def _pairs(inventory: pl.DataFrame, machine_of: Mapping[Host, int]) -> pl.DataFrame:
    """One row a machine and executable, with the times it was seen."""
    hosts = pl.DataFrame(
        [(*host, machine) for host, machine in machine_of.items()],
        schema={"tenant": pl.String, "host": pl.String, "machine": pl.Int64},
        orient="row",
    )
    rows = inventory.with_columns(
        pl.col("tenant").fill_null(""), (pl.col("location") + pl.col("name")).alias("executable")
    )
    return (
        rows.join(hosts, on=["tenant", "host"])
        .group_by("machine", "executable")
        .agg(
            pl.col("zone", "location", "name").first(),
            pl.col("first_seen").min().alias("first"),
            pl.col("last_seen").max().alias("last"),
        )
    )


def _executables(pairs: pl.DataFrame) -> pl.DataFrame:
    """One row an executable, in order, with the share of its carriers on which it came again."""
    window = _window(pairs)
    again = (
        (pl.col("last") - pl.col("first")).dt.total_seconds() >= RECURS * window if window else pl.lit(None, pl.Boolean)
    )
    return (
        pairs.group_by("executable")
        .agg(pl.col("zone", "location", "name").min(), again.cast(pl.Float64).mean().alias("recurred"))
        .sort("executable")
        .with_row_index("column")
    )


def _times(found: pl.DataFrame) -> pl.DataFrame:
    """By row, when the machine was first and last seen, the ``moment`` at which most executables were last seen, how
    many (the ``crowd``), and whether something is known of it ``timeless``."""
    moments = (
        found.drop_nulls("last")
        .group_by("row", pl.col("last").alias("moment"))
        .agg(pl.len().alias("crowd"))
        .sort("row", "crowd", "moment")
        .unique("row", keep="last", maintain_order=True)
    )
    timeless = pl.col("last").is_null().any().alias("timeless")
    times = found.group_by("row").agg(pl.col("first").min(), pl.col("last").max(), timeless)
    return times.join(moments, on="row", how="left").with_columns(pl.col("crowd").fill_null(0)).sort("row").drop("row")


def _window(pairs: pl.DataFrame) -> float:
    """Seconds between the first and the last thing seen anywhere; 0 where nothing has times."""
    first, last = pairs["first"].min(), pairs["last"].max()
    return (last - first).total_seconds() if isinstance(first, datetime) and isinstance(last, datetime) else 0.0


def _cells(found: pl.DataFrame, shape: tuple[int, int]) -> Sparse:
    starts: Numbers = np.searchsorted(found["row"].to_numpy(), np.arange(shape[0] + 1)).astype(np.int64)
    ones = np.ones(found.height, dtype=np.float32)
    return narrow(csr_array((ones, found["column"].to_numpy(), starts), shape=shape))
