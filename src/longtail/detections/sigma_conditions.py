"""A rule's condition (``selection and not 1 of filter_*``) and its named detections → one condition.

Written by hand because pySigma's grammar takes ``notepad`` for *not epad*, knows no ``-`` in a pattern of names, and
repeats a detection for each mention of its name; here each is built once and shared. As with pySigma, a pattern of
names that no detection has (``not 1 of filter_optional_*``, where filters were taken away) is left out; it is told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longtail.detections.matching_terms import All, Any, Condition, Not

WORD = re.compile(r"[()]|[^\s()]+")
NAME = re.compile(r"[\w.*-]+")
MOST_WORDS = 2000
DEEPEST = 50  # brackets and nots within one another
MOST_STARS = 3  # in one pattern of names
QUANTIFIERS: dict[str, type[Any | All]] = {"1": Any, "any": Any, "all": All}


class RefusedConditionError(ValueError):
    """Why a condition cannot be understood."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A rule's detections as one condition, and the patterns in it that no detection is named like."""

    condition: Condition
    left_out: tuple[str, ...] = ()


def joined(text: str, detections: Mapping[str, Condition]) -> Joined:
    """The condition that ``text`` makes of the detections.

    Raises:
        RefusedConditionError: it is no condition, or names a detection that is not there.
    """
    if "|" in text:
        raise RefusedConditionError("the condition has a pipe (aggregations of old Sigma are not supported)")
    words = WORD.findall(text)
    if len(words) > MOST_WORDS:
        raise RefusedConditionError(f"the condition has more than {MOST_WORDS:,} words")
    reader = _Reader(words, detections)
    condition = reader.alternatives(DEEPEST)
    if reader.words:
        raise RefusedConditionError(f"the condition ends before {reader.words[-1]!r:.60}")
    if condition is None:
        raise RefusedConditionError(f"no detection is named like {reader.left_out[0]!r:.60}")
    return Joined(condition, tuple(reader.left_out))


def _linked(kind: type[Any | All], parts: list[Condition | None]) -> Condition | None:
    """The parts as one; a part that was left out counts for nothing."""
    kept = [part for part in parts if part is not None]
    return kind(tuple(kept)) if len(kept) > 1 else next(iter(kept), None)


class _Reader:
    """Words yet to be read, the next one last."""

    def __init__(self, words: Sequence[str], detections: Mapping[str, Condition]) -> None:
        self.words = list(reversed(words))
        self.detections = detections
        self.left_out: list[str] = []

    def alternatives(self, depth: int) -> Condition | None:
        parts = [self.conjunction(depth)]
        while self.taken("or"):
            parts.append(self.conjunction(depth))
        return _linked(Any, parts)

    def conjunction(self, depth: int) -> Condition | None:
        parts = [self.negated(depth)]
        while self.taken("and"):
            parts.append(self.negated(depth))
        return _linked(All, parts)

    def negated(self, depth: int) -> Condition | None:
        if not depth:
            raise RefusedConditionError(f"the condition has more than {DEEPEST} brackets within brackets")
        if self.taken("not"):
            denied = self.negated(depth - 1)
            return None if denied is None else Not(denied)
        if self.taken("("):
            inside = self.alternatives(depth - 1)
            self.expected(")")
            return inside
        return self.operand()

    def operand(self) -> Condition | None:
        word = self.next()
        if word.lower() in QUANTIFIERS and self.taken("of"):
            found = self.selected(self.next())
            return QUANTIFIERS[word.lower()](found) if found else None
        if word not in self.detections:
            raise RefusedConditionError(f"the condition names {word!r:.60}, which is not defined")
        return self.detections[word]

    def selected(self, pattern: str) -> tuple[Condition, ...]:
        """The detections whose names fit; those that begin with ``_`` only when asked for."""
        if pattern.count("*") > MOST_STARS or not NAME.fullmatch(pattern):
            raise RefusedConditionError(f"{pattern!r:.60} is no pattern of names")
        wanted = re.compile(".*" if pattern == "them" else re.escape(pattern).replace(r"\*", ".*"), re.DOTALL)
        hidden_too = pattern.startswith("_")
        found = [part for name, part in self.detections.items() if hidden_too or not name.startswith("_")
                 if wanted.fullmatch(name)]  # fmt: skip
        if not found:
            self.left_out.append(pattern)
        return tuple(found)

    def taken(self, word: str) -> bool:
        """Whether this is the next word; if so it is read."""
        if not self.words or self.words[-1].lower() != word:
            return False
        self.words.pop()
        return True

    def next(self) -> str:
        if not self.words:
            raise RefusedConditionError("the condition ends too early")
        return self.words.pop()

    def expected(self, word: str) -> None:
        if not self.taken(word):
            raise RefusedConditionError(f"the condition lacks a {word!r}")
