"""A rule's regular expression → the same one for an engine of linear time, and a text that each match must hold.

Rules are written for engines that backtrack, and some of their patterns take years on the right line. Polars' engine
cannot: it has no back reference, and lookaround only where it can be written without (``matching_lookaround``). What
needs more is refused with the reason. The expression is parsed as Python reads it and written anew, so that anchors,
classes and flags mean what their author knew.
"""

import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from longtail.detections.matching_lookaround import Item, without_lookaround

_PARSER: Any = getattr(re, "_parser")  # noqa: B009 - the parser's tree is not public, and there is no other

MOST_LETTERS = 4096  # of one expression
DEEPEST = 40  # groups within groups
MOST_STEPS = 1000  # with every count written out: time is theirs times the text's, and linear is not yet fast
FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}

NEEDS_BACKTRACKING = {
    "ASSERT": "lookaround within it",
    "ASSERT_NOT": "lookaround within it",
    "GROUPREF": "a back reference",
    "GROUPREF_EXISTS": "a back reference",
    "ATOMIC_GROUP": "an atomic group",
    "POSSESSIVE_REPEAT": "a possessive repeat",
}

CLASSES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s\x1c-\x1f",
    "CATEGORY_NOT_SPACE": r"[^\s\x1c-\x1f]",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}

ANCHORS = {
    "AT_BEGINNING": r"\A",
    "AT_BEGINNING_STRING": r"\A",
    "AT_END": r"\n?\z",  # Python's $ stands before a last line feed too; nothing but it can follow
    "AT_END_STRING": r"\z",
    "AT_BOUNDARY": r"\b",
    "AT_NON_BOUNDARY": r"\B",
}
LINE_ANCHORS = {"AT_BEGINNING": "(?m:^)", "AT_END": "(?m:$)"}


class RefusedExpressionError(ValueError):
    """Why an expression cannot be evaluated in linear time, or not at all."""


@dataclass(frozen=True, slots=True)
class Linear:
    """An expression in the syntax of polars' engine; ``literal`` is in each match, without case (may be empty)."""

    expression: str
    literal: str


@lru_cache(maxsize=4096)
def linear(expression: str, flags: str = "") -> Linear:
    """The expression for polars' engine.

    Raises:
        RefusedExpressionError: it is no regular expression, needs backtracking, or is too large.
    """
    if len(expression) > MOST_LETTERS:
        raise RefusedExpressionError(f"the regular expression has more than {MOST_LETTERS:,} characters")
    tree, flagged = _tree(expression, flags)
    written = _written(tree, flagged, DEEPEST)
    if _steps(tree) > MOST_STEPS:
        raise RefusedExpressionError(f"the regular expression has more than {MOST_STEPS:,} steps, counts written out")
    prefix = "(?" + "".join(name for name in "is" if flagged & FLAGS[name]) + ")"
    whole = prefix + written if prefix != "(?)" else written
    try:
        pl.Series([""]).str.contains(whole)
    except pl.exceptions.PolarsError as error:
        raise RefusedExpressionError("the regular expression is too large") from error
    return Linear(whole, max(_runs(tree), key=len, default=""))


def _tree(expression: str, flags: str) -> tuple[list[Item], int]:
    given = sum(FLAGS[each] for each in flags)
    try:
        with warnings.catch_warnings(action="ignore"):  # of sets that some later Python may read otherwise
            tree = _PARSER.parse(expression, given)
        return without_lookaround(tree, tree.state.flags), tree.state.flags
    except (re.error, OverflowError, RecursionError, ValueError) as error:
        raise RefusedExpressionError(f"not a regular expression: {error}") from error


def _written(tree: Iterable[tuple[Any, Any]], flags: int, depth: int) -> str:
    if not depth:
        raise RefusedExpressionError(f"the regular expression has more than {DEEPEST} groups within groups")
    return "".join(_item(str(op), what, flags, depth - 1) for op, what in tree)


def _item(op: str, what: Any, flags: int, depth: int) -> str:
    if op in NEEDS_BACKTRACKING:
        raise RefusedExpressionError(
            f"the regular expression needs {NEEDS_BACKTRACKING[op]}, which has no linear-time matching"
        )
    if op not in ITEMS:
        raise RefusedExpressionError(f"the regular expression has an unknown part: {op.lower()}")
    return ITEMS[op](what, flags, depth)


def _letter(code: int) -> str:
    return chr(code) if chr(code).isalnum() and code < 128 else f"\\x{{{code:x}}}"


def _set(members: Any, *_: int) -> str:
    negated = bool(members) and str(members[0][0]) == "NEGATE"
    inside = "".join(_member(str(op), what) for op, what in members[negated:])
    return f"[{'^' * negated}{inside}]"


def _member(op: str, what: Any) -> str:
    if op == "RANGE":
        return f"{_letter(what[0])}-{_letter(what[1])}"
    return CLASSES[str(what)] if op == "CATEGORY" else _letter(what)


def _anchor(where: Any, flags: int, _: int) -> str:
    name = str(where)
    return LINE_ANCHORS.get(name, ANCHORS[name]) if flags & re.MULTILINE else ANCHORS[name]


def _branch(what: Any, flags: int, depth: int) -> str:
    return "(?:" + "|".join(_written(each, flags, depth) for each in what[1]) + ")"


def _group(what: Any, flags: int, depth: int) -> str:
    _, added, removed, inside = what
    scoped = (flags | added) & ~removed
    on = "".join(name for name in "is" if added & FLAGS[name])
    off = "".join(name for name in "is" if removed & FLAGS[name])
    return f"(?{on}{'-' + off if off else ''}:{_written(inside, scoped, depth)})"


def _repeat(what: Any, flags: int, depth: int) -> str:
    least, most, inside = what
    upper = "" if most is _PARSER.MAXREPEAT else str(most)
    return f"(?:{_written(inside, flags, depth)}){{{least},{upper}}}"


ITEMS: dict[str, Callable[[Any, int, int], str]] = {
    "LITERAL": lambda code, *_: _letter(code),
    "NOT_LITERAL": lambda code, *_: f"[^{_letter(code)}]",
    "ANY": lambda *_: ".",
    "IN": _set,
    "AT": _anchor,
    "BRANCH": _branch,
    "SUBPATTERN": _group,
    "MAX_REPEAT": _repeat,
    "MIN_REPEAT": _repeat,  # whether there is a match does not depend on who is greedy
}


def _steps(tree: Iterable[tuple[Any, Any]]) -> int:
    """How many steps an expression has when each ``{n}`` is written out n times."""
    return sum(_steps_of(str(op), what) for op, what in tree)


def _steps_of(op: str, what: Any) -> int:
    if op in ("MAX_REPEAT", "MIN_REPEAT"):
        least, most, inside = what
        return _steps(inside) * int(max(1, least if most is _PARSER.MAXREPEAT else most))
    if op == "SUBPATTERN":
        return _steps(what[3])
    return sum(map(_steps, what[1])) if op == "BRANCH" else 1


def _runs(tree: Iterable[tuple[Any, Any]]) -> list[str]:
    """Runs of letters that stand in each match, without case; only ASCII, where all engines agree on case."""
    runs = [""]
    for op, what in tree:
        name = str(op)
        if name == "LITERAL" and what < 128:
            runs[-1] += chr(what).lower()
        elif name == "SUBPATTERN":
            runs += ["", *_runs(what[3]), ""]
        elif name in ("MAX_REPEAT", "MIN_REPEAT") and what[0] > 0:
            runs += ["", *_runs(what[2]), ""]
        elif name != "AT":
            runs.append("")
    return runs
