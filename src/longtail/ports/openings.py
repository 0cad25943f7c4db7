"""What a network export comes down to: machines, the rules that govern them, and what those rules leave open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from longtail.ports.amending import Amendment
from longtail.readings import Reading

LAST_PORT = 65_535
ROUTES = "routes"  # in a machine's ``detail``: an interface of it may pass on traffic that is not its own
TWIN = "twin"  # in a machine's ``detail``: one of its groups governs another machine that has an address of it too
WIDE = 1_024  # an opening of more ports than this says nothing of any one of them


class Scope(StrEnum):
    """From where an opening can be reached, the widest first."""

    INTERNET = "internet"  # any address
    PARTLY_INTERNET = "partly_internet"  # some public addresses
    PRIVATE = "private"  # private addresses: a virtual network, RFC 1918, unique local
    GROUP = "group"  # the members of named groups


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as its platform names it. ``id`` is unique in a network.

    ``container`` is the id of what holds it (a network security group, a security group, an access list).
    ``detail`` holds, as text, what a command that closes it must name (resource group, priority, ports as written…);
    ``raw`` is the rule as exported, from which it can be restored.
    """

    id: str
    name: str
    platform: str
    container: str
    allows: bool
    priority: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    detail: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as its platform knows it: ``aliases`` are its resource and instance ids, host names and addresses.

    ``detail`` holds, as text, what a remedy must name (network interface ids, private addresses, attached groups…).
    ``platform`` is ``plain`` for the plain form.
    """

    tenant: str
    name: str
    platform: str
    aliases: tuple[str, ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opening:
    """Inbound ``protocol`` traffic to ports ``first``…``last`` of a machine passes, from ``sources``.

    ``rules`` are the ids of the rules that let it pass, outermost layer first. ``unresolved`` says, a sentence each,
    what could not be resolved on the way (an unknown service tag, a group that was not exported): such traffic counts
    as passing, never as closed. ``default`` marks what only a platform's default rules allow (``AllowVnetInBound``).
    ``notes`` tell what else matters (no public address, so not reachable from the Internet as it stands).
    """

    tenant: str
    machine: str
    protocol: str  # "tcp" | "udp" | …; any-protocol rules give one opening each for tcp and udp
    first: int
    last: int
    scope: Scope
    sources: tuple[str, ...]
    rules: tuple[str, ...]
    unresolved: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    default: bool = False

    @property
    def wide(self) -> bool:
        """Whether it spans so many ports that it teaches nothing about any of them."""
        return self.last - self.first >= WIDE

    def covers(self, port: int, protocol: str = "tcp") -> bool:
        """Whether this lets ``protocol`` traffic pass to ``port``."""
        return self.protocol == protocol and self.first <= port <= self.last


Amended = Callable[[Machine, Amendment], tuple[Opening, ...] | None]
"""What would be open on a machine, were its rules changed; None where nobody can tell."""


def untold(_machine: Machine, _amendment: Amendment) -> None:
    """The answer of a network whose rules are not known."""
    return


@dataclass(frozen=True, slots=True)
class Network:
    """Everything read from the exports. A machine without an opening is closed; one that is not listed is unknown.

    ``orphans`` are the ids of containers that govern no machine; ``bearers`` are by container the ids of what it
    governs besides machines: interfaces of other services, interfaces and subnets that were not exported. ``amended``
    evaluates a machine anew, as a remedy would leave its rules.
    """

    machines: tuple[Machine, ...]
    openings: tuple[Opening, ...]
    rules: Mapping[str, Rule]
    readings: tuple[Reading, ...] = ()
    orphans: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    bearers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    amended: Amended = field(default=untold, compare=False, repr=False)
