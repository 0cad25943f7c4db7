"""A cluster of deeds and the lawful use of the same program → the most general rule that is still precise.

Anti-unification: what is true of every member, in words that Sigma has, are the candidates. Of their conjunctions the
one is chosen that is expected to keep most of an attacker's further uses, among those that lawful use does not meet:
neither observed, nor expected when the fleet's own use is shrunk toward what such predicates are worth elsewhere.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from longtail.detections.generalise import SHELLS, UNKNOWN, Cluster, Deed
from longtail.detections.legitimate import Fleet, Use
from longtail.detections.meanings import GENERAL
from longtail.detections.odds import PER, Before, Users, users
from longtail.detections.predicates import Predicate, conjunction, ends, implies
from longtail.detections.programs import file_names, usual_use
from longtail.detections.subject import FROM_AFAR, IMPLIED, subject
from longtail.detections.told import told
from longtail.executions.paths import executable
from longtail.prevalence.findings import Severity

MOST_HITS = 1.0
"""Benign hits per 10,000 host-days that a rule may have been seen to have."""
MOST_EXPECTED = 1.0
"""Those it may be expected to have in a fleet of other habits."""
ENOUGH_HOST_DAYS = 100
"""Host-days of lawful use under which it is their number that no rule could be made precise on."""
MOST_PREDICATES = 3
"""Predicates of a conjunction beside program and core."""
MOST_CANDIDATES = 12
OF_ACCOUNTS = ("ParentImage", "User")
SERVICES = frozenset(
    ("sqlservr.exe", "sqlagent.exe", "w3wp.exe", "tomcat9.exe", "java.exe", "java", "postgres", "mysqld", "php-fpm")
)
"""What starts an attacker's first command where a service is attacked."""
MOST_ALTERNATIVES = 5
"""Telling predicates of which either may do: more would be a list of everything suspicious."""
CHEAP = 0.8
"""Share of an attacker's further uses that a predicate must keep for a rule to demand it where it need not."""
LEAST_KEPT = 0.1
"""Share of an attacker's further uses under which a rule is one incident's description, not a technique's."""


@dataclass(frozen=True, slots=True)
class Logic:
    """What a rule demands of a process start: all of ``predicates`` (the negated ones must not hold)."""

    predicates: tuple[Predicate, ...]
    posix: bool
    expected: float  # benign hits per 10,000 host-days, the fleet's use shrunk toward the judgement before
    kept: float  # share of an attacker's further uses expected to be matched

    @property
    def account_rule(self) -> bool:
        """Whether it needs to know who started it."""
        return any(item.field in OF_ACCOUNTS for each in self.predicates for item in each.items)


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's logic and the deeds that it was made from."""

    cluster: Cluster
    logic: Logic
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Deeds that no rule is written for, and why."""

    label: str
    reason: str
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class _Question:
    """Candidates with what they are true of: lawful faces and the cluster's deeds."""

    cluster: Cluster
    base: tuple[Predicate, ...]
    candidates: tuple[Predicate, ...]
    users: Users  # their patterns: the base, base and candidates
    of_host_days: int
    members: NDArray[np.bool_]  # deeds × (the base, candidates)
    sides: Mapping[int, tuple[int, int]]  # a candidate that either of two holds, and those two

    @property
    def needs_telling(self) -> bool:
        """Whether the base alone does not say what is meant."""
        core = self.cluster.core
        return not (self.cluster.out_of_place or (core is not None and core.enough))


def synthesised(cluster: Cluster, fleet: Fleet) -> tuple[tuple[Found, ...], tuple[Refused, ...]]:
    """The rules of a cluster, and what is left of it that none could be made precise for."""
    if cluster.program in SHELLS and cluster.core is None:
        return (), (Refused(cluster.label, "what a shell starts is mined by itself", cluster.deeds),)
    question = _question(cluster, fleet)
    found: list[Found] = []
    left = np.flatnonzero(_members(question.base, cluster))
    while left.size:
        best = _best_part(question, left)
        if best is None:
            break
        chosen, covered = best
        logic = _logic(question, _narrowed(question, chosen, covered), cluster)
        found.append(Found(cluster, logic, tuple(cluster.deeds[i] for i in covered)))
        left = np.setdiff1d(left, covered)
    rest = tuple(cluster.deeds[i] for i in left)
    return tuple(found), ((Refused(cluster.label, _reason(question, left), rest),) if rest else ())


def _members(base: Sequence[Predicate], cluster: Cluster) -> NDArray[np.bool_]:
    return conjunction(base, cluster.events()).to_numpy()


