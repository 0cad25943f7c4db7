"""Located habits → roll-outs and patch nights: new programs that reach many hosts of a tenant in one window.

One card tells what an installer brought to many hosts, so that nobody has to look at each of them. The same thing
without an installer, brought by a service's own process to places that anybody can write to, is the reverse: raised.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from longtail.executions.paths import Zone, writable
from longtail.prevalence.behaviours import OWNED
from longtail.prevalence.findings import Alert, Execution, Prevalence, Severity, most_alarming_first
from longtail.prevalence.incidents import SPREADING, TOGETHER, UNKNOWN_PROGRAM
from longtail.prevalence.installers import INSTALLERS
from longtail.prevalence.likeness import as_seen
from longtail.prevalence.severity import Thresholds

LEAST_HOSTS = 5  # hosts that a new program must reach to be a roll-out
LEAST_SHARE = 0.1  # of the tenant's hosts
WINDOW_DAYS = 3  # within which nine in ten of them first run it
MOST_PROGRAMS = 12  # that a card names
SERVERS = re.compile(
    r"^(?:sqlservr|sqlagent|w3wp|tomcat\d*|java|javaw|mysqld|postgres|php-fpm\S*|nginx|httpd|apache2)(?:\.exe)?$"
)
SCHEDULERS = re.compile(r"^sqlagent(?:\.exe)?$")
SHOWN = ("example_image", "example_command_line", "example_parent_image")
PROGRAMS = (".exe", ".dll", ".com", ".scr")
_LOCAL = [zone.value for zone in Zone if zone not in (Zone.BUILTIN, Zone.NONE, Zone.REMOTE, Zone.NETWORK_SHARE)]


def rollouts(located: pl.DataFrame, levels: Thresholds) -> tuple[Alert, ...]:
    """The cards of all roll-outs in located habits, the raised ones first; ``levels`` are the scores of severities.

    What arrived in habits that are only learnt from (not ``judged``) is old where it shows again.
    """
    found = _spreading(_arrivals(located), _whole(located))
    cards = [_card(group, levels) for _, group in found.group_by("tenant", "brought_by", "window", maintain_order=True)]
    return most_alarming_first(filter(None, cards))


def _whole(located: pl.DataFrame) -> pl.DataFrame:
    """What there is of each tenant: ``of_hosts``, ``of_days`` and ``of_runs`` (process starts)."""
    return located.group_by("tenant").agg(
        pl.col("host").n_unique().alias("of_hosts"),
        pl.col("days").explode().n_unique().alias("of_days"),
        pl.col("runs").filter(pl.col("hosted_by").is_null()).sum().alias("of_runs"),
    )


def _arrivals(located: pl.DataFrame) -> pl.DataFrame:
    """When each executable first ran on each host, by whom started, and whether that is news about a watched host."""
    start = pl.col("days").list.first().min().over("tenant", "host")
    return (
        located.with_columns(start.alias("host_start"))
        .filter(pl.col("zone").is_in(_LOCAL))
        .sort("first_seen", "parent")
        .group_by("tenant", "host", "executable", maintain_order=True)
        .agg(
            pl.col("name").first(), pl.col("zone").first(), pl.col("account").first(), pl.col("account_class").first(),
            pl.col("parent").first().str.extract(r"([^\\/]*)$", 1).alias("parent_name"),
            pl.col("first_seen").min(), pl.col("days").list.first().min().alias("arrived"),
            pl.col("host_start").first(), pl.col("judged").first(),
            pl.col("runs").sum(), pl.col("days").explode().unique(),
            *(pl.col(name).first() for name in SHOWN),
        )
    )  # fmt: skip


def _spreading(arrivals: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """One row an executable that newly reached many hosts of its tenant within the window, counted on these alone."""
    new = pl.col("judged") & (pl.col("arrived") > pl.col("host_start"))
    epoch_day = pl.col("arrived").to_physical()
    return (
        arrivals.group_by("tenant", "executable")
        .agg(
            pl.col("name").first(), pl.col("zone").first(),
            pl.col("parent_name").mode().sort().first(), pl.col("account").mode().sort().first(),
            pl.col("account_class").mode().sort().first(),
            pl.col("host").filter(new).sort().alias("hosts"), new.sum().alias("reached"), pl.len().alias("on"),
            pl.col("days").filter(new).explode().n_unique(), pl.col("runs").filter(new).sum(),
            epoch_day.filter(new).quantile(0.05, "nearest").alias("from"),
            epoch_day.filter(new).quantile(0.95, "nearest").alias("to"),
            pl.col("first_seen").filter(new).min().alias("first_seen"),
            pl.col("first_seen").filter(new).max().alias("last_seen"),
            *(pl.col(name).filter(new).first() for name in SHOWN),
        )
        .join(whole, on="tenant")
        .filter(
            (pl.col("reached") >= LEAST_HOSTS)
            & (pl.col("reached") >= LEAST_SHARE * pl.col("of_hosts"))
            & (pl.col("reached") >= 0.8 * pl.col("on"))
            & (pl.col("to") - pl.col("from") < WINDOW_DAYS)
        )
        .with_columns(
            (pl.col("from") // WINDOW_DAYS).alias("window"),
            pl.col("parent_name").map_elements(_brought_by, return_dtype=pl.String).alias("brought_by"),
        )
        .sort("tenant", "brought_by", "window", "reached", "executable", descending=[False, False, False, True, False])
    )  # fmt: skip


def _brought_by(parent: str) -> str:
    if INSTALLERS.match(parent):
        return "an installer"
    return "a server" if SERVERS.match(parent) else ""


def _card(programs: pl.DataFrame, levels: Thresholds) -> Alert | None:
    """One card for what was brought in one window; None where neither an installer nor a server is behind it."""
    rows = programs.to_dicts()
    if rows[0]["brought_by"] == "an installer":
        return _told(rows, 0.0, Severity.INFORMATIONAL, "Roll-out")
    if rows[0]["brought_by"] != "a server":
        return None
    suspicious = [row for row in rows if _suspicious(row)]
    if not suspicious:
        return None
    score = max(_bits(len(_hosts(suspicious))), levels.high)
    return _told(suspicious, score, levels.severity(score), "Spreading without an installer")


def _suspicious(row: dict[str, Any]) -> bool:
    """Whether a program was brought to where anybody may write; a scheduler's job lies where its owners keep them."""
    scheduled = SCHEDULERS.match(row["parent_name"]) is not None and row["zone"] in OWNED
    return writable(Zone(row["zone"])) and row["name"].endswith(PROGRAMS) and not scheduled


