"""Every trap in how Azure writes and decides inbound rules, one by one."""

import json
from pathlib import Path
from typing import Any

import pytest
from network_kit import GROUP, NETWORK, SUBNET, evaluated, group, machine, nic, passing, rule, vnet

from longtail.network import network
from longtail.ports.openings import ROUTES, Network, Opening, Scope

PUBLIC = "203.0.113.7"


def alone(folder: Path, *rules: Any, address: str = "10.0.0.4") -> Network:
    """One machine whose interface group has these rules; its subnet has no group."""
    return evaluated(folder, group("g", *rules), nic("m", address, "g"), vnet(), machine("m"))


def chosen(found: Network) -> list[Opening]:
    """Openings that not only defaults make."""
    return [each for each in found.openings if not each.default]


@pytest.mark.parametrize(
    ("written", "open", "closed"),
    [
        ({"destinationPortRange": "1433"}, [1433], [1432, 1434]),
        ({"destinationPortRange": None, "destinationPortRanges": ["1433", "22"]}, [22, 1433], [23, 1432]),
        ({"destinationPortRange": "80", "destinationPortRanges": ["1433"]}, [80, 1433], [81]),
        ({"destinationPortRange": "", "destinationPortRanges": ["1433"]}, [1433], [80]),
        ({"destinationPortRange": "20-25"}, [20, 22, 25], [19, 26]),
        ({"destinationPortRange": "20 - 25"}, [20, 25], [19, 26]),
        ({"destinationPortRange": "*"}, [0, 1433, 65535], []),
        ({"destinationPortRange": "0-65535"}, [0, 1433, 65535], []),
        ({"destinationPortRange": 1433}, [1433], [1434]),
        ({"destinationPortRange": "22,1433"}, [22, 1433], [23]),
        ({"destinationPortRange": ["22", "1433"]}, [22, 1433], [23]),
        ({"protocol": "TCP"}, [1433], [22]),
        ({"protocol": "*"}, [1433], [22]),
        ({"protocol": "All"}, [1433], [22]),
        ({"protocol": "6"}, [1433], [22]),
        ({"access": "ALLOW", "direction": "inbound"}, [1433], [22]),
    ],
)
def test_spellings_of_ports_and_protocols(
    tmp_path: Path, written: dict[str, Any], open: list[int], closed: list[int]
) -> None:
    found = alone(tmp_path, rule(**written))
    assert [port for port in open if not passing(found, "m", port, PUBLIC)] == []
    assert [port for port in closed if passing(found, "m", port, PUBLIC)] == []
    assert not any(each.unresolved for each in found.openings)


@pytest.mark.parametrize(("protocol", "tcp", "udp"), [("Tcp", 1, 0), ("Udp", 0, 1), ("*", 1, 1), ("Icmp", 0, 0)])
def test_a_protocol_is_only_itself(tmp_path: Path, protocol: str, tcp: int, udp: int) -> None:
    found = alone(tmp_path, rule(protocol=protocol))
    assert len(passing(found, "m", 1433, PUBLIC)) == tcp
    assert len(passing(found, "m", 1433, PUBLIC, "udp")) == udp


def test_outbound_rules_are_not_about_this(tmp_path: Path) -> None:
    assert not chosen(alone(tmp_path, rule(direction="Outbound")))


@pytest.mark.parametrize(
    ("sources", "inside", "outside"),
    [
        ({"sourceAddressPrefix": "203.0.113.0/24"}, PUBLIC, "203.0.114.0"),
        ({"sourceAddressPrefix": "203.0.113.7"}, PUBLIC, "203.0.113.8"),
        ({"sourceAddressPrefix": None, "sourceAddressPrefixes": ["198.51.100.0/24", PUBLIC]}, PUBLIC, "203.0.113.8"),
        ({"sourceAddressPrefix": "", "sourceAddressPrefixes": [f"{PUBLIC}/32"]}, PUBLIC, "203.0.113.6"),
        ({"sourceAddressPrefix": "198.51.100.9", "sourceAddressPrefixes": [PUBLIC]}, PUBLIC, "203.0.113.8"),
    ],
)
def test_spellings_of_sources(tmp_path: Path, sources: dict[str, Any], inside: str, outside: str) -> None:
    found = alone(tmp_path, rule(**sources))
    assert passing(found, "m", 1433, inside) and not passing(found, "m", 1433, outside)
    assert {each.scope for each in chosen(found)} == {Scope.PARTLY_INTERNET}


