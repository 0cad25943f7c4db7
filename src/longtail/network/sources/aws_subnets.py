"""Subnets and route tables as exported → the addresses inside a subnet, and whether the Internet is routed to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from longtail.network.addresses import V6_FROM, addresses
from longtail.network.intervals import Interval, Intervals, merged
from longtail.network.sources.aws_acls import Within
from longtail.network.sources.aws_exports import Exported, Record
from longtail.network.sources.aws_fields import records, text
from longtail.network.sources.aws_interfaces import Nic, region_of

WIDEST_V4, WIDEST_V6 = 1 << (32 - 16), 1 << (128 - 44)
"""Addresses of the widest subnets there are (/16, /44): one of unknown extent lies in such blocks around members."""


@dataclass(frozen=True, slots=True)
class Routes:
    """Which subnets, and which networks' main tables, are routed to an Internet gateway; of others nothing is known."""

    subnets: dict[str, bool]
    networks: dict[str, bool]

    def to_internet(self, subnet: str, vpc: str) -> bool | None:
        """Whether a subnet is: by its own table, else by its network's main one; None where neither was exported."""
        return self.subnets.get(subnet, self.networks.get(vpc))


def routes(exported: Exported) -> Routes:
    """The route tables, by what is associated with them."""
    found = Routes({}, {})
    for each in exported.of("RouteTables"):
        routed = any(_to_gateway(route) for route in records(each.record, "Routes"))
        for one in records(each.record, "Associations"):
            if subnet := text(one, "SubnetId"):
                found.subnets[subnet] = routed
            elif one.get("Main") is True and text(each.record, "VpcId"):
                found.networks[text(each.record, "VpcId")] = routed
    return found


def insides(exported: Exported, nics: Iterable[Nic]) -> dict[str, Within]:
    """The addresses inside each subnet that was exported or has an interface."""
    held: dict[str, list[Interval]] = {}
    for nic in nics:
        held.setdefault(nic.subnet, []).extend(nic.held)
    blocks = {each.record["SubnetId"]: merged(_blocks(each.record)) for each in exported.of("Subnets")}
    exact = {id: Within(every, every) for id, every in blocks.items() if every}
    return {id: _around(id, merged(every)) for id, every in held.items()} | exact


def regions(exported: Exported, nics: Iterable[Nic]) -> dict[str, str]:
    """The region of each network: groups and network ACLs do not say theirs."""
    subnets = {text(each.record, "VpcId"): each.region or region_of(each.record) for each in exported.of("Subnets")}
    found = {**subnets, **{nic.vpc: nic.region for nic in nics if nic.region}}
    return {vpc: region for vpc, region in found.items() if vpc and region}


def _blocks(subnet: Record) -> Iterator[Interval]:
    sixes = (text(each, "Ipv6CidrBlock") for each in records(subnet, "Ipv6CidrBlockAssociationSet"))
    for each in (text(subnet, "CidrBlock"), *sixes):
        yield from addresses(each) or () if each else ()


def _around(subnet: str, members: Intervals) -> Within:
    why = f"subnet {subnet or '(unknown)'} was not exported: which addresses are inside it is not known"
    return Within(members, merged(_block(first) for first, _ in members), why)


def _block(number: int) -> Interval:
    base, size = (0, WIDEST_V4) if number < V6_FROM else (V6_FROM, WIDEST_V6)
    first = base + (number - base) // size * size
    return first, first + size - 1


def _to_gateway(route: Record) -> bool:
    return text(route, "GatewayId").startswith("igw-") and text(route, "State") != "blackhole"
