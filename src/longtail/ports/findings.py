"""What ``ports`` finds, as plain values: the shapes every output draws from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from longtail.ports.openings import Network, Opening, Scope
from longtail.readings import Reading


class Verdict(StrEnum):
    """What an opening comes down to. Only ``UNBACKED`` and ``LOOPBACK_ONLY`` are findings."""

    UNBACKED = "unbacked"
    BACKED = "backed"
    LOOPBACK_ONLY = "loopback_only"
    OTHER_SOFTWARE = "other_software"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    UNLEARNABLE = "unlearnable"

    @property
    def finding(self) -> bool:
        """Whether it recommends to close."""
        return self in (Verdict.UNBACKED, Verdict.LOOPBACK_ONLY)


@dataclass(frozen=True, slots=True)
class Companion:
    """An executable that accompanies an open port; shares are of machines that have it, with their denominators."""

    executable: str
    importance: float  # summed over one software's executables, 0..1
    share_of_backed: float
    share_of_others: float
    backed: int
    of_backed: int
    others: int
    of_others: int


@dataclass(frozen=True, slots=True)
class Learning:
    """How well a port can be told from executables, on one way of splitting; errors are shares of machines."""

    split: str  # "random" (70/30, as in the article) | "tenant"
    machines: int
    train_error: float
    test_error: float
    always_closed_error: float
    precision: float | None
    recall: float | None
    pr_auc: float | None


@dataclass(frozen=True, slots=True)
class PortProfile:
    """What accompanies one port (or label), and whether that can be learnt."""

    port: int
    protocol: str
    label: str  # "1433/tcp", or the label's name
    machines_open: int
    machines: int
    executables: int  # distinct executables kept as features
    min_machines: int  # on more machines than this, to be kept
    learnable: bool
    reason: str
    learning: tuple[Learning, ...]
    companions: tuple[Companion, ...]
    machines_taught: int | None = None  # of those with it open, how many are learnt from; None: all of them


@dataclass(frozen=True, slots=True)
class Proof:
    """The evidence beside the profile. ``listening``: the addresses bound, empty if looked at and none, None if not."""

    last_process_seen: datetime | None = None
    listening: tuple[str, ...] | None = None
    listening_image: str | None = None
    flows: int | None = None
    brute_force_days: int | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to close it: the command, how to rehearse it, how to undo it. ``scope`` is ``machine`` or ``rule``."""

    platform: str
    scope: str
    command: str
    undo: str
    rehearse: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One (machine, port) that is open, and what we say of it."""

    id: str
    tenant: str
    machine: str
    port: int
    protocol: str
    verdict: Verdict
    score: float
    reason: str
    openings: tuple[Opening, ...]
    expected: tuple[Companion, ...] = ()
    runs_instead: Mapping[str, tuple[str, ...]] | None = None  # location → names
    proof: Proof = Proof()
    also_governed: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    excepted: str = ""  # why an exception silences it; empty if none does


@dataclass(frozen=True, slots=True)
class Unjoined:
    """A machine of the network without telemetry, or a host of the telemetry that the network does not know."""

    tenant: str
    name: str
    side: str  # "network" | "telemetry"
    reason: str


@dataclass(frozen=True, slots=True)
class Need:
    """A port that a machine needs open, and why."""

    port: int
    protocol: str
    reason: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One rule of the least that would do: ``ports`` (ranges) of a protocol, from the sources that a wide rule lets in.

    ``instead_of`` are the ids of the rules on the way that it stands in place of.
    """

    protocol: str
    ports: tuple[tuple[int, int], ...]
    scope: Scope
    sources: tuple[str, ...]
    instead_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Privilege:
    """The least privilege of a machine that ``openings`` leave wide open. ``certain``: its sockets were looked at.

    ``grants`` are the rules that would do. ``remedies`` put them in place of the wide ones, where the platform's
    evaluation says that all that is needed is open then, and nothing else of what the wide ones opened. ``excepted``
    says who answers for the wide rules, if anybody does.
    """

    tenant: str
    machine: str
    openings: tuple[Opening, ...]
    needed: tuple[Need, ...]
    certain: bool
    advice: str
    id: str = ""
    grants: tuple[Grant, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    excepted: str = ""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything one run of ``ports`` found, and what it could not look at."""

    profiles: tuple[PortProfile, ...]
    recommendations: tuple[Recommendation, ...]
    network: Network
    unjoined: tuple[Unjoined, ...]
    readings: tuple[Reading, ...]
    machines: int  # joined: known to the network and seen in telemetry
    notes: tuple[str, ...] = ()
    privileges: tuple[Privilege, ...] = ()