def _question(cluster: Cluster, fleet: Fleet) -> _Question:
    base = subject(cluster)
    names = () if cluster.program == UNKNOWN else file_names(cluster.program, cluster.posix)
    use = fleet.use(names if not cluster.out_of_place else (cluster.program,))
    events = cluster.events()
    rows = use.held(base)
    true = {each: conjunction((each,), events).to_numpy() for each in _candidates(cluster, use)}
    said = (each for each, of in true.items() if of.any() and not any(implies(demanded, each) for demanded in base))
    plain = sorted(said, key=_rank)[:MOST_CANDIDATES]
    lawfully = {each: use.held((each,)) & rows for each in plain}
    implied = cluster.core.implied if cluster.core else ()
    apart = [each for each in plain if each.telling and each.name not in implied]
    sides: dict[int, tuple[int, int]] = {}
    for one, other in combinations(apart[:MOST_ALTERNATIVES], 2):
        both = either(one, other)
        sides[len(lawfully)] = (plain.index(one), plain.index(other))
        true[both], lawfully[both] = true[one] | true[other], lawfully[one] | lawfully[other]
    candidates = tuple(lawfully)
    lawful = np.stack([rows, *lawfully.values()], axis=1)
    members = np.stack([np.ones(events.height, bool), *(true[each] for each in candidates)], axis=1)
    return _Question(cluster, base, candidates, users(use, lawful), use.of_host_days, members, sides)


def either(one: Predicate, other: Predicate) -> Predicate:
    """The predicate that one of two holds."""
    first, second = sorted((one, other), key=lambda each: each.name)
    return Predicate(
        f"{first.name}_or_{second.name}",
        f"either {first.says} or {second.says}",
        first.items + second.items,
        1 - (1 - first.usual) * (1 - second.usual),
        1 - (1 - first.kept) * (1 - second.kept),
        about=f"{first.about} {second.about}",
    )


def _rank(predicate: Predicate) -> tuple[float, float, str]:
    return (predicate.usual / max(predicate.kept, 0.01), -predicate.kept, predicate.name)


def _candidates(cluster: Cluster, use: Use) -> list[Predicate]:
    """What may be demanded beside the base: not what the base says already, and of a known core no words beside it."""
    known = ("remote", "url") if cluster.core and cluster.core.name in FROM_AFAR else ()
    general = [*(row.predicate for row in GENERAL if row.predicate.name not in known), *_parent(cluster)]
    return general if cluster.core or cluster.program in (UNKNOWN, *SHELLS) else [*general, *told(cluster.deeds, use)]


def _parent(cluster: Cluster) -> Iterator[Predicate]:
    """The service that started all of the deeds: it makes an account rule, and so is a last resort."""
    names = {executable(deed.parent_image).name for deed in cluster.deeds}
    weighty = all(deed.severity >= Severity.MEDIUM for deed in cluster.deeds)
    if weighty and len(names) == 1 and names <= SERVICES:
        (name,) = names
        item = ends(f"{'/' if cluster.posix else chr(92)}{name}", field="ParentImage")
        yield Predicate("parent", f"is started by {name}", (item,), 0.3, 0.15, False, about="parent")


def _best_part(question: _Question, left: NDArray[np.int64]) -> tuple[tuple[int, ...], NDArray[np.int64]] | None:
    """The best conjunction for as many of the remaining deeds as possible: all, else the largest part."""
    best: tuple[tuple[float, ...], tuple[int, ...], NDArray[np.int64]] | None = None
    for chosen in _conjunctions(question.candidates):
        covered = left[question.members[left][:, _at(chosen)].all(axis=1)]
        if not covered.size or not _telling(question, chosen) or not _needed(question, chosen, covered):
            continue
        kept = math.prod(question.candidates[i].kept for i in chosen)
        merit = (covered.size / left.size * kept, kept, -len(chosen))
        if kept >= LEAST_KEPT and (best is None or merit > best[0]) and _precise(question, chosen):
            best = (merit, chosen, covered)
    return best and best[1:]


def _narrowed(question: _Question, chosen: tuple[int, ...], covered: NDArray[np.int64]) -> tuple[int, ...]:
    """The conjunction with whatever else all its deeds mean that costs an attacker's other uses little: of the rules
    that find the technique the least general one, and so the most precise in fleets of other habits."""
    for i, candidate in enumerate(question.candidates):
        shared = i not in question.sides and question.members[covered, i + 1].all()
        if not shared or not candidate.telling or _demanded(question, chosen, candidate):
            continue
        same = [j for j in chosen if not _apart(question.candidates[j], candidate)]
        least = CHEAP * math.prod(question.candidates[j].kept for j in same)
        narrower = (*(j for j in chosen if j not in same), i)
        stricter = len(same) <= 1 and all(_stricter(question, i, j) for j in same)
        if candidate.kept >= least and stricter and _precise(question, narrower):
            chosen = narrower
    return chosen


