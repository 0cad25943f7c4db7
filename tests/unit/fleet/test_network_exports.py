"""The exports of a fleet's networks are in the shapes of their platforms, and say what the truth says."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from longtail.fleet import Odds, Plan, PortsFleet, ports_fleet
from longtail.fleet.ports.azure_resources import flattened
from longtail.fleet.ports.site import Site
from longtail.network import network
from longtail.ports.openings import Network

PLAN = Plan(machines=420, seed=8, quiet=True, preset="services")


@pytest.fixture(scope="module")
def fleet() -> PortsFleet:
    return ports_fleet(PLAN, Odds(never_installed=0.06))


@pytest.fixture(scope="module")
def read(fleet: PortsFleet, tmp_path_factory: pytest.TempPathFactory) -> Network:
    root = tmp_path_factory.mktemp("network")
    _written(root, dict(fleet.network))
    return network([str(root)])


def _written(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")


def _sites(fleet: PortsFleet) -> dict[str, Site]:
    return {each.place.site.id: each.place.site for each in fleet.machines}


def _listed(fleet: PortsFleet, platform: str, file: str) -> list[dict[str, Any]]:
    """The resources of one kind, in the shape of the REST interface or flattened."""
    found: list[dict[str, Any]] = []
    for path, text in fleet.network.items():
        owner, name = path.split("/")
        if _sites(fleet)[owner].platform == platform and name.startswith(file):
            document = json.loads(text)
            found += document["value"] if platform == "azure-rest" else document
    return found


def _groups(fleet: PortsFleet) -> list[list[dict[str, Any]]]:
    """The rules of every security group."""
    groups = [*_listed(fleet, "azure-rest", "nsg"), *_listed(fleet, "azure-az", "nsg")]
    return [each.get("properties", each)["securityRules"] for each in groups]


def _rules(fleet: PortsFleet) -> list[dict[str, Any]]:
    return [rule for rules in _groups(fleet) for rule in rules]


def test_nothing_of_an_export_is_lost_in_reading(read: Network) -> None:
    assert sum(each.quarantined + each.passed_over for each in read.readings) == 0


def test_the_rules_open_what_the_truth_lists_and_nothing_else(fleet: PortsFleet, read: Network) -> None:
    wide = {(each.place.site.id, each.place.name) for each in fleet.machines if each.wide or each.unguarded}
    listed = {(each.tenant, each.machine, each.port, each.protocol) for each in fleet.truth if each.kind != "jit"}
    opened, open_to_all = set(), set()
    for each in read.openings:
        if not each.default:
            if each.wide:
                open_to_all.add((each.tenant, each.machine))
            else:
                ports = range(each.first, each.last + 1)
                opened |= {(each.tenant, each.machine, port, each.protocol) for port in ports}
    assert open_to_all == wide and len(wide) > 3
    assert {each for each in listed if each[:2] not in wide} == {each for each in opened if each[:2] not in wide}


def test_every_machine_of_a_cloud_is_in_its_export(fleet: PortsFleet, read: Network) -> None:
    cloud = {(each.place.site.id, each.place.name) for each in fleet.machines if each.place.site.platform != "plain"}
    assert cloud <= {(each.tenant, each.name) for each in read.machines}


def test_telemetry_names_are_aliases_of_machines(fleet: PortsFleet, read: Network) -> None:
    aliases = {(each.tenant, each.name): {alias.lower() for alias in each.aliases} for each in read.machines}
    for each in fleet.machines:
        place = each.place
        if place.site.platform != "plain":
            names = aliases[place.site.id, place.name] | {place.name.lower()}
            short = place.known_as.lower().partition(".")[0]
            assert place.known_as.lower() in names or short in {name.partition(".")[0] for name in names}, place


def test_groups_are_shared_nested_and_orphaned(fleet: PortsFleet, read: Network) -> None:
    groups = _listed(fleet, "azure-rest", "nsg")
    attached = Counter(len(each["properties"].get("networkInterfaces", ())) for each in groups)
    assert attached[0] > 3 and max(attached) > 3
    assert any(each["properties"].get("subnets") for each in groups)
    assert {site.style for site in _sites(fleet).values() if site.azure} == {"interfaces", "subnets", "nested"}
    assert len(read.orphans) > 10
    assert any(path.endswith("nsg-2.json") for path in fleet.network), "a long list comes in several files"


def test_rules_have_every_spelling_that_azure_gives_them(fleet: PortsFleet) -> None:
    seen = Counter[str]()
    for rule in _rules(fleet):
        given = rule.get("properties", rule)
        assert ("destinationPortRange" in given) != bool(given["destinationPortRanges"])
        seen["plural" if given["destinationPortRanges"] else "singular"] += 1
        seen["range"] += "-" in given.get("destinationPortRange", "")
        seen["application group"] += "destinationApplicationSecurityGroups" in given
        seen[f"to {given.get('destinationAddressPrefix', 'several')[:2]}"] += 1
        seen[given["access"] + given["direction"]] += 1
        seen[given["protocol"]] += 1
        seen["on request"] += "JITRule" in rule["name"]
    expected = {"plural", "singular", "range", "application group", "to *", "AllowInbound", "DenyInbound", "on request"}
    assert {name for name in expected | {"DenyOutbound", "Tcp", "TCP", "*"} if not seen[name]} == set()


def test_priorities_are_valid_and_unique_in_a_group(fleet: PortsFleet) -> None:
    for rules in _groups(fleet):
        given = [each.get("properties", each) for each in rules]
        counted = Counter((each["priority"], each["direction"]) for each in given)
        assert all(100 <= priority <= 4096 and times == 1 for (priority, _), times in counted.items())


def test_references_lead_somewhere(fleet: PortsFleet) -> None:
    groups = {each["id"].lower() for each in _listed(fleet, "azure-rest", "nsg")}
    subnets = {
        each["id"].lower() for net in _listed(fleet, "azure-rest", "vnet") for each in net["properties"]["subnets"]
    }
    machines = {each["id"].lower() for each in _listed(fleet, "azure-rest", "vm")}
    for interface in _listed(fleet, "azure-rest", "nic"):
        given = interface["properties"]
        assert given["virtualMachine"]["id"].lower() in machines
        assert given["ipConfigurations"][0]["properties"]["subnet"]["id"].lower() in subnets
        if "networkSecurityGroup" in given:
            assert given["networkSecurityGroup"]["id"].lower() in groups


def test_az_prints_no_level_of_properties(fleet: PortsFleet) -> None:
    printed = [text for path, text in fleet.network.items() if _sites(fleet)[path.split("/")[0]].platform == "azure-az"]
    assert printed and not any('"properties"' in text for text in printed)
    whole = {"id": "/subscriptions/s/resourceGroups/g/x", "properties": {"a": [{"properties": {"b": 1}}]}}
    assert flattened(whole) == {"id": whole["id"], "a": [{"b": 1}], "resourceGroup": "g"}


def test_an_account_has_every_kind_of_source(fleet: PortsFleet) -> None:
    kinds, instances = defaultdict[str, int](int), 0
    for path, text in fleet.network.items():
        document = json.loads(text) if path.endswith(".json") else {}
        for group in document.get("SecurityGroups", ()) if isinstance(document, dict) else ():
            for permission in group["IpPermissions"]:
                for name in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"):
                    kinds[name] += len(permission[name])
                assert (permission["IpProtocol"] == "-1") != ("FromPort" in permission)
        instances += len(document.get("Reservations", ())) if isinstance(document, dict) else 0
    assert min(kinds.values()) > 0 and len(kinds) == 4
    assert instances == sum(each.place.site.platform == "aws" for each in fleet.machines)
