"""What a remedy would change in the rules before one machine, told so that the evaluator can say what it opens then."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LAST = 65_535
EVERY = ((0, LAST),)

Span = tuple[int, int]  # the first and the last port of a range
Spans = tuple[Span, ...]

_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_ALL = frozenset({"*", "all", "any"})
SPANS: tuple[tuple[str, Spans | None], ...] = (
    # ports as rules write them, and the ranges that they are; None where not all is understood
    ("20-25 80", ((20, 25), (80, 80))),
    ("80,443", ((80, 80), (443, 443))),
    ("*", EVERY),
    ("all", EVERY),
    ("80 http", None),
    ("80-20", None),
    ("70000", None),
    ("", None),
)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a rule: ``ports`` of ``protocols`` from ``sources`` (networks). Empty ones stay its own."""

    ports: Spans
    protocols: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Denied:
    """A deny for one machine, from anywhere, that is asked at ``priority`` where the rule ``beside`` stands."""

    beside: str
    priority: int
    ports: Spans
    protocols: frozenset[str]


@dataclass(frozen=True)
class Amendment:
    """By rule what is left of it (nothing: it is gone), and the denies that are put beside rules."""

    left: Mapping[str, tuple[Left, ...]] = field(default_factory=dict)
    denied: tuple[Denied, ...] = ()


def spans(written: str) -> Spans | None:
    """Ports as rules write them; None where some of it is no port."""
    found: list[Span] = []
    for part in written.replace(",", " ").split():
        read = _RANGE.fullmatch(part)
        first, last = (0, LAST) if part in _ALL else (int(read[1]), int(read[2] or read[1])) if read else (1, 0)
        if not first <= last <= LAST:
            return None
        found.append((first, last))
    return tuple(found) or None


def told(held: Iterable[Span]) -> str:
    """Ranges as rules write them: ``20-25 80``."""
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in held)


def without(held: Iterable[Span], ports: Iterable[int]) -> Spans:
    """The ranges without some ports."""
    left = tuple(held)
    for port in sorted(ports):
        left = tuple(each for span in left for each in _cut(span, port))
    return left


def joined(ports: Iterable[int]) -> Spans:
    """Ports as the fewest ranges: 80, 81 and 443 are 80-81 and 443."""
    return merged((port, port) for port in ports)


def merged(held: Iterable[Span]) -> Spans:
    """The same ports in the fewest ranges, in order."""
    found: list[Span] = []
    for first, last in sorted(held):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


def _cut(span: Span, port: int) -> Spans:
    first, last = span
    if not first <= port <= last:
        return (span,)
    return tuple(each for each in ((first, port - 1), (port + 1, last)) if each[0] <= each[1])
