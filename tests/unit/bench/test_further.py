"""The attacks and habits held back: they come when a plan names them, and only then."""

from functools import cache

import polars as pl
import pytest

from longtail.fleet import Plan, Truth, events, truth
from longtail.fleet.attacks import ATTACKS, SETS
from longtail.fleet.benign import FURTHER, HABITS

FURTHER_ATTACKS = SETS["further"]
NAMES = [attack.name for attack in FURTHER_ATTACKS]


@cache
def told() -> Truth:
    return truth(Plan(machines=160, days=6, seed=3, attacks=3 * len(NAMES), recipes=("further",)))


@pytest.mark.parametrize("name", NAMES)
def test_every_further_recipe_happens_and_no_two_instances_are_alike(name: str) -> None:
    instances = [tuple(event.command_line for event in each.events) for each in told().incidents if each.recipe == name]
    assert len(instances) >= 2
    assert len(set(instances)) == len(instances)
    assert all(len(instance) >= 2 for instance in instances)


def test_the_further_set_names_its_own_recipes_only() -> None:
    assert {incident.recipe for incident in told().incidents} == set(NAMES)
    assert not set(NAMES) & {attack.name for attack in ATTACKS}


def test_every_token_of_a_further_recipe_means_something() -> None:
    lines = [event.command_line or "" for incident in told().incidents for event in incident.events]
    left = [line for line in lines for word in ("{drop}", "{tool}", "{rnd", "{net}", "{web}", "{data}") if word in line]
    assert not left


def test_the_further_habits_come_with_the_set_and_change_nothing_else() -> None:
    plain, more = (
        Plan(machines=12, days=3, seed=2, quiet=True),
        Plan(machines=12, days=3, seed=2, quiet=True, recipes=("further",)),
    )
    key = ["time", "host", "image", "command_line"]
    before, after = (pl.concat(events(plan)).select(key) for plan in (plain, more))
    assert before.join(after, on=key, how="anti", nulls_equal=True).is_empty()
    assert after.height > before.height
    assert not {habit.name for habit in FURTHER} & {habit.name for habit in HABITS}
