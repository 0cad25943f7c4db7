"""Days of a store → the habits in them: where the days are many, by several processes, some of the days each.

Habits can be added like sightings, so it does not matter who read which day.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from deltalake import DeltaTable

from longtail import store
from longtail.engines import local
from longtail.executions.sightings import KEY, empty
from longtail.ledger.memory import without
from longtail.ledger.verdicts import Unlearned
from longtail.prevalence.habits import added, habits
from longtail.store.lake import place_of
from longtail.store.reading import files_of

MANY = 1 << 20
"""Rows that one process reads in about the time that another takes to begin."""


@dataclass(frozen=True, slots=True)
class Learnable:
    """What may be learnt from of a store as it was at a ``version``, of one tenant or all: nothing that was unlearnt
    (``gone``), and nothing that is ``judged``, for nothing speaks for itself."""

    place: str
    version: int
    tenant: str | None
    gone: tuple[Unlearned, ...]
    judged: pl.DataFrame

    def pieces(self, days: Collection[date], hosts: Collection[str] | None = None) -> Iterator[pl.DataFrame]:
        """The sightings of some days in pieces, and of each what may be learnt from."""
        return map(self.of, store.daily(self.table(), days, self.tenant, hosts))

    def table(self) -> DeltaTable:
        """The table as it was."""
        return store.opened(self.place, self.version)

    def of(self, piece: pl.DataFrame) -> pl.DataFrame:
        """Of some sightings those that may be learnt from."""
        judged = self.judged.filter(pl.col("day").is_in(piece["day"].unique().implode()))
        left = piece.join(judged.select(KEY), on=KEY, how="anti", nulls_equal=True) if judged.height else piece
        return without(left, self.gone)


@dataclass(frozen=True, slots=True)
class Found:
    """The habits of some days, and in how many sightings they were found, those that were unlearnt among them."""

    habits: pl.DataFrame
    sightings: int


def learnable_of(
    table: DeltaTable, tenant: str | None, gone: Sequence[Unlearned], judged: pl.DataFrame | None = None
) -> Learnable:
    """What may be learnt from of a table as it is now."""
    return Learnable(place_of(table), table.version(), tenant, tuple(gone), empty() if judged is None else judged)


def habits_of(learnable: Learnable, days: Collection[date]) -> Found:
    """The habits of some days.

    Raises:
        StoreError: the store cannot be read.
        LongtailError: a process died at work.
    """
    rows = dict(files_of(learnable.table()).group_by("day").agg(pl.col("rows").sum()).iter_rows())
    mine = sorted(days, key=lambda day: (-rows.get(day, 0), day))
    held = sum(rows.get(day, 0) for day in mine)
    processes = max(1, min(len(os.sched_getaffinity(0)), held // MANY))
    shares = [mine[number::processes] for number in range(processes)]
    found = list(local.mapped(_Share(learnable), shares, processes))
    return Found(added(each.habits for each in found), sum(each.sightings for each in found))


@dataclass(frozen=True, slots=True)
class _Share:
    """Some days → what is found in them; in a worker."""

    learnable: Learnable

    def __call__(self, days: Sequence[date]) -> Found:
        heights: list[int] = []

        def pieces() -> Iterator[pl.DataFrame]:
            for piece in store.daily(self.learnable.table(), days, self.learnable.tenant):
                heights.append(piece.height)
                yield self.learnable.of(piece)

        return Found(habits(pieces()), sum(heights))
