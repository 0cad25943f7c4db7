"""How often something happens → the seconds at which it does, in one host's window."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longtail.fleet.chance import Rng

DAY = 86_400.0
HOUR = 3_600.0
Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
    """When a host is watched, in seconds from the plan's start, and where its clock on the wall stands."""

    first: float
    last: float
    days: int
    utc_offset: float = 0.0  # hours
    first_weekday: int = 0  # Monday is 0
    intensity: float = 1.0


Rhythm = Callable[[Rng, Window], Times]
"""Draws the times of one habit on one host."""


def every(minutes: float, jitter: float = 0.15) -> Rhythm:
    """Around the clock, each host with its own phase; ``jitter`` is a share of the period."""

    def times(rng: Rng, window: Window) -> Times:
        period = minutes * 60 / window.intensity
        phase = rng.random() * period
        ticks = np.arange(phase, window.days * DAY, period)
        return ticks + rng.normal(0, jitter * period, len(ticks)) if jitter else ticks

    return times


def daily(hour: float, spread_minutes: float = 4, chance: float = 1.0) -> Rhythm:
    """Once a day at an hour of the local day that each host keeps; ``chance`` leaves days out."""
    return _on_days(lambda day: True, hour, spread_minutes, chance)


def weekly(hour: float, weekday: int | None = None, spread_minutes: float = 8) -> Rhythm:
    """Once a week, on a weekday each host keeps (None: any) at a local hour."""

    def times(rng: Rng, window: Window) -> Times:
        chosen = int(rng.integers(7)) if weekday is None else weekday
        return _on_days(lambda day: (day + window.first_weekday) % 7 == chosen, hour, spread_minutes, 1.0)(rng, window)

    return times


def monthly(hour: float, spread_minutes: float = 15) -> Rhythm:
    """Once in thirty days, on a day each host keeps."""

    def times(rng: Rng, window: Window) -> Times:
        chosen = int(rng.integers(30))
        return _on_days(lambda day: day % 30 == chosen, hour, spread_minutes, 1.0)(rng, window)

    return times


def _on_days(holds: Callable[[int], bool], hour: float, spread_minutes: float, chance: float) -> Rhythm:
    def times(rng: Rng, window: Window) -> Times:
        own_hour = hour + rng.normal(0, 1.2)
        days = np.array([day for day in range(window.days) if holds(day)], dtype=np.float64)
        days = days[rng.random(len(days)) < chance]
        local = days * DAY + (own_hour % 24) * HOUR + rng.normal(0, spread_minutes * 60, len(days))
        return np.asarray((local - window.utc_offset * HOUR) % (window.days * DAY))

    return times


def random(per_day: float) -> Rhythm:
    """At any time, so many times a day on average."""

    def times(rng: Rng, window: Window) -> Times:
        count = rng.poisson(per_day * window.days)
        return rng.random(count) * window.days * DAY

    return times


def office(per_day: float) -> Rhythm:
    """On working days between eight and six, so many times a day on average, now and then late."""

    def times(rng: Rng, window: Window) -> Times:
        count = rng.poisson(per_day * window.days)
        days = rng.integers(0, window.days, count)
        days = days[(days + window.first_weekday) % 7 < 5]
        hours = np.clip(rng.normal(13, 3, len(days)), 6.5, 23.5)
        return np.asarray((days * DAY + hours * HOUR - window.utc_offset * HOUR) % (window.days * DAY))

    return times


def once() -> Rhythm:
    """A single time, anywhere."""
    return lambda rng, window: rng.random(1) * window.days * DAY


def session(runs: float, hours: float = 1.5) -> Rhythm:
    """One sitting: a handful of runs within a few hours of one day."""

    def times(rng: Rng, window: Window) -> Times:
        begin = office(8.0)(rng, window)
        start = begin[:1] if len(begin) else rng.random(1) * window.days * DAY
        return start + np.sort(rng.random(1 + rng.poisson(runs))) * hours * HOUR

    return times


def from_some_day(rhythm: Rhythm) -> Rhythm:
    """The same rhythm, but begun at some time after the first fifth of the window."""

    def times(rng: Rng, window: Window) -> Times:
        begin = (0.2 + 0.75 * rng.random()) * window.days * DAY
        drawn = rhythm(rng, window)
        return drawn[drawn >= begin]

    return times
