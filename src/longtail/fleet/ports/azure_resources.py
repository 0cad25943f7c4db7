"""What a site holds → Azure's resources as the REST interface gives them, and as the command line flattens them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from longtail.fleet.ports.rules import Want
from longtail.fleet.ports.site import Place, Site, group_id

Resource = dict[str, Any]
NETWORK = "Microsoft.Network"
DEFAULT_RULES = (
    ("AllowVnetInBound", "Allow inbound traffic from all VMs in VNET", "VirtualNetwork", "VirtualNetwork", "Allow",
     65000, "Inbound"),
    ("AllowAzureLoadBalancerInBound", "Allow inbound traffic from azure load balancer", "AzureLoadBalancer", "*",
     "Allow", 65001, "Inbound"),
    ("DenyAllInBound", "Deny all inbound traffic", "*", "*", "Deny", 65500, "Inbound"),
    ("AllowVnetOutBound", "Allow outbound traffic from all VMs to all VMs in VNET", "VirtualNetwork",
     "VirtualNetwork", "Allow", 65000, "Outbound"),
    ("AllowInternetOutBound", "Allow outbound traffic from all VMs to Internet", "*", "Internet", "Allow", 65001,
     "Outbound"),
    ("DenyAllOutBound", "Deny all outbound traffic", "*", "*", "Deny", 65500, "Outbound"),
)  # fmt: skip

PREFIXES: Mapping[str, Sequence[str]] = {
    "any": ("*",),
    "internet": ("Internet",),
    "network": ("VirtualNetwork",),
    "private": ("10.0.0.0/8",),
    "privates": ("10.20.0.0/16", "192.168.4.0/24"),
    "tag": ("ApiManagement",),
}


def resource_id(where: Site, kind: str, name: str) -> str:
    """The id of one of a site's network resources."""
    return f"{group_id(where)}/providers/{NETWORK}/{kind}/{name}"


def resource(where: Site, kind: str, name: str, properties: Resource) -> Resource:
    """A network resource in the shape of the REST interface."""
    return {
        "name": name,
        "id": resource_id(where, kind, name),
        "type": f"{NETWORK}/{kind}",
        "location": where.location,
        "properties": {"provisioningState": "Succeeded", **properties},
    }


def security_group(where: Site, name: str, rules: Sequence[Resource], attached: Resource) -> Resource:
    """A network security group with Azure's default rules behind its own; ``attached`` says what it is attached to."""
    made = resource(where, "networkSecurityGroups", name, {})
    defaults = [
        _rule(made["id"], "defaultSecurityRules", each[0], _default(each)) for each in DEFAULT_RULES
    ]  # fmt: skip
    own = [_rule(made["id"], "securityRules", each["name"], each["properties"]) for each in rules]
    made["properties"] |= {"securityRules": own, "defaultSecurityRules": defaults, **attached}
    return made


def _default(each: tuple[str, str, str, str, str, int, str]) -> Resource:
    _, description, source, destination, access, priority, direction = each
    return {
        "description": description,
        "protocol": "*",
        "sourcePortRange": "*",
        "destinationPortRange": "*",
        "sourceAddressPrefix": source,
        "destinationAddressPrefix": destination,
        "access": access,
        "priority": priority,
        "direction": direction,
        **PLURALS,
    }


PLURALS: Mapping[str, Sequence[str]] = {
    "sourcePortRanges": (),
    "destinationPortRanges": (),
    "sourceAddressPrefixes": (),
    "destinationAddressPrefixes": (),
}


def _rule(group: str, kind: str, name: str, properties: Resource) -> Resource:
    return {
        "name": name,
        "id": f"{group}/{kind}/{name}",
        "type": f"{NETWORK}/networkSecurityGroups/{kind}",
        "properties": {"provisioningState": "Succeeded", **properties},
    }


def rule(name: str, access: str, priority: int, ports: Sequence[str], **given: Any) -> Resource:
    """An inbound rule: singular fields where there is one value, plural ones where there are several.

    ``given`` may hold ``sources`` and ``destinations`` (prefixes), ``groups`` (ids of application security groups the
    destination must belong to), ``protocol`` and ``description``.
    """
    properties: Resource = {
        "protocol": given.get("protocol", "Tcp"),
        "sourcePortRange": "*",
        "access": access,
        "priority": priority,
        "direction": given.get("direction", "Inbound"),
        **PLURALS,
        **_one_or_many("destinationPortRange", ports),
        **_one_or_many("sourceAddressPrefix", given.get("sources", ("*",))),
    }
    if "description" in given:
        properties["description"] = given["description"]
    if "groups" in given:
        properties["destinationApplicationSecurityGroups"] = [{"id": each} for each in given["groups"]]
    else:
        properties |= _one_or_many("destinationAddressPrefix", given.get("destinations", ("*",)))
    return {"name": name, "properties": properties}


def _one_or_many(field: str, values: Sequence[str]) -> Resource:
    if len(values) == 1:
        return {field: values[0]}
    return {field + ("es" if field.endswith("x") else "s"): list(values)}


def sources(want: Want) -> Sequence[str]:
    """The source prefixes of a want."""
    return PREFIXES.get(want.source) or (f"{want.address}/32",)


def ports_of(want: Want) -> str:
    """The port range of a want as a rule writes it."""
    return str(want.first) if want.first == want.last else f"{want.first}-{want.last}"


def virtual_machine(where: Place, interface: str) -> Resource:
    """A virtual machine in the shape of the REST interface; its computer name is what the machine calls itself."""
    linux = where.post.machine.linux
    return {
        "name": where.name,
        "id": where.resource,
        "type": "Microsoft.Compute/virtualMachines",
        "location": where.site.location,
        "properties": {
            "hardwareProfile": {"vmSize": "Standard_D2s_v3"},
            "provisioningState": "Succeeded",
            "storageProfile": {"osDisk": {"osType": "Linux" if linux else "Windows", "createOption": "FromImage"}},
            "osProfile": {"computerName": where.computer, "adminUsername": "azureuser"},
            "networkProfile": {
                "networkInterfaces": [{"id": interface, "properties": {"primary": True, "deleteOption": "Detach"}}]
            },
        },
    }


def flattened(value: Any) -> Any:
    """A resource as ``az`` prints it: no ``properties`` level, and the resource group as a field."""
    if isinstance(value, list | tuple):
        return [flattened(each) for each in value]
    if not isinstance(value, dict):
        return value
    inner = value.get("properties") or {}
    flat = {key: flattened(each) for key, each in {**value, **inner}.items() if key != "properties"}
    parts = str(value.get("id", "")).split("/")
    if len(parts) > 4:
        flat["resourceGroup"] = parts[4]
    return flat


def listed(where: Site, resources: Sequence[Resource]) -> str:
    """A list of resources as its tool prints it: an object with ``value``, or (``az``) an array."""
    shown = flattened(resources) if where.platform == "azure-az" else {"value": resources}
    return json.dumps(shown, indent=1) + "\n"
