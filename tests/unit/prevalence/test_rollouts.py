"""What reached many hosts in one window: one card where an installer brought it, an alarm where a server did."""

import polars as pl
import pytest
from prevalence_tables import SQL, Ran, hosts, life, placed, seen

from longtail.prevalence.findings import Alert, Prevalence, Severity
from longtail.prevalence.habits import habits
from longtail.prevalence.judgement import judged, model
from longtail.prevalence.rollouts import LEAST_HOSTS, rollouts
from longtail.prevalence.severity import Thresholds
from longtail.settings import Settings

FLEET = hosts(12)
AGENT = r"C:\Program Files\Agent\agent.exe"
HELPER = r"C:\Program Files\Agent\helper.exe"
WORM = r"C:\Users\Public\svc.exe"
MSIEXEC = r"C:\Windows\System32\msiexec.exe"
SYSTEM = r"NT AUTHORITY\SYSTEM"
LEVELS = Thresholds(20, 30, 60)


def brought(image: str, names: list[str], parent: str = MSIEXEC, first: int = 6, apart: int = 0) -> list[Ran]:
    """An image that runs on each host from some day on, on the next host so many days later."""
    return [
        Ran(name, image, (first + apart * number,), parent=parent, account=SYSTEM) for number, name in enumerate(names)
    ]


def cards(*ran: list[Ran]) -> tuple[Alert, ...]:
    return rollouts(placed([*life(FLEET), *(each for some in ran for each in some)]), LEVELS)


def test_what_an_installer_brings_to_many_hosts_is_one_card_that_names_them() -> None:
    (card,) = cards(brought(AGENT, FLEET[:8]), brought(HELPER, FLEET[:8]))
    assert card.severity is Severity.INFORMATIONAL
    assert card.hosts == tuple(FLEET[:8])
    assert {each.executable for each in card.executions} == {
        r"\program files\agent\agent.exe",
        r"\program files\agent\helper.exe",
    }
    assert card.title.startswith("Roll-out: 2 new programs on 8 of 12 hosts")
    assert "8 of 12 hosts" in card.reason and "msiexec.exe" in card.reason
    assert card.score == 0.0


def test_an_execution_of_a_card_is_counted_on_the_hosts_that_it_reached_of_what_there_is() -> None:
    had_it = [Ran("db11", AGENT, (0,), parent=MSIEXEC, account=SYSTEM, times=7)]
    again = [Ran(FLEET[0], AGENT, (8,), parent=MSIEXEC, account=SYSTEM, times=3)]
    (card,) = cards(brought(AGENT, FLEET[:8]), had_it, again)
    (only,) = card.executions
    assert "on 8 of 12 hosts" in card.title and len(card.hosts) == 8
    assert only.prevalence == Prevalence(8, 12, 2, 10, 8 + 3, 12 * 10 + 8 + 3 + 7)
    assert only.normal_at is None, "a card tells what came, and no price"


def test_what_a_server_spreads_to_a_public_place_is_raised() -> None:
    (card,) = cards(brought(WORM, FLEET[:6], SQL))
    assert card.severity is Severity.HIGH
    assert card.title.startswith("Spreading without an installer")
    assert card.hosts == tuple(FLEET[:6])
    assert card.score > LEVELS.high


def test_a_scheduler_s_new_job_lies_where_its_owners_keep_theirs() -> None:
    agent = SQL.replace("sqlservr", "SQLAGENT")
    job = r"D:\Apps\Load\load.exe"
    assert not [each for each in cards(brought(job, FLEET[:6], agent)) if each.severity > Severity.INFORMATIONAL]
    (card,) = cards(brought(job, FLEET[:6], SQL))
    assert card.severity >= Severity.HIGH
    (card,) = cards(brought(WORM, FLEET[:6], agent))
    assert card.severity >= Severity.HIGH


