"""The resources of Azure that decide what is open, as far as they decide it. References to others are keys."""

from dataclasses import dataclass, field

from longtail.network.intervals import Intervals
from longtail.network.sources.azure_rules import SecurityRule


@dataclass(frozen=True, slots=True)
class Group:
    """A network security group: its inbound rules, what it says it is attached to, and what of it is in doubt.

    Groups are equal when they let the same pass.
    """

    id: str = field(compare=False)
    rules: tuple[SecurityRule, ...]
    interfaces: tuple[str, ...] = field(default=(), compare=False)
    subnets: tuple[str, ...] = field(default=(), compare=False)
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """One address of an interface."""

    address: str = ""
    subnet: str = ""
    public: str = ""  # the public address's key
    groups: tuple[str, ...] = ()  # application security groups
    balancers: tuple[str, ...] = ()  # load balancers that pass traffic on to it


@dataclass(frozen=True, slots=True)
class Nic:
    """A network interface."""

    id: str = field(compare=False)
    group: str
    machine: str
    configurations: tuple[Configuration, ...]
    routes: bool = False  # may pass on traffic that is not its own


@dataclass(frozen=True, slots=True)
class Vm:
    """A virtual machine. ``addresses`` are those that its own record tells."""

    id: str
    name: str
    computer: str = ""
    nics: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet and the group attached to it, if any."""

    id: str = field(compare=False)
    group: str
    prefixes: Intervals


@dataclass(frozen=True, slots=True)
class VirtualNetwork:
    """A virtual network: its own addresses, those of its peers, the peers whose addresses it does not tell."""

    id: str
    prefixes: Intervals
    peers: tuple[str, ...] = ()
    gateway: bool = False


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """A public address."""

    id: str
    address: str


@dataclass(frozen=True, slots=True)
class ApplicationGroup:
    """An application security group."""

    id: str


@dataclass(frozen=True, slots=True)
class Balancer:
    """A load balancer: whether it faces the Internet, and to which interface addresses it passes traffic on."""

    id: str
    public: bool
    configurations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effective:
    """The rules that apply to an interface or a subnet, as Azure worked them out."""

    target: str
    group: Group


@dataclass(frozen=True, slots=True)
class AdminRule:
    """A rule of Virtual Network Manager; where it applies is not part of it."""

    rule: SecurityRule


@dataclass(frozen=True, slots=True)
class Passed:
    """A resource that is Azure's and decides nothing here."""


@dataclass(frozen=True, slots=True)
class MachineAddresses:
    """The addresses of a machine that is named, not identified."""

    resource_group: str
    name: str
    addresses: tuple[str, ...] = ()