def _bits(hosts: int) -> float:
    """What spreading to so many hosts weighs, on the scale of an incident's score: each host is one more thing told."""
    return UNKNOWN_PROGRAM + SPREADING + TOGETHER * math.log2(hosts)


def _hosts(rows: Iterable[dict[str, Any]]) -> list[str]:
    return sorted({host for row in rows for host in row["hosts"]})


def _told(rows: list[dict[str, Any]], score: float, severity: Severity, what: str) -> Alert:
    first, hosts = rows[0], _hosts(rows)
    many = f"{len(rows)} new programs" if len(rows) > 1 else "a new program"
    named = ", ".join(map(_called, rows[:3])) + (" …" if len(rows) > 3 else "")
    parts = (first["tenant"], first["brought_by"], *(row["executable"] for row in rows))
    return Alert(
        id=hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16],
        tenant=first["tenant"],
        account=first["account"],
        account_class=first["account_class"],
        host=hosts[0],
        first_seen=min(row["first_seen"] for row in rows),
        last_seen=max(row["last_seen"] for row in rows),
        score=round(score, 3),
        severity=severity,
        title=f"{what}: {many} on {len(hosts)} of {first['of_hosts']} hosts ({named})",
        reason=f"{many[0].upper()}{many[1:]}, started by {_listed(row['parent_name'] for row in rows)}, reached"
        f" {len(hosts)} of {first['of_hosts']} hosts of {first['tenant']} within {WINDOW_DAYS} days.",
        executions=tuple(_executions(rows[:MOST_PROGRAMS])),
        hosts=tuple(hosts),
    )


def _called(row: dict[str, Any]) -> str:
    """The name of a program as one of the hosts has it: a version or a random word in it counts as many."""
    return as_seen(row["name"], f"{row['example_image']} {row['example_command_line'] or ''}")


def _listed(names: Iterable[str]) -> str:
    distinct = sorted(set(names))
    return ", ".join(distinct[:4]) + (" and others" if len(distinct) > 4 else "")


def _executions(rows: list[dict[str, Any]]) -> Iterator[Execution]:
    for row in rows:
        yield Execution(
            time=row["first_seen"],
            image=row["example_image"],
            executable=row["executable"],
            hosted_by=None,
            command_line=row["example_command_line"],
            parent_image=row["example_parent_image"],
            role="anomaly",
            prevalence=Prevalence(
                row["reached"], row["of_hosts"], row["days"], row["of_days"], row["runs"], row["of_runs"]
            ),
            nearest_normal=None,
            normal_at=None,
        )
