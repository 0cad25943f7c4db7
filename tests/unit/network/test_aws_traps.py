"""Where readers of AWS exports go wrong, one test a trap: small exports, written as the API writes them."""

import json
from pathlib import Path
from typing import Any

import pytest
from network_kit import evaluated, passing

from longtail.network import network
from longtail.ports.openings import ROUTES, Machine, Network, Opening, Scope

ME, OTHER = "111122223333", "444455556666"
ANYWHERE = "0.0.0.0/0"


def permission(port: int | None = 1433, *blocks: str, protocol: Any = "tcp", **lists: Any) -> dict[str, Any]:
    """An ``IpPermission``: by default, TCP 1433 from nowhere."""
    ports = {} if port is None else {"FromPort": port, "ToPort": port}
    ranges = [{"CidrIp": each} for each in blocks if ":" not in each]
    sixes = [{"CidrIpv6": each} for each in blocks if ":" in each]
    return {
        "IpProtocol": protocol,
        **ports,
        "IpRanges": ranges,
        "Ipv6Ranges": sixes,
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
        **lists,
    }


def from_group(id: str, account: str = ME, port: int | None = 1433, **more: Any) -> dict[str, Any]:
    return permission(port, UserIdGroupPairs=[{"GroupId": id, "UserId": account}], **more)


def group(id: str, *permissions: Any, **more: Any) -> dict[str, Any]:
    return {
        "GroupId": id,
        "GroupName": f"{id}-name",
        "OwnerId": ME,
        "VpcId": "vpc-1",
        "IpPermissions": list(permissions),
        "IpPermissionsEgress": [permission(None, ANYWHERE, protocol="-1")],
        **more,
    }


def nic(instance: str | None, address: str, *groups: str, **more: Any) -> dict[str, Any]:
    """An interface in the subnet 10.0.0.0/24, with a public address."""
    return {
        "NetworkInterfaceId": f"eni-{address}",
        "Attachment": {"InstanceId": instance} if instance else {"InstanceOwnerId": "amazon-elb"},
        "Groups": [{"GroupId": each, "GroupName": each} for each in groups],
        "InterfaceType": "interface",
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
        "Association": {"PublicIp": "52.0.0.1"},
        "Ipv6Addresses": [],
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "OwnerId": ME,
        "AvailabilityZone": "eu-west-1a",
        **more,
    }


def instance(id: str, name: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "InstanceId": id,
        "InstanceType": "t3.micro",
        "State": {"Code": 16, "Name": "running"},
        "Tags": [{"Key": "Name", "Value": name}] if name else [],
        **more,
    }


def reservations(*instances: dict[str, Any]) -> dict[str, Any]:
    return {"Reservations": [{"ReservationId": "r-1", "OwnerId": ME, "Instances": list(instances)}]}


def entry(number: Any, action: str = "allow", block: str = ANYWHERE, port: int | None = None, **more: Any) -> Any:
    """An inbound entry of a network ACL: by default, all traffic."""
    ports = {"Protocol": "-1"} if port is None else {"Protocol": "6", "PortRange": {"From": port, "To": port}}
    where = "Ipv6CidrBlock" if ":" in block else "CidrBlock"
    return {"RuleNumber": number, "RuleAction": action, where: block, "Egress": False, **ports, **more}


FINAL = [entry(32767, "deny"), entry(32767, "deny", Egress=True)]


def acl(*entries: Any, egress: Any = None, **more: Any) -> dict[str, Any]:
    """The network ACL of the subnet: without a word on egress, all may leave."""
    out = [entry(100, Egress=True)] if egress is None else egress
    return {
        "NetworkAclId": "acl-1",
        "VpcId": "vpc-1",
        "OwnerId": ME,
        "IsDefault": False,
        "Associations": [{"SubnetId": "subnet-1", "NetworkAclId": "acl-1"}],
        "Entries": [*entries, *out, *FINAL],
        **more,
    }


SUBNET = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a"}
OPEN_ACL = acl(entry(100))


def answers(folder: Path, **collections: Any) -> Network:
    """One machine ``i-1`` at 10.0.0.4, with whatever else is said; a collection given as None was not exported."""
    whole = {"NetworkAcls": [OPEN_ACL], "Subnets": [SUBNET], **collections}
    return evaluated(folder, {key: value for key, value in whole.items() if value is not None})


