"""The ways in which AWS exports are written down, and what becomes of them when they are broken."""

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_kit import SHARED, evaluated, passing

from longtail.network import Options, network
from longtail.network.sources.aws import AWS
from longtail.network.sources.aws_reading import api_name, canonical, read
from longtail.ports.openings import Network

ME = "111122223333"
BLOCK = {"CidrIp": "10.0.0.0/8"}
PERMISSION = {"IpProtocol": "tcp", "FromPort": 1433, "ToPort": 1433, "IpRanges": [BLOCK]}
GROUP = {"GroupId": "sg-1", "GroupName": "sql", "OwnerId": ME, "VpcId": "vpc-1", "IpPermissions": [PERMISSION]}
NIC = {
    "NetworkInterfaceId": "eni-1",
    "Attachment": {"InstanceId": "i-1"},
    "Groups": [{"GroupId": "sg-1"}],
    "PrivateIpAddress": "10.0.0.4",
    "Ipv6Addresses": [],
    "SubnetId": "subnet-1",
    "VpcId": "vpc-1",
    "OwnerId": ME,
    "AvailabilityZone": "eu-west-1a",
}
INSTANCE = {
    "InstanceId": "i-1",
    "InstanceType": "t3.micro",
    "NetworkInterfaces": [NIC],
    "Placement": {"AvailabilityZone": "eu-west-1a"},
    "Tags": [{"Key": "Name", "Value": "db"}],
}
GROUPS, NICS = {"SecurityGroups": [GROUP]}, {"NetworkInterfaces": [NIC]}
RESERVATION = {"ReservationId": "r-1", "OwnerId": ME, "Instances": [INSTANCE]}
STEAMPIPE_RULE = {
    "security_group_rule_id": "sgr-1",
    "group_id": "sg-1",
    "is_egress": False,
    "type": "ingress",
    "owner_id": ME,
    "ip_protocol": "tcp",
    "from_port": 1433,
    "to_port": 1433,
    "cidr_ipv4": "10.0.0.0/8",
    "cidr_ipv6": None,
    "referenced_group_id": None,
    "region": "eu-west-1",
    "account_id": ME,
}
STEAMPIPE_NIC = {
    "network_interface_id": "eni-1",
    "attached_instance_id": "i-1",
    "groups": [{"GroupId": "sg-1", "GroupName": "sql"}],
    "private_ip_address": "10.0.0.4",
    "ipv6_addresses": [],
    "subnet_id": "subnet-1",
    "vpc_id": "vpc-1",
    "owner_id": ME,
    "availability_zone": "eu-west-1a",
}