def test_the_lowest_priority_number_decides_wherever_it_stands(tmp_path: Path) -> None:
    found = alone(tmp_path, rule("late", priority=400), rule("early", "Deny", priority=200))
    assert not passing(found, "m", 1433, PUBLIC)


def test_both_groups_must_allow(tmp_path: Path) -> None:
    documents = (group("g", rule()), group("s", rule("deny", "Deny", 200)), nic("m", "10.0.0.4", "g"), vnet("s"))
    assert not passing(evaluated(tmp_path, *documents), "m", 1433, PUBLIC)


def test_rules_inside_one_subnet_count(tmp_path: Path) -> None:
    deny = rule("deny", "Deny", 200, sourceAddressPrefix="10.0.0.0/24")
    found = evaluated(tmp_path, group("s", deny), nic("m", "10.0.0.4"), nic("n", "10.0.0.5"), vnet("s"))
    assert not passing(found, "m", 1433, "10.0.0.5")
    assert passing(found, "m", 1433, "10.0.1.5"), "AllowVnetInBound for the rest of the network"


def test_a_destination_address_is_one_machine(tmp_path: Path) -> None:
    documents = (
        group("s", rule("one", destinationAddressPrefix="10.0.0.4")),
        nic("m", "10.0.0.4"),
        nic("n", "10.0.0.5"),
        vnet("s"),
    )
    found = evaluated(tmp_path, *documents)
    assert passing(found, "m", 1433, PUBLIC) and not passing(found, "n", 1433, PUBLIC)


def test_a_deny_for_one_address_leaves_the_others_open(tmp_path: Path) -> None:
    deny = rule("deny", "Deny", 200, destinationAddressPrefix="10.0.0.4/32")
    documents = (group("s", rule(), deny), nic("m", "10.0.0.4"), nic("n", "10.0.0.5"), vnet("s"))
    found = evaluated(tmp_path, *documents)
    assert not passing(found, "m", 1433, PUBLIC) and passing(found, "n", 1433, PUBLIC)


def test_the_second_address_of_an_interface_is_a_way_in(tmp_path: Path) -> None:
    two = nic("m", "10.0.0.4")
    second = {"properties": {"privateIPAddress": "10.0.0.9", "subnet": {"id": SUBNET}}}
    two["properties"]["ipConfigurations"].append(second)
    allow = rule(destinationAddressPrefix="10.0.0.9")
    assert passing(evaluated(tmp_path, group("s", allow), two, vnet("s")), "m", 1433, PUBLIC)


def test_a_destination_group_is_its_members(tmp_path: Path) -> None:
    databases = {"id": f"{NETWORK}/applicationSecurityGroups/db"}
    to_group = rule(destinationAddressPrefix=None, destinationApplicationSecurityGroups=[databases])
    member = nic("m", "10.0.0.4", applicationSecurityGroups=[{"id": databases["id"].upper()}])
    found = evaluated(tmp_path, group("s", to_group), member, nic("n", "10.0.0.5"), vnet("s"))
    assert passing(found, "m", 1433, PUBLIC), "ids are compared without case"
    assert not passing(found, "n", 1433, PUBLIC)


def test_a_source_group_without_a_prefix(tmp_path: Path) -> None:
    web = {"id": f"{NETWORK}/applicationSecurityGroups/web"}
    from_group = rule(sourceAddressPrefix=None, sourceApplicationSecurityGroups=[web])
    other = nic("w", "10.0.0.7", applicationSecurityGroups=[web])
    found = evaluated(tmp_path, group("g", from_group), nic("m", "10.0.0.4", "g"), vnet(), other)
    (opening,) = chosen_of(found, "m")
    assert (opening.scope, opening.sources, opening.unresolved) == (Scope.GROUP, ("web",), ())
    assert not passing(found, "m", 1433, PUBLIC)


