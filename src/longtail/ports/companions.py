"""Machine × executable and a label → the executables that accompany it, with the numbers that show it.

A companion runs several times more often where the label is than elsewhere *on systems of its family*, and does so
within tenants too: what merely comes with a customer, an image or an operating system accompanies nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import betainc

from longtail.ports.findings import Companion
from longtail.ports.forest import Grown, Shares
from longtail.ports.matrix import Flags, Matrix, Numbers

LEAST_CARRIERS = 3  # open machines that run it
LEAST_SURPRISE = 3.5  # standard deviations above what its tenants and systems would give
MOST_CHANCE = 1e-3  # of so many labelled carriers, were they drawn at random
LEAST_INFORMATION = 2.0  # expected open carriers whose tenant has both open and closed machines
LEANING_LIFT = 1.5
LEANING_SURPRISE = 1.0
TOP = 10
MOST_TAKEN = 40  # companions taken one after the other: more leave nothing to tell
DEPENDENT = 0.25  # of the best companion's certainty: below that one is there without the label as well
MINOR_LIFT = 10.0
MINOR_CHANCE = 0.01
MINOR_CARRIERS = 2
MINOR_SURPRISE = 2.0


@dataclass(frozen=True)
class Counts:
    """Per executable: carriers with the label and without, each with the number of machines they are counted among."""

    on: Shares
    of_on: Shares
    off: Shares
    of_off: Shares

    @property
    def share_on(self) -> Shares:
        """Share of machines with the label that run it."""
        share: Shares = self.on / np.maximum(self.of_on, 1)
        return share

    @property
    def share_off(self) -> Shares:
        """Share of machines without the label that run it."""
        share: Shares = self.off / np.maximum(self.of_off, 1)
        return share

    @property
    def lift(self) -> Shares:
        """How many times more often it runs where the label is; half a carrier is granted to the others."""
        lift: Shares = self.share_on / ((self.off + 0.5) / (self.of_off + 1))
        return lift


def counts(matrix: Matrix, label: Flags, without: Flags) -> Counts:
    """How often every executable runs on machines with the label and without, among systems of its own family."""
    on = matrix.ran.T @ label.astype(np.float32)
    off = matrix.ran.T @ without.astype(np.float32)
    totals = [_by_family(matrix, rows) for rows in (label, without)]
    return Counts(on.astype(float), totals[0], off.astype(float), totals[1])


def _by_family(matrix: Matrix, rows: Flags) -> Shares:
    windows, unix = (float((rows & (matrix.systems == each)).sum()) for each in (0, 1))
    totals: Shares = np.array([windows, unix, windows + unix])[matrix.families]
    return totals


def strong(matrix: Matrix, label: Flags, without: Flags, least_lift: float) -> Numbers:
    """The columns of the executables that accompany the label."""
    found = counts(matrix, label, without)
    likely = np.flatnonzero((found.on >= LEAST_CARRIERS) & (found.lift >= least_lift) & (found.of_off > 0))
    likely = likely[_chance(found)[likely] <= MOST_CHANCE]
    return likely[_surprise(matrix, likely, label, label | without) >= LEAST_SURPRISE]


def leaning(matrix: Matrix, label: Flags, without: Flags) -> Numbers:
    """The columns of what could serve and goes with the label less clearly: whoever runs one is not called without it.

    A server of which few machines are known is such, or one installed on many where nobody opened its port.
    """
    found = counts(matrix, label, without)
    likely = np.flatnonzero((found.on >= MINOR_CARRIERS) & (found.lift >= LEANING_LIFT) & matrix.could_serve)
    likely = likely[_surprise(matrix, likely, label, label | without) >= LEANING_SURPRISE]
    return proving(matrix, likely, label, without)


def proving(matrix: Matrix, columns: Numbers, label: Flags, without: Flags) -> Numbers:
    """Those of ``columns`` that speak for the label by themselves, not only beside others.

    Client tools accompany a server and are also where no server is: on machines with none of the better companions they
    say nothing. So the companion after which the label is most certain is taken, the machines that run it are left
    aside, and the next is taken among the rest, until what is left tells little.
    """
    runs = matrix.by_column[:, columns].tocsr()
    left, kept, least = label | without, np.ones(len(columns), dtype=bool), 0.0
    for _ in range(MOST_TAKEN):
        on, off = runs.T @ (left & label).astype(np.float32), runs.T @ (left & without).astype(np.float32)
        certain = np.where(on + off >= LEAST_CARRIERS, on / np.maximum(on + off, 1), -1.0)
        best = int(np.argmax(certain)) if len(certain) else 0
        if not len(certain) or certain[best] < max(least, 0.0):
            kept &= (certain < 0) | (certain >= least)
            break
        least = max(least, DEPENDENT * float(certain[best]))
        left &= runs[:, [best]].toarray().ravel() == 0
    return columns[kept]


def _chance(found: Counts) -> Shares:
    """How probable so many labelled carriers are, were carriers drawn at random."""
    base = found.of_on / np.maximum(found.of_on + found.of_off, 1)
    tail = betainc(np.maximum(found.on, 1), found.off + 1, base)  # of a binomial distribution
    return np.where(found.on > 0, np.asarray(tail, dtype=np.float64), 1.0)


def _surprise(matrix: Matrix, columns: Numbers, label: Flags, known: Flags) -> Shares:
    """How far the labelled carriers exceed what tenants and systems alone would give, in standard deviations.

    (Mantel and Haenszel's statistic over tenant × system; over systems alone where tenants have no contrast in them.)
    """
    chosen = matrix.by_column[:, columns]
    expected, deviation, on = _stratified(chosen, matrix.strata, label, known)
    thin = deviation**2 < LEAST_INFORMATION
    if thin.any():
        plain = _stratified(chosen, matrix.systems.astype(np.int64), label, known)
        expected, deviation = (
            np.where(thin, new, old) for new, old in zip(plain[:2], (expected, deviation), strict=True)
        )
    surprise: Shares = (on - expected - 0.5) / np.maximum(deviation, 1e-9)
    return surprise


def _stratified(chosen: csr_array, strata: Numbers, label: Flags, known: Flags) -> tuple[Shares, Shares, Shares]:
    """Expected labelled carriers, their standard deviation, and the labelled carriers counted."""
    size = int(strata.max(initial=0)) + 1
    total = np.bincount(strata, known, size)
    share = np.bincount(strata, label, size) / np.maximum(total, 1)
    carriers = (chosen.T @ _one_hot(strata, known, size)).toarray()
    expected = carriers @ share
    spread = carriers * (total - carriers) * share * (1 - share) / np.maximum(total - 1, 1)
    return expected, np.sqrt(spread.sum(axis=1)), chosen.T @ label.astype(np.float32)


def _one_hot(strata: Numbers, rows: Flags, size: int) -> csr_array:
    chosen = np.flatnonzero(rows)
    return csr_array((np.ones(len(chosen), np.float32), (chosen, strata[chosen])), shape=(len(rows), size))


def minor(matrix: Matrix, unexplained: Flags, without: Flags) -> Numbers:
    """The columns of rarer software that serves the same port: common among open machines without the companions."""
    found = counts(matrix, unexplained, without)
    likely = (found.on >= MINOR_CARRIERS) & (found.lift >= MINOR_LIFT) & (_chance(found) <= MINOR_CHANCE)
    columns = np.flatnonzero(likely & matrix.could_serve)
    return columns[_surprise(matrix, columns, unexplained, unexplained | without) >= MINOR_SURPRISE]


def shows(matrix: Matrix, columns: Numbers) -> Flags:
    """Per machine, whether it runs any of these executables."""
    marks = np.zeros(matrix.ran.shape[1], dtype=np.float32)
    marks[columns] = 1
    runs: Flags = matrix.ran @ marks > 0
    return runs


def top(matrix: Matrix, forest: Grown, found: Counts, chosen: Numbers) -> tuple[Companion, ...]:
    """The ten executables that tell most among those that accompany it, by their software's importance."""
    own = np.zeros(matrix.ran.shape[1])
    if forest.trees is not None:
        own[matrix.kept[forest.columns]] = forest.trees.feature_importances_
    named = np.unique(np.concatenate([np.flatnonzero((own > 0) & (found.share_on > found.share_off)), chosen]))
    summed = _summed(matrix.software[named], own[named])
    order = np.lexsort((named, -found.share_on[named], -own[named], -summed))[:TOP]
    return tuple(_companion(matrix, found, int(named[each]), float(summed[each])) for each in order)


def _summed(software: NDArray[np.str_], own: Shares) -> Shares:
    _, member = np.unique(software, return_inverse=True)
    return np.bincount(member, own).astype(np.float64)[member]


def _companion(matrix: Matrix, found: Counts, column: int, importance: float) -> Companion:
    return Companion(
        executable=matrix.executables[column],
        importance=round(min(importance, 1.0), 6),
        share_of_backed=round(float(found.share_on[column]), 6),
        share_of_others=round(float(found.share_off[column]), 6),
        backed=int(found.on[column]),
        of_backed=int(found.of_on[column]),
        others=int(found.off[column]),
        of_others=int(found.of_off[column]),
    )
