"""Alerts and incidents: what counts as found, as wrong, as the same story twice."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from bench.matching import figures, matches
from bench.peers import RANKED
from bench.spread import quality_table, recall_by_recipe, spread

from longtail.fleet import Incident

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def incident(number: int, *hosts: str, recipe: str = "miner") -> Incident:
    return Incident(f"i{number}", "t", hosts[0], "a", "mssql", recipe, NOON, NOON + HOUR, hosts, (), "", ())


def ranked(*rows: tuple[str, datetime, datetime, bool]) -> pl.DataFrame:
    alerts = [("t", host, start, end, float(-number), raised) for number, (host, start, end, raised) in enumerate(rows)]
    return pl.DataFrame(alerts, schema=RANKED, orient="row")


INCIDENTS = (incident(1, "DB1"), incident(2, "DB2", "DB3", recipe="article"))


@pytest.mark.parametrize(
    ("host", "start", "end", "found"),
    [
        ("db1", NOON, NOON + HOUR, "i1"),
        ("DB1", NOON - HOUR, NOON, "i1"),
        ("db1", NOON + 2 * HOUR, NOON + 3 * HOUR, None),
        ("db1", NOON - 2 * HOUR, NOON - HOUR, None),
        ("db3", NOON, NOON, "i2"),
        ("db9", NOON, NOON, None),
    ],
)
def test_an_alert_concerns_the_incident_on_its_host_at_its_time(
    host: str, start: datetime, end: datetime, found: str | None
) -> None:
    (hit,) = matches(ranked((host, start, end, True)), INCIDENTS)
    assert (hit.id if hit else None) == found


def test_a_story_told_twice_is_found_once() -> None:
    of = figures(
        ranked(("db1", NOON, NOON, True), ("db1", NOON, NOON, True), ("db9", NOON, NOON, True)), INCIDENTS, 500
    )
    assert (of.found, of.precision, of.found_twice) == (0.5, 1.0, 0.5)
    assert of.alerts_per_incident == 2.0
    assert of.false_alerts == 2.0


def test_an_alert_around_the_attack_that_tells_nothing_of_it_shows_nothing() -> None:
    whole = ranked(("db1", NOON - HOUR, NOON + HOUR, True))
    before = whole.with_columns(moments=pl.Series([[NOON - HOUR]]))
    during = whole.with_columns(moments=pl.Series([[NOON - HOUR, NOON + HOUR / 2]]))
    assert figures(before, INCIDENTS, 1).shown == 0.0
    assert figures(during, INCIDENTS, 1).shown == 1.0


def test_only_what_is_raised_is_a_false_alert() -> None:
    of = figures(ranked(("db8", NOON, NOON, True), ("db9", NOON, NOON, False)), (), 1000)
    assert of.false_alerts == 1.0
    assert of.found == of.precision == 0.0


def test_the_weakest_recipe_comes_first() -> None:
    of = figures(ranked(("db1", NOON, NOON, True)), INCIDENTS, 1)
    assert list(recall_by_recipe([of, of]).items()) == [("article", (0, 2)), ("miner", (2, 2))]


def test_a_spread_tells_mean_and_ends() -> None:
    each = spread([0.2, 0.4, 0.6])
    assert (each.mean, each.least, each.most, each.deviation) == pytest.approx((0.4, 0.2, 0.6, 0.2))
    assert spread([1.0]).deviation == 0.0


def test_the_table_has_a_row_a_model_and_all_columns_in_line() -> None:
    of = figures(ranked(("db1", NOON, NOON, True)), INCIDENTS, 1)
    lines = quality_table({"one": [of], "another": [of]}, {"one": [of]}).splitlines()
    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1
