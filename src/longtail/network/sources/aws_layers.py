"""An interface, its security groups and its subnet → the ordered layers that inbound traffic must pass."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from longtail.network.addresses import IPV4, IPV6
from longtail.network.intervals import Intervals, common, without
from longtail.network.layers import ANYWHERE, Action, Clause, Interface, Kind, Layer, doubted
from longtail.network.sources.aws_acls import NOWHERE, Acl, Within, answerable, inbound, welcome
from longtail.network.sources.aws_groups import GROUP, Group, Permission
from longtail.network.sources.aws_interfaces import Nic, family
from longtail.network.sources.aws_origins import Known, Members, origin
from longtail.network.sources.aws_rules import of_default_group, rule_id
from longtail.network.sources.aws_subnets import Routes

NO_PUBLIC_ADDRESS = "no public address: not reachable from the Internet as it stands"
NO_GATEWAY = "no route from its subnet to an Internet gateway: not reachable from the Internet as it stands"


@dataclass(frozen=True)
class Surroundings:
    """What is around interfaces, by id, and the layers made of it so far: machines alike share one layer."""

    groups: Mapping[str, Group]
    acls: Mapping[str, Acl]  # by subnet
    insides: Mapping[str, Within]
    routes: Routes
    known: Known
    _layers: dict[object, Layer] = field(default_factory=dict)
    _welcome: dict[str, Intervals] = field(default_factory=dict)
    _answerable: dict[str, Intervals] = field(default_factory=dict)

    def interfaces(self, nic: Nic) -> Iterator[Interface]:
        """The ways into an interface: one for each set of addresses that the same is to be said of."""
        acl = self.acls.get(nic.subnet)
        layers = (self._groups(nic),) if acl is None else (self._acl(acl, nic.subnet), self._groups(nic))
        for within, internet_notes in self._versions(nic):
            for addresses, notes in self._answered(nic, acl, within):
                yield Interface(layers, addresses, notes, internet_notes)

    def _acl(self, acl: Acl, subnet: str) -> Layer:
        if acl.id not in self._welcome:
            self._welcome[acl.id] = welcome(acl)
        within = self.insides.get(subnet, NOWHERE)
        key = (acl.id, subnet) if without(within.most, self._welcome[acl.id]) else acl.id
        if key not in self._layers:
            self._layers[key] = inbound(acl, within if key != acl.id else NOWHERE)
        return self._layers[key]

    def _groups(self, nic: Nic) -> Layer:
        attached = tuple(sorted(nic.groups))
        alone = frozenset(id for id in self._referenced(attached) if self._only(id, nic.owner))
        key = attached, nic.told, alone
        if key not in self._layers:
            clauses = [clause for id in attached for clause in self._clauses(id, alone)]
            self._layers[key] = Layer(Kind.UNION, tuple(clauses if nic.told else [*clauses, _untold(nic)]))
        return self._layers[key]

    def _referenced(self, attached: Iterable[str]) -> Iterator[str]:
        for id in attached:
            for each in self.groups[id].permissions if id in self.groups else ():
                if each.origin.kind == GROUP:
                    yield each.origin.value

    def _only(self, group: str, owner: str) -> bool:
        """Whether nobody else is in a group: a machine does not open itself to itself."""
        members = self.known.members.get(group, Members())
        return members.told and members.owners == {owner}

    def _clauses(self, id: str, alone: frozenset[str]) -> Iterator[Clause]:
        group = self.groups.get(id, Group(id))
        if not group.told:
            yield _unknown(f"the rules of security group {id} were not exported")
        for each in group.permissions:
            if each.traffic.protocols and not (each.origin.kind == GROUP and each.origin.value in alone):
                yield self._clause(group, each)

    def _clause(self, group: Group, permission: Permission) -> Clause:
        return Clause(
            rule=rule_id(permission),
            action=Action.ALLOW,
            protocols=frozenset(permission.traffic.protocols),
            ports=((permission.traffic.first, permission.traffic.last),),
            origins=(origin(permission, self.known),),
            default=of_default_group(group, permission),
        )

    def _versions(self, nic: Nic) -> Iterator[tuple[Intervals, tuple[str, ...]]]:
        """IPv4 and IPv6 apart where not the same is to be said of the Internet. IPv6 addresses are all public."""
        reach = family(nic)
        gateway = (NO_GATEWAY,) if self.routes.to_internet(nic.subnet, nic.vpc) is False else ()
        if nic.public:
            yield reach, gateway
            return
        for version, notes in ((IPV4, (NO_PUBLIC_ADDRESS, *gateway)), (IPV6, gateway)):
            if here := common(reach, version):
                yield here, notes

    def _answered(self, nic: Nic, acl: Acl | None, within: Intervals) -> Iterator[tuple[Intervals, tuple[str, ...]]]:
        """Addresses that get answers and those that do not."""
        if acl is None:
            yield within, (f"no network ACL of subnet {nic.subnet or '(unknown)'} was exported: taken to let all pass",)
            return
        if nic.subnet not in self._answerable:
            self._answerable[nic.subnet] = answerable(acl, self.insides.get(nic.subnet, NOWHERE))
        reached = self._answerable[nic.subnet]
        silent = f"answers cannot leave: network ACL {acl.id} lets no TCP out to ports 1024-65535 of these sources"
        for addresses, notes in ((common(within, reached), ()), (without(within, reached), (silent,))):
            if addresses:
                yield addresses, notes


def _untold(nic: Nic) -> Clause:
    return _unknown(f"the security groups of network interface {nic.id} cannot be read")


def _unknown(why: str) -> Clause:
    """What may let everything pass, by rules that are not known."""
    return Clause("", Action.CONTINUE, origins=(doubted(ANYWHERE, why),))
