"""The price of poisoning that alerts print, paid: below it nothing is bought, and it is no number out of reach."""

from functools import cache

import pytest
from bench.poisoning import HOWS, Fleet, Victim, fleet, paid, silent, victims

from longtail.fleet import Plan

SEEDS = (1, 4)


@cache
def attacked(seed: int) -> tuple[Fleet, list[Victim]]:
    """A small fleet of SQL Servers, and what its worst alerts told."""
    plan = Plan(machines=16, days=8, seed=seed, tenants=1, preset="sql", attacks=2, intensity=0.03)
    made = fleet(plan)
    return made, victims(made, seed, 2)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_pays_less_than_the_price_is_told(seed: int, how) -> None:  # type: ignore[no-untyped-def]
    made, told = attacked(seed)
    assert told
    for victim in told:
        assert not any(silent(made, victim, how, price) for price in range(1, victim.printed))


def test_the_cheapest_way_costs_not_much_more_than_the_price() -> None:
    made, told = attacked(SEEDS[0])
    for victim in told:
        cheapest = min(each.paid for each in paid(made, victim) if each.paid is not None)
        assert victim.printed <= cheapest <= 3 * victim.printed
