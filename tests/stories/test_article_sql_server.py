"""The attack on SQL Server that the first article tells, hunted from files on a disk: one alert, first of all."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from longtail.executions.sightings import sightings
from longtail.fleet import Incident, Plan, events
from longtail.fleet.writers import write
from longtail.outputs.plain import alert_object, dumps
from longtail.pipelines import Request, hunt
from longtail.prevalence.findings import Alert, Execution, Hunt, Severity
from longtail.prevalence.habits import habits
from longtail.prevalence.judgement import model
from longtail.prevalence.population import measured, selected
from longtail.settings import Settings
from longtail.telemetry import Options

SEEDS = (1, 3)
MACHINES = 90
ALERT = (
    "id tenant account account_class host first_seen last_seen score severity title reason executions techniques"
    " similar"
)
EXECUTION = "time image executable hosted_by command_line parent_image role prevalence nearest_normal normal_at"
PREVALENCE = "hosts of_hosts days of_days runs of_runs"
CHAIN = (
    "taskkill /im 360rp.exe /f",
    "ntsd -c q -pn 360rp.exe",
    "echo open ",
    "echo get svn.exe",
    "ftp -s:so.2",
    "svn.exe",
    "bitsadmin /transfer",
)


@dataclass(frozen=True, slots=True)
class Story:
    """A hunt in a fleet of which one SQL Server was attacked, and what really happened there."""

    found: Hunt
    true: Incident
    logs: Path

    @property
    def alert(self) -> Alert:
        """The most alarming alert."""
        return self.found.alerts[0]


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Story]:
    @cache
    def story(seed: int) -> Story:
        plan = Plan(machines=MACHINES, days=10, seed=seed, attacks=1, recipes=("article",), intensity=0.3)
        logs = tmp_path_factory.mktemp("article") / "logs"
        (true,) = write(plan, logs, "parquet").truth.incidents
        found = hunt(Request((str(logs),), Options(tenant_from_path=True)))
        return Story(found, true, logs)

    return story


@pytest.fixture(params=SEEDS)
def story(request: pytest.FixtureRequest, told: Callable[[int], Story]) -> Story:
    return told(request.param)


def anomalies(alert: Alert) -> list[Execution]:
    return [each for each in alert.executions if each.role == "anomaly"]


def test_the_attack_is_the_first_alert_and_at_least_high(story: Story) -> None:
    alert, true = story.alert, story.true
    assert (alert.tenant, alert.host, alert.account) == (true.tenant, true.host.lower(), true.account)
    assert alert.account_class == "mssql"
    assert alert.severity >= Severity.HIGH


def test_the_whole_chain_is_one_alert(story: Story) -> None:
    lines = [" ".join((each.command_line or "").lower().split()) for each in anomalies(story.alert)]
    assert [link for link in CHAIN if not any(link in line for line in lines)] == []


def test_what_is_marked_is_in_the_time_that_is_told_and_red_in_the_chart(story: Story) -> None:
    alert = story.alert
    times = [each.time for each in anomalies(alert)]
    assert alert.first_seen <= min(times) and max(times) <= alert.last_seen
    (bars,) = (
        each.bars
        for each in story.found.populations
        if (each.tenant, each.account_class) == (alert.tenant, alert.account_class)
    )
    red = {bar.executable for bar in bars if bar.anomalous}
    alone = {each.executable for each in anomalies(alert) if each.prevalence.hosts == 1 and each.hosted_by is None}
    assert len(alone) > 2 and alone <= {*red, *(bar.executable for bar in bars if bar.hosts > 1)}


def test_no_other_alert_tells_of_the_same_attack(story: Story) -> None:
    true = story.true
    on_host = [each for each in story.found.alerts if (each.host, each.account) == (true.host.lower(), true.account)]
    in_time = [each for each in on_host if each.first_seen <= true.last_seen and each.last_seen >= true.first_seen]
    assert in_time == [story.alert]


def test_the_story_is_in_order_of_time_and_holds_the_attack(story: Story) -> None:
    times = [each.time for each in story.alert.executions]
    assert times == sorted(times)
    assert story.alert.first_seen <= story.true.last_seen and story.true.first_seen <= story.alert.last_seen
    lines = {each.command_line for each in story.true.events}
    attack = [each.time for each in anomalies(story.alert) if each.command_line in lines]
    assert story.true.first_seen <= min(attack) <= max(attack) <= story.true.last_seen


def test_what_the_attacker_dropped_stands_in_the_story(story: Story) -> None:
    dropped = [each for each in anomalies(story.alert) if each.executable.endswith(r"\users\public\svn.exe")]
    assert dropped
    assert {(each.prevalence.hosts, each.prevalence.days) for each in dropped} == {(1, 1)}


def test_the_techniques_are_named(story: Story) -> None:
    assert {"T1197", "T1105"} <= set(story.alert.techniques)


def test_the_reason_has_both_numbers_with_their_denominators(story: Story) -> None:
    of_hosts = {each.prevalence.of_hosts for each in anomalies(story.alert)}
    of_days = {each.prevalence.of_days for each in anomalies(story.alert)}
    assert any(f" of {number} hosts" in story.alert.reason for number in of_hosts)
    assert any(f" of {number} days" in story.alert.reason for number in of_days)
    assert story.true.host.lower() in story.alert.reason


def test_every_anomaly_has_its_price_and_its_counts_are_possible(story: Story) -> None:
    for each in anomalies(story.alert):
        if each.surprise >= Settings().anomaly_bits:
            assert each.normal_at is not None and each.normal_at.hosts >= 1 and each.normal_at.days >= 1
        assert 1 <= each.prevalence.hosts <= each.prevalence.of_hosts
        assert 1 <= each.prevalence.days <= each.prevalence.of_days == 10


def test_the_json_has_exactly_the_promised_keys(story: Story) -> None:
    told = json.loads(dumps(alert_object(story.alert)))
    assert list(told) == ALERT.split()
    for each in told["executions"]:
        assert list(each) == EXECUTION.split()
        assert list(each["prevalence"]) == PREVALENCE.split()
        assert list(each["normal_at"]) == ["hosts", "days"]
        assert each["role"] in ("anomaly", "context")
    assert told["severity"] in ("high", "critical")
    assert told["first_seen"].endswith("Z")


def test_every_process_start_on_the_disk_was_read(story: Story) -> None:
    assert story.found.hosts == MACHINES
    assert story.found.process_starts == sum(each.process_starts for each in story.found.readings)
    assert all(each.quarantined == 0 for each in story.found.readings)
    assert sum(each.process_starts > 0 for each in story.found.readings) == len(list(story.logs.rglob("*.parquet")))


def test_the_servers_own_account_is_modelled_in_a_small_fleet_without_being_asked_for() -> None:
    plan = Plan(machines=40, days=8, seed=6, attacks=1, recipes=("article",), intensity=0.15, preset="sql")
    located, _ = model(habits(sightings(chunk) for chunk in events(plan)))
    verdicts = selected(measured(located), ("auto",), Settings())
    assert verdicts.filter(pl.col("account_class") == "mssql")["judged"].all()
