"""Every recipe on an account that fits it."""

from functools import cache

import pytest

from longtail.errors import UsageError
from longtail.fleet import Plan, Truth, truth
from longtail.fleet.attack import Attack
from longtail.fleet.attacks import ATTACKS
from longtail.fleet.incidents import POISONED_DAYS, placed
from longtail.fleet.story import PADDING_RUNS

NAMES = [attack.name for attack in ATTACKS]
ALL = Plan(machines=160, days=9, seed=5, attacks=len(ATTACKS), recipes=tuple(NAMES))


@cache
def told_of_all() -> Truth:
    return truth(ALL)


@pytest.mark.parametrize("attack", ATTACKS, ids=NAMES)
def test_every_recipe_produces_its_events_on_a_fitting_account(attack: Attack) -> None:
    incident = next(each for each in told_of_all().incidents if each.recipe == attack.name)
    assert incident.account_class in attack.seats
    assert len(incident.events) >= 1
    assert incident.techniques == attack.techniques
    assert all(technique[0] == "T" and technique[1:5].isdigit() for technique in attack.techniques)


def test_names_are_unique_and_typeable() -> None:
    assert len(set(NAMES)) == len(NAMES) >= 20
    assert all(name.replace("-", "").isalnum() for name in NAMES)


def test_the_article_is_told_word_for_word() -> None:
    plan = Plan(machines=20, days=2, seed=8, attacks=1, recipes=("article",))
    (incident,) = truth(plan).incidents
    lines = [event.command_line for event in incident.events]
    for name in ("360rp.exe", "360sd.exe", "360rps.exe"):
        assert f"taskkill  /im {name} /f" in lines
        assert f"ntsd -c q -pn {name}" in lines
    assert '"C:\\Windows\\system32\\cmd.exe" /c echo 111>>So.2' in lines
    assert "ftp -s:So.2" in lines
    assert any(
        "bitsadmin  /transfer n http://" in str(line) and str(line).endswith(r"c:\Users\Public\Svn.exe")
        for line in lines
    )
    order = [
        next(i for i, line in enumerate(lines) if word in str(line))
        for word in ("taskkill", "ntsd", "So.2", "bitsadmin")
    ]
    assert order == sorted(order)


def test_two_incidents_of_one_recipe_differ_in_their_words() -> None:
    plan = Plan(machines=60, days=2, seed=8, attacks=4, recipes=("certutil",))
    told = [tuple(event.command_line for event in each.events) for each in truth(plan).incidents]
    assert len(set(told)) == len(told) == 4


def test_lateral_movement_touches_two_hosts() -> None:
    incident = next(each for each in told_of_all().incidents if each.recipe == "lateral-movement")
    assert len(incident.hosts) == 2


def test_the_slow_attack_takes_days() -> None:
    incident = next(each for each in told_of_all().incidents if each.recipe == "slow")
    assert len({event.time.date() for event in incident.events}) >= 4


def test_padding_repeats_what_the_attack_drops() -> None:
    plan = Plan(machines=20, days=4, seed=8, attacks=1, recipes=("miner+padding",))
    (incident,) = truth(plan).incidents
    assert len(incident.preparation) >= PADDING_RUNS
    assert max(event.time for event in incident.preparation) <= incident.last_seen
    assert {event.image for event in incident.preparation} <= {event.image for event in incident.events}


def test_poison_is_spread_over_hosts_and_days_before() -> None:
    plan = Plan(machines=60, days=10, seed=8, attacks=1, recipes=("miner+poison",), tenants=1)
    (incident,) = truth(plan).incidents
    assert {event.host for event in incident.preparation}.isdisjoint({incident.host})
    assert len({event.host for event in incident.preparation}) >= 3
    assert len({event.time.date() for event in incident.preparation}) >= POISONED_DAYS - 1
    assert max(event.time for event in incident.preparation) < incident.first_seen


def test_early_begins_on_the_first_day() -> None:
    plan = Plan(machines=30, days=9, seed=8, attacks=1, recipes=("certutil+early",))
    (incident,) = placed(plan)
    assert incident.begins - incident.host.window.first < 86_400


@pytest.mark.parametrize("recipe", ["nonsense", "certutil+nonsense"])
def test_an_unknown_name_is_refused_with_the_known_ones(recipe: str) -> None:
    with pytest.raises(UsageError, match="choose from"):
        truth(Plan(machines=5, days=1, attacks=1, recipes=(recipe,)))
