"""Findings → the short phrases every output for people shares: counts with denominators, spans, places."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from longtail.executions.hosts import host
from longtail.outputs.plain import utc
from longtail.prevalence.findings import Alert, Execution, Hunt, NormalAt, Prevalence, Severity
from longtail.readings import OF_BASELINE


def count(number: int, noun: str, plural: str | None = None) -> str:
    """``1 host``, ``1,204 hosts``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def number(value: int) -> str:
    """``1,204``."""
    return f"{value:,}"


def of(number: int, whole: int, noun: str) -> str:
    """``1 of 412 hosts``."""
    return f"{number:,} of {count(whole, noun)}"


def seen(prevalence: Prevalence) -> str:
    """How common it is, every number with its denominator."""
    return " · ".join(
        (
            of(prevalence.hosts, prevalence.of_hosts, "host"),
            of(prevalence.days, prevalence.of_days, "day"),
            of(prevalence.runs, prevalence.of_runs, "run"),
        )
    )


def counted(execution: Execution) -> str:
    """Whose numbers stand beside a command line that carries others: ``cmd.exe: ``; else nothing."""
    name = re.split(r"[\\/]", execution.executable)[-1]
    carries = execution.hosted_by is None and host(name) is not None
    return f"{name}: " if carries else ""


def price(normal_at: NormalAt, prevalence: Prevalence) -> str:
    """What it would take to make it normal, besides what was seen already: the price of poisoning."""
    if normal_at.hosts >= prevalence.of_hosts:
        return "would be normal only if every host ran it"
    more = f"{count(normal_at.hosts, 'host')} for {count(normal_at.days, 'day')}"
    return f"would be normal with at least {more} more"


def listed(names: Sequence[str], most: int) -> str:
    """``a, b, c and 4 more``."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def share(value: float) -> str:
    """A share with as many digits as it needs: ``97 %``, ``0.24 %``."""
    percent = 100 * value
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %" if percent >= 1 else f"{percent:.2g} %"


def stamp(time: datetime | None) -> str:
    """``2026-11-03 02:14:07Z``, to the second."""
    return (utc(time.replace(microsecond=0)) or "").replace("T", " ") if time else "unknown"


def span(first: datetime, last: datetime) -> str:
    """How long it took: ``55 s``, ``12 min``, ``3 h``, ``5 days``."""
    seconds = max(0, round((last - first).total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7_200:
        return f"{seconds // 60} min"
    return f"{seconds // 3_600} h" if seconds < 172_800 else f"{seconds // 86_400} days"


def when(alert: Alert) -> str:
    """When an alert began, and how long it went on."""
    lasted = span(alert.first_seen, alert.last_seen)
    return stamp(alert.first_seen) + ("" if lasted == "0 s" else f", over {lasted}")


def where(alert: Alert) -> str:
    """The host, or how many hosts a card about several concerns."""
    return count(len(alert.hosts), "host") if alert.hosts else alert.host


def what_ran(execution: Execution) -> str:
    """The command line; where the log has none, the image; where it has neither, the executable."""
    return execution.command_line or execution.image or execution.executable


def budget(hunt: Hunt) -> str:
    """What the severities are calibrated for."""
    return f"{hunt.budget:g} false alerts per 1,000 host-days"


def by_severity(hunt: Hunt) -> list[tuple[Severity, int]]:
    """How many alerts there are of each severity, worst first, none left out."""
    found = Counter(alert.severity for alert in hunt.alerts)
    return [(severity, found[severity]) for severity in sorted(Severity, reverse=True)]


def judged_files(hunt: Hunt) -> int:
    """How many files were read to be judged: those of a baseline are told beside them."""
    return sum(OF_BASELINE not in reading.notes for reading in hunt.readings)


def summary(hunt: Hunt) -> list[str]:
    """What was read, what was found and what was not looked at, in a few lines for a person."""
    judged = sum(population.judged for population in hunt.populations)
    levels = ", ".join(f"{number:,} {severity}" for severity, number in by_severity(hunt) if number)
    quarantined = sum(reading.quarantined for reading in hunt.readings)
    damaged = sum(reading.quarantined > 0 for reading in hunt.readings)
    return [
        f"{count(hunt.process_starts, 'process start')} on {count(hunt.hosts, 'host')} from "
        f"{count(judged_files(hunt), 'file')}, {stamp(hunt.first_seen)} to {stamp(hunt.last_seen)} "
        f"({count(hunt.host_days, 'judged host-day')})",
        f"{count(judged, 'population')} judged, {len(hunt.populations) - judged:,} not judged",
        f"{count(len(hunt.alerts), 'alert')}{': ' if levels else ''}{levels}, calibrated for {budget(hunt)}",
        *([f"{count(quarantined, 'record')} quarantined in {count(damaged, 'file')}"] if quarantined else []),
    ]
