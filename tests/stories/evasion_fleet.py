"""A small quiet fleet of SQL Servers, kept as sightings, and the means to let a few process starts happen in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import polars as pl

from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import in_order, merge, sightings
from longtail.fleet import Plan, events
from longtail.prevalence.findings import Alert, Severity
from longtail.prevalence.judgement import judged
from longtail.settings import Settings

PLAN = Plan(machines=40, days=10, seed=1, tenants=1, preset="sql", quiet=True, intensity=0.3)
TENANT = "contoso"
ATTACKED = datetime(2026, 3, 9, 3, 12, tzinfo=UTC)  # the eighth of ten days
CMD = r"C:\Windows\System32\cmd.exe"
TOP = 3
"""An attack is found when its alert is at medium or above and no more than two others stand before it."""


@dataclass(frozen=True, slots=True)
class Place:
    """An engine's account on a host: who runs what ``xp_cmdshell`` is told, and below which image."""

    host: str
    account: str
    engine: str

    @property
    def binn(self) -> str:
        """The engine's own folder."""
        return self.engine.rpartition("\\")[0]


@dataclass(frozen=True, slots=True)
class Start:
    """One process start; without a parent it is a child of the engine."""

    image: str
    command_line: str
    parent: str = ""
    parent_command_line: str = ""


@cache
def quiet() -> pl.DataFrame:
    """The sightings of the fleet before anything happens to it."""
    return in_order(merge([merge(sightings(chunk) for chunk in events(PLAN))]))


@cache
def places() -> tuple[Place, ...]:
    """Every engine of the fleet that the whole window has seen at work."""
    told = quiet().filter(
        (pl.col("account_class") == "mssql") & pl.col("example_parent_image").str.ends_with("sqlservr.exe")
    )
    found = (
        told.group_by("host", "account")
        .agg(pl.col("example_parent_image").sort().first(), pl.col("day").n_unique().alias("days"))
        .filter(pl.col("days") == PLAN.days)
        .unique("host", keep="none")
        .sort("host")
    )
    return tuple(Place(*row[:3]) for row in found.iter_rows())


def xp(text: str, *programs: Start) -> tuple[Start, ...]:
    """What ``xp_cmdshell`` starts: the shell under the engine, and the programs under the shell."""
    line = rf'"{CMD}" /c {text}'
    return (Start(CMD, line), *(replace(each, parent=CMD, parent_command_line=line) for each in programs))


def happening(place: Place, starts: Iterable[Start], when: datetime = ATTACKED, apart: float = 20.0) -> pl.DataFrame:
    """Starts of the engine's account, so many seconds apart, as the sightings they give."""
    rows = [
        {
            "time": when + timedelta(seconds=apart * number),
            "tenant": TENANT,
            "host": place.host,
            "account": place.account,
            "image": each.image,
            "command_line": each.command_line,
            "parent_image": each.parent or place.engine,
            "parent_command_line": each.parent_command_line or None,
            "pid": 4000 + 4 * number,
            "parent_pid": 600,
            "source": "attack",
            "record_id": f"{place.host}-{when:%d%H%M}-{number}",
        }
        for number, each in enumerate(starts)
    ]
    return sightings(pl.DataFrame(rows, schema=PROCESS_EVENT))


def alerts(*happened: pl.DataFrame) -> tuple[Alert, ...]:
    """The alerts of the fleet when this happened in it, most alarming first."""
    return _undisturbed() if not happened else _judged(happened)


@cache
def _undisturbed() -> tuple[Alert, ...]:
    return _judged(())


def _judged(happened: Sequence[pl.DataFrame]) -> tuple[Alert, ...]:
    return judged(in_order(merge([quiet(), *happened])), Settings()).alerts


def rank_of(place: Place, found: Sequence[Alert], around: datetime = ATTACKED) -> tuple[int, Alert]:
    """Where the alert on what happened at a place stands, the first being 1, and the alert.

    Raises:
        LookupError: there is none.
    """
    for number, alert in enumerate(found, start=1):
        there = alert.host == place.host and alert.account == place.account
        if there and alert.first_seen - timedelta(hours=1) <= around <= alert.last_seen + timedelta(hours=1):
            return number, alert
    raise LookupError(f"no alert on {place.host} around {around:%m-%d %H:%M}")


def assert_found(place: Place, found: Sequence[Alert], around: datetime = ATTACKED) -> Alert:
    """The alert on what happened; it is medium or above and among the first."""
    number, alert = rank_of(place, found, around)
    assert alert.severity >= Severity.MEDIUM, f"only {alert.severity}, {number} of {len(found)}, score {alert.score}"
    assert number <= TOP, f"only {number} of {len(found)}, score {alert.score}"
    return alert


@cache
def calm() -> tuple[Place, ...]:
    """The engines that nothing is told of while the fleet is quiet: no alert of theirs helps an attack to be seen."""
    told = {(alert.host, alert.account) for alert in alerts()}
    return tuple(place for place in places() if (place.host, place.account) not in told)
