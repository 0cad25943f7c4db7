"""Security groups and security group rules as exported → one inbound permission for each protocol, range and source."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from longtail.network.addresses import addresses
from longtail.network.sources.aws_exports import Exported, Record, Resource
from longtail.network.sources.aws_fields import (
    ANY,
    PORTLESS,
    Traffic,
    inner,
    quoted,
    tags,
    text,
    traffic,
    whole,
)

BLOCK, LIST, GROUP, UNREAD = "block", "prefix list", "group", "unread"

SOURCES = (
    ("IpRanges", "CidrIp", BLOCK),
    ("Ipv4Ranges", "CidrIp", BLOCK),
    ("Ipv6Ranges", "CidrIpv6", BLOCK),
    ("PrefixListIds", "PrefixListId", LIST),
    ("UserIdGroupPairs", "GroupId", GROUP),
)
"""The lists of an ``IpPermission``, what names a source in each, and its kind. AWS Config says ``Ipv4Ranges``."""

FIELDS = (
    ("CidrIpv4", "IpRanges", "CidrIp", BLOCK),
    ("CidrIpv6", "Ipv6Ranges", "CidrIpv6", BLOCK),
    ("PrefixListId", "PrefixListIds", "PrefixListId", LIST),
    ("ReferencedGroupId", "UserIdGroupPairs", "GroupId", GROUP),
)
"""The source of a ``SecurityGroupRule``: its field, and where an ``IpPermission`` has it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a permission lets traffic in: a block of addresses, a prefix list, the members of a group."""

    kind: str
    value: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """One inbound permission. ``raw`` is the ``IpPermission`` that would grant it again."""

    group: str
    traffic: Traffic
    origin: Origin
    id: str = ""  # of its security group rule, where known
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""
    range: tuple[int | None, int | None] = (None, None)  # as written: for ICMP, type and code

    @property
    def key(self) -> tuple[object, ...]:
        """What tells two permissions of one group apart, in whichever form they were exported."""
        written = self.range if self.traffic.protocol in PORTLESS else (self.traffic.first, self.traffic.last)
        block = addresses(self.origin.value) if self.origin.kind == BLOCK else None
        return self.traffic.protocol, *written, self.origin.kind, block or self.origin.value


@dataclass(frozen=True, slots=True)
class Group:
    """A security group: ``told`` says whether all its inbound permissions are known."""

    id: str
    name: str = ""
    vpc: str = ""
    account: str = ""
    region: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    permissions: tuple[Permission, ...] = ()
    told: bool = False


def groups(exported: Exported, regions: Mapping[str, str]) -> dict[str, Group]:
    """Every security group that is described or has a rule described, by id; ``regions`` are those of networks.

    A group described twice has the permissions of both: what one description lacks may have been added since.
    """
    found: dict[str, Group] = {}
    for each in exported.of("SecurityGroups"):
        found[each.record["GroupId"]] = _joined(found.get(each.record["GroupId"]), _group(each))
    told = "SecurityGroupRules" not in exported.partial
    for each in exported.of("SecurityGroupRules"):
        ruled = Group(text(each.record, "GroupId"), account=each.account, region=each.region, told=told)
        ruled = replace(ruled, permissions=tuple(_permissions_of_rule(each.record)))
        found[ruled.id] = _joined(found.get(ruled.id), ruled)
    return {id: replace(each, region=each.region or regions.get(each.vpc, "")) for id, each in found.items()}


def _joined(one: Group | None, other: Group) -> Group:
    if one is None:
        return other
    permissions = {each.key: each for each in one.permissions}
    for each in other.permissions:
        permissions[each.key] = each if each.id else permissions.get(each.key, each)
    return Group(
        one.id,
        one.name or other.name,
        one.vpc or other.vpc,
        one.account or other.account,
        one.region or other.region,
        {**other.tags, **one.tags},
        tuple(permissions.values()),
        one.told or other.told,
    )


def _group(resource: Resource) -> Group:
    record = resource.record
    arn = text(record, "SecurityGroupArn").split(":")
    listed = record.get("IpPermissions")
    return Group(
        id=record["GroupId"],
        name=text(record, "GroupName"),
        vpc=text(record, "VpcId"),
        account=resource.account,
        region=resource.region or (arn[3] if len(arn) > 3 else ""),
        tags=tags(record),
        permissions=tuple(_permissions(record["GroupId"], listed)) if isinstance(listed, list) else (),
        told=isinstance(listed, list),
    )


def _permissions(group: str, listed: Iterable[Any]) -> Iterator[Permission]:
    for each in listed:
        if isinstance(each, Mapping):
            yield from _permissions_of(group, each)
        else:
            yield unread(group, f"a permission of security group {group} cannot be read")


def _permissions_of(group: str, permission: Record) -> Iterator[Permission]:
    """One permission for each of the sources of an ``IpPermission``."""
    about, written = _about(permission)
    some = False
    for key, name, kind in SOURCES:
        given = permission.get(key) or []
        for each in given if isinstance(given, list) else [given]:
            some = True
            source = each if isinstance(each, Mapping) else {name: each}
            raw = _raw(permission, "IpRanges" if key == "Ipv4Ranges" else key, source)
            yield Permission(
                group, about, _origin(kind, source, name), "", text(source, "Description"), {}, raw, written
            )
    if not some:
        yield Permission(group, _troubled(about, "a source is missing"), Origin(UNREAD, ""), range=written)


def _permissions_of_rule(record: Record) -> Iterator[Permission]:
    """The permission that a ``SecurityGroupRule`` is; none if it is outbound."""
    if record.get("IsEgress") is True or str(record.get("IsEgress", record.get("Type"))).lower() in ("true", "egress"):
        return
    group = text(record, "GroupId")
    about, written = _about(record)
    rule = Permission(
        group=group,
        traffic=about,
        origin=Origin(UNREAD, ""),
        id=text(record, "SecurityGroupRuleId"),
        description=text(record, "Description"),
        tags=tags(record),
        range=written,
    )
    flat = {**record, **_referenced(record)}
    sources = [(key, name, kind, flat[field]) for field, key, name, kind in FIELDS if flat.get(field)]
    if not sources:
        yield replace(rule, traffic=_troubled(about, "a source is missing"))
    for key, name, kind, value in sources:
        source = {name: value, "UserId": flat.get("ReferencedUserId"), "Description": record.get("Description")}
        yield replace(rule, origin=_origin(kind, source, name), raw=_raw(record, key, source))


def _referenced(record: Record) -> dict[str, Any]:
    """The referenced group, named as Steampipe's columns name it."""
    info = inner(record, "ReferencedGroupInfo")
    return {"ReferencedGroupId": info["GroupId"], "ReferencedUserId": info.get("UserId")} if info.get("GroupId") else {}


