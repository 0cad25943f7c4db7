"""Habits: a month of sightings in a tenth of the rows. Judging by them is judging by the sightings themselves."""

from datetime import UTC, datetime, time, timedelta
from functools import cache

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from longtail import store
from longtail.executions.sightings import in_order, merge, sightings
from longtail.fleet import Plan, events
from longtail.ledger.memory import unlearnt
from longtail.ledger.verdicts import Unlearned
from longtail.pipelines.judging import DetectRequest, detect
from longtail.pipelines.learning import Kept
from longtail.prevalence.habits import HABIT, SAME, Past, added, days_of, habits, sightings_in, without_sightings
from longtail.prevalence.judgement import Judgement, judged
from longtail.settings import Settings

SEEDS = (3, 5, 11)


@cache
def fleet(seed: int) -> pl.DataFrame:
    """Nine days of thirty hosts of two tenants, attacks among them."""
    plan = Plan(machines=30, days=9, seed=seed, tenants=2, intensity=0.05, attacks=5)
    return in_order(merge(map(sightings, events(plan))))


def parted(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sightings of all days but the last, and those of the last."""
    table = fleet(seed)
    last = sorted(table["day"].unique())[8]
    return table.filter(pl.col("day") < last), table.filter(pl.col("day") == last)


def one_a_day(seen: pl.DataFrame) -> Past:
    """Every sighting as a habit of its own day: nothing is added together."""
    each = seen.with_columns(pl.concat_list("day").alias("days")).select(list(HABIT))
    return Past(each, lambda wanted: seen.join(wanted, on=wanted.columns, how="semi"))


def judged_by(past: pl.DataFrame | Past, seen: pl.DataFrame) -> Judgement:
    return judged(seen, Settings(), ("all",), past)


@pytest.mark.parametrize("seed", SEEDS)
def test_judging_by_habits_is_judging_by_the_sightings(seed: int) -> None:
    past, now = parted(seed)
    short, long = judged_by(past, now), judged_by(one_a_day(past), now)
    assert len(short.alerts) > 1
    assert short == long
    assert_frame_equal(short.grounds, long.grounds)


def test_however_sightings_are_cut_their_habits_are_the_same() -> None:
    past = fleet(5)
    whole = habits([past]).sort(SAME)
    by_day = habits(past.partition_by("day")).sort(SAME)
    by_host = added(habits([part]) for part in past.sample(fraction=1.0, shuffle=True, seed=1).iter_slices(900)).sort(
        SAME
    )
    assert_frame_equal(whole, by_day)
    assert_frame_equal(whole, by_host)
    assert whole["runs"].sum() == past["runs"].sum()
    assert whole.height < past.height


def test_the_days_of_habits_are_those_of_the_sightings() -> None:
    past = fleet(5)
    days = days_of(habits([past]), "tenant", "host")
    assert_frame_equal(days, past.select("tenant", "host", "day").unique(), check_row_order=False)
    assert habits([]).is_empty()


def test_what_is_judged_again_is_no_habit_of_before() -> None:
    past, now = parted(5)
    whole = habits([past, now])
    left = without_sightings(whole, now)
    assert sightings_in(left) == past.height
    assert left["runs"].sum() == past["runs"].sum()
    assert_frame_equal(days_of(left, *SAME), days_of(habits([past]), *SAME), check_row_order=False)


@pytest.mark.parametrize(("before", "left"), [(0, 9), (1, 8), (1.5, 7), (9, 0)])
def test_what_is_unlearnt_is_gone_from_the_days_of_a_habit(before: float, left: int) -> None:
    table = fleet(5).filter(pl.col("day") - pl.col("day").min() < pl.duration(days=9))
    host = table["host"].mode().sort()[0]
    moment = datetime.combine(table["day"].min(), time(), UTC) + timedelta(days=before)  # type: ignore[arg-type]
    gone = [Unlearned("compromised", moment, host=host, before=moment)]
    kept = unlearnt(habits([table]), gone)
    days = days_of(kept, "host")
    assert days.filter(host=host).height == left
    assert kept.filter(pl.col("host") != host).height == habits([table]).filter(pl.col("host") != host).height


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_a_store_is_judged_as_its_sightings_are(seed: int, tmp_path) -> None:  # type: ignore[no-untyped-def]
    past, now = parted(seed)
    place = str(tmp_path / "lake")
    for number, part in enumerate((past.head(2000), pl.concat([past.slice(2000), now]))):
        store.appended(store.created(place), part, [f"part {number}"], [])
    evening = now["last_seen"].max() + timedelta(hours=1)
    since = now["first_seen"].min()
    found = detect(DetectRequest(Kept(place), since=since, accounts=("all",)), evening).hunt
    assert found.alerts == judged_by(past, now).alerts
    assert found.alerts
