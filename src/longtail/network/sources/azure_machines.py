"""Azure's machines and what stands before each of their addresses → machines with interfaces, ready to be evaluated."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, product

from longtail.network.addresses import EVERYWHERE, IPV4, IPV6, V6_FROM
from longtail.network.intervals import Intervals
from longtail.network.layers import Interface, Layer, unknown_layer
from longtail.network.sources.azure_fields import key, last, segment
from longtail.network.sources.azure_inventory import Inventory
from longtail.network.sources.azure_layers import Layers, Target, target
from longtail.network.sources.azure_nouns import Configuration, Group, Nic, Vm
from longtail.network.sources.azure_origins import Origins
from longtail.ports.openings import ROUTES, Machine

DEFAULT_TENANT = "default"
VERSIONS_MOST = 8  # combinations of differing exports of one machine's groups that are looked at

NO_GROUP = "no network security group is attached: nothing filters this interface"
NO_PUBLIC = "no public address: not reachable from the Internet as it stands"
BALANCED = "no public address of its own: reachable from the Internet through load balancer {}"
TWICE = "exported more than once with different rules or attachments: each version counts"


@dataclass(frozen=True, slots=True)
class Known:
    """A machine, its ways in, the keys of the groups that govern it and of its interfaces."""

    machine: Machine
    interfaces: tuple[Interface, ...]
    governed_by: frozenset[str]
    nics: frozenset[str]


def machines(held: Inventory, tenant: str | None) -> list[Known]:
    """Every machine that is exported or that an interface names, in order of its id."""
    finder = _Finder(held)
    every = _vms(held)
    names = Counter((_tenant(vm, tenant), vm.name.lower()) for vm in every)
    return [
        finder.known(vm, _machine_name(vm, names[_tenant(vm, tenant), vm.name.lower()] > 1), _tenant(vm, tenant))
        for vm in every
    ]


def _vms(held: Inventory) -> list[Vm]:
    """One of each machine with the interfaces of all its versions and of those that name it as theirs."""
    named: dict[str, set[str]] = {}
    bare: dict[str, Vm] = {}
    for name, nics in held.nics.items():
        for nic in nics:
            if owner := key(nic.machine):
                named.setdefault(owner, set()).add(name)
                bare.setdefault(owner, Vm(nic.machine, _name(nic.machine)))
    found = []
    for owner in sorted({*held.machines, *bare}):
        versions = held.machines.get(owner) or (bare[owner],)
        nics_of = {nic for vm in versions for nic in vm.nics} | named.get(owner, set())
        told = tuple(dict.fromkeys(each for vm in versions for each in vm.addresses))
        found.append(replace(versions[0], nics=tuple(sorted(nics_of)), addresses=told))
    return found


def _name(id: str) -> str:
    """The machine's name from its id; an instance of a scale set is named as Azure does, ``set_0``."""
    fleet = segment(id, "virtualMachineScaleSets")
    return f"{fleet}_{last(id)}" if fleet else last(id)


def _machine_name(vm: Vm, ambiguous: bool) -> str:
    group = segment(vm.id, "resourceGroups")
    return f"{group}/{vm.name}" if ambiguous and group else vm.name


def _tenant(vm: Vm, tenant: str | None) -> str:
    return tenant or segment(vm.id, "subscriptions").lower() or DEFAULT_TENANT


