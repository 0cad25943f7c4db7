"""Inbound permissions and network ACL entries → rules, with what a command that closes or restores them must name."""

import json
from collections.abc import Iterable, Iterator, Mapping

from longtail.network.sources.aws_acls import Acl, Entry
from longtail.network.sources.aws_fields import ANY, PORTLESS, Traffic
from longtail.network.sources.aws_groups import GROUP, UNREAD, Group, Permission
from longtail.ports.openings import LAST_PORT, Rule

PLATFORM = "aws"


def rule_id(permission: Permission) -> str:
    """The id of a permission: its security group rule's; without one, what tells it apart in its group."""
    if permission.id:
        return permission.id
    return ":".join(
        (permission.group, permission.traffic.protocol, ports_written(permission), permission.origin.value or UNREAD)
    )


def ports_written(permission: Permission) -> str:
    """The ports of a permission; for ICMP, its type and code."""
    if permission.traffic.protocol in PORTLESS:
        return "/".join("any" if each in (None, -1) else str(each) for each in permission.range)
    return _ports(permission.traffic)


def rules(groups: Iterable[Group], acls: Iterable[Acl]) -> dict[str, Rule]:
    """Every inbound rule by id."""
    found = [*(rule for group in groups for rule in _of_group(group)), *(rule for acl in acls for rule in _of_acl(acl))]
    return {rule.id: rule for rule in found}


def of_default_group(group: Group, permission: Permission) -> bool:
    """Whether a permission is the one that every default security group is born with: all traffic among its members."""
    own = permission.origin.kind == GROUP and permission.origin.value == group.id
    return own and group.name == "default" and permission.traffic.protocol == ANY


def _of_group(group: Group) -> Iterator[Rule]:
    for each in group.permissions:
        protocol, ports, source = each.traffic.protocol, ports_written(each), each.origin.value
        yield Rule(
            id=rule_id(each),
            name=each.description or f"{group.name or group.id}: {protocol} {ports} from {source or UNREAD}",
            platform=PLATFORM,
            container=group.id,
            allows=True,
            tags=each.tags,
            detail=_said(
                group_id=group.id,
                group_name=group.name,
                security_group_rule_id=each.id,
                vpc_id=group.vpc,
                region=group.region,
                account=group.account,
                protocol=protocol,
                ports=ports,
                source=source,
                source_kind=each.origin.kind,
            ),
            raw=each.raw,
        )


def _of_acl(acl: Acl) -> Iterator[Rule]:
    for each in acl.entries:
        if not each.egress:
            yield _of_entry(acl, each)


def _of_entry(acl: Acl, entry: Entry) -> Rule:
    protocol, ports, verb = entry.traffic.protocol, _ports(entry.traffic), _verb(entry)
    return Rule(
        id=entry.id,
        name=f"{acl.id} rule {entry.number}: {verb} {protocol} {ports} from {entry.block}",
        platform=PLATFORM,
        container=acl.id,
        allows=entry.allows is not False,
        priority=entry.number,
        detail=_said(
            network_acl_id=acl.id,
            rule_number=str(entry.number),
            vpc_id=acl.vpc,
            region=acl.region,
            account=acl.account,
            protocol=protocol,
            ports=ports,
            source=entry.block,
        ),
        raw=json.dumps(entry.record, default=str),
    )


def _verb(entry: Entry) -> str:
    return {True: "allow", False: "deny", None: "(unreadable)"}[entry.allows]


def _ports(traffic: Traffic) -> str:
    if (traffic.first, traffic.last) == (0, LAST_PORT):
        return "all"
    return str(traffic.first) if traffic.first == traffic.last else f"{traffic.first}-{traffic.last}"


def _said(**detail: str) -> Mapping[str, str]:
    return {key: value for key, value in detail.items() if value}
