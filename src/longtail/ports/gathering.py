"""Inventory → the matrix of what each joined machine runs, with when it was last seen to."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from longtail.ports.joining import Host
from longtail.ports.matrix import Flags, Matrix, Numbers, Sparse, narrow

LARGE_FLEET = 1_000
SMALLEST = 2
WHAT = ["location", "name", "zone"]
RECURS = 0.25  # of the whole window, after which an executable seen again is one that comes again


def matrix(inventory: pl.DataFrame, machine_of: Mapping[Host, int], tenants: Sequence[str], more_than: int) -> Matrix:
    """What the joined machines run (``inventory`` has the schema INVENTORY).

    ``tenants`` are those of all machines of the network, by their numbers. ``more_than`` holds from 1,000 machines on
    and shrinks with smaller fleets.
    """
    hosts = _hosts(machine_of)
    programs = _programs(inventory)
    found = _found(inventory, hosts, programs)
    rows = (
        hosts.select("row", "machine").unique().filter(pl.col("row").is_in(found["row"].unique().implode())).sort("row")
    )
    numbers = rows.select("row").with_row_index("new")
    found = found.join(numbers, on="row", maintain_order="left").drop("row").rename({"new": "row"})
    machines = rows["machine"].to_numpy().astype(np.int64)
    times = _times(found)
    return Matrix(
        machines=machines,
        tenants=tuple(tenants[each] for each in machines.tolist()),
        ran=_cells(found, (len(machines), programs.height)),
        gone=_gone(found, times),
        table=programs.join(_recurred(found), on="column", how="left").sort("column").drop("column"),
        times=times,
        more_than=least_machines(len(machines), more_than),
    )


def least_machines(machines: int, more_than: int) -> int:
    """On more machines than this an executable must run: ``more_than``, or 1 % of a fleet below 1,000, at least 2."""
    return more_than if machines >= LARGE_FLEET else min(more_than, max(SMALLEST, machines * more_than // LARGE_FLEET))


def _hosts(machine_of: Mapping[Host, int]) -> pl.DataFrame:
    """The hosts with their machines; rows are numbered in the order of the machines."""
    machines = {machine: row for row, machine in enumerate(sorted(set(machine_of.values())))}
    return pl.DataFrame(
        [(*host, machine, machines[machine]) for host, machine in machine_of.items()],
        schema={"tenant": pl.String, "host": pl.String, "machine": pl.Int64, "row": pl.Int32},
        orient="row",
    )


def _programs(inventory: pl.DataFrame) -> pl.DataFrame:
    """The executables of the inventory in order, each once, with the number of its column."""
    return (
        inventory.select(WHAT)
        .unique()
        .with_columns((pl.col("location") + pl.col("name")).alias("executable"))
        .sort("executable", "location", "zone")
        .with_columns(pl.int_range(pl.len(), dtype=pl.Int32).alias("column"))
    )


def _found(inventory: pl.DataFrame, hosts: pl.DataFrame, programs: pl.DataFrame) -> pl.DataFrame:
    """One row a machine and executable, both as numbers and in order, with the times it was seen."""
    cells = (
        inventory.with_columns(pl.col("tenant").fill_null(""))
        .join(hosts.select("tenant", "host", "row"), on=["tenant", "host"])
        .join(programs.select(*WHAT, "column"), on=WHAT)
        .select(
            (pl.col("row").cast(pl.Int64) * max(programs.height, 1) + pl.col("column")).alias("cell"),
            pl.col("first_seen").alias("first"),
            pl.col("last_seen").alias("last"),
            "listed",
            "passing",
        )
        .sort("cell")
    )
    if (cells["cell"].diff() == 0).any():  # several hosts are one machine
        widest = (pl.col("first").min(), pl.col("last").max(), pl.col("listed").max(), pl.col("passing").all())
        cells = cells.group_by("cell", maintain_order=True).agg(*widest)
    row, column = (pl.col("cell") // max(programs.height, 1)), (pl.col("cell") % max(programs.height, 1))
    numbers = (row.cast(pl.Int32).alias("row"), column.cast(pl.Int32).alias("column"))
    return cells.select(*numbers, "first", "last", "listed", "passing")


def _recurred(found: pl.DataFrame) -> pl.DataFrame:
    """By executable, the share of its carriers on which it came again."""
    window = _window(found)
    again = (
        (pl.col("last") - pl.col("first")).dt.total_seconds() >= RECURS * window if window else pl.lit(None, pl.Boolean)
    )
    return found.group_by("column").agg(again.cast(pl.Float64).mean().alias("recurred"))


def _times(found: pl.DataFrame) -> pl.DataFrame:
    """By row, when the machine was ``first`` and ``last`` seen, whether something is known of it ``timeless``, and when
    its processes were ``listed``."""
    timeless = pl.col("last").is_null().any().alias("timeless")
    times = found.group_by("row").agg(pl.col("first").min(), pl.col("last").max(), timeless, pl.col("listed").max())
    return times.sort("row").drop("row")


def _gone(found: pl.DataFrame, times: pl.DataFrame) -> Flags:
    """By cell, whether it was seen before the processes of the machine were listed, and was not among them.

    It is gone though it may start again later: what starts now and then is no daemon. So is what comes and goes.
    """
    listing = times["listed"].gather(found["row"])
    before = (found["first"] <= listing).fill_null(False)
    held = (found["listed"] == listing).fill_null(False)
    gone: Flags = ((before | found["passing"]) & ~held).to_numpy()
    return gone


def _window(found: pl.DataFrame) -> float:
    """Seconds between the first and the last thing seen anywhere; 0 where nothing has times."""
    first, last = found["first"].min(), found["last"].max()
    return (last - first).total_seconds() if isinstance(first, datetime) and isinstance(last, datetime) else 0.0


def _cells(found: pl.DataFrame, shape: tuple[int, int]) -> Sparse:
    starts: Numbers = np.searchsorted(found["row"].to_numpy(), np.arange(shape[0] + 1)).astype(np.int64)
    ones = np.ones(found.height, dtype=np.float32)
    return narrow(csr_array((ones, found["column"].to_numpy(), starts), shape=shape))
