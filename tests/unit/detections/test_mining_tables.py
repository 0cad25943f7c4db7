"""The tables that rules are made of: every row's examples hold, and every value can be said in Sigma anywhere."""

import re

import polars as pl
import pytest

from longtail.detections.core import Core
from longtail.detections.cores import ALL
from longtail.detections.evasions import EVASIONS, Evasion, Start
from longtail.detections.meanings import GENERAL, Meaning
from longtail.detections.predicates import EVENT, Predicate, conjunction, contains, ends, every, flags, holds, lowered


def told(line: str, *predicates: Predicate) -> bool:
    events = lowered(pl.DataFrame([("x.exe", line, None, None, None)], schema=EVENT, orient="row"))
    return bool(conjunction(predicates, events)[0])


@pytest.mark.parametrize("row", GENERAL, ids=lambda row: row.predicate.name)
def test_what_is_meant_is_told_from_what_looks_like_it(row: Meaning) -> None:
    assert all(told(line, row.predicate) for line in row.has)
    assert not any(told(line, row.predicate) for line in row.has_not)


@pytest.mark.parametrize("core", ALL, ids=lambda core: core.name)
def test_a_core_is_told_from_other_uses_of_its_program(core: Core) -> None:
    assert told(core.has, *core.predicates)
    assert not told(core.has_not, *core.predicates)


def test_names_are_unique_and_odds_are_shares() -> None:
    names = [row.predicate.name for row in GENERAL] + [core.name for core in ALL]
    assert len(names) == len(set(names))
    assert all(0 < each.predicate.usual <= 1 and 0 < each.predicate.kept <= 1 for each in GENERAL)
    assert all(0 < core.usual <= 1 for core in ALL)


def test_patterns_read_alike_in_every_dialect() -> None:
    """No letters whose case a dialect may tell apart, no classes, no look-around, no flags, nothing nested."""
    items = [item for row in GENERAL for item in row.predicate.items] + [item for core in ALL for item in core.parts]
    for item in items:
        if "re" in item.modifiers:
            (pattern,) = item.values
            assert not re.search(r"\\[a-zA-Z]|\(\?|\"|[*+]", re.sub(r"\[[^\]]*\]", "", pattern))


@pytest.mark.parametrize("evasion", EVASIONS, ids=lambda evasion: evasion.name)
def test_an_evasion_dresses_as_its_row_says(evasion: Evasion) -> None:
    before, after = evasion.example
    image = "C:\\Windows\\System32\\cmd.exe" if before.startswith("cmd") else "C:\\certutil.exe"
    if evasion.name == "look-alike directory":
        image = "C:\\Windows\\System32\\certutil.exe"
    dressed = evasion.dress(Start(image, before))
    assert dressed is not None
    assert dressed.command_line == after


def test_a_dressing_that_changes_nothing_is_none() -> None:
    assert {each.name for each in EVASIONS if each.dress(Start("", ""))} <= {"case", "quoted program"}


def test_case_never_counts_and_a_missing_field_matches_nothing() -> None:
    events = lowered(pl.DataFrame({"image": ["C:\\A\\BITSADMIN.exe", None], "command_line": [None, "x"]}))
    assert holds(Predicate("p", "", (ends("\\bitsadmin.EXE"),), 1, 1), events).to_list() == [True, False]
    assert holds(Predicate("p", "", (contains("X"),), 1, 1), events).to_list() == [False, True]
    assert holds(Predicate("p", "", (contains("x"),), 1, 1, negated=True), events).to_list() == [True, False]


def test_every_dash_is_one_dash() -> None:
    flag = Predicate("p", "", (flags(" -urlcache"),), 1, 1)
    assert all(told(f"certutil {dash}urlcache", flag) for dash in "-/–—―")
    assert not told("certutil urlcache", flag)


def test_all_of_several_values_or_any_item() -> None:
    both = Predicate("p", "", (every("call", "create"),), 1, 1)
    assert told("wmic process CALL create x", both) and not told("wmic process call", both)
    either = Predicate("p", "", (contains("a1"), contains("b2")), 1, 1)
    assert told("x b2", either) and not told("x c3", either)
