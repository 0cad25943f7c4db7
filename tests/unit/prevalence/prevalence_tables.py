"""A few words for small populations: who ran what on which days, as process starts, sightings, aspects and bits."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import in_order, sightings
from longtail.prevalence.behaviours import aspects, behaviours
from longtail.prevalence.habits import habits
from longtail.prevalence.judgement import model
from longtail.prevalence.likeness import Likeness
from longtail.prevalence.surprise import exposures, surprise

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SQL = r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\sqlservr.exe"
USUAL = r"C:\Windows\System32\conhost.exe"
TOOL = r"C:\ProgramData\sync\syncagent.exe"
ACCOUNT = r"NT SERVICE\MSSQLSERVER"
DAYS = range(10)


@dataclass(frozen=True, slots=True)
class Ran:
    """One image that an account of a host ran on some days (0 is the first), so many times on each."""

    host: str
    image: str = USUAL
    days: Sequence[int] = DAYS
    line: str | None = None
    parent: str = SQL
    tenant: str = "contoso"
    account: str = ACCOUNT
    times: int = 1
    minute: float = 0.0


def hosts(number: int, prefix: str = "db") -> list[str]:
    """Names of that many hosts."""
    return [f"{prefix}{each:02}" for each in range(number)]


def life(names: Iterable[str], days: Sequence[int] = DAYS, tenant: str = "contoso") -> list[Ran]:
    """What every host does every day."""
    return [Ran(name, days=days, tenant=tenant) for name in names]


def started(ran: Iterable[Ran]) -> pl.DataFrame:
    """The process starts of all that ran."""
    rows = [
        {
            "time": START + timedelta(days=day, minutes=each.minute, seconds=number),
            "tenant": each.tenant,
            "host": each.host,
            "account": each.account,
            "image": each.image,
            "command_line": each.line,
            "parent_image": each.parent,
            "pid": 400 + number,
            "record_id": f"{each.host}-{each.image}-{day}-{number}",
        }
        for each in ran
        for day in each.days
        for number in range(each.times)
    ]
    return pl.DataFrame(rows, schema=PROCESS_EVENT)


def seen(ran: Iterable[Ran]) -> pl.DataFrame:
    """The sightings of all that ran."""
    return in_order(sightings(started(ran)))


def placed(ran: Iterable[Ran]) -> pl.DataFrame:
    """The located habits of all that ran, all of them to be judged."""
    return model(habits([seen(ran)]).with_columns(judged=pl.lit(True)))[0]


def surprises(ran: Iterable[Ran]) -> pl.DataFrame:
    """How surprising each aspect of what ran is, on each host."""
    located = placed(ran)
    return surprise(aspects(behaviours(located)), exposures(located))


def bits(ran: Iterable[Ran], host: str, name: str = r"\programdata\sync\syncagent.exe") -> float:
    """How surprising it is, in bits, that a host ran an executable."""
    found = surprises(ran).filter(kind="executable", host=host, what=name)
    assert found.height == 1
    return float(found["bits"][0])


NOTHING_LIKE_IT = Likeness(None, None)


def anomaly(executable: str, line: str | None = None, /, **other: Any) -> dict[str, Any]:
    """One anomalous behaviour as a row: 8 bits, at the start, of nothing particular, unless told otherwise."""
    name = executable.rpartition("\\")[2]
    row = {
        "behaviour": next(_NUMBERS),
        "tenant": "contoso",
        "account_class": "mssql",
        "host": "db00",
        "account": ACCOUNT,
        "executable": executable,
        "name": name,
        "zone": "system",
        "hosted_by": None,
        "shape": name if line is None else line,
        "parent": SQL.lower(),
        "onset": START,
        "first_day": START.date(),
        "bits": 8.0,
        "executable_bits": 8.0,
        "told_bits": 0.0,
        "told_by": None,
        "told_kind": None,
        "traits": None,
        "hosts_with": 1,
        "hosts_of": 40,
        "days_with": 1,
        "days_of": 10,
        "runs_with": 1,
        "runs_of": 9000,
        "executable_same_moment": 0,
        "told_hosts": 0,
        "told_of_hosts": 39,
        "normal_hosts": 6,
        "normal_days": 3,
        "example_time": START,
        "example_image": "C:" + executable,
        "example_command_line": line,
        "example_parent_image": SQL,
        "example_parent_command_line": None,
        "example_pid": 400,
        "example_parent_pid": 4,
    } | other
    own = {"executable_hosts_with": row["hosts_with"], "executable_days_with": row["days_with"]}
    where = {"place": row["executable"].removesuffix(row["name"])}
    return own | where | row | {"example_time": row["onset"]}


_NUMBERS = itertools.count()