def _open(found: Network, port: int, source: str, machine: str = "i-1", protocol: str = "tcp") -> bool:
    return bool(passing(found, machine, port, source, protocol))


def _sure(found: Network, port: int, source: str, machine: str = "i-1") -> bool:
    return any(not each.unresolved for each in passing(found, machine, port, source))


def _one(found: Network) -> Opening:
    assert len(found.openings) == 1, found.openings
    return found.openings[0]


# Security groups


def test_all_protocols_has_no_ports_and_opens_tcp_and_udp(tmp_path: Path) -> None:
    groups = [group("sg-1", permission(None, "10.0.0.0/8", protocol="-1"))]
    found = answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")])
    assert {(each.protocol, each.first, each.last) for each in found.openings} == {("tcp", 0, 65535), ("udp", 0, 65535)}
    assert all(each.wide for each in found.openings)


@pytest.mark.parametrize(
    ("protocol", "tcp", "udp"),
    [
        *((each, True, False) for each in ("tcp", "TCP", "6", 6)),
        *((each, False, True) for each in ("udp", "17", 17)),
        *((each, False, False) for each in ("icmp", "1", "icmpv6", "58", "50", 47)),
        *((each, True, True) for each in ("-1", -1)),
    ],
)
def test_protocols_by_name_and_by_number(tmp_path: Path, protocol: Any, tcp: bool, udp: bool) -> None:
    groups = [group("sg-1", permission(8, ANYWHERE, protocol=protocol))]
    found = answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")])
    assert (_open(found, 8, "8.8.8.8"), _open(found, 8, "8.8.8.8", protocol="udp")) == (tcp, udp)
    assert not any(each.unresolved for each in found.openings)


def test_another_protocol_ignores_its_ports(tmp_path: Path) -> None:
    """The API takes ports with "-1" and drops them: all traffic it is."""
    groups = [group("sg-1", permission(22, ANYWHERE, protocol="-1"))]
    found = answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")])
    assert _open(found, 1433, "8.8.8.8")


def test_all_groups_of_all_interfaces_are_united(tmp_path: Path) -> None:
    groups = [group(f"sg-{port}", permission(port, ANYWHERE)) for port in (22, 80, 1433)]
    nics = [nic("i-1", "10.0.0.4", "sg-22", "sg-80"), nic("i-1", "10.0.0.5", "sg-1433")]
    found = answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=nics)
    assert [_open(found, port, "8.8.8.8") for port in (22, 80, 1433, 443)] == [True, True, True, False]
    assert len(found.machines) == 1
    assert json.loads(found.machines[0].detail["network_interfaces"]) == {
        "eni-10.0.0.4": ["sg-22", "sg-80"],
        "eni-10.0.0.5": ["sg-1433"],
    }


def test_a_group_without_a_rule_is_closed(tmp_path: Path) -> None:
    nics = [nic("i-1", "10.0.0.4", "sg-1")]
    assert answers(tmp_path, SecurityGroups=[group("sg-1")], NetworkInterfaces=nics).openings == ()


def test_a_group_that_names_itself_means_its_other_members(tmp_path: Path) -> None:
    groups = [group("sg-1", from_group("sg-1", port=None, protocol="-1"))]
    nics = [nic("i-1", "10.0.0.4", "sg-1"), nic("i-2", "10.0.0.5", "sg-1"), nic("i-3", "10.0.0.6", "sg-2")]
    found = answers(tmp_path, SecurityGroups=[*groups, group("sg-2")], NetworkInterfaces=nics)
    opening = passing(found, "i-1", 1433, "sg-1")[0]
    assert (opening.scope, opening.sources, opening.unresolved) == (Scope.GROUP, ("sg-1",), ())
    assert not _open(found, 1433, "sg-1", machine="i-3")


def test_a_group_whose_only_member_is_the_machine_opens_nothing(tmp_path: Path) -> None:
    groups = [group("sg-1", from_group("sg-1"))]
    nics = [nic("i-1", "10.0.0.4", "sg-1"), nic("i-1", "10.0.0.5", "sg-1")]
    assert answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=nics).openings == ()


