"""A hunt → what of it a page shows, and how far: the limits of a page, each said where it cuts."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from longtail.outputs.wording import count, stamp
from longtail.prevalence.findings import Alert, Bar, Execution, Hunt, Population, Prevalence

ALERTS_OPEN = 50
ALERTS_SHOWN = 1_000
STEPS_SHOWN = 100
CHARTS_SHOWN = 40
POPULATIONS_SHOWN = 200
ROWS_SHOWN = 200

METER = 72.0

_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class AlertShown:
    """An alert with its rank, which is its anchor on the page, and the ranks of the alerts that resemble it."""

    rank: int
    alert: Alert
    similar: tuple[tuple[int, str], ...]
    open: bool


@dataclass(frozen=True, slots=True)
class PopulationShown:
    """A judged population, whether it is drawn, and the rows of its table."""

    population: Population
    drawn: bool
    rows: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a story: ``day`` where a new one begins, ``priced`` where its nearest normal is not the last told."""

    execution: Execution
    day: str | None
    priced: bool


def lead(hunt: Hunt) -> str:
    """The page in one sentence."""
    found = count(len(hunt.alerts), "alert") if hunt.alerts else "Nothing stood out"
    return (
        f"{found} in {count(hunt.process_starts, 'process start')} on {count(hunt.hosts, 'host')}, "
        f"{stamp(hunt.first_seen)[:10]} to {stamp(hunt.last_seen)[:10]}"
    )


def alerts_shown(alerts: Sequence[Alert]) -> list[AlertShown]:
    """The most alarming of them; the first ones unfolded."""
    titles = {alert.id: (rank, alert.title) for rank, alert in enumerate(alerts[:ALERTS_SHOWN], 1)}
    return [
        AlertShown(rank, alert, tuple(titles[each] for each in alert.similar if each in titles), rank <= ALERTS_OPEN)
        for rank, alert in enumerate(alerts[:ALERTS_SHOWN], 1)
    ]


def populations_shown(populations: Sequence[Population]) -> list[PopulationShown]:
    """The judged ones, those with something in an alert first; so many of them as charts."""
    judged = sorted((each for each in populations if each.judged), key=lambda each: not _alarming(each))
    return [
        PopulationShown(each, at < CHARTS_SHOWN and bool(each.bars), each.bars[:ROWS_SHOWN])
        for at, each in enumerate(judged[:POPULATIONS_SHOWN])
    ]


def story(executions: Sequence[Execution]) -> Iterator[Step]:
    """The steps in order, each with what it does not share with the step before."""
    day, normal = None, None
    for each in executions[:STEPS_SHOWN]:
        today, strange = stamp(each.time)[:10], each.role == "anomaly"
        nearest = (each.nearest_normal, each.normal_at)
        yield Step(each, None if today == day else today, strange and nearest != normal)
        day, normal = today, nearest if strange else normal


def meter(prevalence: Prevalence) -> float:
    """How far a bar of `METER` pixels is filled: hosts of hosts on a logarithmic scale, never quite empty."""
    if prevalence.hosts <= 0 or prevalence.of_hosts <= 1:
        return METER if prevalence.hosts else 0.0
    filled = 1 + math.log(min(prevalence.hosts / prevalence.of_hosts, 1.0)) / (math.log(prevalence.of_hosts) + 1)
    return round(METER * max(filled, 0.04), 1)


def technique_path(technique: str) -> str | None:
    """``T1562.001`` as it stands in an address of the ATT&CK pages; ``None`` for anything that is no such id."""
    return technique.replace(".", "/") if _TECHNIQUE.fullmatch(technique) else None


def _alarming(population: Population) -> bool:
    return any(bar.anomalous for bar in population.bars)
