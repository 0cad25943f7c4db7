"""Attacks done on other days: nothing of them stays where it was, and everything comes again."""

from datetime import timedelta

import polars as pl
from bench.fleets import fleet
from bench.returning import moved, on_day

from longtail.fleet import Plan


def test_an_attack_is_moved_whole_and_nothing_else() -> None:
    made = fleet(Plan(machines=30, days=6, seed=4, attacks=2, intensity=0.1), None)
    attack = next(each for each in made.truth.incidents if each.last_seen - each.first_seen < timedelta(hours=20))
    days = [made.plan.start.date() + timedelta(days=day) for day in (0, 4)]
    again = moved(made.sightings, [attack], days)
    its = pl.col("host").is_in([host.lower() for host in attack.hosts])

    def within(table: pl.DataFrame, one: timedelta) -> int:
        span = (pl.col("first_seen") >= attack.first_seen + one) & (pl.col("last_seen") <= attack.last_seen + one)
        account = pl.col("account").str.to_lowercase() == attack.account.lower()
        return table.filter(its & account & span)["runs"].sum()

    starts = within(made.sightings, timedelta(0))
    shifts = [on_day(attack, day).first_seen - attack.first_seen for day in days]
    assert starts > 0
    assert [within(again, by) - within(made.sightings, by) for by in shifts if by] == [starts] * len(
        list(filter(None, shifts))
    )
    assert again["runs"].sum() == made.sightings["runs"].sum() + starts * (len(days) - 1)
