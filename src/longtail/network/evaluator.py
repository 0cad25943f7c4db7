"""Ordered layers of rules → what passes all of them: ports × sources, the rules that let it pass, what is in doubt.

What each layer lets through is worked out by itself, as an exact set; layers are then intersected. The front ends
(``sources/``) say which rules concern an interface at all (destinations, targets, profiles): those that do not are
simply not among its layer's clauses.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from longtail.network.intervals import Intervals, common, merged, without
from longtail.network.layers import ANYWHERE, Action, Clause, Kind, Layer, Origin, Passage, doubted
from longtail.ports.openings import LAST_PORT

WORK_MOST = 4_000_000  # steps for one layer or one crossing: seconds; a thousand ordinary rules take a tenth of it
TOO_MANY = "too many rules that overlap: not all of them were worked out"


def passages(layers: Sequence[Layer], protocol: str) -> tuple[Passage, ...]:
    """What passes all layers, without layers everything. Passages of one rule path do not overlap."""
    found: tuple[Passage, ...] = (Passage(),)
    for layer in layers:
        after = passed(layer, protocol)
        found = _crossed(found, after if len(found) * len(after) <= WORK_MOST else _given_up([Passage()]))
    return found


def passed(layer: Layer, protocol: str) -> tuple[Passage, ...]:
    """What one layer lets through by itself."""
    clauses = [clause for clause in layer.clauses if clause.concerns(protocol)]
    return joined(_WAYS[layer.kind](layer, clauses))


def _first_match(layer: Layer, clauses: list[Clause]) -> Iterator[Passage]:
    left, work = [Passage()], 0
    for clause in sorted(clauses, key=_order(layer)):
        work += len(left)
        if work > WORK_MOST:
            yield from _given_up(left)
            return
        for origin in _origins(clause):
            found, left = _decided(left, clause, origin)
            yield from found
    if layer.otherwise is not Action.DENY:
        yield from left


def _given_up(left: Iterable[Passage]) -> tuple[Passage, ...]:
    """What more rules would have to decide than there is time for: it may pass."""
    return tuple(replace(each, inside=each.inside | {doubted(ANYWHERE, TOO_MANY)}) for each in left)


def _union(layer: Layer, clauses: list[Clause]) -> Iterator[Passage]:
    for clause in clauses:
        for origin in _origins(clause):
            yield from _decided([Passage()], clause, origin)[0]


def _block_wins(layer: Layer, clauses: list[Clause]) -> Iterator[Passage]:
    left = [Passage()]
    for clause in sorted(clauses, key=_order(layer)):
        for origin in _origins(clause):
            found, rest = _decided(left, clause, origin)
            yield from found
            left = left if clause.action is Action.ALLOW and layer.otherwise is Action.DENY else rest
    if layer.otherwise is not Action.DENY:
        yield from left


_WAYS: dict[Kind, Callable[[Layer, list[Clause]], Iterator[Passage]]] = {
    Kind.FIRST_MATCH: _first_match,
    Kind.UNION: _union,
    Kind.BLOCK_WINS: _block_wins,
}


def _order(layer: Layer) -> Callable[[Clause], tuple[int, int, str]]:
    by_action = {Action.BYPASS: 0, Action.DENY: 1, Action.CONTINUE: 2, Action.ALLOW: 2}
    if layer.kind is Kind.BLOCK_WINS:
        return lambda clause: (by_action[clause.action], 0, clause.rule)
    first = Action.DENY if layer.deny_first else None
    late = None if layer.deny_first else Action.DENY
    return lambda clause: (clause.priority, (clause.action is late) - (clause.action is first), clause.rule)


def _origins(clause: Clause) -> Iterator[Origin]:
    """The clause's origins, bare addresses as one, so that how they are cut makes no difference."""
    bare = [origin for origin in clause.origins if origin.surely is None and not origin.name and origin.scope is None]
    if bare:
        yield Origin(merged(interval for origin in bare for interval in origin.addresses))
    yield from dict.fromkeys(origin for origin in clause.origins if origin not in bare)


