"""Network ACLs as exported → the layers that traffic into a subnet, and the answers to it, must pass."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from longtail.network.addresses import addresses
from longtail.network.evaluator import passed
from longtail.network.intervals import Intervals, common, merged, without
from longtail.network.layers import ANYWHERE, Action, Clause, Kind, Layer, Origin, Passage, doubted, unknown_layer
from longtail.network.sources.aws_exports import Exported, Record, Resource
from longtail.network.sources.aws_fields import PORTED, Traffic, inner, quoted, text, traffic, whole
from longtail.ports.openings import LAST_PORT

EPHEMERAL = (1_024, 65_535)
"""Where clients wait for answers, whatever their system ("Ephemeral ports" in AWS's guide to network ACLs)."""

LAST = 1 << 20  # after every entry: they end at 32767 (IPv4) and 32768 (IPv6), the final `*`
FIRST = -1  # where an entry stands whose number cannot be read


@dataclass(frozen=True, slots=True)
class Within:
    """The addresses inside a subnet, which no network ACL stands before: at most ``most``, surely ``surely``."""

    surely: Intervals = ()
    most: Intervals = ()
    why: str = ""

    @property
    def origin(self) -> Origin:
        """Traffic that comes from inside."""
        return Origin(self.surely) if self.surely == self.most else Origin(self.most, self.surely, unresolved=self.why)


NOWHERE = Within()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: ``allows`` is None where the action cannot be read."""

    acl: str
    number: int
    egress: bool
    allows: bool | None
    block: str
    traffic: Traffic
    troubles: tuple[str, ...] = ()
    record: Record = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        """Unique in a network: entries are numbered in each direction of their list."""
        return f"{self.acl}:{'egress' if self.egress else 'ingress'}:{self.number}"


@dataclass(frozen=True, slots=True)
class Acl:
    """A network ACL. ``trouble`` says why its entries are not known, if they are not."""

    id: str
    vpc: str = ""
    account: str = ""
    region: str = ""
    subnets: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    trouble: str = ""


def acls(exported: Exported, regions: Mapping[str, str]) -> dict[str, Acl]:
    """Every network ACL by id; ``regions`` are those of networks.

    Of two that differ under one id neither is believed: which one holds is not known.
    """
    found: dict[str, Acl] = {}
    for resource in exported.of("NetworkAcls"):
        each = _acl(resource)
        found[each.id] = _agreed(found[each.id], each) if each.id in found else each
    return {id: replace(each, region=each.region or regions.get(each.vpc, "")) for id, each in found.items()}


def governing(acls: Mapping[str, Acl]) -> dict[str, Acl]:
    """The network ACL of each subnet that is associated with one. It has exactly one: of several none is believed."""
    found: dict[str, Acl] = {}
    for acl in acls.values():
        for subnet in acl.subnets:
            found[subnet] = _disputed(found[subnet], acl, subnet) if subnet in found else acl
    return found


def inbound(acl: Acl, within: Within) -> Layer:
    """What a network ACL lets into a subnet: the lowest number that matches decides, what none matches is denied."""
    return _layer(acl, within, egress=False)


def welcome(acl: Acl) -> Intervals:
    """The addresses that a network ACL lets in whatever they ask for: whether they are inside makes no difference."""
    layer = inbound(acl, NOWHERE)
    tcp, udp = (
        merged(interval for each in passed(layer, protocol) if _whole(each) for interval in each.addresses)
        for protocol in PORTED
    )
    return common(tcp, udp)


def answerable(acl: Acl, within: Within) -> Intervals:
    """The addresses to which answers over TCP can leave to some ephemeral port: network ACLs are stateless."""
    found = passed(_layer(acl, within, egress=True), "tcp")
    return merged(
        interval
        for each in found
        if each.first <= EPHEMERAL[1] and EPHEMERAL[0] <= each.last
        for interval in each.addresses
    )


def _whole(passage: Passage) -> bool:
    return (passage.first, passage.last) == (0, LAST_PORT) and not (passage.inside or passage.doubts)


def _disputed(one: Acl, other: Acl, subnet: str) -> Acl:
    id = f"{one.id} or {other.id}"
    return replace(one, id=id, trouble=f"subnet {subnet} is associated with several network ACLs: {id}")


def _agreed(one: Acl, other: Acl) -> Acl:
    subnets = tuple(dict.fromkeys(one.subnets + other.subnets))
    if set(one.entries) == set(other.entries) and one.trouble == other.trouble:
        return replace(one, subnets=subnets)
    entries = tuple(dict.fromkeys(one.entries + other.entries))
    return replace(one, subnets=subnets, entries=entries, trouble=f"network ACL {one.id} is described in several ways")


def _acl(resource: Resource) -> Acl:
    record = resource.record
    entries, associations = record.get("Entries"), record.get("Associations")
    named = (text(each, "SubnetId") for each in _objects(associations))
    return Acl(
        id=record["NetworkAclId"],
        vpc=text(record, "VpcId"),
        account=resource.account,
        region=resource.region,
        subnets=tuple(dict.fromkeys(filter(None, named))),
        entries=tuple(_entry(record["NetworkAclId"], each) for each in entries) if isinstance(entries, list) else (),
        trouble="" if isinstance(entries, list) else f"the entries of network ACL {record['NetworkAclId']} are missing",
    )


def _objects(value: object) -> Iterator[Record]:
    yield from (each for each in value if isinstance(each, Mapping)) if isinstance(value, list) else ()


def _entry(acl: str, given: object) -> Entry:
    record: Record = given if isinstance(given, Mapping) else {}
    number, egress = whole(record.get("RuleNumber")), str(record.get("Egress")).lower()
    action = text(record, "RuleAction").lower()
    ports = inner(record, "PortRange")
    about = traffic(record.get("Protocol"), ports.get("From"), ports.get("To"))
    block = text(record, "CidrBlock") or text(record, "Ipv6CidrBlock")
    troubles = {
        f"number {quoted(record.get('RuleNumber'))}": number is None,
        f"direction {quoted(record.get('Egress'))}": egress not in ("true", "false"),
        f"action {quoted(record.get('RuleAction'))}": action not in ("allow", "deny"),
        f"addresses {quoted(block or None)}": addresses(block) is None,
    }
    unread = tuple(f"{what} of an entry of {acl} cannot be read" for what, is_so in troubles.items() if is_so)
    return Entry(
        acl=acl,
        number=FIRST if number is None else number,
        egress=egress == "true",
        allows={"allow": True, "deny": False}.get(action),
        block=block,
        traffic=about,
        troubles=unread + tuple(f"{each} in an entry of {acl}" for each in about.troubles),
        record=record,
    )


def _layer(acl: Acl, within: Within, egress: bool) -> Layer:
    if acl.trouble:
        return unknown_layer(acl.trouble)
    clauses = [_clause(each, within) for each in acl.entries if each.egress is egress and _ported(each)]
    inside = Clause("", Action.CONTINUE, LAST, origins=(within.origin,))
    return Layer(Kind.FIRST_MATCH, (*clauses, inside) if within.most else tuple(clauses))


def _ported(entry: Entry) -> bool:
    return bool(entry.traffic.protocols)


def _clause(entry: Entry, within: Within) -> Clause:
    """An entry as the evaluator sees it. Denies do not reach traffic from inside the subnet.

    What it lets pass it does not open: it is a group's rule that does, and that is cited and closed.
    """
    denies = entry.allows is False
    origin = _beyond(_origin(entry), within) if denies else _origin(entry)
    return Clause(
        rule=entry.id,
        action=Action.DENY if denies else Action.CONTINUE,
        priority=entry.number,
        protocols=frozenset(entry.traffic.protocols),
        ports=((entry.traffic.first, entry.traffic.last),),
        origins=(origin,),
    )


def _origin(entry: Entry) -> Origin:
    block = addresses(entry.block)
    origin = ANYWHERE if block is None else Origin(block)
    return doubted(origin, "; ".join(entry.troubles)) if entry.troubles else origin


def _beyond(origin: Origin, within: Within) -> Origin:
    """What of an origin lies outside a subnet."""
    outside = without(origin.addresses, within.surely)
    if origin.unresolved or within.surely == within.most:
        return replace(origin, addresses=outside)
    return replace(origin, addresses=outside, surely=without(outside, within.most), unresolved=within.why)
