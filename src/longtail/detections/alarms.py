"""What rules fired on → alerts of the same shape as the model's, and all of them together, each naming its likes.

The likes are the pivot: alerts that share a technique, those that the other way of finding found before all others.
"""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import polars as pl

from longtail.detections.firing import KEY
from longtail.detections.matching_terms import Rule
from longtail.executions.paths import executable
from longtail.prevalence.findings import Alert, Execution, Prevalence, Severity, most_alarming_first
from longtail.prevalence.likes import with_likes

MOST_NAMED = 3  # rules that are named on an incident
AROUND = timedelta(minutes=2)  # of an incident: what a rule fires on there belongs to it
_SEVERITIES = {str(each): each for each in Severity}
_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.ASCII | re.IGNORECASE)
LEAST_SCORES = {
    Severity.INFORMATIONAL: 0.0,
    Severity.LOW: 5.0,
    Severity.MEDIUM: 20.0,
    Severity.HIGH: 30.0,
    Severity.CRITICAL: 40.0,
}
"""The score of a rule's alert before its rarity is added: the model's scores are bits of surprise, and twenty of them
are the least that it calls medium."""
NEARLY = 0.9  # of the way to the next severity's least score: the most that rarity adds, rules say how bad a thing is

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at: hosts, days, host-days and process starts of all accounts."""

    hosts: int
    days: int
    host_days: int
    runs: int


@dataclass(frozen=True, slots=True)
class _Rate:
    """How often one rule fired, of what was looked at."""

    prevalence: Prevalence
    host_days: int
    of_host_days: int

    @property
    def bits(self) -> float:
        """How rarely it fires: 0 for everywhere every day, 10 for once in a thousand host-days."""
        return math.log2(max(self.of_host_days, 1) / max(self.host_days, 1))


def alarms(rules: Sequence[Rule], fired: pl.DataFrame, looked: Looked) -> tuple[Alert, ...]:
    """An alert for each rule, account, host and day, most alarming first.

    ``fired`` has the columns of ``FIRED`` and ``account_class``; its ``rule`` counts in ``rules``.
    """
    counts = fired.filter(pl.col("image").is_null())
    lines: dict[tuple[Any, ...], list[Row]] = {}
    for row in fired.filter(pl.col("image").is_not_null()).sort("first_seen", "image", "command_line").to_dicts():
        lines.setdefault(tuple(row[name] for name in KEY), []).append(row)
    rates = _rates(counts, looked)
    found = (
        _alert(rules[row["rule"]], row, lines[tuple(row[name] for name in KEY)], rates[row["rule"]])
        for row in counts.to_dicts()
    )
    return most_alarming_first({each.id: each for each in found}.values())


def together(model: Sequence[Alert], rules: Sequence[Alert]) -> tuple[Alert, ...]:
    """The alerts of both, each incident once, most alarming first, each naming others that share a technique.

    What rules fired on within an incident of the model is told there. Of the likes, those that the other way of finding
    found come first.
    """
    known, alone = absorbed(model, rules)
    return with_likes(most_alarming_first([*known, *alone]), {each.id for each in alone})


def absorbed(model: Sequence[Alert], rules: Sequence[Alert]) -> tuple[list[Alert], list[Alert]]:
    """The model's alerts, each with what rules fired on within it, and the rules' alerts that lie in no incident.

    An incident is then as severe, and scored, as the worst that anybody says of it.
    """
    incidents: dict[tuple[str, str, str], list[int]] = {}
    for at, each in enumerate(model):
        if not each.hosts:
            incidents.setdefault(_actor(each), []).append(at)
    alone: list[Alert] = []
    within: dict[int, list[Alert]] = {}
    for fired in rules:
        here = [at for at in incidents.get(_actor(fired), ()) if _lies_within(fired, model[at])]
        (within.setdefault(here[0], []) if here else alone).append(fired)
    return [_with(each, within.get(at, [])) for at, each in enumerate(model)], alone


def _actor(alert: Alert) -> tuple[str, str, str]:
    return alert.tenant, alert.host, alert.account.casefold()


def _lies_within(fired: Alert, incident: Alert) -> bool:
    return incident.first_seen - AROUND <= fired.first_seen and fired.last_seen <= incident.last_seen + AROUND


def _with(incident: Alert, fired: Sequence[Alert]) -> Alert:
    if not fired:
        return incident
    all_of_it = (incident, *fired)
    return replace(
        incident,
        score=max(each.score for each in all_of_it),
        severity=max(each.severity for each in all_of_it),
        techniques=tuple(sorted({technique for each in all_of_it for technique in each.techniques})),
        reason=f"{incident.reason} {_named([each.title for each in fired])}",
    )


def _named(titles: Sequence[str]) -> str:
    """``The rules “A” and “B” and 3 more fire on it.``, the most alarming first."""
    names = list(dict.fromkeys(titles))
    more = len(names) - MOST_NAMED
    shown = [f"“{each}”" for each in names[:MOST_NAMED]] + ([f"{more} more"] if more > 0 else [])
    return f"The rule {shown[0]} fires on it." if len(names) == 1 else f"The rules {' and '.join(shown)} fire on it."


def _rates(counts: pl.DataFrame, looked: Looked) -> dict[int, _Rate]:
    each = counts.group_by("rule").agg(
        pl.struct("tenant", "host").n_unique().alias("hosts"),
        pl.col("day").n_unique().alias("days"),
        pl.struct("tenant", "host", "day").n_unique().alias("host_days"),
        pl.col("runs").sum(),
    )
    return {
        row["rule"]: _Rate(
            Prevalence(row["hosts"], looked.hosts, row["days"], looked.days, row["runs"], looked.runs),
            row["host_days"],
            looked.host_days,
        )
        for row in each.iter_rows(named=True)
    }


def _alert(rule: Rule, row: Row, lines: Sequence[Row], rate: _Rate) -> Alert:
    severity, tagged = _SEVERITIES.get(rule.level, Severity.MEDIUM), _techniques(rule)
    return Alert(
        id=_id(rule, row),
        tenant=row["tenant"],
        account=row["account"],
        account_class=row["account_class"],
        host=row["host"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        score=round(_score(severity, rate), 3),
        severity=severity,
        title=rule.title,
        reason=_reason(row, rate),
        executions=tuple(_execution(rule, line, rate.prevalence, tagged) for line in lines),
        techniques=tagged,
    )


def _score(severity: Severity, rate: _Rate) -> float:
    """Within the scores of its severity, the rarer the higher."""
    least = LEAST_SCORES[severity]
    above = min((score for score in LEAST_SCORES.values() if score > least), default=math.inf)
    return least + min(rate.bits, NEARLY * (above - least))


def _id(rule: Rule, row: Row) -> str:
    """A stable name: which rule, who, where and when; nothing that depends on where the rule's file lies."""
    parts = (rule.id, rule.title, row["tenant"], row["host"], row["account"].lower(), row["day"].isoformat())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _reason(row: Row, rate: _Rate) -> str:
    runs = f"{row['runs']:,} process start{'' if row['runs'] == 1 else 's'}"
    seen = rate.prevalence
    return (
        f"A detection rule matches {runs} of this account on {row['host']} on {row['day']}; it fires on {seen.hosts:,}"
        f" of {seen.of_hosts:,} hosts and {rate.host_days:,} of {rate.of_host_days:,} host-days."
    )


def _execution(rule: Rule, line: Row, seen: Prevalence, tagged: tuple[str, ...]) -> Execution:
    return Execution(
        time=line["first_seen"],
        image=line["image"],
        executable=str(executable(line["image"])),
        hosted_by=None,
        command_line=line["command_line"],
        parent_image=line["parent_image"],
        role="anomaly",
        prevalence=seen,
        nearest_normal=None,
        normal_at=None,  # a rule learns nothing: nothing is ever normal to it
        why=(f"the rule “{rule.title}” matches it",),
        parent_command_line=line["parent_command_line"],
        techniques=tagged,
    )


def _techniques(rule: Rule) -> tuple[str, ...]:
    found = (_TECHNIQUE.fullmatch(tag) for tag in rule.tags)
    return tuple(sorted({each[1].upper() for each in found if each}))
