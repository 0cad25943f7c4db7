"""Shares and counts of what telemetry lacks → what that costs a hunt, and what would mend it: one row each."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """Something this telemetry cannot support: what is missing, what that costs, and what would mend it."""

    missing: str
    cost: str
    remedy: str


FIELDS: dict[str, Limit] = {
    "command line": Limit(
        "{share} of process starts have no command line",
        "what programs are told cannot be judged: no command shapes, no hosted executions, no meanings",
        "log command lines: Sysmon event 1, or the policy 'Include command line in process creation events' for 4688",
    ),
    "parent": Limit(
        "{share} of process starts have no parent",
        "service accounts with ordinary names are not recognised, and nothing can be said about who started what",
        "log the parent's image: Sysmon event 1, or event 4688 of Windows 10 / Server 2016 and later",
    ),
    "account": Limit(
        "{share} of process starts have no account",
        "starts without an account belong to no population of their own",
        "export the account with each process start (SubjectUserName, User, AccountName)",
    ),
}

COUNTS: dict[str, tuple[str, Limit]] = {
    "clock": (
        "host",
        Limit(
            "{count} whose days lie outside those of the fleet",
            "their order of events, and what was new when, cannot be trusted",
            "check their clocks and the time zone their logs are written in",
        ),
    ),
    "gap": (
        "host",
        Limit(
            "{count} silent, late or gone on some days",
            "on those days nothing about them can be said, and what they do afterwards looks newer than it is",
            "check their log forwarding, and the retention of their event logs",
        ),
    ),
    "unknown": (
        "file",
        Limit(
            "{count} of no known format",
            "nothing was read from them",
            "leave them out, or name the format with --format-in",
        ),
    ),
    "quarantined": (
        "file",
        Limit(
            "{count} with records that could not be used",
            "those records are missing from every count",
            "longtail hunt -f json lists the first of them with their place",
        ),
    ),
    "thin": (
        "population",
        Limit(
            "{count} with too little data to be judged",
            "nothing in them can be called rare or new",
            "give more days (--baseline), or more hosts with the same kind of account",
        ),
    ),
}


def limits(lacking: Mapping[str, float], counts: Mapping[str, int]) -> tuple[Limit, ...]:
    """The limits that apply: ``lacking`` has shares (0..1) by field, ``counts`` numbers by the keys of ``COUNTS``."""
    return (
        *(_told(limit, share=_percent(lacking[field])) for field, limit in FIELDS.items() if lacking[field] > 0),
        *(_told(limit, count=_count(counts[key], noun)) for key, (noun, limit) in COUNTS.items() if counts[key] > 0),
    )


def _told(limit: Limit, **numbers: str) -> Limit:
    return Limit(limit.missing.format(**numbers), limit.cost, limit.remedy)


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "under 1%"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"
