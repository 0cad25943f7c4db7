"""Whoever comes back every day is found on the first of them: days after an act do not excuse what means harm."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from evasion_fleet import PLAN, Place, alerts, assert_found, calm, happening, quiet
from evasions import Starts, common_name, dropped, hosted

from longtail.executions.sightings import in_order, merge
from longtail.prevalence.judgement import judged
from longtail.settings import Settings

DAY = timedelta(days=1)
FIRST = PLAN.start + timedelta(hours=3)
TOOL = r"C:\ProgramData\sync\syncagent.exe"


def fetched(_: Place) -> Starts:
    """A program that is fetched and run, under a name of its own."""
    return dropped(TOOL)


@pytest.mark.parametrize("attack", [fetched, common_name, hosted], ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("days", [(0, 3), tuple(range(8)), (5, 6, 7, 8)], ids=str)
def test_an_attack_that_returns_is_found(attack: Callable[[Place], Starts], days: tuple[int, ...]) -> None:
    place = calm()[0]
    found = alerts(*(happening(place, attack(place), FIRST + day * DAY) for day in days))
    assert_found(place, found, FIRST + days[0] * DAY)


def test_what_a_baseline_holds_is_normal_whatever_it_means() -> None:
    place = calm()[0]
    every = in_order(
        merge([quiet(), *(happening(place, dropped(TOOL), FIRST + day * DAY) for day in range(PLAN.days))])
    )
    cut = (PLAN.start + 6 * DAY).date()
    before, after = every.filter(every["day"] < cut), every.filter(every["day"] >= cut)
    told = judged(after, Settings(), baseline=before).alerts
    assert not [each for each in told if each.host == place.host and TOOL in str(each.executions)]
