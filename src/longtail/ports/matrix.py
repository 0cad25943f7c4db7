"""Machine × executable, true or false → everything that is asked of it: counts, families, products, directories."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.ports.software import Family, could_serve, family, nameless, software

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Columns = NDArray[np.int32]
Sparse = Any  # a scipy CSR or CSC array of float32


@dataclass(frozen=True)
class Matrix:
    """``ran[row, column]`` is 1 where machine ``machines[row]`` runs executable ``executables[column]``.

    ``kept`` are the columns on more than ``more_than`` machines: only they are learnt from. Times are per row, null
    where the inventory has none. What is ``gone`` ran before the processes of its machine were listed, and not then.
    ``recurred`` is, per executable, the share of its carriers on which it was seen again at least a quarter of the
    whole window later, nan where nothing has times.
    """

    machines: Numbers
    tenants: tuple[str, ...]
    ran: Sparse
    table: pl.DataFrame  # per column: executable, location, name, zone, recurred
    times: pl.DataFrame  # per row: first, last, timeless, listed
    gone: Flags  # per cell of ``ran``
    more_than: int

    @cached_property
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
        return narrow(self.by_column[:, self.kept])

    @cached_property
    def by_column(self) -> Sparse:
        """``ran`` by column."""
        return narrow(self.ran.tocsc())

    @cached_property
    def software(self) -> NDArray[np.str_]:
        """The product of each executable."""
        return np.array([software(*each) for each in self.table.select("location", "name").iter_rows()] or [""])

    @cached_property
    def nameless(self) -> Flags:
        """Whether each executable has a made-up name, so that how many machines run it says nothing."""
        return np.fromiter(map(nameless, self.table["name"].to_list()), dtype=bool, count=self.table.height)

    @cached_property
    def stems(self) -> list[str]:
        """The file name of each executable without ``.exe`` and case."""
        return self.table["name"].str.to_lowercase().str.strip_suffix(".exe").to_list()

    @cached_property
    def could_serve(self) -> Flags:
        """Whether each executable could be a server of its own."""
        rows = self.table.select("location", "name", "zone").iter_rows()
        return np.fromiter((could_serve(*each) for each in rows), dtype=bool, count=self.table.height)

    @cached_property
    def families(self) -> NDArray[np.int8]:
        """Of which family each executable is: 0 windows, 1 unix, -1 either."""
        number = {Family.WINDOWS: 0, Family.UNIX: 1, Family.ANY: -1}
        return np.array([number[family(location)] for location in self.table["location"].to_list()], dtype=np.int8)

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

    @cached_property
    def named(self) -> Numbers:
        """On how many machines a program of this name runs, wherever it lies (at least; at most: the sum of places)."""
        _, member = np.unique(np.asarray(self.stems), return_inverse=True)
        return np.bincount(member, self.carriers).astype(np.int64)[member]

    def now(self, row: int) -> Columns:
        """What runs on the machine of ``row`` and is not known to be gone."""
        cells = slice(self.ran.indptr[row], self.ran.indptr[row + 1])
        found: Columns = self.ran.indices[cells][~self.gone[cells]]
        return found

    def columns(self, row: int) -> Columns:
        """What runs on the machine of ``row``."""
        found: Columns = self.ran.indices[self.ran.indptr[row] : self.ran.indptr[row + 1]]
        return found


def narrow(array: Sparse) -> Sparse:
    """The same array with the index type that scikit-learn's trees read."""
    array.indices = array.indices.astype(np.int32, copy=False)
    array.indptr = array.indptr.astype(np.int32, copy=False)
    return array


def by_place(table: pl.DataFrame, columns: Columns) -> dict[str, tuple[str, ...]]:
    """Executables grouped by directory: location → names, both in order."""
    chosen = table[np.asarray(columns, dtype=np.int64)].group_by("location").agg(pl.col("name").sort()).sort("location")
    return {location: tuple(names) for location, names in chosen.iter_rows()}
