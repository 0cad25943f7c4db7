"""A rule's condition (``selection and not 1 of filter_*``) and its named detections → one condition.

Written by hand because pySigma's grammar takes ``notepad`` for *not epad*, knows no ``-`` in a pattern of names, and
repeats a detection for each mention of its name; here each is built once and shared.
"""

import re
from collections.abc import Mapping, Sequence

from longtail.detections.matching_terms import All, Any, Condition, Not

WORD = re.compile(r"[()]|[^\s()]+")
NAME = re.compile(r"[\w.*-]+")
MOST_WORDS = 2000
DEEPEST = 50  # brackets and nots within one another
MOST_STARS = 3  # in one pattern of names
QUANTIFIERS: dict[str, type[Any | All]] = {"1": Any, "any": Any, "all": All}


class RefusedConditionError(ValueError):
    """Why a condition cannot be understood."""


def joined(text: str, detections: Mapping[str, Condition]) -> Condition:
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
    return condition


class _Reader:
    """Words yet to be read, the next one last."""

    def __init__(self, words: Sequence[str], detections: Mapping[str, Condition]) -> None:
        self.words = list(reversed(words))
        self.detections = detections

    def alternatives(self, depth: int) -> Condition:
        parts = [self.conjunction(depth)]
        while self.taken("or"):
            parts.append(self.conjunction(depth))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def conjunction(self, depth: int) -> Condition:
        parts = [self.negated(depth)]
        while self.taken("and"):
            parts.append(self.negated(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def negated(self, depth: int) -> Condition:
        if not depth:
            raise RefusedConditionError(f"the condition has more than {DEEPEST} brackets within brackets")
        if self.taken("not"):
            return Not(self.negated(depth - 1))
        if self.taken("("):
            inside = self.alternatives(depth - 1)
            self.expected(")")
            return inside
        return self.operand()

    def operand(self) -> Condition:
        word = self.next()
        if word.lower() in QUANTIFIERS and self.taken("of"):
            return QUANTIFIERS[word.lower()](self.selected(self.next()))
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
            raise RefusedConditionError(f"no detection is named like {pattern!r:.60}")
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
