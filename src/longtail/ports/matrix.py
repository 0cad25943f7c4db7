"""Inventory → machine × executable, true or false: what every profile is learnt from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from longtail.ports.joining import Host
from longtail.ports.software import Family, could_serve, family, software

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Columns = NDArray[np.int32]
Sparse = Any  # a scipy CSR or CSC array of float32

LARGE_FLEET = 1_000
SMALLEST = 2


@dataclass(frozen=True)
class Matrix:
    """``ran[row, column]`` is 1 where machine ``machines[row]`` runs executable ``executables[column]``.

    ``kept`` are the columns on more than ``more_than`` machines: only they are learnt from. Times are per row, null
    where the inventory has none; ``recurred`` is, per executable, the share of its carriers on which it was seen again
    at least a quarter of the whole window later, nan where nothing has times.
    """

    machines: Numbers
    tenants: tuple[str, ...]
    ran: Sparse
    table: pl.DataFrame  # per column: executable, location, name, zone, recurred
    times: pl.DataFrame  # per row: first, last, timeless
    more_than: int

    @property
    def executables(self) -> list[str]:
        """The canonical executables, by column."""
        return self.table["executable"].to_list()

    @cached_property
    def row_of(self) -> Mapping[int, int]:
        """Machine → row."""
        return {int(machine): row for row, machine in enumerate(self.machines)}

    @cached_property
    def carriers(self) -> Numbers:
        """On how many machines each executable runs."""
        return np.bincount(self.ran.indices, minlength=self.ran.shape[1])

    @cached_property
    def kept(self) -> Numbers:
        """The columns that are learnt from."""
        return np.flatnonzero(self.carriers > self.more_than)

    @cached_property
    def features(self) -> Sparse:
        """``ran`` of the kept columns, by column."""
        return _narrow(self.by_column[:, self.kept])

    @cached_property
    def by_column(self) -> Sparse:
        """``ran`` by column."""
        return _narrow(self.ran.tocsc())

    @cached_property
    def software(self) -> NDArray[np.str_]:
        """The product of each executable."""
        return np.array([software(*each) for each in self.table.select("location", "name").iter_rows()] or [""])

    @cached_property
    def could_serve(self) -> Flags:
        """Whether each executable could be a server of its own."""
        rows = self.table.select("location", "name", "zone").iter_rows()
        return np.fromiter((could_serve(*each) for each in rows), dtype=bool, count=self.table.height)

    @cached_property
    def families(self) -> NDArray[np.int8]:
        """Of which family each executable is: 0 windows, 1 unix, -1 either."""
        number = {Family.WINDOWS: 0, Family.UNIX: 1, Family.ANY: -1}
        return np.array([number[family(zone)] for zone in self.table["zone"].to_list()], dtype=np.int8)

    @cached_property
    def systems(self) -> NDArray[np.int8]:
        """Of which family each machine is, by most of what it runs: 0 windows, 1 unix."""
        weight = (self.families == 1).astype(np.float32) - (self.families == 0).astype(np.float32)
        unix: NDArray[np.int8] = (self.ran @ weight > 0).astype(np.int8)
        return unix

    @cached_property
    def strata(self) -> Numbers:
        """Per machine, a number for its tenant and family together."""
        _, tenant = np.unique(np.asarray(self.tenants), return_inverse=True)
        return tenant * 2 + self.systems.astype(np.int64)

    def columns(self, row: int) -> Columns:
        """What runs on the machine of ``row``."""
        found: Columns = self.ran.indices[self.ran.indptr[row] : self.ran.indptr[row + 1]]
        return found


def matrix(inventory: pl.DataFrame, machine_of: Mapping[Host, int], tenants: Sequence[str], more_than: int) -> Matrix:
    """What the joined machines run. ``more_than`` holds from 1,000 machines on and shrinks with smaller fleets.

    ``tenants`` are those of all machines of the network, by their numbers.
    """
    pairs = _pairs(inventory, machine_of)
    rows = pairs.select("machine").unique().sort("machine").with_row_index("row")
    table = _executables(pairs)
    found = pairs.join(rows, on="machine").join(table.select("executable", "column"), on="executable")
    return Matrix(
        rows["machine"].to_numpy().astype(np.int64),
        tuple(tenants[each] for each in rows["machine"].to_list()),
        _cells(found.select("row", "column").sort("row", "column"), (rows.height, table.height)),
        table.drop("column"),
        _times(found),
        least_machines(rows.height, more_than),
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
    return (
        inventory.with_columns(pl.col("tenant").fill_null(""))
        .join(hosts, on=["tenant", "host"])
        .select("machine", "zone", "location", "name", (pl.col("location") + pl.col("name")).alias("executable"),
                pl.col("first_seen").alias("first"), pl.col("last_seen").alias("last"))
        .group_by("machine", "executable")
        .agg(pl.col("zone", "location", "name", "first").min(), pl.col("last").max())
    )  # fmt: skip


def _executables(pairs: pl.DataFrame) -> pl.DataFrame:
    window = _window(pairs)
    again = (
        ((pl.col("last") - pl.col("first")).dt.total_seconds() >= window / 4) if window else pl.lit(None, pl.Boolean)
    )
    return (
        pairs.group_by("executable")
        .agg(pl.col("zone", "location", "name").min(), again.cast(pl.Float64).mean().alias("recurred"))
        .sort("executable")
        .with_row_index("column")
    )


def _times(found: pl.DataFrame) -> pl.DataFrame:
    """By row, when the machine was first and last seen, and whether something is known of it without a time."""
    timeless = pl.col("last").is_null().any().alias("timeless")
    return found.group_by("row").agg(pl.col("first").min(), pl.col("last").max(), timeless).sort("row").drop("row")


def _window(pairs: pl.DataFrame) -> float:
    """Seconds between the first and the last thing seen anywhere; 0 where nothing has times."""
    first, last = pairs["first"].min(), pairs["last"].max()
    return (last - first).total_seconds() if isinstance(first, datetime) and isinstance(last, datetime) else 0.0


def _cells(cells: pl.DataFrame, shape: tuple[int, int]) -> Sparse:
    starts = np.searchsorted(cells["row"].to_numpy(), np.arange(shape[0] + 1))
    ones = np.ones(cells.height, dtype=np.float32)
    return _narrow(csr_array((ones, cells["column"].to_numpy(), starts), shape=shape))


def _narrow(array: Sparse) -> Sparse:
    """The same array with the index type that scikit-learn's trees read."""
    array.indices = array.indices.astype(np.int32, copy=False)
    array.indptr = array.indptr.astype(np.int32, copy=False)
    return array


def by_place(table: pl.DataFrame, columns: Columns) -> dict[str, tuple[str, ...]]:
    """Executables grouped by directory: location → names, both in order."""
    chosen = table[np.asarray(columns, dtype=np.int64)].group_by("location").agg(pl.col("name").sort()).sort("location")
    return {location: tuple(names) for location, names in chosen.iter_rows()}
