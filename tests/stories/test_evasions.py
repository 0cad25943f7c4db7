"""Every known way around a prevalence model, tried on a small quiet fleet: seen through, or a limit with its price."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import polars as pl
import pytest
from evasion_fleet import ATTACKED, PLAN, TOP, Place, alerts, assert_found, calm, happening, places, quiet, rank_of, xp
from evasions import (
    Start,
    Starts,
    common_name,
    dropped,
    hosted,
    laundered,
    look_alike_directory,
    near_name,
    own_arguments,
    random_directories,
    renamed_host,
)

from longtail.prevalence.findings import Alert, Execution, Severity

DAY = timedelta(days=1)
TOOL = r"C:\ProgramData\sync\syncagent.exe"
NAME = r"\programdata\sync\syncagent.exe"
RUN = xp(TOOL, Start(TOOL, TOOL))


def victim() -> Place:
    return calm()[0]


@cache
def after(evasion: Callable[[Place], Starts]) -> tuple[Alert, ...]:
    return alerts(happening(victim(), evasion(victim())))


def told_of(alert: Alert, name: str) -> list[Execution]:
    return [each for each in alert.executions if each.role == "anomaly" and each.executable.endswith(name)]


def _raised(found: tuple[Alert, ...]) -> int:
    return sum(alert.severity >= Severity.MEDIUM for alert in found)


def test_the_fleet_is_quiet_until_something_happens() -> None:
    expected = 2.0 * PLAN.machines * PLAN.days / 1000  # false alarms that the default budget allows
    assert _raised(alerts()) <= expected + 1


@pytest.mark.parametrize(
    "evasion",
    [common_name, look_alike_directory, near_name, random_directories, hosted, laundered, renamed_host, own_arguments],
    ids=lambda evasion: evasion.__name__,
)
def test_a_disguise_is_seen_through(evasion: Callable[[Place], Starts]) -> None:
    assert_found(victim(), after(evasion))


def test_what_was_dropped_is_named_and_not_only_what_dropped_it() -> None:
    _, alert = rank_of(victim(), after(common_name))
    (*_, told) = told_of(alert, r"\programdata\conhost.exe")
    assert told.prevalence.hosts == 1


def test_a_look_alike_directory_inherits_nothing_from_the_right_one() -> None:
    _, alert = rank_of(victim(), after(look_alike_directory))
    (*_, told) = told_of(alert, r"\windows\system33\conhost.exe")
    assert told.prevalence.hosts == 1


def test_a_hosted_file_is_an_execution_of_its_own() -> None:
    _, alert = rank_of(victim(), after(hosted))
    assert {each.hosted_by for each in told_of(alert, r"x.dll")} == {"rundll32.exe"}


def test_five_hundred_runs_in_an_afternoon_buy_nothing() -> None:
    padding = happening(victim(), RUN * 500, ATTACKED - 2 * DAY, apart=20)
    found = alerts(padding, happening(victim(), dropped(TOOL)))
    (told, *_) = [each for alert in found if alert.host == victim().host for each in told_of(alert, NAME)]
    assert told.prevalence.runs >= 500
    assert (told.prevalence.hosts, told.prevalence.days) == (1, 2)
    assert_found(victim(), found)


@pytest.mark.xfail(
    strict=True,
    reason="what returns on three days counts half, as a routine would: its price is three days on the host itself",
)
def test_a_program_that_returns_on_four_days_is_told() -> None:
    returns = [happening(victim(), RUN, ATTACKED - day * DAY) for day in range(4)]
    assert any(told_of(alert, NAME) for alert in alerts(*returns) if alert.host == victim().host)


def test_an_attack_is_found_though_its_program_returns_every_day() -> None:
    returns = [happening(victim(), RUN, ATTACKED - day * DAY) for day in (1, 2, 3)]
    assert_found(victim(), alerts(*returns, happening(victim(), dropped(TOOL))))


def test_a_new_version_after_patch_night_alarms_no_one() -> None:
    def backup(version: str) -> Starts:
        image = rf"C:\Program Files\Backup Exec\{version}\bexec.exe"
        return xp(f'"{image}" -job nightly', Start(image, f'"{image}" -job nightly'))

    nights = [PLAN.start + day * DAY + timedelta(hours=2) for day in range(PLAN.days)]
    versions = ["22.0.1193.0"] * 6 + ["22.2.1204.7"] * (PLAN.days - 6)
    updated = [
        happening(place, backup(version), night)
        for place in places()
        for version, night in zip(versions, nights, strict=True)
    ]
    found = alerts(*updated)
    assert not [alert for alert in found if told_of(alert, "bexec.exe")]
    assert _raised(found) <= _raised(alerts())


def prepared(hosts: int, days: int) -> list[pl.DataFrame]:
    """The program run on so many other hosts on each of so many days before, the way the attack will run it."""
    others = [place for place in places() if place != victim()][:hosts]
    return [happening(place, RUN, ATTACKED - (day + 1) * DAY) for place in others for day in range(days)]


@cache
def price() -> tuple[int, int]:
    alert = rank_of(victim(), alerts(happening(victim(), RUN)))[1]
    told = told_of(alert, NAME)[0].normal_at
    return told.hosts, told.days


def test_less_than_the_price_on_other_hosts_buys_nothing() -> None:
    hosts, days = price()
    for others, each in ((max(hosts * days - 1, 1), 1), (max(hosts - 1, 1), days + 3)):
        _, alert = rank_of(victim(), alerts(*prepared(others, each), happening(victim(), RUN)))
        assert told_of(alert, NAME)


def test_less_than_the_price_on_the_host_itself_buys_nothing() -> None:
    hosts, days = price()
    earlier = [happening(victim(), RUN, ATTACKED - (day + 1) * DAY) for day in range(hosts * days - 1)]
    found = alerts(*earlier, happening(victim(), RUN))
    assert any(told_of(alert, NAME) for alert in found if alert.host == victim().host)


def test_an_attack_on_the_first_day_is_judged_by_the_days_that_follow() -> None:
    first = PLAN.start + timedelta(hours=3)
    assert_found(victim(), alerts(happening(victim(), dropped(TOOL), first)), first)


def test_a_new_host_is_judged_by_the_others() -> None:
    new = replace(victim(), host="azsql099.contoso.local")
    own = quiet().filter((pl.col("host") == victim().host) & (pl.col("first_seen") >= ATTACKED - DAY))
    joined = own.with_columns(pl.lit(new.host).alias("host"))
    assert_found(new, alerts(joined, happening(new, dropped(TOOL))))


def test_three_hosts_and_twelve_runs_each_are_not_more_normal_than_one() -> None:
    attacked = calm()[:3]
    found = alerts(*(happening(place, dropped(TOOL) + RUN * 11) for place in attacked))
    ranks = [rank_of(place, found) for place in attacked]
    assert max(number for number, _ in ranks) <= len(attacked) + TOP
    assert min(alert.severity for _, alert in ranks) >= Severity.MEDIUM