def chosen_of(found: Network, name: str) -> list[Opening]:
    return [each for each in chosen(found) if each.machine == name]


def test_a_source_group_that_nothing_tells_of_is_open_and_told(tmp_path: Path) -> None:
    gone = {"id": f"{NETWORK}/applicationSecurityGroups/gone"}
    found = alone(tmp_path, rule(sourceAddressPrefix=None, sourceApplicationSecurityGroups=[gone]))
    (opening,) = chosen(found)
    assert opening.scope is Scope.GROUP and "gone" in opening.unresolved[0]


def test_a_denied_group_closes_for_its_members_only(tmp_path: Path) -> None:
    web = {"id": f"{NETWORK}/applicationSecurityGroups/web"}
    deny = rule("deny", "Deny", 200, sourceAddressPrefix=None, sourceApplicationSecurityGroups=[web])
    other = nic("w", "10.0.0.7", applicationSecurityGroups=[web])
    found = evaluated(tmp_path, group("g", rule(), deny), nic("m", "10.0.0.4", "g"), vnet(), other)
    assert not passing(found, "m", 1433, "10.0.0.7") and passing(found, "m", 1433, "10.0.0.8")


def test_no_group_at_all_is_open_and_told(tmp_path: Path) -> None:
    found = evaluated(tmp_path, nic("m", "10.0.0.4"), vnet(), machine("m"))
    (opening,) = passing(found, "m", 1433, PUBLIC)
    assert (opening.rules, opening.default, opening.unresolved) == ((), False, ())
    assert any("no network security group" in note for note in opening.notes)


@pytest.mark.parametrize("shown", [None, []])
def test_default_rules_hold_whether_shown_or_not(tmp_path: Path, shown: Any) -> None:
    found = evaluated(tmp_path, group("g", defaultSecurityRules=shown), nic("m", "10.0.0.4", "g"), vnet())
    (inside,) = passing(found, "m", 1433, "10.0.9.9")
    assert inside.default and inside.scope is Scope.PRIVATE and not passing(found, "m", 1433, PUBLIC)
    assert passing(found, "m", 1433, "168.63.129.16"), "the load balancer's probes"


def test_the_virtual_network_is_its_addresses_and_its_peers(tmp_path: Path) -> None:
    peers = [
        {
            "properties": {
                "remoteAddressSpace": {"addressPrefixes": ["10.8.0.0/16"]},
                "remoteVirtualNetwork": {"id": "/x"},
            }
        }
    ]
    found = evaluated(
        tmp_path,
        group("g", rule(sourceAddressPrefix="VirtualNetwork")),
        nic("m", "10.0.0.4", "g"),
        vnet(virtualNetworkPeerings=peers),
    )
    assert passing(found, "m", 1433, "10.0.200.1") and passing(found, "m", 1433, "10.8.1.1")
    assert not passing(found, "m", 1433, "10.9.0.0")
    (opening,) = chosen(found)
    assert opening.scope is Scope.PRIVATE and not opening.unresolved


def test_internet_is_everything_outside_the_virtual_network(tmp_path: Path) -> None:
    found = alone(tmp_path, rule(sourceAddressPrefix="Internet"), rule("d", "Deny", 400, sourceAddressPrefix="*"))
    assert passing(found, "m", 1433, PUBLIC) and passing(found, "m", 1433, "10.1.0.0")
    assert not passing(found, "m", 1433, "10.0.3.3")
    assert {each.scope for each in chosen(found)} == {Scope.INTERNET}


def test_a_network_that_was_not_exported_leaves_its_tag_open_and_told(tmp_path: Path) -> None:
    found = evaluated(tmp_path, group("g"), nic("m", "10.0.0.4", "g"))
    (default,) = [each for each in found.openings if each.protocol == "tcp" and "VirtualNetwork" in each.sources]
    assert default.default and default.scope is Scope.PRIVATE
    assert any("vnet" in sentence for sentence in default.unresolved)


