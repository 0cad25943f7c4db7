"""Rules and rows of process starts → the rows that each rule matches, as Sigma means it.

A rule is narrowed, not summed: of an *all* each part sees only the rows that the parts before it left, of an *any* only
those that none before it took. What a comparison holds for is known of distinct values before (``matching_columns``),
and rows are looked up by it where it holds for few.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.detections.matching_columns import Answers, Column, Flags, Places, folded, without
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
    terms,
)

PRODUCT = "product"
"""The column that tells the system of a row (``windows``, ``unix``, null where unknown), where rows have it."""

UNIX = ("linux", "macos")

FACE = {
    "Image": "image",
    "CommandLine": "command_line",
    "ParentImage": "parent_image",
    "ParentCommandLine": "parent_command_line",
    "User": "account",
}
"""Sigma's name of a field → the column of a process start it is read from."""


def rows_of(starts: pl.DataFrame) -> pl.DataFrame:
    """Process starts (any table with the columns of ``FACE``) as rows that rules are matched on, in the same order.

    Beside Sigma's own names it has those of Windows' security log, and ``product``.
    """
    faces = starts.select(pl.col(column).cast(pl.String).alias(name) for name, column in FACE.items())
    image = pl.col("Image")
    return faces.with_columns(
        pl.col("User").str.extract(r"(?s)([^\\]*)\z").alias("SubjectUserName"),
        pl.when(image.str.starts_with("/")).then(pl.lit("unix"))
        .when(image.str.contains(r"\\")).then(pl.lit("windows")).alias(PRODUCT),
    )  # fmt: skip


class Matcher:
    """Compiled rules: ``hits`` tells for each the rows it matches."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self.asked = _asked(self.rules)

    def hits(self, rows: pl.DataFrame) -> list[NDArray[np.int64]]:
        """For each rule the ascending numbers of the rows it matches.

        ``rows`` has columns of texts named as Sigma names fields (``Image``, ``CommandLine`` …); a field without a
        column has no value anywhere. Where there is a column ``product``, a rule for Windows does not look at the
        rows of other systems, nor the other way round; rows of unknown system are looked at by all.
        """
        table = _Table(rows, self.asked)
        return [table.matched(rule) for rule in self.rules]


def _asked(rules: Sequence[Rule]) -> dict[str | None, list[Term]]:
    """All comparisons of all rules, each once, by field."""
    asked: dict[str | None, dict[Term, None]] = {}
    for rule in rules:
        for term in terms(rule.condition):
            if not isinstance(term, Reference):
                asked.setdefault(term.field, {})[term] = None
    return {field: list(found) for field, found in asked.items()}


class _Table:
    """Rows, and what is known of their columns."""

    def __init__(self, rows: pl.DataFrame, asked: dict[str | None, list[Term]]) -> None:
        self.rows = rows
        self.every = np.arange(rows.height, dtype=np.int64)
        keywords = asked.get(None, [])
        texts = [name for name in rows.columns if name != PRODUCT]
        wanted = [name for name in texts if keywords or name in asked]
        self.answers = {name: Answers(Column.of(rows[name]), [*asked.get(name, []), *keywords]) for name in wanted}
        self.of_system: dict[str, Places] = {}
        self.searched = [self.answers[name] for name in texts] if keywords else []

    def matched(self, rule: Rule) -> Places:
        return self.kept(rule.condition, self._of_system(rule.product))

    def _of_system(self, product: str | None) -> Places:
        if product is None or PRODUCT not in self.rows.columns:
            return self.every
        wanted = "unix" if product in UNIX else product
        if wanted not in self.of_system:
            fits = (self.rows[PRODUCT].cast(pl.String) == wanted).fill_null(True)
            self.of_system[wanted] = np.flatnonzero(fits.to_numpy())
        return self.of_system[wanted]

    def kept(self, condition: Condition, rows: Places) -> Places:
        """Those of these rows that the condition holds for."""
        if isinstance(condition, Constant):
            return rows if condition.value else rows[:0]
        if isinstance(condition, Not):
            return without(rows, self.kept(condition.part, rows))
        if isinstance(condition, All):
            for part in condition.parts:
                rows = self.kept(part, rows) if len(rows) else rows
            return rows
        if isinstance(condition, Any):
            return _joined(rows, [partial(self.kept, part) for part in condition.parts])
        return self._term(condition, rows)

    def _term(self, term: Term, rows: Places) -> Places:
        if isinstance(term, Reference):
            return self._reference(term, rows)
        if term.field is None:
            return _joined(rows, [partial(each.rows, term) for each in self.searched])
        answers = self.answers.get(term.field)
        if answers is None:
            return rows if isinstance(term, Missing) else rows[:0]
        return answers.rows(term, rows)

    def _reference(self, term: Reference, rows: Places) -> Places:
        if not {term.field, term.other} <= set(self.rows.columns):
            return rows[:0]
        ours, other = (folded(self.rows[name][rows].cast(pl.String)) for name in (term.field, term.other))
        pairs = pl.DataFrame({"ours": ours, "other": other})
        held: Flags = pairs.select(_compared(term).fill_null(False)).to_series().to_numpy()
        return rows[held]


def _joined(rows: Places, ways: Sequence[Callable[[Places], Places]]) -> Places:
    """The rows that one of these ways keeps, each way asked only of what those before it left."""
    found = []
    for way in ways:
        kept = way(rows)
        if len(kept):
            found.append(kept)
            rows = without(rows, kept)
    return np.sort(np.concatenate(found)) if found else rows[:0]


def _compared(term: Reference) -> pl.Expr:
    ours, other = pl.col("ours"), pl.col("other")
    if term.starts and term.ends:
        return ours.str.contains(other, literal=True)
    if term.starts or term.ends:
        return ours.str.starts_with(other) if term.starts else ours.str.ends_with(other)
    return ours == other
