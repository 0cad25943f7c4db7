"""A rule and the fields that telemetry has → whether it can be judged on it, and what is lost where it can."""

from dataclasses import dataclass

from longtail.detections.matching_terms import (
    All,
    Any,
    Condition,
    Constant,
    Missing,
    Not,
    Reference,
    Rule,
    Term,
    fields,
)


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whether a rule can match at all here; the fields it asks for and the telemetry lacks; what that means."""

    applicable: bool
    lacking: tuple[str, ...] = ()
    told: str = ""


def applicability(rule: Rule, known: frozenset[str]) -> Applicability:
    """What is left of a rule on telemetry that has only the ``known`` fields.

    Not applicable is a rule that cannot match without the fields that are lacking. Of any other it is told whether
    they stand in a branch (matches may be missed), in an exclusion (it may match what it means to leave out) or both.
    """
    lacking = fields(rule.condition) - known
    if not lacking:
        return Applicability(can_hold(rule.condition), (), "" if can_hold(rule.condition) else "it can never match")
    if not can_hold(rule.condition, lacking):
        needed = _needed(rule.condition, lacking)
        return Applicability(False, tuple(sorted(lacking)), f"not applicable: the whole rule depends on {needed}")
    return Applicability(True, tuple(sorted(lacking)), _loss(rule.condition, lacking))


def _needed(condition: Condition, lacking: frozenset[str]) -> str:
    """The lacking fields without which nothing matches, be the others there or not; else the fewest that stop it."""
    each_alone = sorted(field for field in lacking if not can_hold(condition, frozenset({field})))
    if each_alone:
        return ", ".join(each_alone)
    together = lacking
    for field in sorted(lacking):
        if not can_hold(condition, together - {field}):
            together -= {field}
    return " or ".join(sorted(together))


def can_hold(condition: Condition, lacking: frozenset[str] = frozenset()) -> bool:
    """Whether some row can satisfy the condition, when no comparison with a lacking field holds.

    That a lacking field has no value says nothing: a rule that asks for it cannot hold, nor one that leaves it out.
    """
    return _outcomes(condition, lacking, {})[0]


def _outcomes(condition: Condition, lacking: frozenset[str], known: dict[int, tuple[bool, bool]]) -> tuple[bool, bool]:
    """Whether the condition can be true, and whether it can be false."""
    if id(condition) not in known:
        known[id(condition)] = _outcome(condition, lacking, known)
    return known[id(condition)]


def _outcome(condition: Condition, lacking: frozenset[str], known: dict[int, tuple[bool, bool]]) -> tuple[bool, bool]:
    if isinstance(condition, Constant):
        return condition.value, not condition.value
    if isinstance(condition, Not):
        true, false = _outcomes(condition.part, lacking, known)
        return false, true
    if isinstance(condition, All | Any):
        parts = [_outcomes(part, lacking, known) for part in condition.parts]
        can, cannot = [each[0] for each in parts], [each[1] for each in parts]
        return (all(can), any(cannot)) if isinstance(condition, All) else (any(can), all(cannot))
    if _asked(condition) & lacking:
        return False, not isinstance(condition, Missing)
    return True, True


def _asked(term: Term) -> frozenset[str]:
    named = {term.field, term.other} if isinstance(term, Reference) else {term.field}
    return frozenset(each for each in named if each is not None)


def _loss(condition: Condition, lacking: frozenset[str]) -> str:
    sides: dict[bool, set[str]] = {True: set(), False: set()}
    _sides(condition, True, lacking, sides)
    told = []
    if sides[True]:
        told.append(f"a branch depends on {', '.join(sorted(sides[True]))}: matches may be missed")
    if sides[False]:
        told.append(f"an exclusion depends on {', '.join(sorted(sides[False]))}: it may match what it leaves out")
    return "; ".join(told)


def _sides(condition: Condition, wanted: bool, lacking: frozenset[str], sides: dict[bool, set[str]]) -> None:
    """Sorts the lacking fields by whether the rule wants them to match or not to."""
    waiting, seen = [(condition, wanted)], set[tuple[int, bool]]()
    while waiting:
        each, side = waiting.pop()
        if (id(each), side) in seen:
            continue
        seen.add((id(each), side))
        if isinstance(each, Not):
            waiting.append((each.part, not side))
        elif isinstance(each, All | Any):
            waiting.extend((part, side) for part in each.parts)
        elif not isinstance(each, Constant):
            sides[side] |= _asked(each) & lacking
