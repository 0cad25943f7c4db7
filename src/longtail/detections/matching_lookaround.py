"""Lookaround at the ends of a regular expression → the same matches asked without it.

An engine of linear time has no lookaround. But whether there is a match at all, which is all that a rule asks, does not
depend on where it ends: what must follow may as well be read, and where one character must not follow, another one
does or the text ends. The same holds before the first character. Any other lookaround stays and is refused.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

Item = tuple[Any, Any]
"""What Python's parser makes of one step: its name (whatever has it as its text) and what it takes."""

AHEAD, BEHIND = 1, -1
EDGE = {AHEAD: "AT_END_STRING", BEHIND: "AT_BEGINNING_STRING"}
LINE_FEED = 10  # what a dot leaves out
LAST = {AHEAD: -1, BEHIND: 0}  # which step has nothing beyond it on that side


def without_lookaround(items: Sequence[Item], flags: int) -> list[Item]:
    """The steps of a whole expression with the lookaround at its two ends written out."""
    return _at_end(_at_end(list(items), AHEAD, flags), BEHIND, flags)


def _at_end(items: list[Item], side: int, flags: int) -> list[Item]:
    if not items:
        return items
    op, what = items[LAST[side]]
    written = WRITTEN.get(str(op))
    changed = list(items)
    changed[LAST[side]] = written(what, side, flags) if written else (op, what)
    return changed


def _alternatives(what: Any, side: int, flags: int) -> Item:
    return "BRANCH", (what[0], [_at_end(list(each), side, flags) for each in what[1]])


def _group(what: Any, side: int, flags: int) -> Item:
    name, added, removed, inside = what
    return "SUBPATTERN", (name, added, removed, _at_end(list(inside), side, (flags | added) & ~removed))


def _required(what: Any, side: int, flags: int) -> Item:
    """What must stand beyond, read; a look the other way cannot be."""
    direction, inside = what
    return ("SUBPATTERN", (None, 0, 0, list(inside))) if direction == side else ("ASSERT", what)


def _excluded(what: Any, side: int, flags: int) -> Item:
    """Some other character instead of the one that must not stand beyond, or the edge of the text."""
    direction, inside = what
    if direction != side or len(inside) != 1:
        return "ASSERT_NOT", what
    edge = ("AT", EDGE[side])
    if str(inside[0][0]) == "ANY" and flags & re.DOTALL:
        return edge
    other = _other(inside[0])
    return ("BRANCH", (None, [[edge], [other]])) if other else ("ASSERT_NOT", what)


def _other(item: Item) -> Item | None:
    """Any one character but those of an item; None where the item is not of one character."""
    op, what = str(item[0]), item[1]
    if op == "IN":
        negated = str(what[0][0]) == "NEGATE"
        return "IN", what[1:] if negated else [("NEGATE", None), *what]
    opposite = {"LITERAL": ("NOT_LITERAL", what), "NOT_LITERAL": ("LITERAL", what), "ANY": ("LITERAL", LINE_FEED)}
    return opposite.get(op)


WRITTEN: dict[str, Callable[[Any, int, int], Item]] = {
    "BRANCH": _alternatives,
    "SUBPATTERN": _group,
    "ASSERT": _required,
    "ASSERT_NOT": _excluded,
}
