"""What the tests of networks share: small exports, and the question "does this packet pass?" asked of openings."""

import json
import os
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from longtail.network import Options, network
from longtail.ports.openings import Network, Opening

REPOSITORY = Path(__file__).parents[3]
SHARED = Path(os.environ.get("LONGTAIL_SHARED", REPOSITORY.parent / "shared")) / "data" / "network"

GROUP = "/subscriptions/sub-1/resourceGroups/rg"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
SUBNET = f"{NETWORK}/virtualNetworks/vnet/subnets/apps"


def passing(found: Network, machine: str, port: int, source: str, protocol: str = "tcp") -> list[Opening]:
    """The openings through which a packet from ``source`` (an address, or a group's name) gets in."""
    return [
        each
        for each in found.openings
        if each.machine == machine
        and each.covers(port, protocol)
        and any(_holds(told, source) for told in each.sources)
    ]


def _holds(told: str, source: str) -> bool:
    held, _, left_out = told.partition(" except ")
    try:
        inside, address = ip_network(held), ip_address(source)
    except ValueError:
        return held == source
    if address.version != inside.version or address not in inside:
        return False
    return not any(address in ip_network(each) for each in left_out.split(", ") if each)


def rule(name: str = "r", access: str = "Allow", priority: int = 300, **properties: Any) -> dict[str, Any]:
    """A rule as REST writes it: by default, TCP from anywhere to port 1433."""
    plain = {
        "protocol": "Tcp",
        "sourcePortRange": "*",
        "destinationPortRange": "1433",
        "sourceAddressPrefix": "*",
        "destinationAddressPrefix": "*",
        "access": access,
        "priority": priority,
        "direction": "Inbound",
    }
    return {"name": name, "properties": {k: v for k, v in {**plain, **properties}.items() if v is not None}}


def group(name: str, *rules: Any, **properties: Any) -> dict[str, Any]:
    """A security group as REST writes it, without its default rules."""
    return {
        "id": f"{NETWORK}/networkSecurityGroups/{name}",
        "name": name,
        "type": "Microsoft.Network/networkSecurityGroups",
        "properties": {"securityRules": list(rules), **properties},
    }


def nic(machine: str, address: str, group: str | None = None, **configuration: Any) -> dict[str, Any]:
    """The interface of a machine, in the subnet ``apps``."""
    properties: dict[str, Any] = {
        "virtualMachine": {"id": f"{GROUP}/providers/Microsoft.Compute/virtualMachines/{machine}"},
        "ipConfigurations": [
            {"name": "one", "properties": {"privateIPAddress": address, "subnet": {"id": SUBNET}, **configuration}}
        ],
    }
    if group:
        properties["networkSecurityGroup"] = {"id": f"{NETWORK}/networkSecurityGroups/{group}"}
    return {
        "id": f"{NETWORK}/networkInterfaces/{machine}-nic",
        "name": f"{machine}-nic",
        "type": "Microsoft.Network/networkInterfaces",
        "properties": properties,
    }


def vnet(subnet_group: str | None = None, **properties: Any) -> dict[str, Any]:
    """The virtual network 10.0.0.0/16 with the subnet ``apps`` in it."""
    inner: dict[str, Any] = {"addressPrefix": "10.0.0.0/24"}
    if subnet_group:
        inner["networkSecurityGroup"] = {"id": f"{NETWORK}/networkSecurityGroups/{subnet_group}"}
    return {
        "id": f"{NETWORK}/virtualNetworks/vnet",
        "name": "vnet",
        "type": "Microsoft.Network/virtualNetworks",
        "properties": {
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"id": SUBNET, "name": "apps", "properties": inner}],
            **properties,
        },
    }


def machine(name: str, *nics: str) -> dict[str, Any]:
    """A virtual machine."""
    return {
        "id": f"{GROUP}/providers/Microsoft.Compute/virtualMachines/{name}",
        "name": name,
        "type": "Microsoft.Compute/virtualMachines",
        "properties": {
            "osProfile": {"computerName": f"{name}-host"},
            "networkProfile": {
                "networkInterfaces": [{"id": f"{NETWORK}/networkInterfaces/{each}"} for each in nics or [f"{name}-nic"]]
            },
        },
    }


def evaluated(folder: Path, *documents: Any, tenant: str | None = None) -> Network:
    """The documents, each in a file of its own, read and evaluated."""
    for number, document in enumerate(documents):
        (folder / f"{number}.json").write_text(json.dumps(document), "utf-8")
    return network([str(folder)], Options(tenant))