def test_the_rule_that_a_default_group_is_born_with_is_a_default(tmp_path: Path) -> None:
    born = from_group("sg-1", port=None, protocol="-1")
    groups = [group("sg-1", born, permission(22, ANYWHERE), GroupName="default")]
    nics = [nic("i-1", "10.0.0.4", "sg-1"), nic("i-2", "10.0.0.5", "sg-1")]
    found = answers(
        tmp_path, SecurityGroups=groups, NetworkInterfaces=nics, NetworkAcls=[{**OPEN_ACL, "IsDefault": True}]
    )
    assert passing(found, "i-1", 1433, "sg-1")[0].default
    assert not passing(found, "i-1", 22, "8.8.8.8")[0].default
    renamed = answers(tmp_path, SecurityGroups=[{**groups[0], "GroupName": "apps"}], NetworkInterfaces=nics)
    assert not passing(renamed, "i-1", 1433, "sg-1")[0].default


def test_a_group_reference_is_its_members_of_every_service(tmp_path: Path) -> None:
    """A load balancer's interface is no machine, and yet a member."""
    groups = [group("sg-1", from_group("sg-lb")), group("sg-lb")]
    nics = [nic("i-1", "10.0.0.4", "sg-1"), nic(None, "10.0.0.9", "sg-lb")]
    found = answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=nics)
    assert _one(found).sources == ("sg-lb",) and not _one(found).unresolved
    assert [each.name for each in found.machines] == ["i-1"]
    assert any("1 network interfaces belong to no instance" in note and "amazon-elb" in note for note in found.notes)
    assert found.orphans == ()


def test_a_group_without_members_lets_nobody_in(tmp_path: Path) -> None:
    groups = [group("sg-1", from_group("sg-2")), group("sg-2")]
    found = answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")])
    assert found.openings == () and found.orphans == ("sg-2",)


def test_a_group_that_was_not_exported_is_unresolved(tmp_path: Path) -> None:
    groups = [group("sg-1", from_group("sg-9", OTHER))]
    found = answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")])
    opening = _one(found)
    assert opening.covers(1433) and opening.scope is Scope.GROUP
    assert opening.unresolved == (f"the members of security group sg-9 (account {OTHER}) are not all exported",)


def test_members_are_not_known_from_instances_alone(tmp_path: Path) -> None:
    """Instances do not show the interfaces of load balancers and databases, which may be in the group."""
    groups = [group("sg-1", from_group("sg-2")), group("sg-2")]
    inside = instance("i-1", NetworkInterfaces=[nic(None, "10.0.0.4", "sg-1")])
    found = evaluated(tmp_path, reservations(inside), {"SecurityGroups": groups})
    assert _one(found).unresolved


def test_members_are_not_known_where_a_page_is_missing(tmp_path: Path) -> None:
    groups = [group("sg-1", from_group("sg-2")), group("sg-2")]
    page = {"NetworkInterfaces": [nic("i-1", "10.0.0.4", "sg-1")], "NextToken": "more"}
    first = evaluated(tmp_path, page, {"SecurityGroups": groups})
    assert _one(first).unresolved and any("NetworkInterfaces" in note for note in first.notes)
    (tmp_path / "last.json").write_text(json.dumps({"NetworkInterfaces": [nic("i-2", "10.0.0.5", "sg-1")]}), "utf-8")
    assert network([str(tmp_path)]).openings == ()


@pytest.mark.parametrize("vague", [{"Groups": None}, {"PrivateIpAddress": None, "PrivateIpAddresses": []}], ids=str)
def test_members_are_not_known_where_an_interface_does_not_say_enough(tmp_path: Path, vague: dict[str, Any]) -> None:
    groups = [group("sg-1", from_group("sg-2")), group("sg-2")]
    nics = [nic("i-1", "10.0.0.4", "sg-1"), nic("i-2", "10.0.0.5", "sg-2", **vague)]
    found = answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=nics)
    ways = [each for each in found.openings if each.machine == "i-1"]
    assert ways and all(each.sources == ("sg-2",) and each.unresolved for each in ways)


def test_addresses_delegated_to_a_member_are_the_group_s(tmp_path: Path) -> None:
    """Containers answer from them: a network ACL that lets only them in does not close the group's way."""
    groups = [group("sg-1", from_group("sg-2")), group("sg-2")]
    nics = [
        nic("i-1", "10.0.0.4", "sg-1"),
        nic("i-2", "10.0.1.5", "sg-2", SubnetId="subnet-2", Ipv4Prefixes=[{"Ipv4Prefix": "10.0.1.16/28"}]),
    ]
    acls = [acl(entry(100, block="10.0.1.16/28"))]
    assert _one(answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=nics, NetworkAcls=acls)).machine == "i-1"


