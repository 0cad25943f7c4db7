"""Exports of one machine, as the clouds' command lines write them, and the openings that rules leave in them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from longtail.network import network
from longtail.ports.findings import Recommendation, Verdict
from longtail.ports.openings import Network

GROUP = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg"
AZURE = "/subscriptions/s/resourceGroups/rg/providers"
SUBNET = f"{AZURE}/Microsoft.Network/virtualNetworks/v/subnets/a"


def security_rule(name: str, priority: int, ports: str, protocol: str = "Tcp", **more: Any) -> dict[str, Any]:
    """A rule as ``az network nsg list`` shows it."""
    return {
        "id": f"{GROUP}/securityRules/{name}", "name": name, "priority": priority, "access": "Allow",
        "direction": "Inbound", "protocol": protocol, "sourceAddressPrefix": "*", "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRange": ports, **more,
    }  # fmt: skip


def azure(folder: Path, rules: Sequence[Mapping[str, Any]], machines: Sequence[str] = ("vm4",)) -> Network:
    """Machines of one subnet behind one group."""
    nics = [
        {
            "id": f"{AZURE}/Microsoft.Network/networkInterfaces/{name}",
            "name": name,
            "virtualMachine": {"id": f"{AZURE}/Microsoft.Compute/virtualMachines/{name}"},
            "networkSecurityGroup": {"id": GROUP},
            "ipConfigurations": [{"privateIPAddress": f"10.0.0.{name[2:]}", "subnet": {"id": SUBNET}}],
        }
        for name in machines
    ]
    subnet = {"id": SUBNET, "name": "a", "addressPrefix": "10.0.0.0/24"}
    home = {
        "id": SUBNET.split("/subnets")[0],
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
        "subnets": [subnet],
    }
    group = {"id": GROUP, "name": "nsg", "securityRules": list(rules)}
    return _read(folder, {"nsgs": [group], "nics": nics, "nets": [home]})


def permission(protocol: str, first: int = -1, last: int = -1, source: str = "0.0.0.0/0") -> dict[str, Any]:
    """A permission as ``aws ec2 describe-security-groups`` shows it."""
    ports = {} if protocol == "-1" else {"FromPort": first, "ToPort": last}
    return {"IpProtocol": protocol, **ports, "IpRanges": [{"CidrIp": source}]}


def aws(folder: Path, permissions: Sequence[Mapping[str, Any]], machines: Sequence[str] = ("i-4",)) -> Network:
    """Instances of one subnet that bear one group."""
    group = {"GroupId": "sg-1", "GroupName": "g", "VpcId": "vpc-1", "OwnerId": "1", "IpPermissions": list(permissions)}
    nics = [
        {
            "NetworkInterfaceId": f"eni-{name[2:]}", "VpcId": "vpc-1", "SubnetId": "subnet-1", "OwnerId": "1",
            "PrivateIpAddress": f"10.0.0.{name[2:]}", "Groups": [{"GroupId": "sg-1"}], "Ipv6Addresses": [],
            "Attachment": {"InstanceId": name}, "AvailabilityZone": "eu-west-1a",
        }
        for name in machines
    ]  # fmt: skip
    return _read(folder, {"sgs": {"SecurityGroups": [group]}, "nics": {"NetworkInterfaces": nics}})


def _read(folder: Path, files: Mapping[str, Any]) -> Network:
    for name, held in files.items():
        (folder / f"{name}.json").write_text(json.dumps(held))
    return network([str(folder)])


def findings(held: Network, *ports: int) -> list[Recommendation]:
    """TCP ports of every machine as findings, each with all openings that reach it."""
    return [
        Recommendation(f"{each.name}/{port}", each.tenant, each.name, port, "tcp", Verdict.UNBACKED, 1.0, "", through)
        for each in held.machines
        for port in ports
        if (through := tuple(
            one for one in held.openings if one.machine == each.name and one.covers(port) and not one.default
        ))
    ]  # fmt: skip
