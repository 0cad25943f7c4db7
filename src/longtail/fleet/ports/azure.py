"""The rules of a subscription's machines → its exports: security groups, interfaces, machines, networks, addresses."""

from collections.abc import Iterator, Sequence

from longtail.fleet.chance import stream
from longtail.fleet.plan import Plan
from longtail.fleet.ports.azure_groups import TIER_OCTETS, Subscription, add_orphans, attach
from longtail.fleet.ports.azure_resources import (
    Resource,
    listed,
    resource,
    resource_id,
    security_group,
    virtual_machine,
)
from longtail.fleet.ports.rules import Ruled
from longtail.fleet.ports.site import Site

GROUPS_A_FILE = 40
NETWORK_NAME = "vnet-servers"


def exports(plan: Plan, site: Site, machines: Sequence[Ruled]) -> Iterator[tuple[str, str]]:
    """The files of a subscription's export, by name. Security groups come split over files where they are many."""
    made = Subscription(plan, site, machines, stream(plan.seed, "azure", site.tenant.index))
    attach(made)
    add_orphans(made)
    groups = [_group(made, name) for name in made.groups]
    for first in range(0, len(groups), GROUPS_A_FILE):
        name = "nsg.json" if len(groups) <= GROUPS_A_FILE else f"nsg-{first // GROUPS_A_FILE + 1}.json"
        yield name, listed(site, groups[first : first + GROUPS_A_FILE])
    yield "nic.json", listed(site, [_interface(made, each) for each in machines])
    yield "vm.json", listed(site, [virtual_machine(each.place, _interface_id(site, each)) for each in machines])
    yield "vnet.json", listed(site, [_network(made)])
    addresses = [_public(site, each) for each in machines if each.place.public]
    if addresses:
        yield "public-ip.json", listed(site, addresses)
    names = sorted({name for each in made.members.values() for name in each})
    if names:
        yield "asg.json", listed(site, [resource(site, "applicationSecurityGroups", name, {}) for name in names])


def _group(made: Subscription, name: str) -> Resource:
    attached: Resource = {}
    if name in made.interfaces:
        attached["networkInterfaces"] = [{"id": _nic_id(made.site, each)} for each in made.interfaces[name]]
    subnets = [_subnet_id(made.site, tier) for tier, group in made.subnets.items() if group == name]
    if subnets:
        attached["subnets"] = [{"id": each} for each in subnets]
    return security_group(made.site, name, made.groups[name], attached)


def _interface(made: Subscription, each: Ruled) -> Resource:
    """A machine's interface; ids are written with or without capitals, as Azure itself does."""
    where, site = each.place, made.site
    group = next((name for name, machines in made.interfaces.items() if where.name in machines), "")
    address: Resource = {
        "privateIPAddress": where.address,
        "privateIPAllocationMethod": "Dynamic",
        "subnet": {"id": _subnet_id(site, where.tier)},
        "primary": True,
        "privateIPAddressVersion": "IPv4",
    }
    if where.public:
        address["publicIPAddress"] = {"id": resource_id(site, "publicIPAddresses", f"{where.name}-ip")}
    joined = made.members.get(where.post.machine.index, [])
    if joined:
        ids = [resource_id(site, "applicationSecurityGroups", name) for name in joined]
        address["applicationSecurityGroups"] = [{"id": each} for each in ids]
    own = _interface_id(site, each)
    properties: Resource = {
        "ipConfigurations": [{"name": "ipconfig1", "id": f"{own}/ipConfigurations/ipconfig1", "properties": address}],
        "virtualMachine": {"id": where.resource.lower() if where.post.machine.index % 5 == 0 else where.resource},
        "primary": True,
        "enableIPForwarding": False,
    }
    if group:
        properties["networkSecurityGroup"] = {"id": resource_id(site, "networkSecurityGroups", group)}
    return resource(site, "networkInterfaces", f"{where.name}-nic", properties)


def _network(made: Subscription) -> Resource:
    site = made.site
    subnets = []
    for tier, octet in TIER_OCTETS.items():
        inside: Resource = {"provisioningState": "Succeeded", "addressPrefix": f"10.{site.octet}.{octet}.0/18"}
        if tier in made.subnets:
            inside["networkSecurityGroup"] = {"id": resource_id(site, "networkSecurityGroups", made.subnets[tier])}
        subnets.append({"name": tier, "id": _subnet_id(site, tier), "properties": inside})
    space = {"addressPrefixes": [f"10.{site.octet}.0.0/16"]}
    return resource(site, "virtualNetworks", NETWORK_NAME, {"addressSpace": space, "subnets": subnets})


def _public(site: Site, each: Ruled) -> Resource:
    index = each.place.post.machine.index
    properties = {
        "ipAddress": f"40.{64 + index // 62500 % 64}.{index // 250 % 250}.{2 + index % 250}",
        "publicIPAddressVersion": "IPv4",
        "publicIPAllocationMethod": "Static",
        "ipConfiguration": {"id": f"{_interface_id(site, each)}/ipConfigurations/ipconfig1"},
    }
    return resource(site, "publicIPAddresses", f"{each.place.name}-ip", properties)


def _interface_id(site: Site, each: Ruled) -> str:
    return _nic_id(site, each.place.name)


def _nic_id(site: Site, name: str) -> str:
    return resource_id(site, "networkInterfaces", f"{name}-nic")


def _subnet_id(site: Site, tier: str) -> str:
    return f"{resource_id(site, 'virtualNetworks', NETWORK_NAME)}/subnets/{tier}"
