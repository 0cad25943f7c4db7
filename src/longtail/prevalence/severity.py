"""Incident scores → severities: how many false alarms a score that high would bring, by the population's own tail.

Benign rarities make a tail of their own. Its lowest part gives the rate at which it falls off (an exponential tail, by
its mean excess); a severity is the score above which that tail would bring fewer than the budgeted alerts per 1,000
host-days. Attacks score high: that part stays free of them until they are most of all incidents, and then the bound on
the rate still lets the worst be told.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from longtail.prevalence.findings import Severity

BODY = 0.3  # the share of the incidents, the least alarming ones, that the tail is fitted on
USUAL_SCALE = 8.0  # bits of mean excess where too little is known
STEEPEST, FLATTEST = 0.5, 2 * USUAL_SCALE  # bits of mean excess: no population's ordinary life was seen to leave these
LEAST_SCORES = 12  # with fewer incidents than this the tail cannot be fitted
HEAVIER = 0.65  # benign tails are heavier than their body says
SHARE_OF_BUDGET = {Severity.MEDIUM: HEAVIER, Severity.HIGH: 0.1 * HEAVIER, Severity.CRITICAL: 0.01 * HEAVIER}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The scores from which an incident is of each severity; anything below ``medium`` is low."""

    medium: float
    high: float
    critical: float

    def severity(self, score: float) -> Severity:
        """The severity of an incident's score (bits)."""
        if score >= self.critical:
            return Severity.CRITICAL
        if score >= self.high:
            return Severity.HIGH
        return Severity.MEDIUM if score >= self.medium else Severity.LOW


def thresholds(scores: npt.NDArray[np.float64], host_days: int, budget: float, least: float) -> Thresholds:
    """The score of each severity, for ``budget`` false alerts at medium or above per 1,000 host-days.

    ``least`` is the lowest medium threshold: one surprise alone, however unusual its company, is not an incident.
    """
    scale, start, above = _tail(scores)
    levels = []
    for share in SHARE_OF_BUDGET.values():
        allowed = max(budget * share * max(host_days, 1) / 1000.0, 1e-6)
        levels.append(start + scale * max(math.log(max(above, 1e-9) / allowed), 0.0))
    medium = max(levels[0], least)
    return Thresholds(medium, max(levels[1], medium + scale), max(levels[2], medium + 2 * scale))


def _tail(scores: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """(mean excess in bits, where the tail starts, how many incidents lie above) of the exponential tail."""
    if scores.size < LEAST_SCORES:
        return USUAL_SCALE, USUAL_SCALE, float(max(scores.size, 1))
    low, high = scores.min(), np.quantile(scores, BODY)
    body = scores[scores <= high]
    # The mean excess of greatest likelihood when what lies above the body is only known to lie above it.
    excess = float((body - low).sum()) + (scores.size - body.size) * float(high - low)
    scale = excess / body.size * (1 + 1 / math.sqrt(body.size))  # a standard error above: of few, little is known
    return min(max(scale, STEEPEST), FLATTEST), float(low), float(scores.size)
