"""How a verb ends: what it found and what it could not read in, its exit code out."""

from collections.abc import Iterable
from typing import Any

from longtail.cli.options import LEVELS
from longtail.cli.troubles import lossy

FINDINGS, QUARANTINED, INTERRUPTED = 3, 4, 130
PORTS_SCORE = dict(zip(LEVELS, (0.0, 0.0, 0.25, 0.5, 0.75), strict=True))
"""The least score of a recommendation of each level."""


def ending(readings: Iterable[Any], *, severe: object = False) -> int:
    """3 where something was ``severe`` enough to fail on, else 4 where records were lost, else 0."""
    if severe:
        return FINDINGS
    return QUARANTINED if any(map(lossy, readings)) else 0


def ports_ending(found: Any, fail_on: str | None) -> int:
    """How ``ports`` and ``recommend`` end: severe is a finding, not excepted, with at least the score of a level."""
    least = PORTS_SCORE.get(fail_on or "")
    findings = (each.score for each in found.recommendations if each.verdict.finding and not each.excepted)
    return ending(found.readings, severe=least is not None and any(score >= least for score in findings))


def severe_alerts(alerts: Iterable[Any], fail_on: str | None) -> bool:
    """Whether an alert is at least of the level to fail on."""
    return bool(fail_on) and any(each.severity >= LEVELS.index(fail_on or "") for each in alerts)
