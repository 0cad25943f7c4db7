"""Matrix × labels → port profiles: what accompanies each port, how well that can be learnt, and who looks like it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from longtail.ports import companions, forest
from longtail.ports.companions import Counts
from longtail.ports.findings import Learning, PortProfile
from longtail.ports.forest import Grown, Problem, Shares
from longtail.ports.labels import CLOSED, NEITHER, OPEN, Port, Target
from longtail.ports.matrix import Flags, Matrix, Numbers
from longtail.settings import Settings

SHARED = {
    88: "lsass.exe", 135: "svchost.exe", 139: "System", 389: "lsass.exe", 445: "System", 464: "lsass.exe",
    593: "svchost.exe", 636: "lsass.exe", 3268: "lsass.exe", 3269: "lsass.exe", 3389: "svchost.exe", 5985: "System",
    5986: "System", 9389: "svchost.exe", 47001: "System",
}  # fmt: skip
"""Ports that Windows serves from processes which run on every Windows machine, whatever the machine is for."""

MOST_OPEN = 0.9  # share of the machines of a system beyond which nothing is left to compare with


@dataclass(frozen=True)
class Learnt:
    """A profile and what it says of each machine (by row of the matrix).

    ``probability`` is out of fold. ``strong``, ``leaning`` and ``minor`` are the columns of what proves the port, of
    what goes with it less clearly, and of rarer software that seems to serve it; ``counts`` are over machines that
    teach.
    """

    profile: PortProfile
    target: Target
    probability: Shares
    strong: Numbers
    leaning: Numbers
    minor: Numbers
    counts: Counts
    coverage: float  # share of held-out open machines that run a companion learnt from the others
    enough: bool  # whether there were machines enough to learn from


@dataclass(frozen=True)
class Class:
    """What all ports are learnt from: the matrix, each row's tenant, its clones, and the settings."""

    matrix: Matrix
    tenants: Sequence[str]
    clones: Numbers
    settings: Settings


def learnt(school: Class, port: Port, target: Target) -> Learnt:
    """The profile of one port. ``target`` is per row."""
    label, without = target == OPEN, target == CLOSED
    matrix = school.matrix
    found = companions.counts(matrix, label, without)
    reason = _too_few(matrix, port, label, without, school.settings)
    if reason:
        nothing = np.array([], dtype=np.int64)
        profile = _profile(matrix, port, target, reason=reason)
        enough = "nothing is left" in reason
        return Learnt(profile, target, label.astype(float), nothing, nothing, nothing, found, 0.0, enough)
    problem = Problem(
        matrix.features, label, target != NEITHER, int(school.settings.ports_seed), int(school.settings.ports_trees)
    )
    lessons, trees = _lessons(school, problem)
    strong = companions.strong(matrix, label, without, school.settings.ports_least_lift)
    part = forest.folds(label, school.clones, int(school.settings.ports_folds), problem.seed)
    proofs = companions.proving(matrix, strong, label, without)
    coverage, astray = _coverage(school, label, without, part)
    reason, learnable = _learnable(found, strong, coverage, astray, school.settings)
    profile = _profile(matrix, port, target, reason=reason)
    return Learnt(
        replace(
            profile, learnable=learnable, learning=lessons, companions=companions.top(matrix, trees, found, strong)
        ),
        target,
        forest.out_of_fold(problem, part),
        proofs,
        companions.leaning(matrix, label, without),
        companions.minor(matrix, label & ~companions.shows(matrix, proofs), without),
        found,
        coverage,
        True,
    )


def _lessons(school: Class, problem: Problem) -> tuple[tuple[Learning, ...], Grown]:
    """How well it is learnt by either way of splitting, and the forest of the random split."""
    share = school.settings.ports_trained_on
    random, trees = forest.learning("random", problem, forest.random_split(problem, share))
    train = forest.tenant_split(school.tenants, share, problem.seed)
    if train is None:
        return (random,), trees
    return (random, forest.learning("tenant", problem, train)[0]), trees


def _coverage(school: Class, label: Flags, without: Flags, part: Numbers) -> tuple[float, float]:
    """Shares of held-out open machines, and of held-out closed ones, that run a companion learnt from the others."""
    shows = np.zeros(len(label), dtype=bool)
    for each in np.unique(part):
        held = part == each
        taught, other = label & ~held, without & ~held
        columns = companions.strong(school.matrix, taught, other, school.settings.ports_least_lift)
        columns = companions.proving(school.matrix, columns, taught, other)
        shows |= held & companions.shows(school.matrix, columns)
    return float(shows[label].mean()), float(shows[without].mean())


def _too_few(matrix: Matrix, port: Port, label: Flags, without: Flags, settings: Settings) -> str:
    """Why nothing can be learnt from these machines; empty if it can."""
    least, opened, closed = int(settings.ports_least_open), int(label.sum()), int(without.sum())
    if port.number in SHARED and (matrix.systems[label] == 0).mean() > 0.5 if opened else False:
        return (
            f"no signature: Windows serves it from {SHARED[port.number]}, which runs on every machine (nothing is left)"
        )
    if len(label) < settings.ports_least_machines:
        return (
            f"not enough evidence: {machines(len(label))} with telemetry,"
            f" {settings.ports_least_machines:g} are needed to learn what is usual"
        )
    if opened < least:
        return f"not enough evidence: open on {machines(opened)} that can be learnt from, at least {least} are needed"
    beside = closed_beside(matrix, label, without)
    if beside < opened * (1 / MOST_OPEN - 1):
        return f"open on {opened} of {opened + beside} machines of those systems: nothing is left to compare them with"
    if closed < least:
        return f"not enough evidence: closed on {machines(closed)} with telemetry, at least {least} are needed"
    return ""


def machines(number: int) -> str:
    """A number of machines, in words."""
    return f"{number} machine{'s' * (number != 1)}"


def closed_beside(matrix: Matrix, label: Flags, without: Flags) -> int:
    """How many closed machines are of the systems on which it is open at all."""
    systems = [each for each in (0, 1) if (label & (matrix.systems == each)).sum() > 0.05 * label.sum()]
    return int((without & np.isin(matrix.systems, systems)).sum())


def _learnable(found: Counts, strong: Numbers, coverage: float, astray: float, settings: Settings) -> tuple[str, bool]:
    if not len(strong):
        best = int(np.argmax(np.where(found.on >= companions.LEAST_CARRIERS, found.lift, 0)))
        return (
            "no signature: nothing runs much more often where it is open; the nearest runs on "
            f"{found.share_on[best]:.0%} of the open and {found.share_off[best]:.0%} of the other machines"
        ), False
    told = f"{coverage:.0%} of the held-out open machines run a companion, {astray:.1%} of the others do"
    if coverage < settings.ports_least_coverage:
        return f"no signature: only {told}", False
    if astray * settings.ports_least_lift > coverage:
        return f"no signature of its own: {told}", False
    return told, True


def _profile(matrix: Matrix, port: Port, target: Target, reason: str) -> PortProfile:
    return PortProfile(
        port=port.number,
        protocol=port.protocol,
        label=str(port),
        machines_open=int((target == OPEN).sum()),
        machines=len(target),
        executables=len(matrix.kept),
        min_machines=matrix.more_than,
        learnable=False,
        reason=reason,
        learning=(),
        companions=(),
    )
