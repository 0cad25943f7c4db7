"""Two real Azure exports: the answers were worked out by hand from Azure's documented rules, each with its reason.

Documented: inbound traffic meets the subnet's group first, then the interface's, and both must allow; in a group the
lowest priority number that matches decides; without any group all is allowed; defaults are AllowVnetInBound (65000),
AllowAzureLoadBalancerInBound (65001), DenyAllInBound (65500).
"""

import pytest
from network_kit import SHARED, passing

from longtail.network import network
from longtail.ports.openings import Network, Scope

AZURE = SHARED / "azure"
pytestmark = pytest.mark.skipif(not AZURE.is_dir(), reason=f"real samples are not at {AZURE}")

PUBLIC = "203.0.113.7"

CLOUD = [  # machine, protocol, port, source, open, why
    ("VM1", "tcp", 22, PUBLIC, True, "interface group: SSH (300) allows 22 from *; its subnet has no group"),
    ("VM1", "tcp", 8080, PUBLIC, True, "the same rule, second of its destinationPortRanges"),
    ("VM1", "tcp", 22, "10.0.1.4", True, "* holds the virtual network too"),
    ("VM1", "tcp", 23, PUBLIC, False, "22 and 8080 are two ports, not a range; DenyAnyCustomAnyInbound (320) denies"),
    ("VM1", "tcp", 21, PUBLIC, False, "below the allowed port: denied by 320"),
    ("VM1", "tcp", 8079, PUBLIC, False, "just below 8080: denied by 320"),
    ("VM1", "tcp", 8081, PUBLIC, False, "just above 8080: denied by 320"),
    ("VM1", "tcp", 443, "10.0.0.5", False, "AllowVnetInBound (65000) comes after the deny at 320"),
    ("VM1", "tcp", 0, PUBLIC, False, "denied by 320"),
    ("VM1", "tcp", 65535, "168.63.129.16", False, "AllowAzureLoadBalancerInBound comes after the deny at 320"),
    ("VM1", "udp", 22, PUBLIC, True, "AllowAnyCustomAnyInbound (310) allows all UDP"),
    ("VM1", "udp", 53, PUBLIC, True, "the same, any port"),
    ("VM1", "udp", 65535, "10.0.1.4", True, "the same, from inside"),
    ("VM1", "udp", 0, PUBLIC, True, "the same, the first port"),
    ("VM2", "tcp", 22, "10.0.0.4", True, "subnet: 22-23 from 10.0.0.0/24 (100); interface: AllowVnetInBound"),
    ("VM2", "tcp", 23, "10.0.0.4", True, "the other end of 22-23"),
    ("VM2", "tcp", 80, "10.0.0.255", True, "80 is in the list; the last address of 10.0.0.0/24"),
    ("VM2", "tcp", 8080, "10.0.0.0", True, "8080 is in the list; the first address of 10.0.0.0/24"),
    (
        "VM2",
        "tcp",
        22,
        "10.0.1.5",
        False,
        "same subnet, yet groups filter inside a subnet: not 10.0.0.0/24, denied (110)",
    ),
    ("VM2", "tcp", 22, "10.0.1.0", False, "one past 10.0.0.255: denied by 110"),
    ("VM2", "tcp", 22, PUBLIC, False, "the subnet allows only 10.0.0.0/24"),
    ("VM2", "tcp", 21, "10.0.0.4", False, "just below 22-23: denied by 110"),
    ("VM2", "tcp", 24, "10.0.0.4", False, "just above 22-23: denied by 110"),
    ("VM2", "tcp", 443, "10.0.0.4", False, "not in the list; the interface would allow it, the subnet does not"),
    ("VM2", "tcp", 81, "10.0.0.4", False, "just above 80"),
    ("VM2", "udp", 22, "10.0.0.4", False, "the allow is for TCP; the deny at 110 is for any protocol"),
    ("VM2", "udp", 8080, "10.0.0.4", False, "the same"),
    ("VM2", "tcp", 22, "168.63.129.16", False, "AllowAzureLoadBalancerInBound comes after the deny at 110"),
]

