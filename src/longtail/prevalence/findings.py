"""What a hunt finds, as plain values: the shapes every output draws from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from longtail.readings import Reading


class Severity(IntEnum):
    """How much an alert deserves to be looked at; ordered."""

    INFORMATIONAL = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Prevalence:
    """How common something is in its population, each number with its denominator."""

    hosts: int
    of_hosts: int
    days: int
    of_days: int
    runs: int
    of_runs: int


@dataclass(frozen=True, slots=True)
class NormalAt:
    """The price of poisoning: how many hosts, for how many days, must at least run this to be normal, besides what was
    seen."""

    hosts: int
    days: int


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution in an alert's story. ``why`` holds the reasons, strongest first (empty for context).

    ``normal_at`` is None where it has no price of its own: what is no anomaly alone, what a rule matches, a roll-out.
    """

    time: datetime
    image: str | None
    executable: str
    hosted_by: str | None
    command_line: str | None
    parent_image: str | None
    role: str  # "anomaly" | "context"
    prevalence: Prevalence
    nearest_normal: str | None
    normal_at: NormalAt | None
    why: tuple[str, ...] = ()
    surprise: float = 0.0
    pid: int | None = None
    parent_pid: int | None = None
    parent_command_line: str | None = None
    techniques: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One incident: the anomalous executions of one account on one host that belong together."""

    id: str
    tenant: str
    account: str
    account_class: str
    host: str
    first_seen: datetime
    last_seen: datetime
    score: float
    severity: Severity
    title: str
    reason: str
    executions: tuple[Execution, ...]
    techniques: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()  # a roll-out card concerns several hosts; empty for an incident


def most_alarming_first(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """The alerts as all outputs list them: by severity, then by score; equals in an order of their own."""
    return tuple(sorted(alerts, key=lambda each: (-each.severity, -each.score, each.first_seen, each.id)))


@dataclass(frozen=True, slots=True)
class Bar:
    """One executable in the ranked prevalence of a population; ``share`` is hosts/of_hosts, in 0..1."""

    executable: str
    zone: str
    hosts: int
    days: int
    runs: int
    share: float
    tail: bool  # in the low-prevalence tail
    anomalous: bool  # part of an alert


@dataclass(frozen=True, slots=True)
class Population:
    """One tenant × account class and what is known of it. ``bars`` are ranked, commonest first."""

    tenant: str
    account_class: str
    accounts: tuple[str, ...]
    hosts: int
    days: int
    runs: int
    executables: int
    stability: float | None  # share of its settled host-days that bring nothing new; None where unknowable
    unseen_mass: float  # Good–Turing: probability that the next thing seen is new
    judged: bool
    reason: str  # why it is, or is not, judged; what is missing
    bars: tuple[Bar, ...] = ()
    class_stability: float | None = None  # the same over all tenants, which is what decides
    least_stability: float | None = None  # that is needed to be judged unasked


@dataclass(frozen=True, slots=True)
class Hunt:
    """Everything a hunt found and everything it did not look at, with the reasons."""

    alerts: tuple[Alert, ...]
    populations: tuple[Population, ...]
    readings: tuple[Reading, ...]
    first_seen: datetime | None
    last_seen: datetime | None
    hosts: int
    host_days: int
    process_starts: int
    sightings: int
    budget: float  # false alerts per 1,000 host-days the severities are calibrated for
    notes: tuple[str, ...] = ()
