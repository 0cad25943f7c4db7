"""Real exports of AWS: for each (machine, port, source) the answer that AWS's documented rules give, found by hand.

The rules, from the guides to security groups and network ACLs: a security group only allows, and what no rule allows is
denied; the rules of all groups of an interface are united; a network ACL is gone through from the lowest number, the
first entry that matches decides, and the final ``*`` denies; IPv4 and IPv6 rules stand apart.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from network_kit import SHARED, evaluated, passing

from longtail.network import Options, network
from longtail.ports.openings import Network, Scope

AWS = SHARED / "aws"
pytestmark = pytest.mark.skipif(not AWS.is_dir(), reason=f"no real exports at {AWS}")

PUBLIC, PRIVATE = "i-094a9e5b545a4fde4", "i-099cf38911942421c"
A, B, C = "i-06ba034d88c84ef07", "i-0b14080af811fda3d", "i-04a292ff83b3aa833"
OPEN, CLOSED, UNRESOLVED = "open", "closed", "unresolved"


def verdict(found: Network, machine: str, port: int, source: str, protocol: str = "tcp") -> str:
    """Whether a packet passes: surely, not, or nobody can say (a list that was not exported may hold any address)."""
    ways = passing(found, machine, port, source, protocol)
    if any(not way.unresolved for way in ways):
        return OPEN
    here = [each for each in found.openings if each.machine == machine and each.covers(port, protocol)]
    vague = [each for each in here if each.unresolved and each.sources[0].startswith(("pl-", "sg-"))]
    return UNRESOLVED if ways or vague else CLOSED


def embedded(name: str) -> list[str]:
    """The JSON texts in an example of the AWS CLI, as printed there: from a brace to the one below it."""
    text = (AWS / "awscli_examples" / f"{name}.rst").read_text("utf-8")
    return [found[0] for found in re.finditer(r"(?ms)^( *)\{.*?^\1\}", text)]


SUBNETS_CASES = [
    (
        PUBLIC,
        22,
        "8.8.8.8",
        "tcp",
        OPEN,
        "launch-wizard-2 allows tcp 22 from 0.0.0.0/0; ACL entry 100 allows all",
    ),
    (PUBLIC, 22, "10.0.1.204", "tcp", OPEN, "a private address lies in 0.0.0.0/0 too"),
    (PUBLIC, 22, "10.0.0.9", "tcp", OPEN, "inside the subnet only the group counts, and it allows"),
    (PUBLIC, 22, "8.8.8.8", "udp", CLOSED, "the rule says tcp"),
    (PUBLIC, 22, "2001:4860::8888", "tcp", CLOSED, "0.0.0.0/0 holds no IPv6 address and Ipv6Ranges is empty"),
    (PUBLIC, 21, "8.8.8.8", "tcp", CLOSED, "FromPort 22 begins after it"),
    (PUBLIC, 23, "8.8.8.8", "tcp", CLOSED, "ToPort 22 ends before it"),
    (PUBLIC, 3389, "8.8.8.8", "tcp", CLOSED, "no rule of its group names it"),
    (
        PUBLIC,
        445,
        "10.0.1.204",
        "tcp",
        CLOSED,
        "the default group allows its members all, but is attached to neither",
    ),
    (PRIVATE, 22, "8.8.8.8", "tcp", OPEN, "launch-wizard-3 allows it; that it has no public address is a note"),
    (PRIVATE, 22, "10.0.0.47", "tcp", OPEN, "the neighbour in the public subnet lies in 0.0.0.0/0"),
    (PRIVATE, 80, "10.0.0.47", "tcp", CLOSED, "its group has one rule, for 22"),
    (PRIVATE, 1433, "10.0.1.204", "tcp", CLOSED, "its group has one rule, for 22"),
]

PEERING_CASES = [
    (A, 22, "192.168.1.106", "tcp", OPEN, "launch-wizard-2 allows 22 from anywhere, so from the peered network"),
    (A, 443, "192.168.1.106", "tcp", CLOSED, "peering opens nothing by itself: launch-wizard-2 only has 22"),
    (B, 22, "10.10.10.157", "tcp", OPEN, "launch-wizard-1 allows 22 from anywhere"),
    (B, 22, "10.10.10.157", "udp", CLOSED, "the rule says tcp"),
    (B, 135, "192.168.1.5", "tcp", CLOSED, "the default group of its network is not attached to it"),
    (C, 22, "1.1.1.1", "tcp", OPEN, "launch-wizard-3 allows 22 from anywhere"),
    (C, 3306, "192.168.2.9", "tcp", CLOSED, "no rule names it, inside the subnet or not"),
    (C, 0, "1.1.1.1", "tcp", CLOSED, "port 0 is below FromPort 22"),
]

CLIENT = "1.2.3.4"
GROUPS_CASES = [
    ("sg-01a88a2ecd621d9ba", 22, CLIENT, "tcp", OPEN, "single port, from 1.2.3.4/32"),
    ("sg-01a88a2ecd621d9ba", 22, "1.2.3.5", "tcp", CLOSED, "a /32 holds one address"),
    ("sg-01a88a2ecd621d9ba", 23, CLIENT, "tcp", CLOSED, "single port"),
    ("sg-0089111f50bb7d828", 0, CLIENT, "tcp", OPEN, "FromPort 0 is in the range"),
    ("sg-0089111f50bb7d828", 22, CLIENT, "tcp", OPEN, "ToPort is in the range"),
    ("sg-0089111f50bb7d828", 23, CLIENT, "tcp", CLOSED, "beyond ToPort"),
    ("sg-07abacabd0ac1bc07", 65535, CLIENT, "tcp", OPEN, "the last port there is"),
    ("sg-07abacabd0ac1bc07", 65529, CLIENT, "tcp", CLOSED, "below FromPort 65530"),
    ("sg-057ea5382cba4725d", 1433, CLIENT, "tcp", OPEN, "all ports"),
    ("sg-057ea5382cba4725d", 1433, CLIENT, "udp", CLOSED, "all ports of tcp only"),
    ("sg-0c1301cba55e50293", 1433, "8.8.8.8", "tcp", OPEN, "protocol -1 without ports is everything"),
    ("sg-0c1301cba55e50293", 53, "8.8.8.8", "udp", OPEN, "protocol -1 is udp too"),
    ("sg-0c1301cba55e50293", 1433, "2001:db8::1", "tcp", CLOSED, "from 0.0.0.0/0, which is IPv4"),
    ("sg-0de0ddfa8a5a45810", 45, CLIENT, "tcp", OPEN, "closed interval: its first"),
    ("sg-0de0ddfa8a5a45810", 50, CLIENT, "tcp", OPEN, "closed interval: its last"),
    ("sg-0de0ddfa8a5a45810", 44, CLIENT, "tcp", CLOSED, "below"),
    ("sg-0de0ddfa8a5a45810", 51, CLIENT, "tcp", CLOSED, "above"),
    ("sg-0de0ddfa8a5a12345", 50, CLIENT, "tcp", UNRESOLVED, "FromPort -1 is no port of tcp: the range may be this one"),
    ("sg-0de0ddfa8a5a12345", 51, CLIENT, "tcp", CLOSED, "whatever FromPort means, ToPort is 50"),
    ("sg-0de0ddfa8a5a12346", 3389, CLIENT, "tcp", UNRESOLVED, "ToPort -1 is no port of tcp: the range may reach it"),
    ("sg-0de0ddfa8a5a12346", 29, CLIENT, "tcp", CLOSED, "whatever ToPort means, FromPort is 30"),
    ("sg-0de0ddfa8a5a12347", 22, CLIENT, "tcp", OPEN, "the inbound rule"),
    ("sg-0de0ddfa8a5a12347", 80, "5.6.7.8", "tcp", CLOSED, "IpPermissionsEgress lets out, not in"),
    ("sg-0de0ddfa8a5a12348", 8, "8.8.8.8", "tcp", CLOSED, "icmp type 8 stands in FromPort and is no port"),
    ("sg-0de0ddfa8a5a12348", 9, "8.8.8.8", "udp", CLOSED, "icmp code 9 stands in ToPort and is no port"),
]


@pytest.fixture(scope="module")
def subnets() -> Network:
    return network([str(AWS / "batfish_test-public-private-subnet")])


@pytest.fixture(scope="module")
def peering() -> Network:
    return network([str(AWS / "batfish_test-vpc-peering")])


def _wearing(group: str, subnet: str = "subnet-1f315846") -> dict[str, Any]:
    """An interface with a group of the rig, which has none: the machine is called as its group."""
    return {
        "NetworkInterfaceId": f"eni-{group}",
        "Attachment": {"InstanceId": f"i-{group}"},
        "Groups": [{"GroupId": group}],
        "PrivateIpAddress": "172.31.0.10",
        "Ipv6Addresses": [{"Ipv6Address": "2600:1f18::10"}],
        "SubnetId": subnet,
        "VpcId": "vpc-6f6f8316",
        "OwnerId": "118292266645",
        "AvailabilityZone": "us-east-1a",
    }


def _unit(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((AWS / "batfish_unit" / name).read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def wearing(tmp_path_factory: pytest.TempPathFactory) -> Network:
    groups = {case[0] for case in GROUPS_CASES}
    interfaces = {"NetworkInterfaces": [_wearing(each) for each in sorted(groups)]}
    return evaluated(tmp_path_factory.mktemp("wearing"), _unit("SecurityGroupTest.json"), interfaces)


@pytest.mark.parametrize(("machine", "port", "source", "protocol", "expected", "why"), SUBNETS_CASES)
def test_a_public_and_a_private_subnet(
    subnets: Network, machine: str, port: int, source: str, protocol: str, expected: str, why: str
) -> None:
    assert verdict(subnets, machine, port, source, protocol) == expected, why


@pytest.mark.parametrize(("machine", "port", "source", "protocol", "expected", "why"), PEERING_CASES)
def test_peered_networks(
    peering: Network, machine: str, port: int, source: str, protocol: str, expected: str, why: str
) -> None:
    assert verdict(peering, machine, port, source, protocol) == expected, why


@pytest.mark.parametrize(("group", "port", "source", "protocol", "expected", "why"), GROUPS_CASES)
def test_the_groups_of_a_test_bed(
    wearing: Network, group: str, port: int, source: str, protocol: str, expected: str, why: str
) -> None:
    assert verdict(wearing, f"i-{group}", port, source, protocol) == expected, why


ALL_TRAFFIC = "sg-0c1301cba55e50293"
ACL_CASES = [
    ("NetworkAclTest.json", 3306, "162.243.144.192", CLOSED, "entry 100 denies exactly this"),
    ("NetworkAclTest.json", 3306, "162.243.144.193", CLOSED, "no entry allows it: the final * denies"),
    ("NetworkAclTest.json", 22, "8.8.8.8", CLOSED, "the entry that allows all is egress"),
    ("NetworkAclTest.json", 22, "172.31.0.10", OPEN, "an address of the subnet itself: no network ACL stands between"),
    ("NetworkAclTest.json", 22, "172.31.9.9", UNRESOLVED, "the subnet was not exported: this may be inside it"),
    ("NetworkAclIcmpTest.json", 22, "8.8.8.8", CLOSED, "icmp entries, and only egress ones: the final * denies"),
    ("NetworkAclV6Test.json", 22, "2001:db8::1", CLOSED, "::/0 is allowed out, not in"),
]


@pytest.mark.parametrize(("acl", "port", "source", "expected", "why"), ACL_CASES)
def test_network_acls_before_a_group_that_allows_everything(
    tmp_path: Path, acl: str, port: int, source: str, expected: str, why: str
) -> None:
    interfaces = {"NetworkInterfaces": [_wearing(ALL_TRAFFIC)]}
    found = evaluated(tmp_path, _unit("SecurityGroupTest.json"), interfaces, _unit(acl))
    assert verdict(found, f"i-{ALL_TRAFFIC}", port, source) == expected, why


def test_an_acl_described_in_three_ways_is_not_believed(tmp_path: Path) -> None:
    """The three files give one id three contents: which one holds is not known, so nothing is closed by it."""
    files = [_unit(name) for name in ("NetworkAclTest.json", "NetworkAclIcmpTest.json", "NetworkAclV6Test.json")]
    interfaces = {"NetworkInterfaces": [_wearing(ALL_TRAFFIC)]}
    found = evaluated(tmp_path, _unit("SecurityGroupTest.json"), interfaces, *files)
    assert verdict(found, f"i-{ALL_TRAFFIC}", 3306, "162.243.144.192") == UNRESOLVED


def test_machines_are_named_and_owned_as_aws_says(subnets: Network) -> None:
    machines = {each.name: each for each in subnets.machines}
    assert set(machines) == {PUBLIC, PRIVATE}, "neither instance has a Name tag"
    assert {each.tenant for each in subnets.machines} == {"554773406868"}
    assert {"10.0.0.47", "ip-10-0-0-47.us-east-2.compute.internal", PUBLIC} <= set(machines[PUBLIC].aliases)
    assert machines[PUBLIC].detail["region"] == "us-east-2"
    assert json.loads(machines[PUBLIC].detail["network_interfaces"]) == {
        "eni-09da8cad43844dc1f": ["sg-0662342465612f419"]
    }


def test_the_tenant_may_be_given() -> None:
    found = network([str(AWS / "batfish_test-public-private-subnet")], Options(tenant="prod"))
    assert {each.tenant for each in (*found.machines, *found.openings)} == {"prod"}


def test_only_the_machine_with_a_public_address_is_reachable_as_it_stands(subnets: Network) -> None:
    by_machine = {each.machine: each for each in subnets.openings}
    assert by_machine[PUBLIC].notes == ()
    assert "no public address" in by_machine[PRIVATE].notes[0]
    assert {each.scope for each in subnets.openings} == {Scope.INTERNET}


def test_rules_carry_what_a_remedy_must_name(subnets: Network) -> None:
    opening = passing(subnets, PUBLIC, 22, "8.8.8.8")[0]
    (inner,) = (subnets.rules[id] for id in opening.rules)
    assert inner.container == "sg-0662342465612f419"
    assert inner.detail["group_name"] == "launch-wizard-2" and inner.detail["region"] == "us-east-2"
    assert (inner.detail["protocol"], inner.detail["ports"], inner.detail["source"]) == ("tcp", "22", "0.0.0.0/0")
    assert json.loads(inner.raw) == {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    }


def test_the_entries_of_network_acls_are_rules_too(subnets: Network) -> None:
    entries = [each for each in subnets.rules.values() if each.container == "acl-0ae73e62fae564306"]
    assert [(each.priority, each.allows) for each in entries] == [(100, True), (32767, False)], "the inbound ones"


def test_a_group_attached_to_nothing_is_an_orphan(subnets: Network, peering: Network) -> None:
    assert subnets.orphans == ("sg-03a9dc5ba789b0f7f",)
    assert set(peering.orphans) == {"sg-0b47189ed64dfaab9", "sg-0d657cf4bcdb03076", "sg-0de2882d2df2dec1d"}


def test_every_json_file_of_the_rigs_is_read() -> None:
    found = network([str(AWS)])
    told = {Path(each.path).name: each for each in found.readings if each.path.endswith(".json")}
    assert len(told) == len({path.name for path in AWS.rglob("*.json")})
    assert {each.format for each in told.values()} == {"aws"}
    assert sum(each.quarantined for each in told.values()) == 0


EXAMPLES = sorted(path.stem for path in (AWS / "awscli_examples").glob("*.rst"))
OF_USE = {
    "describe-network-acls",
    "describe-security-group-rules",
    "describe-managed-prefix-lists",
    "describe-prefix-lists",
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_answer_in_the_cli_s_examples_is_read_or_told(example: str, tmp_path: Path) -> None:
    texts = embedded(example)
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.json").write_text(text, "utf-8")
    readings = network([str(tmp_path)]).readings if texts else ()
    assert len(readings) == len(texts)
    assert all(each.format == "aws" or each.quarantined or each.notes for each in readings)
    assert example not in OF_USE or any(each.format == "aws" for each in readings)


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """What the CLI's examples print, one file an answer; entries of a prefix list under its id."""
    for example in (*OF_USE, "describe-security-groups"):
        for number, text in enumerate(embedded(example)):
            (tmp_path / f"{example}-{number}.json").write_text(text, "utf-8")
    entries = embedded("get-managed-prefix-list-entries")[0]
    (tmp_path / "pl-0123456abcabcabc1.json").write_text(entries, "utf-8")
    return tmp_path


