"""Fleets of many seeds → what is found of what is to be found, and what is closed that is in use, method by method."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench import ports_literal
from bench.ports_fleets import Case, Key, key
from longtail.ports.findings import Ports
from longtail.ports.judgement import recommended
from longtail.settings import Settings

PRODUCT, LITERAL, OUT_OF_FOLD = "longtail", "the article's, literally", "the same, out of fold"
WANTED = ("removed", "never_installed", "loopback_only")
EVIDENCE = {(False, False): "starts", (False, True): "processes", (True, False): "sockets", (True, True): "both"}


@dataclass(frozen=True)
class Score:
    """What one method found in one fleet.

    ``closed`` counts findings on ports in use, by kind of truth; ``found`` and ``wanted`` count what is to be found, by
    kind and by what is known of the machine. ``learnable`` are those on ports that have a signature, or on machines
    whose sockets were looked at.
    """

    method: str
    seed: int
    findings: int
    right: int
    served: int
    closed: Mapping[str, int]
    found: Mapping[tuple[str, str, bool], int]
    wanted: Mapping[tuple[str, str, bool], int]


def scores(case: Case) -> tuple[tuple[Score, ...], Ports]:
    """The product and the article's method on the same fleet, and all that the product said."""
    told = recommended(case.network, case.evidence, Settings())
    school = ports_literal.gathered(case.network, case.evidence, more_than=10)
    learnable = {profile.port for profile in told.profiles if profile.learnable}
    methods: dict[str, Collection[Key]] = {
        PRODUCT: {key(each.tenant, each.machine, each.port) for each in told.recommendations if each.verdict.finding},
        LITERAL: set(ports_literal.findings(school, out_of_fold=False)),
        OUT_OF_FOLD: set(ports_literal.findings(school, out_of_fold=True)),
    }
    return tuple(_score(name, case, found, learnable) for name, found in methods.items()), told


def _score(method: str, case: Case, found: Collection[Key], learnable: set[int]) -> Score:
    known = {each: case.truth[each] for each in found if each in case.truth}
    sought = {
        each: (truth.kind, EVIDENCE[truth.listening, truth.snapshot], truth.port in learnable or truth.listening)
        for each, truth in case.truth.items()
        if truth.kind in WANTED and (truth.kind != "loopback_only" or truth.listening)
    }
    return Score(
        method,
        case.seed,
        findings=len(known),
        right=sum(not truth.serves for truth in known.values()),
        served=sum(truth.serves and truth.listening for truth in known.values()),
        closed=Counter(truth.kind for truth in known.values() if truth.serves),
        found=Counter(kind for each, kind in sought.items() if each in known),
        wanted=Counter(sought.values()),
    )


def summary(each: Sequence[Score]) -> dict[str, object]:
    """The figures of one method over all fleets."""
    findings, right = sum(one.findings for one in each), sum(one.right for one in each)
    found, wanted = _total(one.found for one in each), _total(one.wanted for one in each)
    return {
        "findings": findings,
        "precision": _share(right, findings),
        "closures of ports in use": findings - right,
        "of them where sockets showed it": sum(one.served for one in each),
        "most in one fleet": max(one.findings - one.right for one in each),
        "recall": _share(sum(found.values()), sum(wanted.values())),
        "recall where a port can be learnt or sockets were seen": _recall(
            found, wanted, {each for each in wanted if each[2]}
        ),
        "recall by kind": {
            kind: _recall(found, wanted, {each for each in wanted if each[0] == kind}) for kind in WANTED
        },
        "recall by what is known": {
            known: _recall(found, wanted, {each for each in wanted if each[1] == known}) for known in EVIDENCE.values()
        },
        "worst kinds": dict(_total(one.closed for one in each).most_common(3)),
    }


def _total(counts: Iterable[Mapping[Any, int]]) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for each in counts:
        total.update(each)
    return total


def _recall(found: Counter[Any], wanted: Counter[Any], chosen: Collection[Any]) -> float | None:
    return _share(sum(found[each] for each in chosen), sum(wanted[each] for each in chosen))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
