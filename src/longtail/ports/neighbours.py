"""Machines with labels (subnet, tag, role) × inventory → who does not look like its neighbours, by the same method."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from longtail.ports import forest
from longtail.ports.evidence import Evidence
from longtail.ports.findings import Ports, Proof, Recommendation, Verdict
from longtail.ports.gathering import matrix
from longtail.ports.joining import Joined, joined
from longtail.ports.labels import CLOSED, OPEN, Port, Target
from longtail.ports.matrix import Matrix, by_place
from longtail.ports.openings import Machine, Network
from longtail.ports.profiles import Class, Learnt, learnt
from longtail.ports.seen import Seen, seen
from longtail.ports.weighing import identity
from longtail.ports.witness import Witness, witness
from longtail.settings import Settings
from longtail.text import clean

LABELS = pl.Schema({"tenant": pl.String(), "machine": pl.String(), "label": pl.String()})
"""One row a machine and a label that it has; a machine may have several."""

CONFIDENT = 0.8  # out-of-fold probability of another label, from which a machine looks like those that bear it
Learned = dict[str, tuple[Learnt, Witness]]


def resembled(labels: pl.DataFrame, evidence: Evidence, settings: Settings) -> Ports:
    """Profiles of every label, and a recommendation a machine and label: ``unbacked`` is who runs nothing of its kind.

    ``labels`` has the schema LABELS. In profiles and recommendations the port is 0 and ``protocol`` the label.
    """
    network = _network(labels)
    hosts = evidence.inventory.select(pl.col("tenant").fill_null(""), "host").unique().drop_nulls()
    found = joined(network, hosts.iter_rows())
    tenants = [machine.tenant for machine in network.machines]
    runs = matrix(evidence.inventory, found.machine_of, tenants, int(settings.ports_more_than))
    known = seen(evidence, runs, found)
    targets = dict(_targets(labels, network, runs))
    learned = _learned(targets, runs, known, settings)
    said = [each for label in learned for each in _said(label, learned, found, network)]
    return Ports(
        profiles=tuple(each.profile for each, _ in learned.values()),
        recommendations=tuple(sorted(said, key=lambda each: (not each.verdict.finding, -each.score, each.machine))),
        network=network,
        unjoined=found.unjoined,
        readings=(),
        machines=len(runs.machines),
    )


def _network(labels: pl.DataFrame) -> Network:
    named = (
        labels.select(pl.col("tenant").fill_null("default"), "machine").drop_nulls().unique().sort("tenant", "machine")
    )
    return Network(tuple(Machine(tenant, name, "plain") for tenant, name in named.iter_rows()), (), {})


def _targets(labels: pl.DataFrame, network: Network, runs: Matrix) -> Iterator[tuple[str, Target]]:
    number = {(machine.tenant, machine.name): each for each, machine in enumerate(network.machines)}
    for (label,), rows in sorted(labels.drop_nulls("label").group_by("label"), key=lambda each: str(each[0])):
        bear = rows.select(pl.col("tenant").fill_null("default"), "machine").drop_nulls()
        target = np.full(len(network.machines), CLOSED, dtype=np.int8)
        target[[number[each] for each in bear.iter_rows()]] = OPEN
        yield str(label), target[runs.machines]


def _learned(targets: dict[str, Target], runs: Matrix, known: Seen, settings: Settings) -> Learned:
    clones = forest.clones(runs.features, int(settings.ports_seed))
    school = Class(runs, runs.tenants, clones, settings)
    each = {label: learnt(school, Port(0, label), target) for label, target in targets.items()}
    return {
        label: (found, witness(found, runs, Port(0, label), known, found.target == OPEN))
        for label, found in each.items()
    }


def _said(label: str, learned: Learned, found: Joined, network: Network) -> Iterator[Recommendation]:
    """What is said of each machine that bears a label."""
    mine, speaks = learned[label]
    for row in np.flatnonzero(mine.target == OPEN):
        verdict, reason = _weighed(label, learned, int(row))
        machine = network.machines[int(speaks.matrix.machines[row])]
        yield Recommendation(
            id=identity(machine.tenant, machine.name, Port(0, label)),
            tenant=machine.tenant,
            machine=machine.name,
            port=0,
            protocol=label,
            verdict=verdict,
            score=round(mine.coverage * (1 - float(mine.probability[row])), 4) if verdict.finding else 0.0,
            reason=reason,
            openings=(),
            expected=mine.profile.companions,
            runs_instead=by_place(speaks.matrix.table, speaks.matrix.columns(int(row))) if verdict.finding else None,
            proof=Proof(last_process_seen=speaks.matrix.times["last"][int(row)]),
        )


def _weighed(label: str, learned: Learned, row: int) -> tuple[Verdict, str]:
    mine, speaks = learned[label]
    if not mine.profile.learnable:
        verdict = Verdict.UNLEARNABLE if mine.enough else Verdict.NOT_ENOUGH_EVIDENCE
        return verdict, mine.profile.reason
    columns = speaks.matrix.columns(row)
    runs = [speaks.matrix.executables[each] for each in columns[speaks.strong[columns]]]
    if runs:
        return Verdict.BACKED, f"{clean(runs[0], 90)} runs here, as on other machines of {clean(label, 80)}"
    if speaks.seen.hardly[row]:
        return Verdict.NOT_ENOUGH_EVIDENCE, "the machine was hardly watched"
    if mine.probability[row] > CONFIDENT - 0.5:
        return Verdict.NOT_ENOUGH_EVIDENCE, "it runs nothing of its neighbours' own, yet looks like one of them"
    other = [(float(found.probability[row]), name) for name, (found, _) in learned.items() if name != label]
    share, like = max(other, default=(0.0, ""))
    resembles = f"; it looks like {clean(like, 80)} ({share:.0%})" if share >= CONFIDENT else ""
    return Verdict.UNBACKED, (
        f"it does not look like its neighbours: none of the {len(mine.strong)} executables that accompany"
        f" {clean(label, 80)} runs here{resembles}"
    )
