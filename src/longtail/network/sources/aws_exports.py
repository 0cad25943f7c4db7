"""Resources of AWS: their kinds, how each is known by its keys, and everything that some documents hold, by kind."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from longtail.network.source import Export

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource: its collection's name, its id, keys that tell one alone, its type in AWS Config."""

    collection: str
    id: str
    marks: tuple[frozenset[str], ...] = ()
    config: str = ""


def _marks(*keys: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split()) for each in keys)


KINDS = (
    Kind("SecurityGroups", "GroupId", _marks("GroupId IpPermissions"), "AWS::EC2::SecurityGroup"),
    Kind("SecurityGroupRules", "GroupId", _marks("SecurityGroupRuleId GroupId")),
    Kind("NetworkAcls", "NetworkAclId", _marks("NetworkAclId Entries"), "AWS::EC2::NetworkAcl"),
    Kind(
        "NetworkInterfaces",
        "NetworkInterfaceId",
        _marks("NetworkInterfaceId PrivateIpAddress", "NetworkInterfaceId Groups"),
        "AWS::EC2::NetworkInterface",
    ),
    Kind(
        "Instances",
        "InstanceId",
        _marks("InstanceId SecurityGroups", "InstanceId InstanceType", "InstanceId NetworkInterfaces"),
        "AWS::EC2::Instance",
    ),
    Kind("Reservations", "", _marks("ReservationId Instances")),
    Kind("InstanceInformationList", "InstanceId", _marks("InstanceId ComputerName")),
    Kind("Subnets", "SubnetId", _marks("SubnetId CidrBlock"), "AWS::EC2::Subnet"),
    Kind("PrefixLists", "PrefixListId", _marks("PrefixListId PrefixListName", "PrefixListId Entries")),
    Kind("RouteTables", "RouteTableId", _marks("RouteTableId Routes"), "AWS::EC2::RouteTable"),
    Kind("InternetGateways", "InternetGatewayId", _marks("InternetGatewayId Attachments"), "AWS::EC2::InternetGateway"),
    Kind("Vpcs", "VpcId", _marks("VpcId CidrBlock InstanceTenancy"), "AWS::EC2::VPC"),
)
"""Gateways and networks are known so that their files are, though nothing depends on them."""

COLLECTIONS = {kind.collection: kind for kind in KINDS}
CONFIGURED = {kind.config: kind for kind in KINDS if kind.config}

REGION = re.compile(r"[a-z]{2}(?:-[a-z]{2,9}){1,2}-\d\d?")


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its kind's collection, its record, where it stands, and the region and account it stands under."""

    kind: str
    record: Record
    place: str
    region: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """A resource that could not be used: of which kind, where, and why."""

    kind: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a collection: whether it announces another one, and whether it is known to be whole itself."""

    kind: str
    more: bool
    whole: bool = True


Found = Resource | Loss | Page


@dataclass(frozen=True, slots=True)
class Exported:
    """The resources of some documents by kind, and the kinds of which some are known to be missing."""

    resources: Mapping[str, tuple[Resource, ...]] = field(default_factory=dict)
    partial: frozenset[str] = frozenset()

    def of(self, kind: str) -> tuple[Resource, ...]:
        """The resources of a kind."""
        return self.resources.get(kind, ())


def pooled(exports: Iterable[Export]) -> Exported:
    """Everything some documents hold, by kind. A kind is partial where a resource was lost, or no last page came."""
    kinds: dict[str, list[Resource]] = {}
    pages: dict[str, bool] = {}
    partial: set[str] = set()
    for export in exports:
        partial |= {loss.kind for loss in export.lost if isinstance(loss, Loss)}
        for each in export.resources:
            if isinstance(each, Page) and not each.whole:
                partial.add(each.kind)
            elif isinstance(each, Page):
                pages[each.kind] = pages.get(each.kind, True) and each.more
            else:
                kinds.setdefault(each.kind, []).append(each)
    partial |= {kind for kind, more in pages.items() if more}
    return Exported({kind: tuple(every) for kind, every in kinds.items()}, frozenset(partial))