def test_a_deny_from_an_unknown_network_does_not_close(tmp_path: Path) -> None:
    deny = rule("deny", "Deny", 200, sourceAddressPrefix="VirtualNetwork")
    found = evaluated(tmp_path, group("g", rule(), deny), nic("m", "10.0.0.4", "g"))
    (opening,) = passing(found, "m", 1433, "10.0.0.9")
    assert any("virtual network" in sentence for sentence in opening.unresolved)


def test_an_unknown_service_tag_is_open_and_told(tmp_path: Path) -> None:
    found = alone(tmp_path, rule(sourceAddressPrefix="Storage.WestEurope"))
    (opening,) = chosen(found)
    assert opening.sources == ("Storage.WestEurope",) and opening.scope is Scope.PARTLY_INTERNET
    assert "Storage.WestEurope" in opening.unresolved[0]


def test_a_denied_service_tag_does_not_close_and_is_told(tmp_path: Path) -> None:
    found = alone(tmp_path, rule(), rule("deny", "Deny", 200, sourceAddressPrefix="AzureCloud"))
    (opening,) = passing(found, "m", 1433, PUBLIC)
    assert any("AzureCloud" in sentence for sentence in opening.unresolved)


def test_an_unknown_tag_before_the_network_is_not_empty(tmp_path: Path) -> None:
    """The trap: where an unknown tag is the empty set, the subnet's group would close what the interface allows."""
    subnet = group("s", rule("tag", sourceAddressPrefix="AzureDevOps"))
    own = group("g", rule("narrow", sourceAddressPrefix="198.51.100.0/24"))
    found = evaluated(tmp_path, subnet, own, nic("m", "10.0.0.4", "g"), vnet("s"))
    (opening,) = [each for each in chosen(found) if each.rules[-1].endswith("narrow")]
    assert opening.sources == ("AzureDevOps within 198.51.100.0/24",) and opening.unresolved


JUST_IN_TIME = [
    ("SecurityCenter-JITRule_-1234567890_ABCDEF", "SecurityCenter-JITRule-1234567890-ABCDEF"),
    ("MicrosoftDefenderForCloud-JITRule_-1_AB", "MicrosoftDefenderForCloud-JITRule-1-AB"),
]


@pytest.mark.parametrize(("deny", "allow"), JUST_IN_TIME)
def test_just_in_time_is_closed_between_and_during_requests(tmp_path: Path, deny: str, allow: str) -> None:
    here = {"destinationAddressPrefix": "10.0.0.4", "destinationPortRange": "3389"}
    rules = (rule(deny, "Deny", 4096, **here), rule(allow, "Allow", 100, **here))
    found = alone(tmp_path, *rules)
    assert not chosen(found) and not passing(found, "m", 3389, PUBLIC)
    assert not passing(found, "m", 3389, "10.0.0.9"), "the deny stands before AllowVnetInBound"
    assert any(allow in note for note in found.notes)
    assert {each.detail.get("just_in_time") for each in found.rules.values() if each.name in (deny, allow)} == {"yes"}


def test_a_standing_allow_precedes_the_deny_of_just_in_time(tmp_path: Path) -> None:
    deny = rule("SecurityCenter-JITRule_-1_A", "Deny", 4096, destinationAddressPrefix="10.0.0.4")
    assert passing(alone(tmp_path, rule("standing", priority=300), deny), "m", 1433, PUBLIC)


def test_no_public_address_is_told_of_what_the_internet_may_use(tmp_path: Path) -> None:
    found = alone(tmp_path, rule())
    (opening,) = passing(found, "m", 1433, PUBLIC)
    (inside,) = passing(found, "m", 22, "10.0.0.9")
    assert any("no public address" in note for note in opening.notes) and not inside.notes


