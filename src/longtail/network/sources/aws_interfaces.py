"""Network interfaces and instances as exported → every interface once: its groups, its addresses, whose it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from longtail.network.addresses import IPV4, IPV6, addresses
from longtail.network.intervals import Intervals, common, merged
from longtail.network.sources.aws_exports import REGION, Exported, Record, Resource
from longtail.network.sources.aws_fields import inner, records, tags, text

KEPT = ("SubnetId", "VpcId", "PrivateIpAddress", "PrivateDnsName", "SourceDestCheck")
GONE = frozenset({"terminated", "shutting-down"})


@dataclass(frozen=True, slots=True)
class Nic:
    """A network interface. ``instance`` is empty for one of another service (RDS, ELB, Lambda…).

    ``told`` says whether its groups are known, ``versions`` whether it is known which versions of IP it speaks.
    """

    id: str
    instance: str = ""
    subnet: str = ""
    vpc: str = ""
    region: str = ""
    account: str = ""
    service: str = ""
    groups: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()  # private IPv4 and IPv6
    prefixes: tuple[str, ...] = ()  # blocks delegated to it, for containers
    public: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # private DNS names
    told: bool = False
    versions: bool = False
    routes: bool = False  # may pass on traffic that is not its own

    @property
    def held(self) -> Intervals:
        """Its own addresses."""
        return merged(block for each in (*self.addresses, *self.prefixes) for block in addresses(each) or ())

    def within(self, regions: Mapping[str, str]) -> "Nic":
        """The same, in the region of its network."""
        return replace(self, region=regions.get(self.vpc, ""))

    @property
    def owner(self) -> str:
        """What it is a part of: its instance, or itself."""
        return self.instance or self.id


@dataclass(frozen=True, slots=True)
class Instance:
    """A virtual machine as its own description tells it."""

    id: str
    name: str = ""
    account: str = ""
    region: str = ""
    vpc: str = ""
    state: str = ""
    windows: bool = False
    names: tuple[str, ...] = ()  # private DNS names, computer name
    addresses: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def gone(self) -> bool:
        """Whether it is terminated: it has no interface any more and will not come back."""
        return self.state in GONE


Described = TypeVar("Described", Nic, Instance)


def nics(exported: Exported) -> dict[str, Nic]:
    """Every interface by id: as it describes itself, and as its instance does."""
    found: dict[str, Nic] = {}
    for each in (*_own(exported), *_inside_instances(exported)):
        found[each.id] = _united(found[each.id], each) if each.id in found else each
    shown = frozenset(nic.instance for nic in found.values())
    return found | {each.id: each for each in _primaries(exported, shown)}


def instances(exported: Exported) -> dict[str, Instance]:
    """Every instance that is described, by id."""
    found: dict[str, Instance] = {}
    for resource in exported.of("Instances"):
        each = _instance(resource)
        found[each.id] = _united(found[each.id], each) if each.id in found else each
    for resource in exported.of("InstanceInformationList"):
        computer = text(resource.record, "ComputerName")
        known = found.get(resource.record["InstanceId"])
        if known and computer:
            found[known.id] = _united(known, Instance(known.id, names=(computer,)))
    return found


def family(nic: Nic) -> Intervals:
    """The addresses that can reach an interface at all: those of the versions of IP that it speaks."""
    if not nic.versions:
        return merged(IPV4 + IPV6)
    return merged(version for version in IPV4 + IPV6 if common(nic.held, (version,)))


def region_of(record: Record) -> str:
    """The region that an availability zone lies in."""
    zone = text(record, "AvailabilityZone") or text(inner(record, "Placement"), "AvailabilityZone")
    found = REGION.match(zone)
    return found.group() if found else ""


def _united(one: Described, other: Described) -> Described:
    """What two descriptions say together: lists united, else what the first says."""

    def both(name: str) -> Any:
        a, b = getattr(one, name), getattr(other, name)
        return tuple(dict.fromkeys(a + b)) if isinstance(a, tuple) else a or b

    return type(one)(**{each.name: both(each.name) for each in fields(one)})


def _own(exported: Exported) -> Iterator[Nic]:
    for each in exported.of("NetworkInterfaces"):
        attached = inner(each.record, "Attachment")
        instance = text(attached, "InstanceId") or text(each.record, "AttachedInstanceId")
        yield _nic(each.record, instance, each.region or region_of(each.record), each.account)


def _inside_instances(exported: Exported) -> Iterator[Nic]:
    for each in exported.of("Instances"):
        for one in records(each.record, "NetworkInterfaces"):
            if text(one, "NetworkInterfaceId"):
                whose = each.account or text(one, "OwnerId")
                yield _nic(one, each.record["InstanceId"], each.region or region_of(each.record), whose)


def _primaries(exported: Exported, shown: frozenset[str]) -> Iterator[Nic]:
    for each in exported.of("Instances"):
        if each.record["InstanceId"] not in shown and not (instance := _instance(each)).gone:
            yield _nic(_primary(each.record), instance.id, instance.region, each.account)


def _primary(instance: Record) -> Record:
    """The interface of an instance of which none is shown: what the instance says of its first one."""
    return {
        **{key: instance.get(key) for key in KEPT},
        "NetworkInterfaceId": f"{instance['InstanceId']}/primary",
        "Groups": instance.get("SecurityGroups"),
        "AssociationPublicIp": instance.get("PublicIpAddress"),
    }


def _nic(record: Record, instance: str, region: str, account: str) -> Nic:
    private = records(record, "PrivateIpAddresses")
    groups = record.get("Groups")
    named = tuple(text(each, "GroupId") for each in records(record, "Groups"))
    return Nic(
        id=record["NetworkInterfaceId"],
        instance=instance,
        subnet=text(record, "SubnetId"),
        vpc=text(record, "VpcId"),
        region=region,
        account=account,
        service=_service(record),
        groups=tuple(dict.fromkeys(filter(None, named))),
        addresses=_distinct(
            text(record, "PrivateIpAddress"),
            *(text(each, "PrivateIpAddress") for each in private),
            *(text(each, "Ipv6Address") for each in records(record, "Ipv6Addresses")),
        ),
        prefixes=_distinct(
            *(text(each, "Ipv4Prefix") for each in records(record, "Ipv4Prefixes")),
            *(text(each, "Ipv6Prefix") for each in records(record, "Ipv6Prefixes")),
        ),
        public=_distinct(
            text(record, "AssociationPublicIp"),
            *(text(inner(each, "Association"), "PublicIp") for each in (record, *private)),
        ),
        names=_distinct(*(text(each, "PrivateDnsName") for each in (record, *private))),
        told=isinstance(groups, list) and bool(named) and all(named) and len(named) == len(groups),
        versions=isinstance(record.get("Ipv6Addresses"), list) and bool(text(record, "PrivateIpAddress")),
        routes=record.get("SourceDestCheck") is False,
    )


def _service(record: Record) -> str:
    """What an interface without an instance belongs to, as far as it says."""
    kind, requester = text(record, "InterfaceType"), text(record, "RequesterId")
    owner = text(inner(record, "Attachment"), "InstanceOwnerId")
    if kind not in ("", "interface"):
        return kind
    return next((each for each in (requester, owner) if each.startswith("amazon")), "") or "not attached"


def _instance(resource: Resource) -> Instance:
    record = resource.record
    said = tags(record)
    return Instance(
        id=record["InstanceId"],
        name=said.get("Name", ""),
        account=resource.account,
        region=resource.region or region_of(record),
        vpc=text(record, "VpcId"),
        state=text(inner(record, "State"), "Name") or text(record, "InstanceState"),
        windows=text(record, "Platform").lower() == "windows" or "windows" in text(record, "PlatformDetails").lower(),
        names=_distinct(text(record, "PrivateDnsName")),
        addresses=_distinct(text(record, "PrivateIpAddress")),
        tags=said,
    )


def _distinct(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))
