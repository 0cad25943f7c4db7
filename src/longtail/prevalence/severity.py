"""Incident scores → severities: how many false alarms a score that high would bring, by the population's own tail.

Benign rarities make a tail of their own. Its body (the lower quantiles of the scores, which attacks cannot fill
unless most machines are under attack) gives the rate at which it falls off (an exponential tail, by its mean excess);
a severity is the score above which that tail would bring fewer than the budgeted alerts per 1,000 host-days.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from longtail.prevalence.findings import Severity

BODY = (0.25, 0.80)  # the quantiles of the incidents' scores that the tail is fitted on
LEAST_SCORES = 12  # with fewer incidents than this the tail cannot be fitted
HEAVIER = 0.45  # benign tails are heavier than their body says: with 1.0, quiet fleets had twice the budget
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
        return 8.0, 8.0, float(max(scores.size, 1))
    low, high = np.quantile(scores, BODY)
    body = scores[(scores >= low) & (scores <= high)]
    censored = int((scores > high).sum())
    # The maximum-likelihood mean excess when what lies above the body is only known to lie above it.
    scale = (float((body - low).sum()) + censored * float(high - low)) / max(body.size, 1)
    return max(scale, 0.5), float(low), float((scores >= low).sum())