def test_a_public_address_or_a_load_balancer_is_a_way_in(tmp_path: Path) -> None:
    public = nic("m", "10.0.0.4", "g", publicIPAddress={"id": f"{NETWORK}/publicIPAddresses/p"})
    rules = [{"id": f"{NETWORK}/loadBalancers/lb/inboundNatRules/sql"}]
    behind = nic("n", "10.0.0.5", "g", loadBalancerInboundNatRules=rules)
    found = evaluated(tmp_path, group("g", rule()), public, behind, vnet())
    (direct,), (forwarded,) = passing(found, "m", 1433, PUBLIC), passing(found, "n", 1433, PUBLIC)
    assert direct.notes == () and "load balancer lb" in forwarded.notes[0]


def test_an_internal_load_balancer_is_no_way_in(tmp_path: Path) -> None:
    id = f"{NETWORK}/loadBalancers/lb"
    front = [{"properties": {"privateIPAddress": "10.0.0.100"}}]
    balancer = {"id": id, "type": "Microsoft.Network/loadBalancers", "properties": {"frontendIPConfigurations": front}}
    behind = nic("n", "10.0.0.5", "g", loadBalancerBackendAddressPools=[{"id": f"{id}/backendAddressPools/p"}])
    (opening,) = passing(evaluated(tmp_path, group("g", rule()), behind, vnet(), balancer), "n", 1433, PUBLIC)
    assert "no public address" in opening.notes[0]


def test_a_deny_for_some_source_ports_closes_nothing(tmp_path: Path) -> None:
    deny = rule("deny", "Deny", 200, sourcePortRange="1024-2048")
    assert passing(alone(tmp_path, rule(), deny), "m", 1433, PUBLIC)


def test_flattened_like_the_command_line_writes_it(tmp_path: Path) -> None:
    nested = group("g", rule(destinationPortRange=None, destinationPortRanges=["22", "1433"]))
    flat = {"id": nested["id"], "name": "g", "resourceGroup": "rg", "type": nested["type"]}
    rules = nested["properties"]["securityRules"]
    flat["securityRules"] = [{"name": each["name"], **each["properties"]} for each in rules]
    flat["securityRules"][0]["destinationPortRange"] = None
    interface = nic("m", "10.0.0.4", "g")
    inner = interface.pop("properties")
    inner["ipConfigurations"] = [each["properties"] for each in inner["ipConfigurations"]]
    found = evaluated(tmp_path, [flat], [{**interface, **inner}], vnet())
    assert passing(found, "m", 1433, PUBLIC) and passing(found, "m", 22, PUBLIC)
    assert not passing(found, "m", 23, PUBLIC)


def test_pascal_case_like_powershell_writes_it(tmp_path: Path) -> None:
    def pascal(value: Any) -> Any:
        if isinstance(value, dict):
            return {key[:1].upper() + key[1:]: pascal(each) for key, each in value.items()}
        return [pascal(each) for each in value] if isinstance(value, list) else value

    shown = pascal(group("g", {"name": "r", **rule(destinationPortRange=["1433"])["properties"]}))
    shown |= shown.pop("Properties")
    assert passing(evaluated(tmp_path, shown, pascal(nic("m", "10.0.0.4", "g")), vnet()), "m", 1433, PUBLIC)


def test_query_rows_pages_and_lists_are_the_same(tmp_path: Path) -> None:
    documents = [group("g", rule()), nic("m", "10.0.0.4", "g"), vnet(), machine("m")]
    shapes = {
        "rows": {"count": 4, "data": [{**each, "type": each["type"].lower()} for each in documents]},
        "page": {"value": documents},
        "list": documents,
    }
    answers = []
    for name, shape in shapes.items():
        (tmp_path / name).mkdir()
        answers.append(evaluated(tmp_path / name, shape).openings)
    assert answers[0] == answers[1] == answers[2] and passing(evaluated(tmp_path / "rows"), "m", 1433, PUBLIC)


def test_lines_and_values_in_a_row_are_read(tmp_path: Path) -> None:
    documents = [group("g", rule()), nic("m", "10.0.0.4", "g"), vnet()]
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, documents)), "utf-8")
    (tmp_path / "row").mkdir()
    (tmp_path / "row" / "a.json").write_text(" ".join(json.dumps(each, indent=1) for each in documents), "utf-8")
    lines, row = network([str(tmp_path / "lines.jsonl")]), network([str(tmp_path / "row")])
    assert lines.openings == row.openings and passing(lines, "m", 1433, PUBLIC)


