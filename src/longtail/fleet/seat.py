"""What a seat is: an account on a host in one job, under the process that starts its work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from longtail.fleet.estate import Machine


@dataclass(frozen=True, slots=True)
class Process:
    """A process that was there before the window began."""

    image: str
    command_line: str


@dataclass(frozen=True, slots=True)
class Seat:
    """An account on a host in one job.

    ``roots`` are the long-lived processes by name, "" being the seat's own; ``facts`` are what the tokens of scripts
    mean here (``{binn}``, ``{backup}``…).
    """

    kind: str
    account: str
    roots: Mapping[str, Process]
    facts: Mapping[str, str]


def spelling(host: Machine) -> Callable[[str], str]:
    """How the host's telemetry writes an account's name."""
    return str.lower if host.tenant.style == "defender" else str
