"""What the doctor says: exact shares, hosts that were silent, late, gone or out of time, and what it all costs."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli_calls import Run, lines, start


def _told(run: Run, *starts: dict[str, Any]) -> dict[str, Any]:
    done = run("doctor", "-", "-f", "json", text=lines(*starts))
    assert done.code == 0 and done.err == ""
    told: dict[str, Any] = json.loads(done.out)
    return told


def _on(*days: int, **given: Any) -> list[dict[str, Any]]:
    """A start of one host on each of these days of March."""
    return [start(time=f"2026-03-{day:02}T10:00:00Z", **given) for day in days]


def _fleet(hosts: int = 8, days: int = 10) -> list[dict[str, Any]]:
    return [each for host in range(hosts) for each in _on(*range(1, days + 1), host=f"steady{host}")]


def test_shares_of_missing_fields_are_exact_and_by_tenant(run: Run) -> None:
    told = _told(
        run,
        *(start(tenant="a", command_line=line) for line in (None, "cmd /c dir", "cmd /c echo 1", None)),
        start(tenant="b", parent_image=None),
        start(tenant="b", account=None),
    )
    without = {feed["tenant"]: feed["without"] for feed in told["feeds"]}
    assert without["a"] == {"command line": 0.5, "parent": 0.0, "account": 0.0}
    assert without["b"] == {"command line": 0.0, "parent": 0.5, "account": 0.5}
    assert [limit["missing"] for limit in told["limits"][:3]] == [
        "33% of process starts have no command line",
        "17% of process starts have no parent",
        "17% of process starts have no account",
    ]


def test_hosted_executions_do_not_count_as_starts(run: Run) -> None:
    told = _told(run, start(command_line="cmd /c rundll32 a.dll,Run"), start(command_line=None, host="db2"))
    assert told["process_starts"] == 2
    assert told["feeds"][0]["process_starts"] == 2
    assert told["feeds"][0]["without"]["command line"] == 0.5


def test_formats_are_told_apart_within_a_tenant(run: Run) -> None:
    golden = Path(__file__).parents[2] / "golden" / "telemetry"
    done = run("doctor", golden / "ecs" / "input.jsonl", golden / "tetragon" / "input.jsonl", "-f", "json")
    assert {feed["format"] for feed in json.loads(done.out)["feeds"]} == {"ecs", "tetragon"}


@pytest.mark.parametrize(
    ("days", "odd"),
    [
        ((1, 2, 3, 7, 8, 9, 10), {"silent": 3}),
        ((5, 6, 7, 8, 9, 10), {"late": 4}),
        ((1, 2, 3, 4), {"ended": 6}),
        ((1, 2, 3, 4, 5, 6, 7, 8, 9, 25), {"silent": 15, "ahead": 15}),
        ((2, 3, 4, 5, 6, 7, 8, 9), {}),
    ],
)
def test_a_host_unlike_the_others_is_named_with_its_days(run: Run, days: tuple[int, ...], odd: dict[str, int]) -> None:
    told = _told(run, *_fleet(), *_on(*days, host="odd"))
    found = {each["host"]: each for each in told["troubled_hosts"]}
    assert set(found) == ({"odd"} if odd else set())
    if odd:
        kinds = ("silent", "late", "ended", "ahead", "behind")
        assert {kind: found["odd"][kind] for kind in kinds if found["odd"][kind]} == odd


def test_a_clock_years_off_neither_hides_nor_floods(run: Run) -> None:
    told = _told(run, *_fleet(), start(host="odd", time="1999-01-01T00:00:00Z"))
    assert [each["host"] for each in told["troubled_hosts"]] == ["odd"]
    assert told["troubled_hosts"][0]["behind"] > 9000
    assert told["limits"][0]["missing"] == "1 host whose days lie outside those of the fleet"
    assert told["empty_days"] == []


def test_days_without_telemetry_are_counted(run: Run) -> None:
    told = _told(run, *_on(1, 2, 5))
    assert (told["days"], told["empty_days"]) == (3, ["2026-03-03", "2026-03-04"])


def test_populations_say_what_they_lack(run: Run) -> None:
    few = _told(run, *_on(1, 2))["populations"]
    assert [(each["account_class"], each["judged"]) for each in few] == [("mssql", False)]
    assert "1 hosts" in few[0]["reason"] or "1 host " in few[0]["reason"]
    enough = _told(run, *_fleet())["populations"]
    assert [(each["account_class"], each["judged"], each["hosts"], each["days"]) for each in enough] == [
        ("mssql", True, 8, 10)
    ]


def test_the_doctor_and_the_hunt_agree_on_what_is_judged(run: Run, fleet: Path) -> None:
    def judged(verb: str) -> set[tuple[str, str]]:
        told = json.loads(run(verb, fleet, "--tenant-from-path", "-j", 1, "-q", "-f", "json").out)
        return {(each["tenant"], each["account_class"]) for each in told["populations"] if each["judged"]}

    assert judged("doctor") == judged("hunt") != set()


def test_a_table_says_it_in_words(run: Run) -> None:
    done = run("doctor", "-", text=lines(*_fleet(), *_on(1, 2, host="gone"), start(command_line=None)))
    assert done.code == 0
    for part in ("What is sent", "8 days missing at the end", "A hunt would judge", "What it cannot support", "mend"):
        assert part in done.out
    whole = run("doctor", "-", text=lines(*_fleet()))
    assert "Nothing that a hunt needs is missing." in whole.out


def test_nothing_readable_is_told_and_quarantine_is_4(run: Run) -> None:
    nothing = run("doctor", "-", text="hello\n")
    assert nothing.code == 0 and "No process starts in 1 file." in nothing.out
    broken = run("doctor", "-", text=lines(start()) + "{broken\n")
    assert broken.code == 4 and "1 file with records that could not be used" in broken.out


def test_many_hosts_are_cut_unless_asked_for(run: Run) -> None:
    starts = lines(*_fleet(40), *(each for host in range(30) for each in _on(1, 2, host=f"gone{host}")))
    short, long = run("doctor", "-", text=starts), run("doctor", "-", "-v", text=starts)
    assert "and 10 more: -v lists them" in short.out and short.out.count("missing at the end") == 20
    assert long.out.count("missing at the end") == 30