class _Finder:
    """Finds what stands before an interface; layers are shared among all that stand behind the same rules."""

    def __init__(self, held: Inventory) -> None:
        self.held = held
        self.layers = Layers(Origins(held.networks, held.members, held.application_groups))
        self.unknown: dict[str, Layer] = {}
        self.admin = (self.layers.admin(held.admin),) if held.admin else ()

    def known(self, vm: Vm, name: str, tenant: str) -> Known:
        """The machine with its interfaces."""
        interfaces: dict[Interface, None] = {}
        governed: set[str] = set()
        nics = [nic for each in vm.nics for nic in self.held.nics.get(each) or (self._unseen(each),)]
        for nic in nics:
            for configuration in nic.configurations:
                for each, groups in self._ways(nic, configuration):
                    interfaces[each] = None
                    governed |= groups
        if not nics:
            why = f"the network interfaces of {vm.name} were not exported"
            interfaces[Interface((self._unknown(why),))] = None
        return Known(self._machine(vm, name, tenant, nics), tuple(interfaces), frozenset(governed), frozenset(vm.nics))

    def _unseen(self, name: str) -> Nic:
        """An interface that was not exported, as far as the groups tell of it."""
        groups = self.held.groups_of_nics.get(name, ())
        return Nic(name, groups[0] if groups else "?", "", (Configuration(subnet="?"),))

    def _ways(self, nic: Nic, configuration: Configuration) -> Iterator[tuple[Interface, set[str]]]:
        network = configuration.subnet.split("/subnets/")[0] if configuration.subnet != "?" else ""
        goal = target(configuration.address, network, configuration.groups)
        within = _family(goal)
        on_subnet, on_nic = self._on_subnet(nic, configuration), self._on_nic(nic)
        choices = list(islice(product(on_subnet, on_nic), VERSIONS_MOST))
        for versions in choices:
            groups = [each for each in versions if isinstance(each, Group)]
            layers = [self.layers.of(each, goal) if isinstance(each, Group) else each for each in versions if each]
            notes = (*((NO_GROUP,) if not layers else ()), *((TWICE,) if len(choices) > 1 else ()))
            yield (
                Interface((*self.admin, *layers), within, notes, self._from_internet(configuration)),
                {key(group.id) for group in groups},
            )

    def _on_subnet(self, nic: Nic, configuration: Configuration) -> tuple[Group | Layer | None, ...]:
        name = configuration.subnet
        if name in self.held.effective:
            return self.held.effective[name]
        if subnets := self.held.subnets.get(name):
            return self._groups({subnet.group for subnet in subnets})
        if groups := self.held.groups_of_subnets.get(name):
            return self._groups(set(groups))
        if key(nic.id) in self.held.effective:
            return (None,)
        which = f"subnet {last(name)}" if name not in ("", "?") else f"the subnet of network interface {last(nic.id)}"
        return (self._unknown(f"{which} was not exported: whether a group closes something there is not known"),)

    def _on_nic(self, nic: Nic) -> tuple[Group | Layer | None, ...]:
        if effective := self.held.effective.get(key(nic.id)):
            return effective
        if nic.group == "?":
            return (self._unknown(f"network interface {last(nic.id)} was not exported: what governs it is not known"),)
        return self._groups({nic.group})

    def _groups(self, names: set[str]) -> tuple[Group | Layer | None, ...]:
        """The versions of the groups of these keys; an empty key is no group."""
        found: list[Group | Layer | None] = []
        for name in sorted(names):
            why = f"network security group {last(name)} was not exported: what it allows is not known"
            found += (self.held.groups.get(name) or (self._unknown(why),)) if name else (None,)
        return tuple(found)

    def _unknown(self, why: str) -> Layer:
        return self.unknown.setdefault(why, unknown_layer(why))

    def _from_internet(self, configuration: Configuration) -> tuple[str, ...]:
        if configuration.public or configuration.subnet == "?":
            return ()
        facing = [name for name in configuration.balancers if self._faces_internet(name)]
        return (BALANCED.format(last(facing[0])),) if facing else (NO_PUBLIC,)

    def _faces_internet(self, name: str) -> bool:
        balancer = self.held.balancers.get(name)
        return balancer is None or balancer.public

    def _machine(self, vm: Vm, name: str, tenant: str, nics: list[Nic]) -> Machine:
        every = [configuration for nic in nics for configuration in nic.configurations]
        private = tuple(dict.fromkeys(each.address for each in every if each.address))
        public = tuple(self.held.public[each.public] for each in every if each.public in self.held.public)
        told = self.held.told_addresses.get((segment(vm.id, "resourceGroups").lower(), vm.name.lower()), ())
        aliases = (vm.id, vm.name, vm.computer, *private, *public, *vm.addresses, *told)
        return Machine(
            tenant=tenant,
            name=name,
            platform="azure",
            aliases=tuple(dict.fromkeys(each for each in aliases if each and each != name)),
            detail=self._detail(vm, nics, private),
        )

    def _detail(self, vm: Vm, nics: list[Nic], private: tuple[str, ...]) -> dict[str, str]:
        """What a remedy must name; ``priorities:`` followed by a group's id are those that its inbound rules use."""
        names = {nic.group for nic in nics}
        for configuration in (each for nic in nics for each in nic.configurations):
            names |= {subnet.group for subnet in self.held.subnets.get(configuration.subnet, ())}
            names |= set(self.held.groups_of_subnets.get(configuration.subnet, ()))
        groups = [group for name in sorted(names) for group in self.held.groups.get(name, ())]
        every = [configuration for nic in nics for configuration in nic.configurations]
        detail = {
            "id": vm.id,
            "subscription": segment(vm.id, "subscriptions"),
            "resource_group": segment(vm.id, "resourceGroups"),
            "private_ips": " ".join(private),
            "unaddressed": "yes" if not all(each.address for each in every) else "",
            "nic_ids": " ".join(dict.fromkeys(nic.id for nic in nics)),
            "nsg_ids": " ".join(dict.fromkeys(group.id for group in groups)),
            ROUTES: "yes" if any(nic.routes for nic in nics) else "",
        }
        used = {f"priorities:{group.id}": _priorities(group) for group in groups}
        return {what: value for what, value in {**detail, **used}.items() if value}


def _priorities(group: Group) -> str:
    return " ".join(str(each) for each in sorted({rule.priority for rule in group.rules if not rule.default}))


def _family(goal: Target) -> Intervals:
    if goal.address is None:
        return EVERYWHERE
    return IPV4 if goal.address < V6_FROM else IPV6
