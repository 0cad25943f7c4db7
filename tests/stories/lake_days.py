"""A store filled by hand, a day at a time: SQL Servers that do the same every day, and what else happens on some."""

import atexit
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from longtail import store
from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import sightings
from longtail.pipelines.judging import Detected, DetectRequest, detect
from longtail.pipelines.learning import Kept

FIRST = datetime(2026, 3, 2, tzinfo=UTC)
SQL = r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\sqlservr.exe"
SYSTEM32 = "C:\\Windows\\System32\\"
ACCOUNT = r"NT SERVICE\MSSQLSERVER"
EVERYDAY = (
    (SYSTEM32 + "cmd.exe", r"cmd /c dir E:\backup"),
    (SYSTEM32 + "cmd.exe", r"cmd /c del E:\backup\old.bak"),
    (SYSTEM32 + "conhost.exe", r"\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1"),
    (SQL.replace("sqlservr", "DatabaseMail"), "DatabaseMail.exe -S DB -i 1"),
)
ATTACK = (
    (SYSTEM32 + "taskkill.exe", "taskkill /im 360rp.exe /f"),
    (SYSTEM32 + "ftp.exe", "ftp -s:So.2"),
    (r"C:\Users\Public\Svn.exe", r"C:\Users\Public\Svn.exe -install"),
)
TOOL = ((r"C:\ProgramData\sync\syncagent.exe", "syncagent.exe --once"),)

Told = Sequence[tuple[str, str]]


@dataclass
class Lake:
    """A store of so many hosts of some tenants, and the clock it is filled by."""

    place: str
    hosts: int = 12
    tenants: tuple[str, ...] = ("contoso",)
    day: int = 0
    waiting: list[tuple[str, str, Told, int]] = field(default_factory=list)

    @property
    def kept(self) -> Kept:
        """As the pipelines know it."""
        return Kept(self.place)

    @property
    def now(self) -> datetime:
        """The evening of the day that was filled last."""
        return FIRST + timedelta(days=self.day)

    def runs(self, host: str, told: Told, tenant: str = "contoso", hour: int = 21) -> None:
        """On the next day a host's SQL Server runs that, too."""
        self.waiting.append((tenant, host, told, hour))

    def days(self, number: int = 1) -> None:
        """Fills so many days, one commit a day."""
        for _ in range(number):
            usual = [
                (each, f"{each[:2]}db{host:02}", EVERYDAY, 4) for each in self.tenants for host in range(self.hosts)
            ]
            self.fill([*usual, *self.waiting], f"day {self.day}")
            self.waiting.clear()
            self.day += 1

    def fill(self, ran: Iterable[tuple[str, str, Told, int]], unit: str) -> None:
        """One commit of what ran on the day of the clock."""
        rows = [
            {
                "time": FIRST + timedelta(days=self.day, hours=hour, minutes=number),
                "tenant": tenant, "host": host, "account": ACCOUNT, "image": image, "command_line": line,
                "parent_image": SQL, "pid": 400 + number, "record_id": f"{host}-{self.day}-{number}",
            }
            for tenant, host, told, hour in ran
            for number, (image, line) in enumerate(told)
        ]  # fmt: skip
        table = store.created(self.place)
        store.appended(table, sightings(pl.DataFrame(rows, schema=PROCESS_EVENT)), [unit], [unit])

    def detect(self, **asked: object) -> Detected:
        """What is news, this evening."""
        return detect(DetectRequest(self.kept, **asked), self.now)  # type: ignore[arg-type]

    def date(self, day: int) -> date:
        """The date of a day by its number."""
        return (FIRST + timedelta(days=day)).date()


def lake(folder: Path, days: int = 7, hosts: int = 12, *, judged: bool = False) -> Lake:
    """A store with so many quiet days, none or all of them judged: a copy, to do as one likes with."""
    made = _filled(days, hosts, judged)
    place = folder / "lake"
    shutil.copytree(made.place, place)
    return replace(made, place=str(place), waiting=[])


@cache
def _filled(days: int, hosts: int, judged: bool) -> Lake:
    """Filled once a process: what many tests begin with."""
    folder = Path(tempfile.mkdtemp(prefix="longtail-lake-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if judged:
        made = lake(folder, days, hosts)
        assert made.detect().new == 0
        return made
    made = Lake(str(folder / "lake"), hosts)
    made.days(days)
    return made