def _about(record: Record) -> tuple[Traffic, tuple[int | None, int | None]]:
    low, high = record.get("FromPort"), record.get("ToPort")
    return traffic(record.get("IpProtocol"), low, high), (whole(low), whole(high))


def _origin(kind: str, source: Record, name: str) -> Origin:
    value = source.get(name)
    readable = isinstance(value, str) and (addresses(value) is not None if kind == BLOCK else value != "")
    return Origin(kind, str(value), text(source, "UserId")) if readable else Origin(UNREAD, quoted(value))


def _troubled(about: Traffic, trouble: str) -> Traffic:
    return replace(about, troubles=(*about.troubles, trouble))


def unread(group: str, trouble: str) -> Permission:
    """What stands for permissions that are not known: anything may be allowed."""
    return Permission(group, Traffic(ANY, troubles=(trouble,)), Origin(UNREAD, ""))


def _raw(permission: Record, key: str, source: Record) -> str:
    """The ``IpPermission`` with this one source, as ``authorize-security-group-ingress --ip-permissions`` takes it."""
    ports = {name: permission[name] for name in ("FromPort", "ToPort") if permission.get(name) is not None}
    whole_range = str(permission.get("IpProtocol")) == "-1"
    kept = {name: value for name, value in source.items() if name in RESTORED and value}
    return json.dumps({"IpProtocol": permission.get("IpProtocol"), **({} if whole_range else ports), key: [kept]})


RESTORED = ("CidrIp", "CidrIpv6", "PrefixListId", "GroupId", "UserId", "Description")