def camel(value: Any) -> Any:
    """Keys as AWS Config writes them."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: camel(each) for key, each in value.items()}
    return [camel(each) for each in value] if isinstance(value, list) else value


def item(kind: str, record: dict[str, Any], text: bool = False) -> dict[str, Any]:
    """An item of AWS Config; its history gives the configuration as text."""
    held = camel(record)
    return {
        "resourceType": f"AWS::EC2::{kind}",
        "awsAccountId": ME,
        "awsRegion": "eu-west-1",
        "configuration": json.dumps(held) if text else held,
    }


SHAPES = {
    "as the API answers": [GROUPS, NICS],
    "everything in one document": [{**GROUPS, **NICS, "ResponseMetadata": {}}],
    "bare lists, as --query gives": [[GROUP], [NIC]],
    "lists of lists": [GROUPS, [[INSTANCE]]],
    "one record a file": [GROUP, NIC],
    "reservations": [GROUPS, {"Reservations": [RESERVATION]}],
    "a bare list of reservations": [GROUPS, [RESERVATION]],
    "under regions": [{"eu-west-1": {**GROUPS, **NICS}, "us-east-1": {"SecurityGroups": []}}],
    "under accounts and regions": [{ME: {"eu-west-1": {**GROUPS, **NICS}}}],
    "a recording": [{"status_code": 200, "data": GROUPS}, {"status_code": 200, "data": NICS}],
    "Steampipe rows": [[STEAMPIPE_RULE], [STEAMPIPE_NIC]],
    "Steampipe output": [{"rows": [STEAMPIPE_RULE]}, {"rows": [STEAMPIPE_NIC]}],
    "AWS Config snapshot": [{"configurationItems": [item("SecurityGroup", GROUP), item("NetworkInterface", NIC)]}],
    "AWS Config history": [{"configurationItems": [item("SecurityGroup", GROUP, True)]}, item("NetworkInterface", NIC)],
}


def gist(found: Network) -> list[tuple[Any, ...]]:
    """What is open, from where, without a doubt; without rule ids, which differ by form."""
    return [(each.tenant, each.first, each.last, each.sources, each.unresolved) for each in found.openings]


EXPECTED = [(ME, 1433, 1433, ("10.0.0.0/8",), ())]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_says_the_same(shape: str, tmp_path: Path) -> None:
    found = evaluated(tmp_path, *SHAPES[shape])
    assert gist(found) == EXPECTED
    assert found.machines[0].detail["region"] == "eu-west-1"
    assert {each.format for each in found.readings} == {"aws"}


def test_one_answer_after_another_in_one_file_says_the_same(tmp_path: Path) -> None:
    """As ``aws ec2 … >> all.json`` for every region leaves them: whole answers, so that members are known."""
    pairs = [{"GroupId": "sg-2", "UserId": ME}]
    own = {**GROUP, "IpPermissions": [PERMISSION, {**PERMISSION, "IpRanges": [], "UserIdGroupPairs": pairs}]}
    answers = ({"SecurityGroups": [own, {**GROUP, "GroupId": "sg-2"}]}, NICS, {"SecurityGroups": []})
    (tmp_path / "all.json").write_text("\n".join(json.dumps(each, indent=2) for each in answers), "utf-8")
    assert gist(network([str(tmp_path)])) == EXPECTED


def test_json_lines_say_the_same(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(each) for each in (GROUP, NIC))
    (tmp_path / "all.jsonl").write_text(lines, "utf-8")
    assert gist(network([str(tmp_path)])) == EXPECTED


def test_a_steampipe_table_says_the_same(tmp_path: Path) -> None:
    for name, row in (("rules", STEAMPIPE_RULE), ("interfaces", STEAMPIPE_NIC)):
        cells = {key: json.dumps(each) if isinstance(each, list) else each for key, each in row.items()}
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(cells))
            table.writeheader()
            table.writerow(cells)
    found = network([str(tmp_path)])
    assert gist(found) == EXPECTED
    assert found.openings[0].rules == ("sgr-1",)


def test_the_folder_tells_region_and_account(tmp_path: Path) -> None:
    folder = tmp_path / ME / "ap-southeast-2"
    folder.mkdir(parents=True)
    anonymous = {key: each for key, each in NIC.items() if key not in ("OwnerId", "AvailabilityZone")}
    found = evaluated(folder, {"NetworkInterfaces": [anonymous]})
    assert found.machines[0].tenant == ME and found.machines[0].detail["region"] == "ap-southeast-2"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("group_id", "GroupId"),
        ("cidr_ipv4", "CidrIpv4"),
        ("groupId", "GroupId"),
        ("GroupId", "GroupId"),
        ("ipPermissionsEgress", "IpPermissionsEgress"),
        ("c7n:MatchedFilters", "C7n:MatchedFilters"),
        ("", ""),
        ("_", "_"),
    ],
)
def test_names_become_those_of_the_api(written: str, name: str) -> None:
    assert api_name(written) == name


def test_a_person_s_own_tags_keep_their_names() -> None:
    assert canonical({"tags": {"cost_center": "x"}, "group_id": "sg-1"}) == {
        "Tags": {"cost_center": "x"},
        "GroupId": "sg-1",
    }


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        None,
        7,
        "text",
        {"InstanceStatuses": [{"InstanceId": "i-1"}]},
        {"id": "/subscriptions/x", "properties": {"securityRules": []}},
        {"machine": "a", "port": "22"},
        {"Entries": []},
        {"SecurityGroups": "none"},
        {"resourceType": ["AWS::EC2::Subnet"], "configuration": {}},
    ],
)
def test_what_is_not_of_aws_is_left_to_others(document: Any) -> None:
    assert not read(document, "x.json").lost
    assert not [each for each in read(document, "x.json").resources if getattr(each, "record", None)]


# Broken exports


@pytest.mark.parametrize(
    ("broken", "where", "why"),
    [
        ({"SecurityGroups": [None]}, "SecurityGroups[0]", "not a JSON object"),
        ({"SecurityGroups": [{"GroupName": "x"}]}, "SecurityGroups[0]", "SecurityGroups without GroupId"),
        ({"SecurityGroups": [{"GroupId": 7}]}, "SecurityGroups[0]", "SecurityGroups without GroupId"),
        ({"NetworkInterfaces": [NIC, "x"]}, "NetworkInterfaces[1]", "not a JSON object"),
        ({"Reservations": [{"ReservationId": "r"}]}, "Reservations[0]", "Reservations without Instances"),
        (
            {"Entries": [{"Cidr": "10.0.0.0/8"}]},
            "",
            "entries of a prefix list that neither they nor the file's name tell",
        ),
        ([item("SecurityGroup", GROUP) | {"configuration": "{"}], "[0]", "AWS Config item without a configuration"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(broken: Any, where: str, why: str, tmp_path: Path) -> None:
    reading = evaluated(tmp_path, broken).readings[0]
    assert reading.quarantined == 1
    assert reading.examples[0].reason == why and reading.examples[0].place.endswith(where)


HALVES: list[dict[str, Any]] = [
    {**PERMISSION, "IpRanges": [{"CidrIp": "10.0.0.0/99"}]},
    {**PERMISSION, "IpRanges": [{"Description": "office"}]},
    {**PERMISSION, "IpRanges": []},
    {**PERMISSION, "IpRanges": None},
    {**PERMISSION, "IpRanges": [None]},
    {**PERMISSION, "IpRanges": {}, "UserIdGroupPairs": 7},
    {**PERMISSION, "FromPort": "x"},
    {**PERMISSION, "FromPort": None},
    {**PERMISSION, "FromPort": 70000},
    {**PERMISSION, "FromPort": 2000, "ToPort": 1000},
    {**PERMISSION, "ToPort": {}},
    {**PERMISSION, "IpProtocol": None},
    {**PERMISSION, "IpProtocol": "tpc"},
    {**PERMISSION, "IpProtocol": []},
    {**PERMISSION, "IpProtocol": True},
]


@pytest.mark.parametrize("permission", [*HALVES, None, 7, [], "tcp"], ids=str)
def test_a_permission_that_cannot_be_read_is_unresolved_and_never_closed(permission: Any, tmp_path: Path) -> None:
    found = evaluated(tmp_path, {"SecurityGroups": [{**GROUP, "IpPermissions": [permission]}]}, NICS)
    ways = passing(found, "i-1", 1433, "10.0.0.9")
    assert ways and all(way.unresolved for way in ways)


@pytest.mark.parametrize(
    "row",
    [
        {"CidrIpv4": None},
        {"CidrIpv4": "x"},
        {"IpProtocol": None},
        {"FromPort": None},
        {"CidrIpv4": None, "ReferencedGroupInfo": {}},
        {"CidrIpv4": None, "PrefixListId": "pl-9"},
    ],
    ids=str,
)
def test_a_rule_row_that_cannot_be_read_is_unresolved_and_never_closed(row: dict[str, Any], tmp_path: Path) -> None:
    plain = {"SecurityGroupRuleId": "sgr-1", "GroupId": "sg-1", "IsEgress": False, "IpProtocol": "tcp"}
    plain |= {"FromPort": 1433, "ToPort": 1433, "CidrIpv4": "10.0.0.0/8"}
    found = evaluated(tmp_path, {"SecurityGroupRules": [{**plain, **row}]}, NICS)
    ways = [each for each in found.openings if each.covers(1433)]
    assert ways and all(way.unresolved for way in ways)


def test_a_source_that_is_no_list_counts_beside_one_that_is(tmp_path: Path) -> None:
    odd = {**PERMISSION, "IpRanges": "0.0.0.0/0", "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}]}
    found = evaluated(tmp_path, {"SecurityGroups": [{**GROUP, "IpPermissions": [odd]}]}, NICS)
    assert passing(found, "i-1", 1433, "8.8.8.8")


def test_what_can_be_read_of_a_broken_rule_still_counts(tmp_path: Path) -> None:
    """A source that cannot be read widens the source, not the ports."""
    broken = {**PERMISSION, "IpRanges": [{"CidrIp": "?"}]}
    found = evaluated(tmp_path, {"SecurityGroups": [{**GROUP, "IpPermissions": [broken]}]}, NICS)
    assert {(each.protocol, each.first, each.last) for each in found.openings} == {("tcp", 1433, 1433)}
    assert "“?”" in found.openings[0].unresolved[0]


def test_a_file_cut_in_two_leaves_members_unresolved(tmp_path: Path) -> None:
    """Of cut interfaces the whole ones are read; who else is in a group is then not known."""
    others = [{**NIC, "NetworkInterfaceId": f"eni-{n}", "Attachment": {"InstanceId": f"i-{n}"}} for n in range(2, 9)]
    text = json.dumps({"NetworkInterfaces": [NIC, *others]}, indent=1)
    (tmp_path / "nics.json").write_text(text[: len(text) // 2], "utf-8")
    pairs = [{"GroupId": "sg-2", "UserId": ME}]
    own = {**GROUP, "IpPermissions": [{**PERMISSION, "IpRanges": [], "UserIdGroupPairs": pairs}]}
    found = evaluated(tmp_path, {"SecurityGroups": [own, {**GROUP, "GroupId": "sg-2", "IpPermissions": []}]})
    assert any(each.quarantined for each in found.readings)
    assert "i-1" in {each.name for each in found.machines}
    assert all(each.sources == ("sg-2",) and each.unresolved for each in found.openings if each.machine == "i-1")
    assert [each for each in found.openings if each.machine == "i-1"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 70000) | st.sampled_from(["", "-1", "tcp", "x", "10.0.0.0/8", "sg-1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NIC, *PERMISSION]), inner, max_size=3)
    ),
    max_leaves=6,
)


def _spots(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if way:
        yield way
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield from _spots(each, (*way, key))


WHOLE: dict[str, Any] = {
    **GROUPS,
    **NICS,
    "Reservations": [RESERVATION],
    "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}],
    "NetworkAcls": [
        {
            "NetworkAclId": "acl-1",
            "Associations": [{"SubnetId": "subnet-1"}],
            "Entries": [
                {"RuleNumber": 100, "Egress": False, "Protocol": "-1", "CidrBlock": "0.0.0.0/0", "RuleAction": "allow"},
                {"RuleNumber": 100, "Egress": True, "Protocol": "-1", "CidrBlock": "0.0.0.0/0", "RuleAction": "allow"},
            ],
        }
    ],
    "PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "x", "Cidrs": ["10.0.0.0/8"]}],
    "RouteTables": [
        {
            "RouteTableId": "rtb-1",
            "VpcId": "vpc-1",
            "Associations": [{"Main": True}],
            "Routes": [{"GatewayId": "igw-1"}],
        }
    ],
    "InstanceInformationList": [{"InstanceId": "i-1", "ComputerName": "db01"}],
}
SPOTS = sorted(_spots(WHOLE), key=str)


def _mangled(way: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(WHOLE))
    held = copy
    for key in way[:-1]:
        held = held[key]
    held[way[-1]] = value
    return copy


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SPOTS), VALUES)
def test_whatever_stands_anywhere_nothing_raises(way: tuple[Any, ...], value: Any) -> None:
    export = AWS.read(_mangled(way, value), "x.json")
    AWS.network([export], Options())


DECIDES = ("SecurityGroups", 0, "IpPermissions"), ("NetworkAcls", 0), ("Subnets",), ("NetworkInterfaces", 0, "Groups")


@pytest.mark.parametrize("way", [way for way in SPOTS if any(way[: len(each)] == each for each in DECIDES)], ids=str)
def test_an_opening_does_not_vanish_because_something_became_unreadable(way: tuple[Any, ...]) -> None:
    """Each value that decides is made unreadable in turn: the port stays open, or is told as unresolved, or lost."""
    export = AWS.read(_mangled(way, "\x00?"), "x.json")
    found = AWS.network([export], Options())
    machine = next(iter(found.machines)).name
    assert passing(found, machine, 1433, "10.0.0.9")


def test_a_real_export_cut_anywhere_closes_nothing_in_silence(tmp_path: Path) -> None:
    rig = SHARED / "aws" / "batfish_test-public-private-subnet"
    if not rig.is_dir():
        pytest.skip(f"no real exports at {rig}")
    texts = {path.name: path.read_text("utf-8") for path in rig.glob("*.json")}
    chance = random.Random(7)
    for name, text in texts.items():
        for cut in sorted(chance.sample(range(2, len(text) - 4), 6)):
            for each, whole in texts.items():
                (tmp_path / each).write_text(whole[:cut] if each == name else whole, "utf-8")
            found = network([str(tmp_path)])
            assert any(each.quarantined or each.notes for each in found.readings), (name, cut)
            for machine in found.machines:
                assert passing(found, machine.name, 22, "8.8.8.8"), (name, cut, machine.name)
