"""How often rules fire: counted by hand on a small fleet, the same however it was cut, bounded even at zero."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import comb
from random import Random
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from longtail.detections.backtest import EXAMPLES, KEY, STARTS, TEXTS, backtest, distinct_starts, merge
from longtail.detections.findings import Share, upper_bound
from longtail.detections.matching_terms import All, Not, Rule, Text, Wild
from longtail.executions.schema import PROCESS_EVENT
from longtail.fleet.generate import events
from longtail.fleet.plan import Plan

MANY = Wild.MANY
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _events(*rows: dict[str, Any]) -> pl.DataFrame:
    blank = dict.fromkeys(PROCESS_EVENT)
    usual = {
        "time": NOON,
        "tenant": "t",
        "host": "h1",
        "account": "CORP\\bob",
        "image": "C:\\Windows\\System32\\cmd.exe",
    }
    return pl.DataFrame([{**blank, **usual, **row} for row in rows], schema=PROCESS_EVENT)


def _rule(word: str, field: str = "CommandLine") -> Rule:
    return Rule(word, word, "f.yml", None, Text(field, (MANY, word, MANY)))


WHOAMI = {"command_line": "cmd /c whoami"}
FLEET = _events(
    WHOAMI,
    WHOAMI,
    WHOAMI | {"time": NOON + timedelta(days=1)},
    WHOAMI | {"host": "H2", "account": "NT AUTHORITY\\SYSTEM"},
    {"host": "h2", "command_line": "cmd /c dir"},
    {"host": "h3", "tenant": "u", "command_line": "cmd /c net user bob hunter2 /add"},
    {"host": None, "command_line": "whoami"},
    {"image": None, "command_line": "whoami"},
    {"time": None, "command_line": "whoami"},
)


def test_a_rule_is_counted_in_runs_hosts_and_host_days() -> None:
    (found,) = backtest([_rule("whoami")], distinct_starts(FLEET))
    assert found.whole == Share("all", 4, 2, 3, 3, 4)
    assert found.by_tenant == (Share("t", 4, 2, 2, 3, 3), Share("u", 0, 0, 1, 0, 1))
    assert found.by_day == (Share("2026-03-02", 3, 2, 3, 2, 3), Share("2026-03-03", 1, 1, 1, 1, 1))
    assert [(each.name, each.runs, each.host_days, each.of_host_days) for each in found.by_account] == [
        ("CORP\\bob", 3, 2, 4),
        ("NT AUTHORITY\\SYSTEM", 1, 1, 1),
    ]
    assert {each.name: each.runs for each in found.by_class} == {"human": 3, "system": 1}
    assert found.whole.rate == 7500.0 and found.whole.rate < found.whole.upper < 10_000


def test_examples_are_the_most_frequent_and_hold_no_secret() -> None:
    whoami, added = backtest([_rule("cmd"), _rule("net user")], distinct_starts(FLEET))
    first = whoami.examples[0]
    assert (first.command_line, first.runs, first.host) == ("cmd /c whoami", 3, "h1")
    assert added.examples[0].command_line == "cmd /c net user bob {redacted:password} /add"
    many = _events(*({"command_line": f"cmd {at}"} for at in range(30)))
    assert len(backtest([_rule("cmd")], distinct_starts(many))[0].examples) == EXAMPLES


def test_a_rule_that_cannot_be_judged_is_said_to_be_so_and_not_run() -> None:
    lacking = Rule("x", "x", "f", None, All((Text("Image", (MANY,)), Text("Hashes", (MANY, "a")))))
    excluding = Rule("y", "y", "f", None, All((Text("Image", (MANY,)), Not(Text("Company", ("a",))))))
    parent = _rule("x", "ParentCommandLine")
    starts = distinct_starts(FLEET)
    first, second, third = backtest([lacking, excluding, parent], starts)
    assert not first.applicability.applicable and first.whole.runs == 0 and "Hashes" in first.applicability.told
    assert second.applicability.applicable and second.whole.runs == 6 and "Company" in second.applicability.told
    assert not third.applicability.applicable and third.applicability.lacking == ("ParentCommandLine",)


def test_no_telemetry_is_no_evidence() -> None:
    (found,) = backtest([_rule("x", "Image")], merge([]))
    assert found.whole == Share("all", 0, 0, 0, 0, 0)
    assert (found.whole.rate, found.whole.upper, found.examples) == (0.0, 10_000.0, ())
    assert backtest([], distinct_starts(FLEET)) == ()


def _in_order(starts: pl.DataFrame) -> pl.DataFrame:
    assert starts.schema == STARTS
    return starts.with_columns(pl.col(TEXTS).cast(pl.String)).sort(KEY)


def test_any_cutting_in_any_order_gives_the_same() -> None:
    whole = pl.concat(events(Plan(4, 2, seed=9, intensity=0.05)))
    chance = Random(1)
    cuts = [0, *sorted(chance.sample(range(1, whole.height), 4)), whole.height]
    pieces = [distinct_starts(whole[start:stop]) for start, stop in pairwise(cuts)]
    chance.shuffle(pieces)
    cut, uncut = merge([merge(pieces[:2]), merge(pieces[2:])]), distinct_starts(whole)
    assert_frame_equal(_in_order(cut), _in_order(uncut))
    assert uncut["runs"].sum() == whole.height
    rules = [_rule("exe", "Image"), _rule("a"), _rule("e")]
    assert backtest(rules, cut) == backtest(rules, uncut)


def test_parts_add_up_to_the_whole() -> None:
    starts = distinct_starts(pl.concat(events(Plan(6, 3, seed=2, attacks=1, intensity=0.1))))
    for found in backtest([_rule("exe", "Image"), _rule(" /c "), _rule("sql")], starts):
        for parts in (found.by_class, found.by_account, found.by_tenant, found.by_day):
            assert sum(each.runs for each in parts) == found.whole.runs > 0
        for parts in (found.by_tenant, found.by_day):
            assert sum(each.host_days for each in parts) == found.whole.host_days
            assert sum(each.of_host_days for each in parts) == found.whole.of_host_days


@pytest.mark.parametrize(("hits", "of"), [(0, 10), (0, 1000), (1, 50), (3, 20), (19, 20)])
def test_the_bound_is_exact(hits: int, of: int) -> None:
    """At the bound itself, seeing so few hits has a chance of one in twenty: the definition of Clopper and Pearson."""
    bound = upper_bound(hits, of)
    chance = sum(comb(of, seen) * bound**seen * (1 - bound) ** (of - seen) for seen in range(hits + 1))
    assert chance == pytest.approx(0.05, rel=1e-6)


def test_a_bound_without_evidence_and_with_nothing_but_hits_is_one() -> None:
    assert upper_bound(0, 0) == upper_bound(7, 7) == 1.0


def test_days_are_days_of_the_table() -> None:
    assert distinct_starts(FLEET)["day"].unique().sort().to_list() == [date(2026, 3, 2), date(2026, 3, 3)]