def test_a_prefix_list_of_which_a_page_is_missing_is_unresolved(tmp_path: Path) -> None:
    groups = [group("sg-1", permission(PrefixListIds=[{"PrefixListId": "pl-0123456789abcdef0"}]))]
    page = {"Entries": [{"Cidr": "10.1.0.0/16"}], "NextToken": "more"}
    (tmp_path / "pl-0123456789abcdef0-1.json").write_text(json.dumps(page), "utf-8")
    first = answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")])
    assert any(each.unresolved for each in first.openings)
    last = {"Entries": [{"Cidr": "10.2.0.0/16"}]}
    (tmp_path / "pl-0123456789abcdef0-2.json").write_text(json.dumps(last), "utf-8")
    both = _one(network([str(tmp_path)]))
    assert (both.sources, both.unresolved) == (("10.1.0.0/16", "10.2.0.0/16"), ())


def test_an_attached_group_that_was_not_exported_may_open_everything(tmp_path: Path) -> None:
    found = answers(tmp_path, SecurityGroups=[group("sg-2")], NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")])
    ways = passing(found, "i-1", 1433, "8.8.8.8")
    assert [way.unresolved for way in ways] == [("the rules of security group sg-1 were not exported",)]
    assert not ways[0].default and ways[0].rules == ()


def test_an_interface_that_does_not_say_its_groups_may_be_open(tmp_path: Path) -> None:
    found = answers(tmp_path, NetworkInterfaces=[nic("i-1", "10.0.0.4", Groups=None)])
    assert _open(found, 1433, "8.8.8.8") and not _sure(found, 1433, "8.8.8.8")


def test_ipv6_ranges_stand_apart(tmp_path: Path) -> None:
    groups = [group("sg-1", permission(80, "::/0"), permission(1433, ANYWHERE))]
    six = {"Ipv6Addresses": [{"Ipv6Address": "2600:1f18::4"}]}
    found = answers(
        tmp_path,
        SecurityGroups=groups,
        NetworkAcls=[acl(entry(100), entry(101, block="::/0"))],
        NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1", **six), nic("i-2", "10.0.0.5", "sg-1")],
    )
    assert _open(found, 80, "2001:db8::1") and not _open(found, 80, "8.8.8.8")
    assert _open(found, 1433, "8.8.8.8") and not _open(found, 1433, "2001:db8::1")
    assert not _open(found, 80, "2001:db8::1", machine="i-2"), "it has no IPv6 address"


def test_a_group_described_twice_has_the_rules_of_both(tmp_path: Path) -> None:
    groups = [group("sg-1", permission(22, ANYWHERE)), group("sg-1", permission(80, ANYWHERE))]
    found = answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")])
    assert _open(found, 22, "8.8.8.8") and _open(found, 80, "8.8.8.8")


# Security group rules


def row(id: str = "sgr-1", group: str = "sg-1", **more: Any) -> dict[str, Any]:
    """A ``SecurityGroupRule``: by default, TCP 1433 from 10.0.0.0/8."""
    plain = {
        "SecurityGroupRuleId": id,
        "GroupId": group,
        "GroupOwnerId": ME,
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": 1433,
        "ToPort": 1433,
        "CidrIpv4": "10.0.0.0/8",
        "Tags": [{"Key": "owner", "Value": "dba"}],
    }
    return {key: value for key, value in {**plain, **more}.items() if value is not None}


def test_a_rule_in_both_forms_is_one_rule_under_its_own_id(tmp_path: Path) -> None:
    found = answers(
        tmp_path,
        SecurityGroups=[group("sg-1", permission(1433, "10.0.0.0/8"))],
        SecurityGroupRules=[row()],
        NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")],
    )
    assert _one(found).rules[-1] == "sgr-1"
    rule = found.rules["sgr-1"]
    assert rule.tags == {"owner": "dba"} and rule.container == "sg-1"
    assert rule.detail["group_name"] == "sg-1-name" and rule.detail["region"] == "eu-west-1"
    assert sum(each.container == "sg-1" for each in found.rules.values()) == 1


def test_rule_rows_alone_are_enough(tmp_path: Path) -> None:
    rows = [row(), row("sgr-2", IsEgress=True, FromPort=80, ToPort=80)]
    found = answers(tmp_path, SecurityGroupRules=rows, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")])
    assert (_one(found).first, _one(found).sources, _one(found).unresolved) == (1433, ("10.0.0.0/8",), ())


def test_minus_one_is_every_port_in_a_row(tmp_path: Path) -> None:
    rows = [row(IpProtocol="-1", FromPort=-1, ToPort=-1)]
    found = answers(tmp_path, SecurityGroupRules=rows, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")])
    assert {(each.protocol, each.first, each.last, each.unresolved) for each in found.openings} == {
        ("tcp", 0, 65535, ()),
        ("udp", 0, 65535, ()),
    }


def test_a_page_of_rows_that_is_missing_may_open_everything(tmp_path: Path) -> None:
    page = {"SecurityGroupRules": [row()], "NextToken": "more"}
    found = evaluated(tmp_path, page, {"NetworkInterfaces": [nic("i-1", "10.0.0.4", "sg-1")]})
    assert _sure(found, 1433, "10.1.1.1")
    assert _open(found, 22, "8.8.8.8") and not _sure(found, 22, "8.8.8.8")


@pytest.mark.parametrize("egress", [True, "true", "True"])
def test_egress_rows_open_nothing(tmp_path: Path, egress: Any) -> None:
    found = answers(
        tmp_path, SecurityGroupRules=[row(IsEgress=egress)], NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1")]
    )
    assert found.openings == ()


RESTORED = [
    (permission(1433, "10.0.0.0/8", "10.9.0.0/16"), {"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}),
    (permission(1433, "2001:db8::/32"), {"Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}]}),
    (from_group("sg-9"), {"UserIdGroupPairs": [{"GroupId": "sg-9", "UserId": ME}]}),
    (permission(PrefixListIds=[{"PrefixListId": "pl-1"}]), {"PrefixListIds": [{"PrefixListId": "pl-1"}]}),
]


@pytest.mark.parametrize(("written", "source"), RESTORED)
def test_a_rule_can_be_granted_again_as_it_was(tmp_path: Path, written: dict[str, Any], source: Any) -> None:
    """What ``authorize-security-group-ingress --ip-permissions`` takes: this one source, no empty lists."""
    found = answers(tmp_path, SecurityGroups=[group("sg-1", written)])
    raw = [json.loads(each.raw) for each in found.rules.values() if each.container == "sg-1"]
    assert raw[0] == {"IpProtocol": "tcp", "FromPort": 1433, "ToPort": 1433, **source}


# Network ACLs


def behind(folder: Path, *acls: Any, **more: Any) -> Network:
    """A machine whose group allows everything, so that only the network ACL decides."""
    groups = [group("sg-1", permission(None, ANYWHERE, protocol="-1"))]
    nics = [nic("i-1", "10.0.0.4", "sg-1")]
    return answers(folder, **{"SecurityGroups": groups, "NetworkInterfaces": nics, "NetworkAcls": list(acls), **more})


def test_the_lowest_number_that_matches_decides(tmp_path: Path) -> None:
    """Whatever the order in which entries are listed."""
    found = behind(tmp_path, acl(entry(200), entry(100, "deny", "203.0.113.0/24", port=1433)))
    assert not _open(found, 1433, "203.0.113.9")
    assert _open(found, 1433, "203.0.114.9") and _open(found, 1434, "203.0.113.9")


def test_a_deny_after_the_allow_comes_too_late(tmp_path: Path) -> None:
    found = behind(tmp_path, acl(entry(100), entry(200, "deny", port=1433)))
    assert _open(found, 1433, "203.0.113.9")


def test_what_no_entry_matches_is_denied_even_if_the_final_one_is_not_exported(tmp_path: Path) -> None:
    found = behind(tmp_path, acl(Entries=[entry(100, port=443)]))
    assert _open(found, 443, "8.8.8.8") and not _open(found, 1433, "8.8.8.8")


def test_both_the_acl_and_the_group_must_let_pass(tmp_path: Path) -> None:
    groups = [group("sg-1", permission(1433, "10.0.0.0/8"), permission(22, ANYWHERE))]
    found = behind(tmp_path, acl(entry(100, port=1433)), SecurityGroups=groups)
    assert _open(found, 1433, "10.1.1.1") and not _open(found, 1433, "8.8.8.8") and not _open(found, 22, "8.8.8.8")
    assert passing(found, "i-1", 1433, "10.1.1.1")[0].rules == ("sg-1:tcp:1433:10.0.0.0/8",), "the ACL opens nothing"


def test_inside_a_subnet_no_acl_stands_between(tmp_path: Path) -> None:
    found = behind(tmp_path, acl())
    assert _open(found, 1433, "10.0.0.77") and not _open(found, 1433, "10.0.1.77")


def test_who_is_inside_an_unknown_subnet_is_unresolved(tmp_path: Path) -> None:
    found = behind(tmp_path, acl(), Subnets=None)
    assert _open(found, 1433, "10.0.1.77") and not _sure(found, 1433, "10.0.1.77")
    assert not _open(found, 1433, "10.1.0.77"), "no subnet is wider than a /16"


def test_egress_entries_decide_nothing_inbound(tmp_path: Path) -> None:
    found = behind(tmp_path, acl(egress=[entry(100, Egress=True)]))
    assert not _open(found, 1433, "8.8.8.8")


def _cannot_leave(found: Network, source: str) -> bool:
    return any("answers cannot leave" in note for way in passing(found, "i-1", 1433, source) for note in way.notes)


@pytest.mark.parametrize(
    ("egress", "stuck"),
    [
        ([], True),
        ([entry(100, port=443, Egress=True)], True),
        ([entry(100, "deny", Egress=True), entry(200, Egress=True)], True),
        ([entry(100, Egress=True, Protocol="6", PortRange={"From": 1024, "To": 65535})], False),
        ([entry(100, Egress=True, Protocol="6", PortRange={"From": 32768, "To": 60999})], False),
        ([entry(100, Egress=True, Protocol="17", PortRange={"From": 1024, "To": 65535})], True),
        ([entry(100, Egress=True)], False),
    ],
)
def test_answers_that_cannot_leave_are_told(tmp_path: Path, egress: list[Any], stuck: bool) -> None:
    """Network ACLs are stateless: without a way out to ephemeral ports the opening is of no use, and yet open."""
    found = behind(tmp_path, acl(entry(100), egress=egress))
    assert _open(found, 1433, "8.8.8.8")
    assert _cannot_leave(found, "8.8.8.8") is stuck
    assert not _cannot_leave(found, "10.0.0.9"), "inside the subnet no network ACL stands between"


def test_answers_may_leave_to_some_and_not_to_others(tmp_path: Path) -> None:
    found = behind(tmp_path, acl(entry(100), egress=[entry(100, block="10.0.0.0/8", Egress=True)]))
    assert _cannot_leave(found, "8.8.8.8") and not _cannot_leave(found, "10.200.0.1")


def test_an_acl_that_was_not_exported_is_told_and_passes(tmp_path: Path) -> None:
    found = behind(tmp_path, NetworkAcls=None)
    assert _sure(found, 1433, "8.8.8.8")
    assert "no network ACL of subnet subnet-1 was exported" in passing(found, "i-1", 1433, "8.8.8.8")[0].notes[0]


@pytest.mark.parametrize(
    "bad",
    [
        entry("?", "deny"),
        entry(50, "deny", "not-a-block"),
        entry(50, "deny", Protocol="?"),
        entry(50, "deny", Protocol="6"),
        entry(50, "perhaps"),
        entry(50, "deny", Egress=None),
        "not an object",
        None,
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_read_never_closes(tmp_path: Path, bad: Any) -> None:
    assert _open(behind(tmp_path, acl(bad, entry(100))), 1433, "8.8.8.8")


@pytest.mark.parametrize(
    "bad", [entry("?"), entry(50, block="not-a-block"), entry(50, Protocol="?"), entry(50, "perhaps"), "not an object"]
)
def test_an_entry_that_cannot_be_read_may_allow(tmp_path: Path, bad: Any) -> None:
    found = behind(tmp_path, acl(bad, entry(100, "deny")))
    assert _open(found, 1433, "8.8.8.8") and not _sure(found, 1433, "8.8.8.8")


def test_an_acl_without_its_entries_may_let_all_pass(tmp_path: Path) -> None:
    found = behind(tmp_path, acl(Entries=None))
    assert _open(found, 1433, "8.8.8.8") and not _sure(found, 1433, "8.8.8.8")


def test_a_subnet_with_two_acls_believes_neither(tmp_path: Path) -> None:
    """A subnet has exactly one: the exports are of different days."""
    found = behind(tmp_path, acl(), {**OPEN_ACL, "NetworkAclId": "acl-2"})
    assert _open(found, 1433, "8.8.8.8") and not _sure(found, 1433, "8.8.8.8")


def test_an_acl_of_no_subnet_is_an_orphan(tmp_path: Path) -> None:
    assert behind(tmp_path, OPEN_ACL, {**OPEN_ACL, "NetworkAclId": "acl-2", "Associations": []}).orphans == ("acl-2",)


# The Internet


def _internet_note(folder: Path, routes: Any = None, **more: Any) -> str:
    tables = None if routes is None else [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", **routes}]
    groups = [group("sg-1", permission(1433, ANYWHERE))]
    found = answers(
        folder, SecurityGroups=groups, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1", **more)], RouteTables=tables
    )
    return "; ".join(_one(found).notes)


GATEWAY = {"DestinationCidrBlock": ANYWHERE, "GatewayId": "igw-1", "State": "active"}
NAT = {"DestinationCidrBlock": ANYWHERE, "NatGatewayId": "nat-1", "State": "active"}
HERE, MAIN = [{"SubnetId": "subnet-1"}], [{"Main": True}]


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        (None, ""),
        ({"Routes": [GATEWAY], "Associations": HERE}, ""),
        ({"Routes": [GATEWAY], "Associations": MAIN}, ""),
        ({"Routes": [NAT], "Associations": HERE}, "no route"),
        ({"Routes": [NAT], "Associations": MAIN}, "no route"),
        ({"Routes": [{**GATEWAY, "State": "blackhole"}], "Associations": HERE}, "no route"),
    ],
)
def test_a_subnet_that_is_not_routed_to_the_internet_is_told(tmp_path: Path, routes: Any, said: str) -> None:
    assert said in _internet_note(tmp_path, routes) and bool(said) == bool(_internet_note(tmp_path, routes))


def test_a_machine_without_a_public_address_is_told(tmp_path: Path) -> None:
    assert "no public address" in _internet_note(tmp_path, Association=None)


def test_private_openings_need_no_public_address(tmp_path: Path) -> None:
    groups = [group("sg-1", permission(1433, "10.0.0.0/8"))]
    nics = [nic("i-1", "10.0.0.4", "sg-1", Association=None)]
    opening = _one(answers(tmp_path, SecurityGroups=groups, NetworkInterfaces=nics))
    assert (opening.scope, opening.notes) == (Scope.PRIVATE, ())


# Machines


def _machines(folder: Path, *documents: Any) -> dict[str, Machine]:
    return {each.name: each for each in evaluated(folder, *documents).machines}


def test_a_machine_is_called_by_its_name_tag_and_known_by_all_else(tmp_path: Path) -> None:
    named = instance("i-1", "Web 1", PrivateDnsName="ip-10-0-0-4.eu-west-1.compute.internal", Platform="windows")
    machine = _machines(tmp_path, reservations(named), {"NetworkInterfaces": [nic("i-1", "10.0.0.4", "sg-1")]})["Web 1"]
    assert machine.tenant == ME
    assert set(machine.aliases) == {
        "Web 1",
        "i-1",
        "10.0.0.4",
        "ip-10-0-0-4.eu-west-1.compute.internal",
        "IP-0A000004",
    }


def test_a_name_that_two_machines_bear_is_neither_s(tmp_path: Path) -> None:
    found = _machines(tmp_path, reservations(instance("i-1", "web"), instance("i-2", "web"), instance("i-3", "db")))
    assert set(found) == {"i-1", "i-2", "db"}
    assert "web" not in found["i-1"].aliases and found["i-1"].detail["name_tag"] == "web"


def test_a_computer_name_told_by_systems_manager_is_an_alias(tmp_path: Path) -> None:
    told = {"InstanceInformationList": [{"InstanceId": "i-1", "ComputerName": "SQL01.corp.example"}]}
    assert "SQL01.corp.example" in _machines(tmp_path, reservations(instance("i-1", "db")), told)["db"].aliases


def test_a_machine_is_where_its_network_is(tmp_path: Path) -> None:
    found = answers(tmp_path, NetworkInterfaces=[nic("i-1", "10.0.0.4", "sg-1", AvailabilityZone=None)])
    assert found.machines[0].detail["region"] == "eu-west-1", "as its subnet says"


def test_terminated_instances_are_no_machines(tmp_path: Path) -> None:
    found = evaluated(tmp_path, reservations(instance("i-1"), instance("i-2", State={"Name": "terminated"})))
    assert [each.name for each in found.machines] == ["i-1"]
    assert any("1 terminated" in note for note in found.notes)


def test_an_instance_alone_tells_its_interfaces(tmp_path: Path) -> None:
    """The answer of describe-instances holds them too; one trimmed by ``--query`` only the groups."""
    inside = instance("i-1", NetworkInterfaces=[nic(None, "10.0.0.4", "sg-1")])
    trimmed = {"InstanceId": "i-2", "SecurityGroups": [{"GroupId": "sg-1"}], "PrivateIpAddress": "10.0.0.5"}
    groups = {"SecurityGroups": [group("sg-1", permission(1433, "10.0.0.0/8"))]}
    found = evaluated(tmp_path, reservations(inside), [trimmed], groups)
    assert _sure(found, 1433, "10.1.1.1", "i-1") and _sure(found, 1433, "10.1.1.1", "i-2")
    assert "network_interfaces" not in {each.name: each for each in found.machines}["i-2"].detail


def test_rules_without_machines_are_told(tmp_path: Path) -> None:
    found = evaluated(tmp_path, {"SecurityGroups": [group("sg-1", permission(22, ANYWHERE))]})
    assert (found.machines, found.openings, found.orphans) == ((), (), ())
    assert len(found.rules) == 1 and any("machines are not" in note for note in found.notes)


def test_accounts_and_regions_in_one_folder_stay_apart(tmp_path: Path) -> None:
    """The same name in two accounts; a group of the other account, exported too, is resolved."""
    theirs = nic("i-9", "10.9.0.4", "sg-9", OwnerId=OTHER, SubnetId="subnet-9", AvailabilityZone="us-east-1b")
    other = {"ReservationId": "r-9", "OwnerId": OTHER, "Instances": [instance("i-9", "db")]}
    groups = [group("sg-1", from_group("sg-9", OTHER)), group("sg-9", OwnerId=OTHER, VpcId="vpc-9")]
    found = evaluated(
        tmp_path,
        reservations(instance("i-1", "db")),
        {"Reservations": [other]},
        {"NetworkInterfaces": [nic("i-1", "10.0.0.4", "sg-1")]},
        {"us-east-1": {"NetworkInterfaces": [theirs]}},
        {"SecurityGroups": groups, "NetworkAcls": [OPEN_ACL], "Subnets": [SUBNET]},
    )
    assert {(each.tenant, each.name, each.detail["region"]) for each in found.machines} == {
        (ME, "db", "eu-west-1"),
        (OTHER, "db", "us-east-1"),
    }
    assert (_one(found).tenant, _one(found).sources, _one(found).unresolved) == (ME, ("sg-9",), ())


@pytest.mark.parametrize(("checked", "routes"), [(True, False), (False, True), (None, False)])
@pytest.mark.parametrize("by_itself", [True, False])
def test_a_machine_that_may_pass_traffic_on_is_known_as_such(
    tmp_path: Path, by_itself: bool, checked: bool | None, routes: bool
) -> None:
    interface = {"NetworkInterfaces": [nic("i-1", "10.0.0.4", "sg-1", SourceDestCheck=checked)]}
    within = reservations(instance("i-1", SourceDestCheck=checked))
    (machine,) = evaluated(tmp_path, interface if by_itself else within).machines
    assert (ROUTES in machine.detail) == routes


def test_what_bears_a_group_and_is_no_machine_is_known_by_its_interface(tmp_path: Path) -> None:
    held = group("sg-1", permission(1433, ANYWHERE))
    found = evaluated(
        tmp_path,
        {"SecurityGroups": [held]},
        {"NetworkInterfaces": [nic("i-1", "10.0.0.5", "sg-1"), nic(None, "10.0.0.6", "sg-1")]},
    )
    assert found.bearers == {"sg-1": ("eni-10.0.0.6",)}
