"""Fleets of many seeds → what is found of what is to be found, and what is closed that is in use, method by method."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench import ports_literal
from bench.ports_fleets import Case, Key, key
from longtail.fleet.ports import PortTruth
from longtail.ports.findings import Ports
from longtail.ports.judgement import recommended
from longtail.settings import Settings

PRODUCT, LITERAL, OUT_OF_FOLD = "longtail", "the article's, literally", "the same, out of fold"
WANTED = ("removed", "never_installed", "loopback_only")
EVIDENCE = {
    (True, True): "sockets and processes", (True, False): "sockets", (False, True): "processes",
    (False, False): "starts only",
}  # fmt: skip
KNOWN = tuple(EVIDENCE.values())
LOOKED = ("sockets and processes", "sockets")
WORST = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """What is behind an opening, what is known of its machine, and whether its port came out learnable."""

    truth: str
    known: str
    learnable: bool


@dataclass(frozen=True)
class Score:
    """What one method found in one fleet, all counted by kind.

    ``closed`` are findings on ports in use; ``found`` is how much of what is to be found (``wanted``) was.
    """

    method: str
    seed: int
    findings: int
    right: int
    closed: Mapping[Kind, int]
    found: Mapping[Kind, int]
    wanted: Mapping[Kind, int]


def scores(case: Case) -> tuple[tuple[Score, ...], Ports]:
    """The product and the article's method on the same fleet, and all that the product said."""
    told = recommended(case.network, case.evidence, Settings())
    school = ports_literal.gathered(case.network, case.evidence, more_than=10)
    learnable = {profile.port for profile in told.profiles if profile.learnable and profile.protocol == "tcp"}
    methods: dict[str, Collection[Key]] = {
        PRODUCT: {key(each.tenant, each.machine, each.port) for each in told.recommendations if each.verdict.finding},
        LITERAL: set(ports_literal.findings(school, out_of_fold=False)),
        OUT_OF_FOLD: set(ports_literal.findings(school, out_of_fold=True)),
    }
    return tuple(_score(name, case, found, learnable) for name, found in methods.items()), told


def _score(method: str, case: Case, found: Collection[Key], learnable: set[int]) -> Score:
    kinds = {
        each: Kind(truth.kind, EVIDENCE[truth.listening, truth.snapshot], truth.port in learnable)
        for each, truth in case.truth.items()
    }
    known = [each for each in found if each in kinds]
    sought = [each for each in kinds if _sought(case.truth[each])]
    return Score(
        method,
        case.seed,
        findings=len(known),
        right=sum(not case.truth[each].serves for each in known),
        closed=Counter(kinds[each] for each in known if case.truth[each].serves),
        found=Counter(kinds[each] for each in sought if each in found),
        wanted=Counter(kinds[each] for each in sought),
    )


def _sought(truth: PortTruth) -> bool:
    """Whether it is to be found: what listens on loopback only, where the sockets show it."""
    return truth.kind in WANTED and (truth.kind != "loopback_only" or truth.listening)


def summary(each: Sequence[Score]) -> dict[str, object]:
    """The figures of one method over all fleets."""
    findings, right = sum(one.findings for one in each), sum(one.right for one in each)
    closed = _total(one.closed for one in each)
    recalled = _Recalled(_total(one.found for one in each), _total(one.wanted for one in each))
    cells = {f"{truth}, {known}": recalled.where((truth,), (known,)) for truth in WANTED for known in KNOWN}
    return {
        "findings": findings,
        "precision": _share(right, findings),
        "closures of ports in use": findings - right,
        "of them demonstrably (sockets were seen)": sum(closed[kind] for kind in closed if kind.known in LOOKED),
        "of them by what is known": dict(_grouped(closed, "known")),
        "of them by kind": dict(_grouped(closed, "truth").most_common(WORST)),
        "most in one fleet": max(one.findings - one.right for one in each),
        "recall of all": recalled.where(),
        "recall on ports that can be learnt": recalled.where(learnable=True),
        "recall where sockets were seen": recalled.where(known=LOOKED),
        "recall by kind": {truth: recalled.where((truth,)) for truth in WANTED},
        "recall by what is known": {known: recalled.where(known=(known,)) for known in KNOWN},
        "worst recalled": dict(sorted(cells.items(), key=lambda cell: _least(cell[1]))[:WORST]),
    }


@dataclass(frozen=True)
class _Recalled:
    found: Counter[Kind]
    wanted: Counter[Kind]

    def where(self, truth: Collection[str] = WANTED, known: Collection[str] = KNOWN, *, learnable: bool = False) -> str:
        """The share of what was to be found that was, with both numbers; ``learnable``: on such ports alone."""
        kinds = [
            each for each in self.wanted if each.truth in truth and each.known in known and each.learnable >= learnable
        ]
        part, whole = sum(self.found[each] for each in kinds), sum(self.wanted[each] for each in kinds)
        return f"{_share(part, whole)} ({part} of {whole})"


def _least(told: str) -> float:
    share = told.partition(" ")[0]
    return 1.0 if share == "None" else float(share)


def _grouped(counts: Counter[Kind], by: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for kind, number in counts.items():
        found[getattr(kind, by)] += number
    return found


def _total(counts: Iterable[Mapping[Any, int]]) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for each in counts:
        total.update(each)
    return total


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
