"""Command lines that are known to mean no harm: process starts of them need no judge.

A fleet says the same thing again and again, and hardly any of it means harm. What a line means is worked out elsewhere
(``standing_harm``); what was answered is kept as numbers that nobody can foresee.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from longtail.prevalence.window import Hashes, not_among

MOST_LINES = 2_000_000  # that are remembered: beyond that they are asked about again


def _none() -> Hashes:
    return np.empty(0, np.uint64)


@dataclass
class Harmless:
    """What was answered so far (``known``, sorted), and what was ``asked`` and is not answered yet."""

    known: Hashes = field(default_factory=_none)
    asked: Hashes = field(default_factory=_none)
    seed: int = field(default_factory=lambda: random.SystemRandom().getrandbits(63))

    def unknown(self, lines: pl.Series) -> pl.Series:
        """Which of the lines may mean harm, as far as is known."""
        return lines.is_not_null() & not_among(self.known, self._hashes(lines))

    def ask(self, lines: Iterable[pl.Series]) -> None:
        """Somebody is asked which of these lines mean harm."""
        self.asked = np.unique(np.concatenate([_none(), *map(self._hashes, lines)]))

    def answered(self, harmful: pl.Series) -> None:
        """These do; the others that were asked about do not."""
        harmless = np.setdiff1d(self.asked, self._hashes(harmful))
        self.known = np.union1d(self.known, harmless) if len(self.known) < MOST_LINES else harmless
        self.asked = _none()

    def _hashes(self, lines: pl.Series) -> Hashes:
        return lines.hash(self.seed).to_numpy()
