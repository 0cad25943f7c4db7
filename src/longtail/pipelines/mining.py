"""Article 1, the detection factory: alerts × the starts of the whole fleet → rules that stand alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from longtail import telemetry
from longtail.detections.backtest import distinct_starts, merge
from longtail.detections.classes import classed
from longtail.detections.mining import Mined, mined
from longtail.detections.tried import RuleFiles
from longtail.pipelines.alert_lines import alert_objects
from longtail.pipelines.reading import Source, Tell, Waist, summed
from longtail.pipelines.rule_files import rule_files, rule_readings
from longtail.readings import Reading

STARTS = Waist(distinct_starts, merge)


def started(source: Source, tell: Tell = lambda progress: None) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """The distinct starts (``detections.backtest.STARTS``) of everything under the paths, and what each file gave.

    Raises:
        NothingToRead: no path matches.
    """
    starts, readings = summed(source, STARTS, tell)
    return classed(starts), readings


@dataclass(frozen=True, slots=True)
class MineRequest:
    """What to mine: the file of alerts, the telemetry they are held against, and the rules that there are already."""

    alerts: str
    paths: tuple[str, ...]
    options: telemetry.Options = field(default_factory=telemetry.Options)
    existing: tuple[str, ...] = ()
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Factory:
    """What mining gave, and what it was made of: alerts read, distinct starts and host-days held against, files."""

    mined: Mined
    alerts: int
    distinct_starts: int
    host_days: int
    existing: RuleFiles
    readings: tuple[Reading, ...]


def mine(request: MineRequest, tell: Tell = lambda progress: None) -> Factory:
    """Read alerts, existing rules and telemetry; make the rules; prove them on everything that ran.

    Raises:
        InputError: the alerts cannot be read.
        NothingToRead: a path matches no file.
        LongtailError: there are existing rules, and the extra for Sigma is not installed.
    """
    alerts, told = alert_objects(request.alerts)
    existing = rule_files(request.existing) if request.existing else RuleFiles()
    starts, readings = started(Source(request.paths, request.options, request.processes), tell)
    return Factory(
        mined=_placed(mined(alerts, starts, existing.rules), told),
        alerts=len(alerts),
        distinct_starts=starts.height,
        host_days=starts.select("tenant", "host", "day").n_unique(),
        existing=existing,
        readings=(*troubled(told), *rule_readings(existing), *readings),
    )


def _placed(found: Mined, told: Reading) -> Mined:
    """What was mined, with the alerts that could not be read and the lines they stand on."""
    return replace(found, quarantined=told.examples)


def troubled(*readings: Reading) -> Sequence[Reading]:
    """Those of which something could not be used."""
    return [each for each in readings if each.quarantined]
