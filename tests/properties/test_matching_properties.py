"""Whatever rules and rows are: the matcher says what a plain reading of Sigma says, one row and one rule at a time."""

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longtail.detections.matching import Matcher
from longtail.detections.matching_regex import RefusedExpressionError, linear
from longtail.detections.matching_terms import (
    FALSE,
    TRUE,
    All,
    Any,
    Condition,
    Constant,
    Missing,
    Not,
    Pattern,
    Reference,
    Rule,
    Text,
    Wild,
)
from longtail.detections.sigma_scope import applicability, can_hold

FIELDS = ("Image", "CommandLine", "User")
LETTERS = st.text("abAB.\\*?[ \n-中é", max_size=8)
VALUES = st.one_of(st.none(), LETTERS)
PARTS = st.lists(st.one_of(LETTERS, st.sampled_from(Wild)), max_size=4).map(tuple)
PATTERNS = st.sampled_from(["a.b", "^a", "b$", "[^a]b", "(?i)AB", "a{2,}", "a|b\\.", r"\\", r"\s", "", "(a|b)*-"])
LEAVES = st.one_of(
    st.builds(Text, st.sampled_from((*FIELDS, "Absent")), PARTS, st.booleans()),
    st.builds(Pattern, st.sampled_from(FIELDS), PATTERNS, st.sampled_from(["", "i", "s", "im"])),
    st.builds(Missing, st.sampled_from((*FIELDS, "Absent"))),
    st.builds(Reference, st.sampled_from(FIELDS), st.sampled_from(FIELDS), st.booleans(), st.booleans()),
    st.sampled_from([TRUE, FALSE]),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES)), max_size=6)


def _plainly(asked: Condition, row: dict[str, str | None]) -> bool:
    """One condition on one row, as its definition reads."""
    if isinstance(asked, Constant):
        return asked.value
    if isinstance(asked, Not):
        return not _plainly(asked.part, row)
    if isinstance(asked, All | Any):
        return (all if isinstance(asked, All) else any)(_plainly(part, row) for part in asked.parts)
    value = row.get(asked.field or "")
    if isinstance(asked, Missing):
        return value is None
    return value is not None and _holds(asked, value, row)


def _holds(asked: Condition, value: str, row: dict[str, str | None]) -> bool:
    if isinstance(asked, Text):
        written = {Wild.MANY: ".*", Wild.ONE: "."}
        whole = "".join(written[part] if isinstance(part, Wild) else re.escape(part) for part in asked.parts)
        return re.fullmatch(whole, value, re.DOTALL | (0 if asked.cased else re.IGNORECASE)) is not None
    if isinstance(asked, Pattern):
        flags = sum({"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}[each] for each in asked.flags)
        return re.search(asked.expression, value, flags) is not None
    assert isinstance(asked, Reference)
    other = row.get(asked.other)
    if other is None:
        return False
    ours, other = value.lower(), other.lower()
    if asked.starts and asked.ends:
        return other in ours
    if asked.starts or asked.ends:
        return ours.startswith(other) if asked.starts else ours.endswith(other)
    return ours == other


def _rules(conditions: list[Condition]) -> list[Rule]:
    return [Rule(str(number), "", "", None, each) for number, each in enumerate(conditions)]


@settings(max_examples=150, deadline=None)
@given(st.lists(CONDITIONS, min_size=1, max_size=4), ROWS)
def test_rules_together_match_what_each_alone_plainly_means(
    conditions: list[Condition], rows: list[dict[str, str | None]]
) -> None:
    table = pl.DataFrame(rows, schema=dict.fromkeys(FIELDS, pl.String))
    found = Matcher(_rules(conditions)).hits(table)
    for asked, hits in zip(conditions, found, strict=True):
        assert hits.tolist() == [number for number, row in enumerate(rows) if _plainly(asked, row)]


@settings(max_examples=100, deadline=None)
@given(CONDITIONS, ROWS)
def test_what_cannot_hold_without_a_field_never_does(asked: Condition, rows: list[dict[str, str | None]]) -> None:
    rule = _rules([asked])[0]
    known = frozenset({"Image", "CommandLine"})
    table = pl.DataFrame([{**row, "User": None} for row in rows], schema=dict.fromkeys(FIELDS, pl.String))
    lacking = _rules([Not(Not(asked))])[0]
    assert applicability(rule, known).applicable == applicability(lacking, known).applicable
    if not can_hold(asked, frozenset({"User", "Absent"})) and not _asks_for_absence(asked):
        assert Matcher([rule]).hits(table)[0].tolist() == []


def _asks_for_absence(asked: Condition) -> bool:
    """Absence of a field that no row can have is known to the matcher and not to whoever asks what is applicable."""
    if isinstance(asked, All | Any):
        return any(_asks_for_absence(part) for part in asked.parts)
    return _asks_for_absence(asked.part) if isinstance(asked, Not) else isinstance(asked, Missing)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@settings(max_examples=300, deadline=None)
@given(st.text("ab()[]{}|*+?.^$\\dwsb-:!<=>P0129,i\n", max_size=14), LETTERS)
def test_an_expression_is_refused_or_means_what_it_means_to_python(expression: str, text: str) -> None:
    try:
        ours = linear(expression)
    except RefusedExpressionError:
        return
    held = pl.Series([text]).str.contains(ours.expression).item()
    assert held == (re.search(expression, text) is not None)
    assert not held or ours.literal in text.lower()