NESTED = [
    ("VM1", "tcp", 22, PUBLIC, True, "neither its subnet nor its interface has a group: all is allowed"),
    ("VM1", "tcp", 3389, "10.0.1.5", True, "the same"),
    ("VM1", "udp", 53, PUBLIC, True, "the same"),
    ("VM1", "udp", 65535, PUBLIC, True, "the same, the last port"),
    ("VM2", "tcp", 22, "10.0.1.6", False, "subnet: DenySSHFromVm3ToVm2 (5), inside one subnet"),
    ("VM2", "tcp", 22, "10.0.1.7", True, "subnet: AllowVnetInBound (10.0.0.0/16); interface: SSH from * (5)"),
    ("VM2", "tcp", 22, "10.0.0.4", True, "the same, from the other subnet"),
    ("VM2", "tcp", 22, PUBLIC, False, "the interface allows it, the subnet's DenyAllInBound (65500) does not"),
    ("VM2", "tcp", 8080, "10.0.0.4", False, "interface: BlockCidrBlockHttpInbound (100) before AllowVnetInBound"),
    ("VM2", "udp", 8080, "10.0.0.4", True, "that block is for TCP; the defaults of both groups allow the network"),
    ("VM2", "tcp", 443, "10.0.1.6", True, "the subnet's deny is for port 22 only; defaults allow the network"),
    ("VM2", "udp", 22, "10.0.1.6", True, "the subnet's deny is for TCP only"),
    ("VM2", "tcp", 443, PUBLIC, False, "no allow from outside the network; DenyAllInBound"),
    ("VM2", "tcp", 443, "10.1.0.1", False, "outside 10.0.0.0/16 and not a peer"),
    ("VM2", "udp", 53, "10.0.255.255", True, "the last address of the network"),
    ("VM3", "tcp", 22, "10.0.1.5", True, "the subnet's deny names VM2 as destination, not this machine"),
    ("VM3", "tcp", 22, "10.0.1.6", True, "the same rule: its destination is 10.0.1.5"),
    ("VM3", "tcp", 8080, "10.0.1.5", True, "the block of 8080 stands on VM2's interface only"),
    ("VM3", "tcp", 22, PUBLIC, False, "DenyAllInBound"),
    ("VM3", "tcp", 22, "10.1.0.0", False, "one past 10.0.255.255"),
    ("VM3", "udp", 161, "168.63.129.16", True, "AllowAzureLoadBalancerInBound, and the host belongs to VirtualNetwork"),
]


@pytest.fixture(scope="module")
def cloud() -> Network:
    return network([str(AZURE / "batfish_cloud_azure")])


@pytest.fixture(scope="module")
def nested() -> Network:
    return network([str(AZURE / "batfish_test_nsg")])


@pytest.mark.parametrize(("machine", "protocol", "port", "source", "passes", "why"), CLOUD)
def test_the_cloud_rig(
    cloud: Network, machine: str, protocol: str, port: int, source: str, passes: bool, why: str
) -> None:
    assert bool(passing(cloud, machine, port, source, protocol)) is passes, why


@pytest.mark.parametrize(("machine", "protocol", "port", "source", "passes", "why"), NESTED)
def test_the_nested_rig(
    nested: Network, machine: str, protocol: str, port: int, source: str, passes: bool, why: str
) -> None:
    assert bool(passing(nested, machine, port, source, protocol)) is passes, why


def test_every_file_of_the_rigs_is_read_without_loss(cloud: Network, nested: Network) -> None:
    readings = cloud.readings + nested.readings
    assert len(readings) == 18
    assert {(each.format, each.quarantined, each.passed_over) for each in readings} == {("azure", 0, 0)}
    assert not [each for each in cloud.openings + nested.openings if each.unresolved]


def test_rules_are_cited_outermost_first_and_defaults_are_marked(cloud: Network, nested: Network) -> None:
    (ssh,) = passing(cloud, "VM2", 22, "10.0.0.4")
    assert [cloud.rules[each].name for each in ssh.rules] == ["AllowCidrBlockSSHInbound", "AllowVnetInBound"]
    assert not ssh.default, "one rule of somebody's is enough"
    assert ssh.scope is Scope.PRIVATE
    (default,) = passing(nested, "VM3", 22, "10.0.1.5")
    assert default.default and [nested.rules[each].name for each in default.rules] == ["AllowVnetInBound"]


def test_rules_that_share_an_id_in_the_export_stay_apart(nested: Network) -> None:
    names = {each.name for each in nested.rules.values() if each.container.endswith("NSG-VM")}
    assert {"AllowCidrBlockSSHInbound", "BlockCidrBlockHttpInbound"} <= names


def test_no_group_is_told(nested: Network) -> None:
    (opening,) = passing(nested, "VM1", 22, PUBLIC)
    assert opening.rules == () and not opening.default and opening.wide
    assert any("no network security group" in note for note in opening.notes)
    assert any("no public address" in note for note in opening.notes)


def test_machines_are_known_by_every_name_they_go_by(cloud: Network) -> None:
    one = next(each for each in cloud.machines if each.name == "VM1")
    assert one.tenant == "b31649d2-3118-472e-8120-043037233633"
    assert {"10.0.0.4", "40.91.194.198"} <= set(one.aliases)
    assert any(each.endswith("/virtualMachines/VM1") for each in one.aliases)
    assert one.detail["private_ips"] == "10.0.0.4" and one.detail["nsg_ids"].endswith("/VM1-nsg")
    assert one.detail[f"priorities:{one.detail['nsg_ids']}"] == "300 310 320"


def test_a_rule_carries_what_a_command_must_name(cloud: Network) -> None:
    (ssh,) = (each for each in cloud.rules.values() if each.name == "SSH")
    assert ssh.detail == {
        "subscription": "b31649d2-3118-472e-8120-043037233633",
        "resource_group": "Anonymized-RG-12345",
        "nsg": "VM1-nsg",
        "rule": "SSH",
        "access": "Allow",
        "priority": "300",
        "protocol": "TCP",
        "ports": "22 8080",
        "source": "*",
        "destination": "*",
    }
    assert ssh.priority == 300 and ssh.allows and '"etag"' in ssh.raw
