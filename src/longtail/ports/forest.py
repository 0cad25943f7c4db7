"""Machine × executable and a label → forests of few trees: their errors on others, probabilities out of fold.

Machines that run exactly the same (clones of one image) always fall into one part, else a clone would vouch for its
clones. Only the executables that tell most on the machines learnt from are given to the trees: chosen anew in every
part, so that nothing leaks, and much faster than giving them all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier  # type: ignore[import-untyped]
from sklearn.metrics import average_precision_score  # type: ignore[import-untyped]

from longtail.ports.findings import Learning
from longtail.ports.matrix import Flags, Numbers, Sparse

TELLING = 64  # executables given to the trees: more brought more errors, and took longer
HALF = 0.5
LARGEST_TEST = 0.5  # share of machines that the tenants kept for testing may hold

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """What is learnt: ``features`` (CSC, float32), ``label`` per row, and of which rows the label is ``known``."""

    features: Sparse
    label: Flags
    known: Flags
    seed: int
    trees: int


@dataclass(frozen=True)
class Grown:
    """A forest over some columns."""

    trees: RandomForestClassifier | None  # None where only one class was there to learn from
    constant: float
    columns: Numbers

    def probability(self, features: Sparse) -> Shares:
        """How probable the label is, per row of ``features`` (CSC over all columns)."""
        if self.trees is None:
            return np.full(features.shape[0], self.constant)
        found: Shares = self.trees.predict_proba(features[:, self.columns].tocsr())[:, 1]
        return found


def grown(problem: Problem, rows: Flags) -> Grown:
    """A forest learnt from the known ones among ``rows``."""
    rows = rows & problem.known
    label = problem.label[rows]
    if label.all() or not label.any():
        return Grown(None, float(label.any()), np.array([], dtype=np.int64))
    columns = telling(problem.features, problem.label & rows, rows)
    chosen = problem.features[:, columns].tocsr()[np.flatnonzero(rows)]
    forest = RandomForestClassifier(problem.trees, random_state=problem.seed, n_jobs=1)
    return Grown(forest.fit(chosen.tocsc(), label), 0.0, columns)


def telling(features: Sparse, label: Flags, rows: Flags) -> Numbers:
    """The columns that tell ``label`` best among ``rows``, by the size of their chi-square statistic."""
    on, carriers = features.T @ label.astype(np.float32), features.T @ rows.astype(np.float32)
    share = label.sum() / max(rows.sum(), 1)
    apart = (on - carriers * share) ** 2 / np.maximum(carriers * (1 - carriers / max(rows.sum(), 1)), 1.0)
    return np.sort(np.argsort(-apart, kind="stable")[:TELLING])


def learning(split: str, problem: Problem, train: Flags) -> tuple[Learning, Grown]:
    """What a forest learnt from ``train`` gets right on the other known machines."""
    forest = grown(problem, train)
    probability = forest.probability(problem.features)
    train, test = train & problem.known, ~train & problem.known
    truth, guess = problem.label, probability > HALF
    hits = float((truth & guess & test).sum())
    told = Learning(
        split=split,
        machines=int(problem.known.sum()),
        train_error=_share(guess != truth, train),
        test_error=_share(guess != truth, test),
        always_closed_error=_share(truth, test),
        precision=_ratio(hits, float((guess & test).sum())),
        recall=_ratio(hits, float((truth & test).sum())),
        pr_auc=float(average_precision_score(truth[test], probability[test])) if (truth & test).any() else None,
    )
    return told, forest


def folds(label: Flags, groups: Numbers, parts: int, seed: int) -> Numbers:
    """The part (0 … ``parts`` - 1) of every row: whole groups, those with the label spread evenly."""
    _, member = np.unique(groups, return_inverse=True)
    positive = np.zeros(int(member.max(initial=-1)) + 1, dtype=bool)
    np.logical_or.at(positive, member, label)
    shuffled = np.random.default_rng(seed).permutation(len(positive))
    dealt = shuffled[np.argsort(~positive[shuffled], kind="stable")]
    part = np.empty(len(positive), dtype=np.int64)
    part[dealt] = np.arange(len(positive)) % parts
    found: Numbers = part[member]
    return found


def out_of_fold(problem: Problem, part: Numbers) -> Shares:
    """Per row, the probability of the label by a forest that saw neither the row nor its clones."""
    found = np.zeros(len(problem.label))
    for each in np.unique(part):
        held = part == each
        found[held] = grown(problem, ~held).probability(problem.features)[held]
    return found


def random_split(problem: Problem, share: float) -> Flags:
    """Rows to learn from: ``share`` of those with the label and of those without, as in the article."""
    order = np.random.default_rng(problem.seed).permutation(len(problem.label))
    train = np.zeros(len(problem.label), dtype=bool)
    for label in (True, False):
        mine = order[(problem.label[order] == label) & problem.known[order]]
        train[mine[: round(len(mine) * share)]] = True
    return train


def tenant_split(tenants: Sequence[str], share: float, seed: int) -> Flags | None:
    """Rows of the tenants to learn from: the others hold about 1 - ``share`` of the machines; None if they cannot."""
    names, member, sizes = np.unique(np.asarray(tenants), return_inverse=True, return_counts=True)
    tested: Flags = np.zeros(len(names), dtype=bool)
    for each in _until(np.random.default_rng(seed).permutation(len(names)), sizes, len(member) * (1 - share)):
        tested[each] = True
    train: Flags = ~tested[member]
    return None if train.all() else train


def _until(order: NDArray[np.int64], sizes: NDArray[np.int64], enough: float) -> Iterator[int]:
    """Tenants in ``order`` until they hold ``enough`` machines, passing over those that would hold too many."""
    held = 0
    for each in order:
        if held < enough and held + sizes[each] <= LARGEST_TEST * sizes.sum():
            held += int(sizes[each])
            yield int(each)


def clones(features: Sparse, seed: int) -> Numbers:
    """A number per row, equal where rows are equal: machines that run exactly the same of what is learnt from."""
    marks = np.random.default_rng(seed).integers(1, 2**52, size=features.shape[1])
    rows = features.tocsr()
    sums = np.concatenate([[0], np.cumsum(marks[rows.indices], dtype=np.uint64)]).astype(np.uint64)
    found: Numbers = (sums[rows.indptr[1:]] - sums[rows.indptr[:-1]]).astype(np.int64)
    return found


def _share(flags: Flags, among: Flags) -> float:
    return float((flags & among).sum() / max(among.sum(), 1))


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
