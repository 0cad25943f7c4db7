"""A few hosts judged by kept counts: what judging everything says of them; and what a window remembers, and forgets."""

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from longtail.executions.sightings import merge, sightings
from longtail.fleet import Plan, events
from longtail.prevalence import window as windows
from longtail.prevalence.behaviours import ASPECT, POPULATION, UNIT, aspects, behaviours
from longtail.prevalence.habits import habits
from longtail.prevalence.judgement import judged, meant, model
from longtail.prevalence.population import measured, selected
from longtail.prevalence.standing import ONCE, Standing, standing
from longtail.prevalence.surprise import exposures, surprise, unit_rows, units
from longtail.prevalence.window import Window
from longtail.settings import Settings


@pytest.fixture(scope="module")
def fleet() -> pl.DataFrame:
    """Eight days of thirty hosts of two tenants, attacks among them."""
    plan = Plan(machines=30, days=8, seed=5, tenants=2, intensity=0.1)
    return merge(map(sightings, events(plan)))


@pytest.fixture(scope="module")
def chosen(fleet: pl.DataFrame) -> pl.DataFrame:
    """What of it is judged."""
    placed, _ = model(habits([fleet]).with_columns(judged=pl.lit(True)))
    return placed.join(selected(measured(placed), ("auto",), Settings()).filter("judged"), on=POPULATION, how="semi")


@pytest.fixture(scope="module")
def last_day(fleet: pl.DataFrame) -> date:
    return sorted(fleet["day"].unique())[7]


@pytest.fixture(scope="module")
def stands(fleet: pl.DataFrame, last_day: date) -> Standing:
    learnt = habits([fleet.filter(pl.col("day") < last_day)])
    return standing(learnt, Settings(), ("auto",), meant(learnt, Settings()))


def test_one_host_by_the_counts_of_all_surprises_as_it_does_among_all(chosen: pl.DataFrame) -> None:
    found, watched = aspects(behaviours(chosen)), exposures(chosen)
    counts = units(found, watched).counts
    whole = surprise(found, watched)
    for host in chosen["host"].unique().sort()[:6]:
        mine = pl.col("host") == host
        alone = surprise(found.filter(mine), watched.filter(mine), counts)
        keys = [*UNIT, *ASPECT, "stratum"]
        assert alone.height > 10
        assert_frame_equal(alone.sort(keys), whole.filter(mine).sort(keys), check_dtypes=False)


def test_what_a_host_did_before_is_no_news(fleet: pl.DataFrame, stands: Standing, last_day: date) -> None:
    window, again = Window(), pl.col("day").dt.offset_by("7d")
    before = fleet.filter(pl.col("day") < last_day).with_columns(again)
    assert stands.judged(before, window).alerts == ()
    assert window.hosts == {}
    news = fleet.filter(pl.col("day") >= last_day)
    assert stands.judged(news, window).alerts
    assert stands.judged(news, window).alerts == ()


def test_a_window_adds_to_the_counts_what_its_hosts_did_not_count_for_before(
    fleet: pl.DataFrame, stands: Standing, last_day: date
) -> None:
    window = Window()
    alarmed = {(each.tenant, each.host) for each in stands.judged(_from(fleet, last_day), window).alerts}
    hosts = [each for each in window.hosts if each not in alarmed]
    quiet = pl.DataFrame(hosts, schema=["tenant", "host"], orient="row")
    past = stands.learnt.of(hosts)
    both = pl.concat([past, window.of(hosts).select(past.columns)])
    before, after = (unit_rows(aspects(behaviours(each)), exposures(each)) for each in (past, both))
    for name in ("could", "show", "brief", "host_days"):
        news = after[name].join(before[name], on=ONCE[name], how="anti")
        assert 0 < news.height < after[name].height
        mine = window.added[name].join(quiet, on=["tenant", "host"], how="semi")
        assert_frame_equal(mine.sort(ONCE[name]), news.sort(ONCE[name]))


def _from(fleet: pl.DataFrame, day: date) -> pl.DataFrame:
    return fleet.filter(pl.col("day") >= day)


def test_the_worst_of_a_day_is_told_as_a_whole_judgement_tells_it(
    fleet: pl.DataFrame, stands: Standing, last_day: date
) -> None:
    past, now = fleet.filter(pl.col("day") < last_day), fleet.filter(pl.col("day") >= last_day)
    worst = judged(now, Settings(), ("auto",), past).alerts[0]
    told = {each.id: each for each in stands.judged(now, Window()).alerts}
    assert told[worst.id].score == pytest.approx(worst.score, rel=0.15)


def test_a_window_forgets_the_hosts_that_were_quiet_for_longest(
    fleet: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "MOST_ROWS", 50)
    monkeypatch.setattr(windows, "MOST_OF_HOST", 20)
    window = Window()
    parts = fleet.sort("tenant", "host").partition_by("tenant", "host", maintain_order=True)[:8]
    for part in parts:
        window.add(part)
    assert sum(each.height for each in window.hosts.values()) <= 50
    assert list(window.hosts)[-1] == (parts[-1]["tenant"][0], parts[-1]["host"][0])
    assert max(each.height for each in window.hosts.values()) <= 20
