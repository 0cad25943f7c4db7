"""Severities from scores: what a quiet population's own tail would bring stays within the budget."""

import numpy as np
import numpy.typing as npt
import pytest

from longtail.prevalence.findings import Severity
from longtail.prevalence.severity import thresholds

HOST_DAYS = 4000
BUDGET = 2.0
ALLOWED = BUDGET * HOST_DAYS / 1000


def quiet(seed: int, number: int = 300, scale: float = 4.0) -> npt.NDArray[np.float64]:
    """Scores as a quiet population gives them: an exponential tail above the anomaly threshold."""
    return 6.0 + np.random.default_rng(seed).exponential(scale, number)


def _above(scores: npt.NDArray[np.float64], level: Severity, budget: float = BUDGET) -> int:
    cut = thresholds(scores, HOST_DAYS, budget, 0.0)
    return sum(cut.severity(float(score)) >= level for score in scores)


@pytest.mark.parametrize("scale", [1.0, 4.0, 12.0])
def test_a_quiet_population_brings_half_to_all_of_the_alerts_that_were_budgeted(scale: float) -> None:
    counts = [_above(quiet(seed, scale=scale), Severity.MEDIUM) for seed in range(60)]
    assert 0.4 * ALLOWED <= np.mean(counts) <= ALLOWED


def test_high_and_critical_are_a_tenth_and_a_hundredth_of_that() -> None:
    counts = [[_above(quiet(seed), level) for seed in range(60)] for level in (Severity.HIGH, Severity.CRITICAL)]
    assert np.mean(counts[0]) <= 0.2 * ALLOWED
    assert np.mean(counts[1]) <= 0.05 * ALLOWED


def test_more_budget_never_raises_a_threshold() -> None:
    cuts = [thresholds(quiet(1), HOST_DAYS, budget, 0.0) for budget in (0.0, 0.1, 1.0, 5.0, 50.0, 1000.0)]
    mediums = [cut.medium for cut in cuts]
    assert mediums == sorted(mediums, reverse=True)
    assert mediums[0] > mediums[-1]


def test_attacks_in_one_host_of_ten_hardly_move_the_thresholds() -> None:
    attacks = np.full(30, 200.0)
    before, after = (
        thresholds(scores, HOST_DAYS, BUDGET, 0.0) for scores in (quiet(3), np.concatenate([quiet(3), attacks]))
    )
    assert after.medium < 1.6 * before.medium < 200.0
    assert after.severity(200.0) is Severity.CRITICAL


@pytest.mark.parametrize("attacked", [1, 10, 40, 100, 150])
def test_the_more_is_attacked_the_same_attack_stays_alarming(attacked: int) -> None:
    """100 benign incidents: up to three of five are attacks, each as alarming as the others or more."""
    one = 120.0
    attacks = np.random.default_rng(attacked).uniform(40.0, 200.0, attacked)
    cut = thresholds(np.concatenate([quiet(3, 100), attacks]), HOST_DAYS, BUDGET, 0.0)
    assert cut.severity(one) >= (Severity.CRITICAL if attacked <= 40 else Severity.HIGH)


def test_thresholds_stand_in_order_and_never_below_the_least_score() -> None:
    for scores in (quiet(5), quiet(5, 3), np.array([]), np.full(50, 7.0)):
        cut = thresholds(scores, HOST_DAYS, BUDGET, 20.0)
        assert 20.0 <= cut.medium < cut.high < cut.critical < np.inf


@pytest.mark.parametrize("number", [0, 1, 5, 11])
def test_few_scores_ask_for_more_than_a_lone_surprise(number: int) -> None:
    cut = thresholds(quiet(7, number), 30, BUDGET, 0.0)
    assert cut.medium > 16.0


def test_each_severity_begins_at_its_threshold() -> None:
    cut = thresholds(quiet(1), HOST_DAYS, BUDGET, 0.0)
    edges = [cut.severity(score) for score in (cut.medium - 1e-6, cut.medium, cut.high, cut.critical)]
    assert edges == [Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]
