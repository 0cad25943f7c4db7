"""The resources of all Azure exports → what there is, by key, each distinct version once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from longtail.network.addresses import address
from longtail.network.intervals import Intervals, merged
from longtail.network.sources.azure_fields import key
from longtail.network.sources.azure_nouns import (
    AdminRule,
    ApplicationGroup,
    Balancer,
    Effective,
    Group,
    MachineAddresses,
    Nic,
    PublicAddress,
    Subnet,
    VirtualNetwork,
    Vm,
)

T = TypeVar("T")
Versions = dict[str, tuple[T, ...]]


@dataclass(frozen=True)
class Inventory:
    """Everything by key. Two exports that tell different things of one resource are two versions, and both count."""

    groups: Versions[Group] = field(default_factory=dict)
    nics: Versions[Nic] = field(default_factory=dict)
    machines: Versions[Vm] = field(default_factory=dict)
    subnets: Versions[Subnet] = field(default_factory=dict)
    networks: dict[str, VirtualNetwork] = field(default_factory=dict)
    effective: Versions[Group] = field(default_factory=dict)
    admin: tuple[AdminRule, ...] = ()
    public: dict[str, str] = field(default_factory=dict)
    balancers: dict[str, Balancer] = field(default_factory=dict)
    balanced: dict[str, tuple[str, ...]] = field(default_factory=dict)
    application_groups: frozenset[str] = frozenset()
    members: dict[str, Intervals] = field(default_factory=dict)
    told_addresses: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    groups_of_nics: Versions[str] = field(default_factory=dict)
    groups_of_subnets: Versions[str] = field(default_factory=dict)


def inventory(resources: Iterable[Any]) -> Inventory:
    """The resources, in whatever order they come."""
    held: dict[type, list[Any]] = {}
    for each in resources:
        held.setdefault(type(each), []).append(each)
    shown = held.get(Group, [])
    nics = _versions((key(each.id), each) for each in held.get(Nic, ()))
    balancers = {key(each.id): each for each in held.get(Balancer, ())}
    return Inventory(
        groups=_versions((key(each.id), each) for each in shown),
        nics=nics,
        machines=_versions((key(each.id), each) for each in held.get(Vm, ())),
        subnets=_versions((key(each.id), each) for each in held.get(Subnet, ())),
        networks=_networks(held.get(VirtualNetwork, [])),
        effective=_versions((each.target, each.group) for each in held.get(Effective, ())),
        admin=tuple(held.get(AdminRule, ())),
        public={key(each.id): each.address for each in held.get(PublicAddress, ()) if each.address},
        balancers=balancers,
        balanced=_versions((to, name) for name, each in balancers.items() for to in each.configurations),
        application_groups=frozenset(key(each.id) for each in held.get(ApplicationGroup, ())),
        members=_members(nics),
        told_addresses={
            (each.resource_group, each.name.lower()): each.addresses for each in held.get(MachineAddresses, ())
        },
        groups_of_nics=_versions((nic, key(each.id)) for each in shown for nic in each.interfaces),
        groups_of_subnets=_versions((net, key(each.id)) for each in shown for net in each.subnets),
    )


def _versions(pairs: Iterable[tuple[str, T]]) -> Versions[T]:
    found: dict[str, dict[T, None]] = {}
    for name, each in pairs:
        found.setdefault(name, {})[each] = None
    return {name: tuple(sorted(each, key=repr) if len(each) > 1 else each) for name, each in found.items()}


def _networks(every: Iterable[VirtualNetwork]) -> dict[str, VirtualNetwork]:
    """Versions of a network as one that has the addresses and peers of all."""
    found: dict[str, VirtualNetwork] = {}
    for each in every:
        before = found.get(key(each.id), each)
        found[key(each.id)] = VirtualNetwork(
            before.id,
            merged(before.prefixes + each.prefixes),
            tuple(sorted({*before.peers, *each.peers})),
            before.gateway or each.gateway,
        )
    return found


def _members(nics: Versions[Nic]) -> dict[str, Intervals]:
    """The addresses in each application security group."""
    found: dict[str, list[int]] = {}
    for nic in (each for every in nics.values() for each in every):
        for configuration in nic.configurations:
            number = address(configuration.address)
            for group in configuration.groups if number is not None else ():
                found.setdefault(group, []).append(number or 0)
    return {group: merged((each, each) for each in every) for group, every in found.items()}
