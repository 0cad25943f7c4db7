"""Small made-up fleets for the tests of ``ports``: a machine is a few words, the tables are written from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl

from longtail.executions.paths import executable
from longtail.ports.evidence import ATTACKED, INVENTORY, LISTENING, Evidence
from longtail.ports.openings import Machine, Network, Opening, Rule, Scope

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 14

WINDOWS = [rf"C:\Windows\System32\{name}.exe" for name in (
    "svchost", "cmd", "conhost", "taskhostex", "rundll32", "schtasks", "wermgr", "defrag", "sppsvc", "mrt", "lpremove",
    "tzsync", "sc", "w32tm",
)] + [
    r"C:\Windows\servicing\TrustedInstaller.exe", r"C:\WindowsAzure\GuestAgent_2.7.4\CollectGuestLogs.exe",
]  # fmt: skip
LINUX = [f"/usr/bin/{name}" for name in ("bash", "ls", "cat", "grep", "find", "sed", "awk", "apt", "run-parts")] + [
    "/usr/sbin/cron", "/usr/sbin/logrotate", "/usr/lib/apt/apt-helper",
]  # fmt: skip
SQL = [
    r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\SQLAGENT.EXE",
    r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\DatabaseMail.exe",
    r"C:\Program Files\Microsoft SQL Server IaaS Agent\Bin\MA\AgentCore.exe",
]
IIS = [r"C:\Windows\System32\inetsrv\w3wp.exe", r"C:\Windows\System32\inetsrv\appcmd.exe"]
NGINX = ["/usr/sbin/nginx", "/usr/lib/nginx/modules-check"]


@dataclass
class Box:
    """One machine: what it runs, which ports are open, what listens (None: nobody asked), which are attacked."""

    name: str
    runs: Sequence[str]
    ports: Sequence[int] = ()
    sockets: Sequence[tuple[int, str]] | None = None
    attacked: Sequence[tuple[int, int]] = ()  # port, days
    tenant: str = "contoso"
    once: Sequence[str] = ()  # seen at one moment only
    timeless: bool = False
    openings: Sequence[Opening] = field(default_factory=tuple)


def opening(machine: str, first: int, last: int | None = None, tenant: str = "contoso", **more: object) -> Opening:
    """An opening to the Internet by a rule of its own."""
    given = {"scope": Scope.INTERNET, "sources": ("0.0.0.0/0",), "rules": (f"{machine}/{first}",), **more}
    return Opening(tenant, machine, "tcp", first, first if last is None else last, **given)  # type: ignore[arg-type]


def network(boxes: Iterable[Box]) -> Network:
    """The boxes as a network of plain machines."""
    boxes = list(boxes)
    openings = [opening(box.name, port, tenant=box.tenant) for box in boxes for port in box.ports]
    openings += [each for box in boxes for each in box.openings]
    rules = {id: Rule(id, id, "plain", "plain", True) for each in openings for id in each.rules}
    return Network(tuple(Machine(box.tenant, box.name, "plain") for box in boxes), tuple(openings), rules)


def evidence(boxes: Iterable[Box]) -> Evidence:
    """The boxes as tables."""
    boxes = list(boxes)
    return Evidence(
        pl.DataFrame([row for box in boxes for row in _inventory(box)], schema=INVENTORY, orient="row"),
        pl.DataFrame([row for box in boxes for row in _listening(box)], schema=LISTENING, orient="row"),
        pl.DataFrame([row for box in boxes for row in _attacked(box)], schema=ATTACKED, orient="row"),
    )


def _inventory(box: Box) -> Iterable[tuple[object, ...]]:
    for path in dict.fromkeys((*box.runs, *box.once)):
        found = executable(path)
        last = BEGIN if path in box.once else BEGIN + timedelta(days=DAYS)
        times = (None, None) if box.timeless else (BEGIN, last)
        yield box.tenant, box.name, found.location, found.name, found.zone.value, *times, None, False


def _listening(box: Box) -> Iterable[tuple[object, ...]]:
    for port, address in () if box.sockets is None else (*box.sockets, (65000, "127.0.0.1")):
        yield BEGIN, box.tenant, box.name, "tcp", port, address, 1, None, "sockets"


def _attacked(box: Box) -> Iterable[tuple[object, ...]]:
    for port, days in box.attacked:
        for day in range(days):
            yield box.tenant, box.name, port, BEGIN + timedelta(days=day), "alerts"


def sql_fleet(backed: int = 40, others: int = 160, seed: int = 1) -> list[Box]:
    """Machines with SQL Server and 1433 open, and Windows and Linux machines without either, in three tenants."""
    chance = Random(seed)
    boxes = [Box(f"sql{n}", [*_some(chance, WINDOWS), *_most(chance, SQL)], [1433]) for n in range(backed)]
    boxes += [
        Box(f"app{n}", [*_some(chance, WINDOWS), *(IIS if n % 3 else [])], [443] if n % 3 else [])
        for n in range(others)
    ]
    for number, box in enumerate(boxes):
        box.tenant = ("contoso", "fabrikam", "tailspin")[number % 3]
    return boxes


def _some(chance: Random, paths: Sequence[str]) -> list[str]:
    return [path for path in paths if chance.random() < 0.85]


def _most(chance: Random, paths: Sequence[str]) -> list[str]:
    return [paths[0], *(path for path in paths[1:] if chance.random() < 0.9)]
