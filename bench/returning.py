"""Attacks of generated fleets, done again on other days → how many of them are still found.

Every short attack is taken away and done on the days of a pattern instead, on the same host at the same hour, and the
fleet is hunted anew. An attack is found when one of the first K alerts, or 2K, is about its host and one of its days.

python -m bench.returning --seeds 1-2
python -m bench.returning --seeds 1 --days "0,1,2,3" --days "4,6"
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import click
import polars as pl

from bench.fleets import Fleet, fleet
from bench.matching import matches
from bench.product import product
from bench.quality import seeds as seeds_of
from bench.spread import table
from longtail.engines import local
from longtail.executions.sightings import in_order, merge
from longtail.fleet import Incident, Plan

PATTERNS = ("0", "0,3", "0,1,2,3,4,5,6,7", "5,6", "5,6,7,8", "5,9,12")
SHORT = timedelta(hours=20)  # a longer attack has days of its own
TIMES = ("day", "first_seen", "last_seen", "example_time")


@dataclass(frozen=True, slots=True)
class Found:
    """Of so many attacks, done on the days of a pattern (none: as they were made), how many are found."""

    pattern: str
    attacks: int
    first: int
    twice: int
    raised: int


@dataclass(frozen=True, slots=True)
class Returning:
    """A plan → what is found of its attacks, pattern by pattern; runs in a worker."""

    patterns: tuple[str, ...]
    cache: Path | None

    def __call__(self, plan: Plan) -> list[Found]:
        made = fleet(plan, self.cache)
        short = [each for each in made.truth.incidents if each.last_seen - each.first_seen <= SHORT]
        return [self._found(made, short, pattern) for pattern in ("", *self.patterns)]

    def _found(self, made: Fleet, short: Sequence[Incident], pattern: str) -> Found:
        days = [made.plan.start.date() + timedelta(days=int(day)) for day in pattern.split(",") if day]
        done = [on_day(each, day) for each in short for day in days] or short
        seen = moved(made.sightings, short, days) if days else made.sightings
        ranked = product(replace(made, sightings=seen))
        hits, count = matches(ranked, done), len(made.truth.incidents)
        raised = [hit for hit, high in zip(hits, ranked["raised"].to_list(), strict=True) if high]
        told = (_distinct(each) for each in (hits[:count], hits[: 2 * count], raised))
        return Found(pattern or "once", len(short), *told)


def _distinct(hits: Sequence[Incident | None]) -> int:
    return len({hit.id for hit in hits if hit is not None})


def on_day(attack: Incident, day: date) -> Incident:
    """The attack as if it had been done on another day."""
    by = _by(attack, day)
    return replace(attack, first_seen=attack.first_seen + by, last_seen=attack.last_seen + by)


def moved(seen: pl.DataFrame, attacks: Sequence[Incident], days: Sequence[date]) -> pl.DataFrame:
    """The sightings with the attacks' own on other days."""
    rows = seen.with_row_index("row")
    own = [(attack, _own(rows, attack)) for attack in attacks]
    left = rows.join(pl.concat([each.select("row") for _, each in own]), on="row", how="anti")
    again = (each.with_columns(pl.col(TIMES) + _by(attack, day)) for attack, each in own for day in days)
    return in_order(merge(each.drop("row") for each in (left, *again)))


def _own(rows: pl.DataFrame, attack: Incident) -> pl.DataFrame:
    """The sightings that began and ended within an attack, of its account on its hosts."""
    return rows.filter(
        (pl.col("tenant") == attack.tenant)
        & pl.col("host").is_in([host.lower() for host in attack.hosts])
        & (pl.col("account").str.to_lowercase() == attack.account.lower())
        & (pl.col("first_seen") >= attack.first_seen)
        & (pl.col("last_seen") <= attack.last_seen)
    )


def _by(attack: Incident, day: date) -> timedelta:
    return timedelta(days=(day - attack.first_seen.date()).days)


@click.command(help=__doc__)
@click.option("--seeds", default="1-2", show_default=True)
@click.option("--machines", default=300, show_default=True)
@click.option("--span", default=14, show_default=True, help="Days of the fleets.")
@click.option(
    "--days", "patterns", default=PATTERNS, multiple=True, show_default=True, help="On which days; repeatable."
)
@click.option("--processes", default=2, show_default=True)
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder that keeps the fleets.")
def command(
    seeds: str, machines: int, span: int, patterns: tuple[str, ...], processes: int, cache: Path | None
) -> None:
    """Measure and tell."""
    plans = [Plan(seed=seed, machines=machines, days=span) for seed in seeds_of(seeds)]
    found = list(local.mapped(Returning(patterns, cache), plans, processes))
    click.echo(table([["done on days", "attacks", "in the first K", "2K", "medium or above"], *_rows(found)]))


def _rows(found: Sequence[Sequence[Found]]) -> Iterator[list[str]]:
    for same in zip(*found, strict=True):
        totals = (sum(getattr(each, name) for each in same) for name in ("attacks", "first", "twice", "raised"))
        yield [same[0].pattern, *map(str, totals)]


if __name__ == "__main__":
    command()
