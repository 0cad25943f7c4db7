"""How often lawful use meets a conjunction, and how often that is to be expected where habits are others."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from longtail.detections.legitimate import STARTS, fleet
from longtail.detections.odds import Before, Users, users

TOOL = "C:\\Windows\\System32\\tool.exe"
BEFORE = Before(met=0.01, used=0.02)


def start(tenant: int, host: int, line: str = "other.exe", day: int = 0, image: str = TOOL) -> dict[str, Any]:
    return {"tenant": f"t{tenant}", "host": f"h{host}", "account": "a", "account_class": "human",
            "day": date(2026, 3, 1) + timedelta(days=day), "image": image, "command_line": line,
            "parent_image": None, "parent_command_line": None, "runs": 1}  # fmt: skip


def quiet(tenants: int, hosts: int, days: int = 4) -> list[dict[str, Any]]:
    return [start(tenant, host, day=day, image="C:\\other.exe") for tenant in range(tenants) for host in range(hosts)
            for day in range(days)]  # fmt: skip


def of(rows: list[dict[str, Any]]) -> Users:
    """The users of the tool; the columns of their patterns: always, told ``a``, told ``b``."""
    use = fleet(pl.DataFrame(rows, schema=STARTS, orient="row"), ()).use(("tool.exe",))
    lines = use.faces["command_line"]
    told = [np.ones(len(lines), bool), *(lines.str.contains(each).to_numpy() for each in ("a", "b"))]
    return users(use, np.stack(told, axis=1))


def test_what_is_observed_is_host_days_on_which_one_start_meets_all() -> None:
    apart = [start(0, 0, "tool a"), start(0, 0, "tool b"), start(0, 1, "tool ab"), start(0, 1, "tool ab", day=1)]
    found = of([*quiet(1, 3), *apart])
    assert [found.observed([0, *columns]) for columns in ([], [1], [2], [1, 2])] == [3, 3, 3, 2]


def test_what_was_never_seen_is_expected_as_judged_before() -> None:
    """No user at all: the share of users is the judgement, of use it is the judgement against the fleet's silence."""
    none = of(quiet(1, 1))
    assert none.expected([0], BEFORE) == pytest.approx(10_000 * 0.01 * (5 * 0.02) / (1 + 5))


@pytest.mark.parametrize("change", ["more hosts", "more tenants"])
def test_more_silence_is_worth_more(change: str) -> None:
    few, many = quiet(2, 10), quiet(2, 40) if change == "more hosts" else quiet(8, 10)
    assert of(many).expected([0, 1], BEFORE) < of(few).expected([0, 1], BEFORE)


def test_hosts_of_many_tenants_tell_more_than_as_many_of_one() -> None:
    one = [*quiet(1, 80), *(start(0, host, "tool x") for host in range(40))]
    many = [*quiet(8, 10), *(start(host % 8, host % 10, "tool x") for host in range(40))]
    assert of(many).expected([0, 1], BEFORE) < of(one).expected([0, 1], BEFORE)


def test_a_job_of_every_day_is_one_habit() -> None:
    """The share of users who meet it counts hosts: the same job on more days does not make it more of a habit."""
    others = [start(0, host, "tool x", day) for host in range(20) for day in range(4)]
    once = of([*quiet(1, 40), *others, start(0, 30, "tool a")])
    daily = of([*quiet(1, 40), *others, *(start(0, 30, "tool a", day) for day in range(4))])
    assert once.expected([0, 1], BEFORE) == pytest.approx(daily.expected([0, 1], BEFORE), rel=0.05)


def test_more_predicates_are_never_expected_more() -> None:
    found = of([*quiet(3, 20), *(start(n % 3, n, "tool ab" if n % 4 else "tool a") for n in range(20))])
    assert found.expected([0, 1, 2], BEFORE) <= found.expected([0, 1], BEFORE) <= found.expected([0], BEFORE)
