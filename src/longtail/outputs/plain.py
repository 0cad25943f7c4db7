"""Findings → plain dictionaries, lists, strings and numbers, in the shapes `INTERFACE.md` promises."""

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from longtail.prevalence.findings import Alert, Bar, Execution, Hunt, NormalAt, Population, Prevalence
from longtail.readings import Reading
from longtail.text import printable

# Beyond six digits a score says nothing, and sums taken in another order differ there.
DIGITS = 6

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_NOT_ASCII = re.compile(r"[^\x20-\x7e]")


def utc(time: datetime | None) -> str | None:
    """RFC 3339 in UTC with ``Z``; microseconds only where there are some. A time without a zone is UTC already."""
    return None if time is None else _aware(time).isoformat().replace("+00:00", "Z")


def milliseconds(time: datetime) -> int:
    """Whole milliseconds since 1970, rounded down."""
    return (_aware(time) - EPOCH) // timedelta(milliseconds=1)


def number(value: float | None) -> float | None:
    """``value`` rounded; ``None`` for what JSON cannot say (infinite, not a number)."""
    return None if value is None or not math.isfinite(value) else round(value, DIGITS)


def dumps(value: Any, indent: int | None = None) -> str:
    r"""JSON that keeps every string exactly and is harmless on a terminal.

    Printable characters of any script stand as they are; all others, lone surrogates too, as ``\uXXXX``.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return text if text.isascii() and "\x7f" not in text else _NOT_ASCII.sub(_as_json, text)


def alert_object(alert: Alert) -> dict[str, Any]:
    """An alert in the promised shape, keys in the promised order; ``hosts`` too where it concerns several."""
    return {
        "id": alert.id,
        "tenant": alert.tenant,
        "account": alert.account,
        "account_class": alert.account_class,
        "host": alert.host,
        "first_seen": utc(alert.first_seen),
        "last_seen": utc(alert.last_seen),
        "score": number(alert.score),
        "severity": str(alert.severity),
        "title": alert.title,
        "reason": alert.reason,
        "executions": [execution_object(each) for each in alert.executions],
        "techniques": list(alert.techniques),
        "similar": list(alert.similar),
        **({"hosts": list(alert.hosts)} if len(alert.hosts) > 1 else {}),
    }


def execution_object(execution: Execution) -> dict[str, Any]:
    """One execution of an alert in the promised shape."""
    return {
        "time": utc(execution.time),
        "image": execution.image,
        "executable": execution.executable,
        "hosted_by": execution.hosted_by,
        "command_line": execution.command_line,
        "parent_image": execution.parent_image,
        "role": execution.role,
        "prevalence": prevalence_object(execution.prevalence),
        "nearest_normal": execution.nearest_normal,
        "normal_at": normal_at_object(execution.normal_at),
    }


def normal_at_object(price: NormalAt | None) -> dict[str, int | None]:
    """The price of poisoning; nulls where there is none."""
    return {"hosts": price.hosts if price else None, "days": price.days if price else None}


def prevalence_object(prevalence: Prevalence) -> dict[str, int]:
    """Each count followed by its denominator."""
    return {
        "hosts": prevalence.hosts,
        "of_hosts": prevalence.of_hosts,
        "days": prevalence.days,
        "of_days": prevalence.of_days,
        "runs": prevalence.runs,
        "of_runs": prevalence.of_runs,
    }


def population_object(population: Population) -> dict[str, Any]:
    """A population, judged or not, with its ranked executables."""
    return {
        "tenant": population.tenant,
        "account_class": population.account_class,
        "accounts": list(population.accounts),
        "hosts": population.hosts,
        "days": population.days,
        "runs": population.runs,
        "executables": population.executables,
        "stability": number(population.stability),
        "class_stability": number(population.class_stability),
        "least_stability": number(population.least_stability),
        "unseen_mass": number(population.unseen_mass),
        "judged": population.judged,
        "reason": population.reason,
        "prevalence": [bar_object(bar) for bar in population.bars],
    }


def bar_object(bar: Bar) -> dict[str, Any]:
    """One ranked executable of a population."""
    return {
        "executable": bar.executable,
        "zone": str(bar.zone),
        "hosts": bar.hosts,
        "days": bar.days,
        "runs": bar.runs,
        "share": number(bar.share),
        "tail": bar.tail,
        "anomalous": bar.anomalous,
    }


def reading_object(reading: Reading) -> dict[str, Any]:
    """What one input file gave and what of it could not be used."""
    return {
        "path": reading.path,
        "format": reading.format,
        "process_starts": reading.process_starts,
        "passed_over": reading.passed_over,
        "quarantined": reading.quarantined,
        "reasons": dict(sorted(reading.reasons.items())),
        "examples": [{"place": each.place, "reason": each.reason} for each in reading.examples],
        "notes": list(reading.notes),
    }


def hunt_object(hunt: Hunt) -> dict[str, Any]:
    """The whole hunt as one document."""
    return {
        "first_seen": utc(hunt.first_seen),
        "last_seen": utc(hunt.last_seen),
        "hosts": hunt.hosts,
        "host_days": hunt.host_days,
        "process_starts": hunt.process_starts,
        "sightings": hunt.sightings,
        "budget": number(hunt.budget),
        "notes": list(hunt.notes),
        "alerts": [alert_object(alert) for alert in hunt.alerts],
        "populations": [population_object(each) for each in hunt.populations],
        "readings": [reading_object(each) for each in hunt.readings],
    }


def _aware(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _as_json(found: re.Match[str]) -> str:
    character = found.group()
    if character == "\n" or printable(character):
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