def _demanded(question: _Question, chosen: Sequence[int], candidate: Predicate) -> bool:
    demands = [*question.base, *(question.candidates[i] for i in chosen)]
    return any(implies(each, candidate) for each in demands)


def _apart(one: Predicate, other: Predicate) -> bool:
    """Whether two predicates are about different things."""
    return set(one.subjects).isdisjoint(other.subjects)


def _stricter(question: _Question, one: int, other: int) -> bool:
    return other not in question.sides and question.candidates[one].usual < question.candidates[other].usual


def _conjunctions(candidates: Sequence[Predicate]) -> Iterator[tuple[int, ...]]:
    """Choices of candidates by their number, the fewest first; never two about the same thing, or one that another
    implies."""
    pairs = combinations(range(len(candidates)), 2)
    void = {(i, j) for i, j in pairs if any(implies(*each) for each in permutations((candidates[i], candidates[j])))}
    for size in range(MOST_PREDICATES + 1):
        for chosen in combinations(range(len(candidates)), size):
            about = [each for i in chosen for each in candidates[i].subjects]
            if len(set(about)) == len(about) and void.isdisjoint(combinations(chosen, 2)):
                yield chosen


def _needed(question: _Question, chosen: Sequence[int], covered: NDArray[np.int64]) -> bool:
    """Whether each side of each alternative covers a deed that the other side does not."""
    sides = (question.sides[i] for i in chosen if i in question.sides)
    held = ((question.members[covered, one + 1], question.members[covered, other + 1]) for one, other in sides)
    return all((one & ~other).any() and (other & ~one).any() for one, other in held)


def _telling(question: _Question, chosen: Sequence[int]) -> bool:
    return not question.needs_telling or any(question.candidates[i].telling for i in chosen)


def _precise(question: _Question, chosen: Sequence[int]) -> bool:
    return _observed(question, chosen) <= MOST_HITS and _expected(question, chosen) <= MOST_EXPECTED


def _hits(question: _Question, chosen: Sequence[int]) -> int:
    return question.users.observed(_at(chosen))


def _at(chosen: Sequence[int]) -> list[int]:
    """The columns of the base and of some candidates."""
    return [0, *(number + 1 for number in chosen)]


def _observed(question: _Question, chosen: Sequence[int]) -> float:
    return _hits(question, chosen) * PER / max(question.of_host_days, 1)


def _expected(question: _Question, chosen: Sequence[int]) -> float:
    """Benign hits per 10,000 host-days of a fleet of other habits."""
    met = math.prod(each.usual for each in question.base if not each.negated)
    met *= math.prod(IMPLIED if _implied(question, i) else question.candidates[i].usual for i in chosen)
    used = 1.0 if question.cluster.program == UNKNOWN else usual_use(question.cluster.program)
    return question.users.expected(_at(chosen), Before(met, used))


def _implied(question: _Question, number: int) -> bool:
    core = question.cluster.core
    return core is not None and question.candidates[number].name in core.implied


def _logic(question: _Question, chosen: Sequence[int], cluster: Cluster) -> Logic:
    picked = sorted((question.candidates[i] for i in chosen), key=lambda each: each.name)
    kept = math.prod(each.kept for each in picked)
    return Logic((*question.base, *picked), cluster.posix, _expected(question, chosen), kept)


def _reason(question: _Question, left: NDArray[np.int64]) -> str:
    """Why nothing was precise enough, with the numbers of the strictest conjunction that the deeds share."""
    shared = [i for i in range(len(question.candidates)) if question.members[left, i + 1].all()]
    if not question.base:
        return "the program's name and place are the attacker's choice, and it is told nothing that gives it away"
    if not _telling(question, shared):
        return "nothing that it is told sets it apart: no remote place, no writable target, no weakened defence"
    hits, of_host_days = _hits(question, shared), question.of_host_days
    if of_host_days < ENOUGH_HOST_DAYS:
        return f"{of_host_days} host-days of lawful use are not enough to hold it against"
    if _precise(question, shared):
        return "what would be precise describes these very incidents, and finds too few others of their kind"
    said = "lawful use does the same" if hits else "too little lawful use was seen to call it precise"
    return (
        f"{said}: {hits} of {of_host_days} host-days match all that these have in common,"
        f" {_expected(question, shared):.1f} expected per {PER:,}"
    )