def _with(folder: Path, *groups: str, permissions: list[dict[str, Any]] | None = None) -> Network:
    wearing = {**_wearing(groups[0], "subnet-0931fc2fa5EXAMPLE"), "Groups": [{"GroupId": each} for each in groups]}
    own = {"GroupId": "sg-own", "GroupName": "own", "IpPermissions": permissions or []}
    document = {"NetworkInterfaces": [wearing], "SecurityGroups": [own]}
    (folder / "more.json").write_text(json.dumps(document), "utf-8")
    return network([str(folder)])


def _through(folder: Path, prefix_list: str, port: int, source: str) -> str:
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": prefix_list}]}
    return verdict(_with(folder, "sg-own", permissions=[permission]), "i-sg-own", port, source)


@pytest.mark.parametrize(
    ("prefix_list", "port", "source", "expected", "why"),
    [
        ("pl-0123456abcabcabc1", 443, "10.0.3.4", OPEN, "10.0.0.0/16 is its first entry"),
        ("pl-0123456abcabcabc1", 443, "10.2.3.4", OPEN, "10.2.0.0/16 is its second entry"),
        ("pl-0123456abcabcabc1", 443, "10.1.3.4", CLOSED, "between its entries"),
        ("pl-0123456abcabcabc1", 80, "10.0.3.4", CLOSED, "the rule is for 443"),
        ("pl-63a5400a", 443, "54.231.1.1", OPEN, "54.231.0.0/17 is S3's list in that region"),
        ("pl-63a5400a", 443, "54.231.200.1", CLOSED, "beyond the /17"),
        ("pl-11223344556677aab", 443, "2001:db8::1", UNRESOLVED, "described, but its entries were not exported"),
        ("pl-11223344556677aab", 80, "2001:db8::1", CLOSED, "whatever it holds, the rule is for 443"),
        ("pl-0ffffffffffffffff", 443, "10.0.3.4", UNRESOLVED, "nothing is known of this list"),
    ],
)
def test_prefix_lists_of_the_cli_s_examples(
    examples: Path, prefix_list: str, port: int, source: str, expected: str, why: str
) -> None:
    assert _through(examples, prefix_list, port, source) == expected, why


def test_a_rule_row_that_lets_a_group_s_members_in(examples: Path) -> None:
    """sgr-abcdef01234567890: protocol -1, ports -1 to -1, from the group itself, whose only member is this machine."""
    found = _with(examples, "sg-1234567890abcdef0")
    assert found.rules["sgr-abcdef01234567890"].detail["ports"] == "all"
    assert verdict(found, "i-sg-1234567890abcdef0", 1433, "8.8.8.8") == CLOSED, "its 0.0.0.0/0 row is egress"
    assert verdict(found, "i-sg-1234567890abcdef0", 1433, "sg-1234567890abcdef0") == CLOSED, "nobody else is in it"


def test_an_example_that_is_no_json_leaves_its_group_unresolved(examples: Path) -> None:
    """describe-security-groups prints a comma too many: the group is lost, so everything may be open."""
    found = _with(examples, "sg-903004f8")
    lost = [each for each in found.readings if "describe-security-groups-" in each.path and each.quarantined]
    assert len(lost) == 1
    assert verdict(found, "i-sg-903004f8", 3389, "8.8.8.8") == UNRESOLVED
