"""Alerts of generated fleets → what being normal would really have cost the attacker, beside the price printed.

Whatever an alert shows is done again before, and the fleet is judged anew: on the same host on the days before it
(``repeats``), on so many other hosts days before (``spreads``), or once on the same host and then waited (``waits``).

python -m bench.poisoning --seeds 20
python -m bench.poisoning --seeds 3 --machines 24 --days 10
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

import click
import polars as pl

from bench.spread import table
from longtail.executions.claims import reclassified
from longtail.executions.sightings import in_order, merge, sightings
from longtail.fleet import Plan, events
from longtail.prevalence.findings import Alert, Execution
from longtail.prevalence.grounds import Memory
from longtail.prevalence.habits import habits
from longtail.prevalence.judgement import judged, meant
from longtail.settings import Settings

DEAREST = 16  # host-days that are tried
SPREAD_BEFORE = 3  # days before the act on which other hosts show it: not of the same moment
TIMES = ("first_seen", "last_seen", "example_time")


@dataclass(frozen=True, slots=True)
class Victim:
    """One execution that an alert told: its sighting, and the price that was printed, in host-days."""

    seed: int
    row: pl.DataFrame
    executable: str
    printed: int

    @property
    def day(self) -> date:
        """When it was seen."""
        found: date = self.row["day"][0]
        return found


@dataclass(frozen=True, slots=True)
class Fleet:
    """The sightings of a fleet, which accounts run what on which host, and what its texts mean."""

    seen: pl.DataFrame
    accounts: pl.DataFrame
    memory: Memory

    def alerts(self, more: pl.DataFrame | None = None) -> tuple[Alert, ...]:
        """What a hunt tells of it, with more sightings in it."""
        whole = self.seen if more is None else in_order(merge([self.seen, more]))
        return judged(whole, Settings(), ("auto",), None, self.memory).alerts


@dataclass(frozen=True, slots=True)
class Paid:
    """What an attacker paid in host-days until an execution was told no more (None: not within ``DEAREST``)."""

    victim: Victim
    how: str
    paid: int | None

    @property
    def kept(self) -> bool:
        """Whether it is at least the printed price."""
        return self.paid is None or self.paid >= self.victim.printed


def fleet(plan: Plan) -> Fleet:
    """A generated fleet, ready to be judged again and again."""
    seen = in_order(merge(map(sightings, events(plan))))
    of_class = reclassified(seen).group_by("tenant", "host", "account_class").agg(pl.col("account").sort().first())
    return Fleet(seen, of_class.sort("tenant", "host"), Memory(meant=meant(habits([seen]), Settings())))


def victims(fleet: Fleet, seed: int, most: int) -> list[Victim]:
    """The most surprising executions of the worst alerts, one an alert, that stand for one sighting of one day."""
    found = []
    for alert in fleet.alerts():
        told = [each for each in alert.executions if each.role == "anomaly" and not alert.hosts]
        for each in sorted(told, key=lambda each: (-each.surprise, each.executable))[:1]:
            row = _sighting(fleet, alert, each)
            if row.height == 1 and each.normal_at:
                found.append(Victim(seed, row, each.executable, each.normal_at.hosts * each.normal_at.days))
    return found[:most]


def _sighting(fleet: Fleet, alert: Alert, told: Execution) -> pl.DataFrame:
    return fleet.seen.filter(
        (pl.col("tenant") == alert.tenant)
        & (pl.col("host") == alert.host)
        & (pl.col("account") == alert.account)
        & (pl.col("example_time") == told.time)
        & pl.col("example_command_line").eq_missing(pl.lit(told.command_line, pl.String))
        & pl.col("hosted_by").eq_missing(pl.lit(told.hosted_by, pl.String))
    )


def repeats(fleet: Fleet, victim: Victim, paid: int) -> pl.DataFrame:
    """The same on the same host on each of so many days before."""
    return pl.concat(_moved(victim.row, days) for days in range(1, paid + 1))


def waits(fleet: Fleet, victim: Victim, paid: int) -> pl.DataFrame:
    """The same on the same host once, so many days before."""
    return _moved(victim.row, paid)


def spreads(fleet: Fleet, victim: Victim, paid: int) -> pl.DataFrame:
    """The same on so many other hosts, by their own accounts of that class, once each and days before."""
    kind = reclassified(fleet.seen).filter(pl.col("host") == victim.row["host"][0]).join(
        victim.row.select("tenant", "account"), on=["tenant", "account"], how="semi"
    )["account_class"][0]  # fmt: skip
    others = fleet.accounts.filter(
        (pl.col("account_class") == kind)
        & (pl.col("tenant") == victim.row["tenant"][0])
        & (pl.col("host") != victim.row["host"][0])
    ).head(paid)
    return _moved(victim.row, SPREAD_BEFORE).drop("host", "account").join(
        others.select("host", "account"), how="cross"
    ).select(victim.row.columns)  # fmt: skip


HOWS: tuple[Callable[[Fleet, Victim, int], pl.DataFrame], ...] = (repeats, spreads, waits)


def _moved(row: pl.DataFrame, days: int) -> pl.DataFrame:
    back = pl.duration(days=days)
    return row.with_columns(pl.col("day") - back, *(pl.col(name) - back for name in TIMES))


def silent(fleet: Fleet, victim: Victim, how: Callable[[Fleet, Victim, int], pl.DataFrame], paid: int) -> bool:
    """Whether the execution is an anomaly of no alert any more, once so much was paid."""
    here = (victim.row["tenant"][0], victim.row["host"][0])
    line = victim.row["example_command_line"][0]
    told = (
        each
        for alert in fleet.alerts(how(fleet, victim, paid))
        if (alert.tenant, alert.host) == here and not alert.hosts
        for each in alert.executions
        if each.role == "anomaly" and each.surprise >= Settings().anomaly_bits
    )
    return not any((each.executable, each.command_line) == (victim.executable, line) for each in told)


def paid(fleet: Fleet, victim: Victim) -> Iterator[Paid]:
    """What each way of poisoning costs."""
    first = min(fleet.seen["day"].to_list())
    for how in HOWS:
        room = DEAREST if how is spreads else (victim.day - first) // timedelta(days=1)
        prices = (price for price in range(1, min(DEAREST, room) + 1) if silent(fleet, victim, how, price))
        yield Paid(victim, how.__name__, next(prices, None))


@click.command(help=__doc__)
@click.option("--seeds", default=20, show_default=True)
@click.option("--machines", default=30, show_default=True)
@click.option("--days", default=12, show_default=True)
@click.option("--victims", "most", default=2, show_default=True, help="Alerts of each fleet.")
def command(seeds: int, machines: int, days: int, most: int) -> None:
    """Poison the worst alerts of each seed's fleet, in every way, and tell what it took."""
    found: list[Paid] = []
    for seed in range(1, seeds + 1):
        plan = Plan(machines=machines, days=days, seed=seed, tenants=1, preset="sql", attacks=3, intensity=0.05)
        made = fleet(plan)
        for victim in victims(made, seed, most):
            found += paid(made, victim)
            click.echo(f"seed {seed}: {victim.executable} at {victim.printed}: {_short(found[-3:])}", err=True)
    click.echo(told(found))


def _short(found: Sequence[Paid]) -> str:
    return ", ".join(f"{each.how} {'-' if each.paid is None else each.paid}" for each in found)


def told(found: Sequence[Paid]) -> str:
    """A table by way of poisoning: paid beside printed, and how often the price was kept."""
    rows = [["how", "alerts", "silenced", "printed, median", "paid, median", "least paid/printed", "kept"]]
    for how in HOWS:
        of_how = [each for each in found if each.how == how.__name__]
        known = [(each.paid, each.victim.printed) for each in of_how if each.paid is not None]
        rows.append([
            how.__name__, str(len(of_how)), str(len(known)),
            f"{median(printed for _, printed in known):g}" if known else "",
            f"{median(paid for paid, _ in known):g}" if known else "",
            f"{min(paid / printed for paid, printed in known):.2f}" if known else "",
            f"{sum(each.kept for each in of_how)} of {len(of_how)}",
        ])  # fmt: skip
    return table(rows)


if __name__ == "__main__":
    command()
