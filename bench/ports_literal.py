"""The article's method taken literally: fit a forest on all machines, recommend to close whatever it gets wrong.

It is the peer: no abstaining, no evidence, no second opinion. In sample it predicts the machines it learnt from, as the
article reads; out of fold those that it did not see.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier  # type: ignore[import-untyped]
from sklearn.metrics import average_precision_score  # type: ignore[import-untyped]
from sklearn.model_selection import (  # type: ignore[import-untyped]
    StratifiedKFold,
    cross_val_predict,
    train_test_split,
)

from bench.ports_fleets import Key, key
from longtail.ports.evidence import Evidence
from longtail.ports.gathering import matrix
from longtail.ports.joining import completed, joined
from longtail.ports.labels import Port, labels
from longtail.ports.matrix import Matrix
from longtail.ports.openings import LAST_PORT, Network

TREES = 10
FOLDS = 5
SEED = 0
TOP = 10
FEWEST = FOLDS  # machines of either class, for a split into folds to be possible


@dataclass(frozen=True)
class Class:
    """The matrix of the article: machines with telemetry × executables on more than ten of them, and the openings."""

    network: Network
    matrix: Matrix
    ports: tuple[Port, ...]
    widest: int = LAST_PORT + 1

    def label(self, port: Port) -> NDArray[np.bool_]:
        """Which machines have it open by any rule but the platform's own."""
        found = labels(self.network, joined(self.network, ()).names, self.widest)
        rows = found.covering(port)["machine"].to_numpy()
        open_ = np.zeros(len(self.network.machines), dtype=bool)
        open_[rows] = True
        return open_[self.matrix.machines]


def gathered(network: Network, evidence: Evidence, more_than: int = 10) -> Class:
    """What the article learns from."""
    hosts = evidence.inventory.select(pl.col("tenant").fill_null(""), "host").unique().drop_nulls().rows()
    network = completed(network, hosts)
    found = joined(network, hosts)
    runs = matrix(evidence.inventory, found.machine_of, [each.tenant for each in network.machines], more_than)
    return Class(network, runs, labels(network, found.names, 64).named())


def findings(school: Class, *, out_of_fold: bool) -> Iterator[Key]:
    """Every machine and port that the forest says is closed and is not."""
    for port in school.ports:
        label = school.label(port)
        if min(label.sum(), (~label).sum()) < FEWEST:
            continue
        guess = _guess(school.matrix, label, out_of_fold=out_of_fold)
        for row in np.flatnonzero(label & ~guess):
            machine = school.network.machines[int(school.matrix.machines[row])]
            yield key(machine.tenant, machine.name, port.number)


def _guess(runs: Matrix, label: NDArray[np.bool_], *, out_of_fold: bool) -> NDArray[np.bool_]:
    forest = RandomForestClassifier(TREES, random_state=SEED, n_jobs=1)
    if out_of_fold:
        split = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        return np.asarray(cross_val_predict(forest, runs.features, label, cv=split), dtype=bool)
    return np.asarray(forest.fit(runs.features, label).predict(runs.features), dtype=bool)


@dataclass(frozen=True, slots=True)
class Lesson:
    """The article's table for one port."""

    executables: int
    train_error: float
    test_error: float
    pr_auc: float
    top: Sequence[str]


def lesson(school: Class, port: Port) -> Lesson:
    """Fit on 70 %, test on 30 %, the ten most important executables: plain scikit-learn, on all kept executables."""
    label, features = school.label(port), school.matrix.features.tocsr()
    train, test = train_test_split(np.arange(len(label)), train_size=0.7, random_state=SEED, stratify=label)
    forest = RandomForestClassifier(TREES, random_state=SEED, n_jobs=1).fit(features[train], label[train])
    best = np.argsort(-forest.feature_importances_, kind="stable")[:TOP]
    names = school.matrix.executables
    return Lesson(
        features.shape[1],
        float((forest.predict(features[train]) != label[train]).mean()),
        float((forest.predict(features[test]) != label[test]).mean()),
        float(average_precision_score(label[test], forest.predict_proba(features[test])[:, 1])),
        [names[int(school.matrix.kept[each])] for each in best],
    )
