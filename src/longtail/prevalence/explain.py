"""Incidents → alerts: the sentence, the story, the numbers behind it and what would make it normal."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from longtail.prevalence.companions import ALONE, Companions
from longtail.prevalence.findings import Alert, Execution, NormalAt, Prevalence, Severity
from longtail.prevalence.incidents import ACTOR
from longtail.prevalence.likeness import Likeness
from longtail.prevalence.sentences import (
    CONSOLE_HOST,
    NEWS,
    NOTHING_LIKE_IT,
    program_reason,
    reason,
    title,
    told_reason,
)
from longtail.prevalence.techniques import TITLES, techniques

Row = Mapping[str, Any]
CONTEXT = timedelta(minutes=2)
ECHO = timedelta(seconds=10)
WEAK_BITS = 3.0  # a surprise too weak to start a story, but part of one that others started
MOST_CONTEXT = 20
MOST_EXECUTIONS = 60


@dataclass(frozen=True, slots=True)
class Told:
    """What the explanation of one incident draws on: its anomalies and the behaviours around them, as rows, and on
    which other hosts the same began."""

    incident: Row
    anomalies: Sequence[Row]
    context: Sequence[Row]
    severity: Severity
    likenesses: Mapping[int, Likeness]
    companions: Companions = ALONE


def alert_id(incident: Row, anomalies: Sequence[Row]) -> str:
    """A stable name: who, where, and the first thing that was anomalous; nothing that depends on the input's order."""
    first = min(anomalies, key=lambda row: (row["onset"], row["executable"], row["shape"] or ""))
    actor = (incident["tenant"], incident["host"], incident["account"].lower())
    return _name(*actor, first["executable"], first["shape"] or "", first["first_day"].isoformat())


def numbered(id: str, number: int) -> str:
    """The name of the alert that would be called ``id`` too, after so many others; its own for the first."""
    return _name(id, str(number)) if number else id


def _name(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def alert(told: Told) -> Alert:
    """The alert of one incident: its story in order of time, context between the anomalies."""
    incident, likenesses = told.incident, told.likenesses
    anomalies, also = marked(told)
    story = _story(told)
    found = tuple(sorted({id for row in (*anomalies, *also) for id in _techniques(row)}))
    strange = [each.time for each in story if each.role == "anomaly"]
    return Alert(
        id=alert_id(incident, anomalies),
        tenant=incident["tenant"],
        account=incident["account"],
        account_class=incident["account_class"],
        host=incident["host"],
        first_seen=min(incident["start"], *strange),
        last_seen=max(incident["end"], *strange),
        score=round(incident["score"], 3),
        severity=told.severity,
        title=title(incident, anomalies, likenesses, also) + told.companions.title,
        reason=reason(incident, anomalies, likenesses, also) + told.companions.sentence,
        executions=tuple(story),
        techniques=found,
    )


def marked(told: Told) -> tuple[list[Row], list[Row]]:
    """What is told as an anomaly: what would have begun a story, and what is part of this one."""
    strong, both = without_echoes(told.anomalies), without_echoes([*told.anomalies, *weaker(told)])
    known = {id(row) for row in strong}
    return strong, [row for row in both if id(row) not in known]


def _story(told: Told) -> list[Execution]:
    strong, also = marked(told)
    story = [_execution(row, "anomaly", told.likenesses) for row in [*strong, *also][:MOST_EXECUTIONS]]
    usual = [row for row in told.context if row["bits"] < WEAK_BITS]
    story += [_execution(row, "context", told.likenesses) for row in usual[:MOST_CONTEXT]]
    return sorted(story, key=lambda each: (each.time, each.role, each.executable, each.command_line or ""))


def weaker(told: Told) -> list[Row]:
    """What around an incident would not have begun a story, and is part of this one."""
    return [row for row in told.context if row["bits"] >= WEAK_BITS]


def without_echoes(anomalies: Sequence[Row]) -> list[Row]:
    """The anomalies without what ``cmd /c`` carried where the process that it started is there itself."""
    seen: dict[str, list[datetime]] = {}
    for row in anomalies:
        if row["hosted_by"] is None:
            seen.setdefault(row["executable"], []).append(row["onset"])
    return [
        row
        for row in anomalies
        if row["hosted_by"] is None
        or not any(abs(start - row["onset"]) <= ECHO for start in seen.get(row["executable"], ()))
    ]


def _execution(row: Row, role: str, likenesses: Mapping[int, Likeness]) -> Execution:
    like = likenesses.get(row["behaviour"], NOTHING_LIKE_IT)
    return Execution(
        time=row["example_time"],
        image=row["example_image"],
        executable=row["executable"],
        hosted_by=row["hosted_by"],
        command_line=row["example_command_line"],
        parent_image=row["example_parent_image"],
        role=role,
        prevalence=_prevalence(row),
        nearest_normal=like.nearest,
        normal_at=NormalAt(row["normal_hosts"], row["normal_days"]) if row["normal_hosts"] else None,
        why=_why(row, like) if role == "anomaly" else (),
        surprise=round(row["bits"], 2),
        pid=row["example_pid"],
        parent_pid=row["example_parent_pid"],
        parent_command_line=row["example_parent_command_line"],
        techniques=_techniques(row),
    )


def _prevalence(row: Row) -> Prevalence:
    return Prevalence(
        row["hosts_with"], row["hosts_of"], row["days_with"], row["days_of"], row["runs_with"], row["runs_of"]
    )


def _techniques(row: Row) -> tuple[str, ...]:
    """Those of a program, and of what carried it: ``iwr`` inside ``powershell -enc`` is PowerShell, and obfuscated."""
    programs = filter(None, (row["name"], row["hosted_by"]))
    return tuple(dict.fromkeys(id for each in programs for id in techniques(each, row["example_command_line"] or "")))


def _why(row: Row, like: Likeness) -> tuple[str, ...]:
    reasons = []
    if row["executable_bits"] >= NEWS:
        reasons.append(program_reason(row))
    if row["told_bits"] >= NEWS and row["told_by"]:
        reasons.append(told_reason(row))
    if like.passes_for:
        reasons.append(like.passes_for)
    traits = sorted(row["traits"] or (), key=lambda each: (-each["bits"], each["what"]))
    reasons += [trait["what"] for trait in traits if trait["what"] not in TITLES]
    return tuple(reasons)


def contexts(incidents: pl.DataFrame, days: pl.DataFrame) -> dict[int, list[Row]]:
    """By incident, what the same account first ran around it that day without being an anomaly, the most telling of it.

    ``incidents`` has ``incident``, its actor, ``start`` and ``end``; ``days`` what these actors ran on which day. Each
    in order of time. Console hosts, which every console program brings along, tell nothing.
    """
    near = pl.col("onset").is_between(pl.col("start") - CONTEXT, pl.col("end") + CONTEXT)
    telling = (
        days.lazy()
        .filter(pl.col("name") != CONSOLE_HOST)
        .join(incidents.lazy().select("incident", *ACTOR, "start", "end"), on=ACTOR)
        .filter(near)
        .drop("start", "end")
        .sort("bits", "onset", "behaviour", descending=[True, False, False])
        .group_by("incident", maintain_order=True)
        .head(MOST_CONTEXT)
        .sort("onset", "behaviour")
        .collect()
    )
    found: dict[int, list[Row]] = {}
    for row in telling.iter_rows(named=True):
        found.setdefault(row["incident"], []).append(row)
    return found