def test_the_more_hosts_it_reached_the_higher_the_score_and_the_severity_is_what_the_score_says() -> None:
    (few,), (all_of_them,) = (cards(brought(WORM, FLEET[:number], SQL)) for number in (6, 12))
    assert few.score < all_of_them.score
    located = placed([*life(FLEET), *brought(WORM, FLEET[:6], SQL)])
    (least,) = rollouts(located, Thresholds(50, 70, 90))
    assert (least.score, least.severity) == (70, Severity.HIGH), "never less than high"
    (worst,) = rollouts(located, Thresholds(10, 15, 20))
    assert worst.severity is Severity.CRITICAL


def test_a_raised_card_stands_among_the_stories_by_its_severity() -> None:
    lonely = [Ran("db11", rf"C:\Windows\Temp\odd{each}.exe", (7,), parent=SQL, minute=each) for each in range(3)]
    found = judged(seen([*life(FLEET), *brought(WORM, FLEET[:6], SQL), *brought(AGENT, FLEET), *lonely]), Settings())
    levels = [each.severity for each in found.alerts]
    assert found.alerts[-1].title.startswith("Roll-out") and len(found.alerts) > 2
    assert levels == sorted(levels, reverse=True)
    scores = [each.score for each in found.alerts]
    assert scores == sorted(scores, reverse=True)


def test_the_raised_card_comes_before_the_others() -> None:
    found = cards(brought(AGENT, FLEET[:8], first=3), brought(WORM, FLEET[:6], SQL))
    assert [card.severity for card in found] == [Severity.HIGH, Severity.INFORMATIONAL]


def test_two_windows_are_two_cards() -> None:
    assert len(cards(brought(AGENT, FLEET[:8], first=2), brought(HELPER, FLEET[:8], first=8))) == 2


@pytest.mark.parametrize(
    "ran",
    [
        brought(AGENT, FLEET, first=0),  # there from the first day on: old software
        brought(AGENT, FLEET[: LEAST_HOSTS - 1]),  # too few hosts
        brought(AGENT, FLEET[:8], first=1, apart=1),  # one host a day
        brought(AGENT, FLEET[:8], parent=r"C:\Windows\explorer.exe"),  # neither installer nor server
        brought(r"C:\Program Files\Agent\agent.exe", FLEET[:8], parent=SQL),  # a server, to a place of trust
        [*brought(AGENT, FLEET[:6], first=0), *brought(AGENT, FLEET[6:])],  # half of the hosts had it
    ],
    ids=["old", "few", "slow", "by hand", "own helper", "half"],
)
def test_what_is_no_roll_out_has_no_card(ran: list[Ran]) -> None:
    assert cards(ran) == ()


def test_late_hosts_do_not_make_old_software_new() -> None:
    late = [Ran(name, days=range(5, 10)) for name in hosts(8, "late")]
    agents = [*brought(AGENT, FLEET, first=0), *brought(AGENT, hosts(8, "late"), first=5)]
    assert rollouts(placed([*life(FLEET), *late, *agents]), LEVELS) == ()


def test_what_the_baseline_knew_is_not_new_in_what_is_judged() -> None:
    weekly = [Ran(name, WORM, (2, 8), parent=SQL) for name in FLEET]
    ran = seen([*life(FLEET), *weekly])
    new = pl.col("day") >= pl.col("day").min() + pl.duration(days=6)
    parts = [
        habits([ran.filter(mine)]).with_columns(judged=pl.lit(judged)) for mine, judged in ((new, True), (~new, False))
    ]
    assert rollouts(model(pl.concat(parts))[0], LEVELS) == ()


def test_the_card_is_the_same_whatever_the_order_of_the_rows() -> None:
    located = placed([*life(FLEET), *brought(AGENT, FLEET[:8]), *brought(WORM, FLEET[:6], SQL)])
    assert rollouts(located.sample(fraction=1.0, shuffle=True, seed=5), LEVELS) == rollouts(located, LEVELS)


def test_no_sightings_bring_no_card() -> None:
    assert rollouts(placed([]), LEVELS) == ()