EFFECTIVE = {
    "value": [
        {
            "association": {"networkInterface": {"id": f"{NETWORK}/networkInterfaces/m-nic"}, "subnet": None},
            "networkSecurityGroup": {"id": f"{NETWORK}/networkSecurityGroups/g"},
            "effectiveSecurityRules": [
                {
                    "access": "Allow",
                    "direction": "Inbound",
                    "name": "securityRules/sql",
                    "priority": 300,
                    "protocol": "Tcp",
                    "sourcePortRange": "0-65535",
                    "destinationPortRange": "1433-1433",
                    "destinationAddressPrefix": "0.0.0.0/0",
                    "sourceAddressPrefix": "Sql.WestEurope",
                    "expandedSourceAddressPrefix": ["198.51.100.0/25", "203.0.113.0/25"],
                },
                {
                    "access": "Allow",
                    "direction": "Inbound",
                    "name": "defaultSecurityRules/AllowVnetInBound",
                    "priority": 65000,
                    "protocol": "All",
                    "sourcePortRange": "0-65535",
                    "destinationPortRange": "0-65535",
                    "sourceAddressPrefix": "VirtualNetwork",
                    "expandedSourceAddressPrefix": ["10.0.0.0/16", "168.63.129.16/32"],
                    "destinationAddressPrefix": "VirtualNetwork",
                    "expandedDestinationAddressPrefix": ["10.0.0.0/16", "168.63.129.16/32"],
                },
            ],
        }
    ]
}


def test_effective_rules_expand_tags_and_stand_for_the_groups(tmp_path: Path) -> None:
    found = evaluated(tmp_path, EFFECTIVE, nic("m", "10.0.0.4", "g"), vnet(), machine("m"))
    (opening,) = passing(found, "m", 1433, PUBLIC)
    assert opening.rules == (f"{NETWORK}/networkSecurityGroups/g/securityRules/sql",) and not opening.unresolved
    assert not passing(found, "m", 1433, "203.0.113.200") and not passing(found, "m", 22, PUBLIC)
    (default,) = passing(found, "m", 22, "10.0.3.3")
    assert default.default


def test_effective_rules_alone_say_what_to_export_beside_them(tmp_path: Path) -> None:
    lone = evaluated(tmp_path, EFFECTIVE)
    (told,) = (each for each in lone.notes if each.startswith("effective rules of m-nic were read"))
    assert "az network nic list, az vm list" in told
    beside = evaluated(tmp_path, EFFECTIVE, nic("m", "10.0.0.4", "g"), vnet(), machine("m"))
    assert not any("effective rules" in each for each in beside.notes)


def test_effective_rules_of_a_subnet_in_pascal_case_with_lists(tmp_path: Path) -> None:
    """As ``Get-AzEffectiveNetworkSecurityGroup | ConvertTo-Json`` writes it."""
    shown = {
        "Association": {"NetworkInterface": None, "Subnet": {"Id": SUBNET}},
        "NetworkSecurityGroup": {"Id": f"{NETWORK}/networkSecurityGroups/s"},
        "EffectiveSecurityRules": [
            {
                "Name": "UserRule_sql",
                "Access": "Allow",
                "Direction": "Inbound",
                "Priority": 100,
                "Protocol": "Tcp",
                "SourcePortRange": ["0-65535"],
                "DestinationPortRange": ["1433-1433"],
                "SourceAddressPrefix": ["0.0.0.0/0", "0.0.0.0/0"],
                "DestinationAddressPrefix": ["0.0.0.0/0"],
                "ExpandedSourceAddressPrefix": [],
                "ExpandedDestinationAddressPrefix": [],
            }
        ],
    }
    found = evaluated(tmp_path, [shown], nic("m", "10.0.0.4"), vnet("other"), machine("m"))
    (opening,) = passing(found, "m", 1433, PUBLIC)
    assert opening.rules == (f"{NETWORK}/networkSecurityGroups/s/securityRules/sql",) and not opening.unresolved
    assert not passing(found, "m", 1432, PUBLIC) and not passing(found, "m", 1432, "10.0.0.9")


