"""Lines that are known to mean no harm are passed over; nothing else ever is."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longtail.prevalence import harmless
from longtail.prevalence.harmless import Harmless

LINES = st.lists(st.none() | st.sampled_from("abcdef"), max_size=6)


def series(lines: list[str | None]) -> pl.Series:
    return pl.Series(lines, dtype=pl.String)


@settings(deadline=None)
@given(st.lists(LINES, max_size=4), st.sets(st.sampled_from("abcdef")), LINES)
def test_only_what_was_asked_about_and_answered_is_passed_over(
    asked: list[list[str | None]], harmful: set[str], then: list[str | None]
) -> None:
    known, safe = Harmless(), set[str]()
    for lines in asked:
        known.ask([series(lines)])
        known.answered(series(sorted(harmful & {line for line in lines if line is not None})))
        safe |= {line for line in lines if line is not None} - harmful
    assert known.unknown(series(then)).to_list() == [line is not None and line not in safe for line in then]


def test_what_is_asked_about_is_not_yet_known() -> None:
    known = Harmless()
    known.ask([series(["whoami"])])
    assert known.unknown(series(["whoami"])).to_list() == [True]


def test_beyond_a_limit_it_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harmless, "MOST_LINES", 2)
    known = Harmless()
    for line in ("a", "b", "c"):
        known.ask([series([line])])
        known.answered(series([]))
    assert known.unknown(series(["a", "b", "c"])).to_list() == [True, True, False]
