"""Lookaround at the ends of an expression finds what it finds for Python; any other is refused."""

import re
from itertools import product

import polars as pl
import pytest

from longtail.detections.matching_regex import RefusedExpressionError, linear

TEXTS = ["".join(letters) for length in range(6) for letters in product("aB\n ", repeat=length)]
AT_AN_END = [
    "a(?!.)", "a(?!B)", "(?i)a(?!b)", "a(?![aB])", "a(?![^a])", "a(?=B)", r"a(?=\s|$)", "(?<!a)B", "(?<=a)B",
    r"(?<!\S)a(?!\S)", "(?s)a(?!.)", "(?s:a(?!.))", "(a|B(?!a))", "(?:a(?!B)|B(?!a))", "(?!a)", "^(?!a)", "(?<![^a])B",
    r"a(?!\n)", "(?<=a)(?=B)", "(?<!a)(?!B)", "(?m)^a(?!B)",
]  # fmt: skip
WITHIN = [
    "a(?!B)B",
    "(?!a)B",
    "a(?!aB)",
    "a(?<!B)",
    "a(?!$)",
    r"a(?!\b)",
    "(?=a)B",
    "(?:a(?!B))+",
    "(?<!aB)a",
    "a(?!.)$",
]


@pytest.mark.parametrize("expression", AT_AN_END)
def test_lookaround_at_an_end_finds_what_python_finds(expression: str) -> None:
    ours = linear(expression)
    found = pl.Series(TEXTS).str.contains(ours.expression).to_list()
    assert found == [re.search(expression, text) is not None for text in TEXTS]
    assert all(ours.literal in text.lower() for text, held in zip(TEXTS, found, strict=True) if held)


@pytest.mark.parametrize("expression", WITHIN)
def test_lookaround_within_an_expression_is_refused(expression: str) -> None:
    with pytest.raises(RefusedExpressionError, match="lookaround within"):
        linear(expression)


def test_lookaround_deep_in_groups_is_told_and_not_raised_otherwise() -> None:
    with pytest.raises(RefusedExpressionError):
        linear("(" * 80 + "a(?!b)" + ")" * 80)