def test_addresses_told_apart_from_the_machine_are_its_aliases(tmp_path: Path) -> None:
    told = {
        "virtualMachine": {
            "name": "m",
            "resourceGroup": "RG",
            "network": {"privateIpAddresses": ["10.0.0.77"], "publicIpAddresses": [{"ipAddress": "198.51.100.7"}]},
        }
    }
    shown = {**machine("m"), "privateIps": "10.0.0.4,10.0.0.5"}
    (known,) = evaluated(tmp_path, [told], shown, nic("m", "10.0.0.4"), vnet()).machines
    assert {"10.0.0.4", "10.0.0.5", "10.0.0.77", "198.51.100.7", "m-host"} <= set(known.aliases)


def test_one_group_exported_twice_with_different_rules_counts_both_ways(tmp_path: Path) -> None:
    other = group("g", rule(destinationPortRange="22"))
    found = evaluated(tmp_path, group("g", rule()), other, nic("m", "10.0.0.4", "g"), vnet())
    (sql,), (ssh,) = passing(found, "m", 1433, PUBLIC), passing(found, "m", 22, PUBLIC)
    assert all(any("more than once" in note for note in each.notes) for each in (sql, ssh))


def test_the_same_group_in_other_letters_and_order_is_the_same(tmp_path: Path) -> None:
    rules = [rule(), rule("ssh", priority=400, destinationPortRange="22")]
    again = {**group("g", *reversed(rules)), "id": group("g")["id"].upper().replace("SUBSCRIPTIONS", "subscriptions")}
    found = evaluated(tmp_path, group("g", *rules), again, nic("m", "10.0.0.4", "g"), vnet())
    assert all("more than once" not in " ".join(each.notes) for each in found.openings)


def test_a_later_address_family_is_its_own(tmp_path: Path) -> None:
    found = alone(tmp_path, rule(), address="fd00::4")
    assert passing(found, "m", 1433, "2001:db8::1") and not passing(found, "m", 1433, PUBLIC)


def test_admin_rules_that_may_apply_never_close_and_are_told(tmp_path: Path) -> None:
    id = f"{NETWORK}/networkManagers/n/securityAdminConfigurations/c/ruleCollections/k/rules/no-sql"
    plain = rule("no-sql", "Deny", 10)["properties"] | {
        "sources": [{"addressPrefix": "*", "addressPrefixType": "IPPrefix"}],
        "destinationPortRanges": ["1433"],
    }
    admin = {"id": id, "name": "no-sql", "properties": plain}
    found = evaluated(tmp_path, group("g", rule()), nic("m", "10.0.0.4", "g"), vnet(), admin)
    (opening,) = passing(found, "m", 1433, PUBLIC)
    assert any("no-sql" in sentence for sentence in opening.unresolved)


def test_always_allow_passes_every_group(tmp_path: Path) -> None:
    id = f"{NETWORK}/networkManagers/n/securityAdminConfigurations/c/ruleCollections/k/rules/probe"
    admin = {"id": id, "name": "probe", "properties": rule("probe", "AlwaysAllow", 10)["properties"]}
    deny = group("g", rule("deny", "Deny", 100))
    found = evaluated(tmp_path, deny, nic("m", "10.0.0.4", "g"), vnet(), admin)
    (opening,) = passing(found, "m", 1433, PUBLIC)
    assert opening.rules == (f"{id}/securityRules/probe",) and opening.unresolved


def test_machines_come_from_interfaces_too_and_the_tenant_can_be_told(tmp_path: Path) -> None:
    found = evaluated(tmp_path, group("g", rule()), nic("m", "10.0.0.4", "g"), vnet(), tenant="contoso")
    assert [(each.tenant, each.name) for each in found.machines] == [("contoso", "m")]
    assert {each.tenant for each in found.openings} == {"contoso"}


