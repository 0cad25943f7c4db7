"""What the bench of growing fleets tells: the exponent with which a step grows."""

import pytest
from bench.scale import Step, slope, told
from bench.watched import Taken


def step(events: int, busy: float) -> Step:
    return Step("learn", events // 100, 3, events, Taken(busy, busy, 1 << 20))


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_slope_is_the_power_of_the_growth(power: float) -> None:
    assert slope([step(events, (events / 1000) ** power) for events in (1000, 3000, 10_000)]) == pytest.approx(power)


def test_one_size_has_no_slope_and_is_told_all_the_same() -> None:
    assert slope([step(1000, 1.0)]) == 0.0
    assert "slope of busy" in told([step(1000, 1.0), step(3000, 9.0)], 0.05)