def _decided(left: list[Passage], clause: Clause, origin: Origin) -> tuple[list[Passage], list[Passage]]:
    """What of the undecided passages the clause lets through for an origin, and what stays undecided after it."""
    found: list[Passage] = []
    for first, last in clause.ports:
        rest: list[Passage] = []
        for each in left:
            if each.last < first or last < each.first:
                rest.append(each)
                continue
            rest += _beside(each, first, last)
            here = replace(each, first=max(first, each.first), last=min(last, each.last))
            if clause.action is not Action.DENY:
                found += _let_through(here, clause, origin)
            rest += _undecided(here, clause, origin)
        left = rest
    return found, left


def _beside(passage: Passage, first: int, last: int) -> list[Passage]:
    below = [replace(passage, last=first - 1)] if passage.first < first else []
    return below + ([replace(passage, first=last + 1)] if last < passage.last else [])


def _let_through(passage: Passage, clause: Clause, origin: Origin) -> Iterator[Passage]:
    cited = clause.action is not Action.CONTINUE
    through = replace(
        passage,
        rules=(*passage.rules, clause.rule) if cited else passage.rules,
        chosen=passage.chosen or (cited and not clause.default),
        final=clause.action is Action.BYPASS,
    )
    named = through.inside | {origin} if origin.name or origin.scope else through.inside
    if sure := common(passage.addresses, origin.known):
        yield replace(through, addresses=sure, inside=named)
    if origin not in passage.outside and (perhaps := common(passage.addresses, origin.doubtful)):
        yield replace(through, addresses=perhaps, inside=through.inside | {origin})


def _undecided(passage: Passage, clause: Clause, origin: Origin) -> list[Passage]:
    addresses = without(passage.addresses, origin.known)
    if not addresses:
        return []
    if not common(addresses, origin.doubtful):
        return [replace(passage, addresses=addresses)]
    denied = clause.action is Action.DENY and origin.unresolved
    doubts = passage.doubts | {origin.unresolved} if denied else passage.doubts
    return [replace(passage, addresses=addresses, outside=passage.outside | {origin}, doubts=doubts)]


def _crossed(before: Iterable[Passage], after: Iterable[Passage]) -> tuple[Passage, ...]:
    """What passes both; what is final already is not asked again."""
    held = tuple(after)
    found: list[Passage] = []
    for each in before:
        if each.final:
            found.append(each)
        else:
            near = (other for other in held if other.first <= each.last and each.first <= other.last)
            found += [both for other in near if (both := _both(each, other))]
    return joined(found)


def _both(a: Passage, b: Passage) -> Passage | None:
    first, last = max(a.first, b.first), min(a.last, b.last)
    if last < first or not (addresses := common(a.addresses, b.addresses)):
        return None
    inside, outside = a.inside | b.inside, a.outside | b.outside
    if any(origin.surely is not None and not common(addresses, origin.known) for origin in inside & outside):
        return None
    return Passage(
        first, last, addresses, inside, outside, a.doubts | b.doubts, a.rules + b.rules, a.chosen or b.chosen, b.final
    )


def joined(found: Iterable[Passage]) -> tuple[Passage, ...]:
    """The same passages with the fewest cuts: what differs only in neighbouring ports or in addresses is one."""
    alike: dict[Passage, list[Passage]] = {}
    for each in found:
        alike.setdefault(replace(each, first=0, last=LAST_PORT, addresses=()), []).append(each)
    return tuple(
        replace(one, first=first, last=last, addresses=addresses)
        for one, pieces in alike.items()
        for first, last, addresses in _fewest(pieces)
    )


def _fewest(pieces: list[Passage]) -> list[tuple[int, int, Intervals]]:
    """Ports cut only where the addresses change."""
    if len(pieces) == 1:
        return [(pieces[0].first, pieces[0].last, pieces[0].addresses)]
    found: list[tuple[int, int, Intervals]] = []
    edges = sorted({each.first for each in pieces} | {each.last + 1 for each in pieces})
    waiting = sorted(pieces, key=lambda each: each.first, reverse=True)
    here: list[Passage] = []
    for first, after in pairwise(edges):
        while waiting and waiting[-1].first <= first:
            here.append(waiting.pop())
        here = [each for each in here if each.last >= first]
        addresses = merged(interval for each in here for interval in each.addresses)
        if found and found[-1][1:] == (first - 1, addresses):
            found[-1] = (found[-1][0], after - 1, addresses)
        elif addresses:
            found.append((first, after - 1, addresses))
    return found