def test_one_name_in_two_resource_groups_is_two_machines(tmp_path: Path) -> None:
    there = json.loads(
        json.dumps([machine("m"), nic("m", "10.0.0.5")]).replace("resourceGroups/rg", "resourceGroups/other")
    )
    found = evaluated(tmp_path, machine("m"), nic("m", "10.0.0.4"), *there, vnet())
    assert sorted(each.name for each in found.machines) == ["other/m", "rg/m"]
    assert all("m" in each.aliases for each in found.machines)


def test_a_group_that_governs_nothing_and_an_interface_of_nobody_are_told(tmp_path: Path) -> None:
    stray = nic("m", "10.0.0.4", "g")
    del stray["properties"]["virtualMachine"]
    found = evaluated(tmp_path, group("g", rule()), group("alone", rule()), stray, vnet())
    assert found.machines == () and found.openings == ()
    assert len(found.orphans) == 2 and any("m-nic" in note for note in found.notes)


def test_a_group_tells_its_interfaces_where_these_were_not_exported(tmp_path: Path) -> None:
    told = group("g", rule(), networkInterfaces=[{"id": f"{NETWORK}/networkInterfaces/M-NIC"}])
    found = evaluated(tmp_path, told, machine("m"))
    (opening,) = [each for each in chosen(found) if each.covers(1433)]
    assert opening.rules and any("subnet" in sentence for sentence in opening.unresolved)
    assert not [each for each in chosen(found) if each.covers(22)]


@pytest.mark.parametrize("missing", ["group", "nic", "vnet"])
def test_what_was_not_exported_is_open_and_told(tmp_path: Path, missing: str) -> None:
    closed = {
        "group": group("s", rule("deny", "Deny", 100, destinationPortRange="*")),
        "nic": nic("m", "10.0.0.4"),
        "vnet": vnet("s"),
        "machine": machine("m"),
    }
    found = evaluated(tmp_path, *(document for name, document in closed.items() if name != missing))
    openings = [each for each in found.openings if each.covers(1433)]
    assert openings and all(each.unresolved for each in openings)


def test_scale_set_instances_have_names(tmp_path: Path) -> None:
    interface = nic("m", "10.0.0.4")
    interface["properties"]["virtualMachine"]["id"] = (
        f"{GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/web/virtualMachines/3"
    )
    assert [each.name for each in evaluated(tmp_path, interface, vnet()).machines] == ["web_3"]


@pytest.mark.parametrize("forwards", [True, False])
def test_a_machine_that_may_pass_traffic_on_is_known_as_such(tmp_path: Path, forwards: bool) -> None:
    interface = nic("m", "10.0.0.4", "g")
    interface["properties"]["enableIPForwarding"] = forwards
    (machine_,) = evaluated(tmp_path, group("g", rule()), interface, vnet(), machine("m")).machines
    assert (ROUTES in machine_.detail) == forwards


def test_what_a_group_governs_but_no_export_tells_of_bears_it_too(tmp_path: Path) -> None:
    lists = {
        "networkInterfaces": [{"id": f"{NETWORK}/networkInterfaces/{each}"} for each in ("m-nic", "other-nic")],
        "subnets": [{"id": f"{NETWORK}/virtualNetworks/vnet/subnets/elsewhere"}],
    }
    found = evaluated(tmp_path, group("g", rule(), **lists), nic("m", "10.0.0.4", "g"), vnet(), machine("m"))
    ((container, bearers),) = found.bearers.items()
    assert container == f"{NETWORK}/networkSecurityGroups/g"
    assert [each.rsplit("/", 1)[-1] for each in bearers] == ["other-nic", "elsewhere"]


def test_a_group_whose_interfaces_were_not_exported_is_no_orphan(tmp_path: Path) -> None:
    listed = {"networkInterfaces": [{"id": f"{NETWORK}/networkInterfaces/other-nic"}]}
    found = evaluated(tmp_path, group("g", rule(), **listed), group("idle", rule()))
    assert [each.rsplit("/", 1)[-1] for each in found.orphans] == ["idle"]
    assert any("what g governs was not exported: add az network nic list" in each for each in found.notes)
