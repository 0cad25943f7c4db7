"""The rules of a subscription's machines → its exports: security groups, interfaces, machines, networks, addresses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from longtail.fleet.chance import Rng, happens, one_of, stream
from longtail.fleet.plan import Plan
from longtail.fleet.ports.azure_resources import (
    Resource,
    listed,
    ports_of,
    resource,
    resource_id,
    rule,
    security_group,
    sources,
    virtual_machine,
)
from longtail.fleet.ports.rules import Ruled, Want
from longtail.fleet.ports.site import Site
from longtail.fleet.words import words

GROUPS_A_FILE = 40
NETWORK_NAME = "vnet-servers"
TIER_OCTETS = {"web": 0, "data": 64, "core": 128}
SHARED = 0.75  # how often machines with the same doors share a group
BAD_NEIGHBOURS = ("198.51.100.0/24", "203.0.113.0/24")
SHUT_PORTS = (23, 1433, 3306)
MANAGED_PRIORITY, APPROVED_PRIORITY, LAST_PRIORITY = 4095, 101, 4096


@dataclass(slots=True)
class _Subscription:
    """The resources of a site while they are gathered."""

    plan: Plan
    site: Site
    machines: Sequence[Ruled]
    rng: Rng
    groups: dict[str, list[Resource]] = field(default_factory=dict)  # rules by group
    interfaces: dict[str, list[str]] = field(default_factory=dict)  # machines by group
    subnets: dict[str, str] = field(default_factory=dict)  # group by tier
    members: dict[int, list[str]] = field(default_factory=dict)  # application security groups by machine


def exports(plan: Plan, site: Site, machines: Sequence[Ruled]) -> Iterator[tuple[str, str]]:
    """The files of a subscription's export, by name. Security groups come split over files where they are many."""
    made = _Subscription(plan, site, machines, stream(plan.seed, "azure", site.tenant.index))
    _attach(made)
    _add_orphans(made)
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


def _attach(made: _Subscription) -> None:
    if made.site.style == "subnets":
        for tier in TIER_OCTETS:
            _guard_subnet(made, tier)
        return
    for each in made.machines:
        if not each.unguarded:
            _guard_interface(made, each)
    if made.site.style == "nested":
        for tier in TIER_OCTETS:
            _guard_around(made, tier)


def _guard_interface(made: _Subscription, each: Ruled) -> None:
    """A group on the interface: the machine's own, or one that it shares with all that want the same."""
    key = "+".join(f"{want.first}-{want.last}{want.source}{want.address}" for want in each.wants)
    shared = happens(stream(made.plan.seed, "shared", made.site.tenant.index, key), SHARED)
    alone = each.wide or each.managed or not shared
    name = f"{each.place.name}-nsg" if alone else _shared_name(made, each.wants, key)
    if name not in made.groups:
        made.groups[name] = _rules(made, each)
    made.interfaces.setdefault(name, []).append(each.place.name)


def _shared_name(made: _Subscription, wants: Sequence[Want], key: str) -> str:
    rng = stream(made.plan.seed, "group", made.site.tenant.index, key)
    ports = "-".join(str(want.first) for want in wants[:3]) or "none"
    return f"nsg-{ports}-{words('shorthex', rng, 1)[0].lower()}"


def _rules(made: _Subscription, each: Ruled) -> list[Resource]:
    """The rules of a group for one interface: approvals and denials above, what is wanted, and the rest denied."""
    found = [*_on_request(made, each), *_denials(made, each.wants)]
    found += _allowing(made, each.wants)
    if each.wide:
        found.append(rule("AllowAll", "Allow", 1000, ("*",), protocol="*"))
    if made.site.style == "nested" or (not each.wide and happens(made.rng, 0.2)):
        found.append(rule("DenyAllInBoundTraffic", "Deny", LAST_PRIORITY, ("*",), protocol="*"))
    return found


def _denials(made: _Subscription, wants: Sequence[Want]) -> Iterator[Resource]:
    """What is denied above: bad neighbours, from whom nothing comes in, and a port that an older rule still allows."""
    if happens(made.rng, 0.2):
        yield rule("DenyBadNeighbours", "Deny", 120, ("*",), sources=BAD_NEIGHBOURS, protocol="*")
    shut = one_of(made.rng, SHUT_PORTS)
    if happens(made.rng, 0.12) and not any(want.first <= shut <= want.last for want in wants):
        yield rule(f"Deny_{shut}", "Deny", 200, (str(shut),), protocol="*")
        yield rule(f"Port_{shut}", "Allow", 900, (str(shut),))
    if happens(made.rng, 0.15):
        yield rule("DenyDnsToAnywhere", "Deny", 130, ("53",), protocol="Udp", direction="Outbound")


def _allowing(made: _Subscription, wants: Sequence[Want]) -> list[Resource]:
    """Rules for wants: those from the same source in one rule with several ranges, or one rule each."""
    rng, found = made.rng, list[Resource]()
    together = happens(rng, 0.5)
    keyed = sorted(wants, key=lambda want: (want.source, want.address))
    for (_, _), same in groupby(keyed, key=lambda want: (want.source, want.address)):
        chosen = list(same)
        for part in [chosen] if together else [[want] for want in chosen]:
            priority = 300 + 10 * len(found)
            name = "_".join(["Allow", *(ports_of(want).replace("-", "_") for want in part)])
            protocol = one_of(rng, ("Tcp", "TCP", "tcp", "*") if part[0].first != 53 else ("*",))
            found.append(rule(
                f"{name}_{priority}", "Allow", priority, [ports_of(want) for want in part],
                sources=sources(part[0]), protocol=protocol,
            ))  # fmt: skip
    return found


def _on_request(made: _Subscription, each: Ruled) -> Iterator[Resource]:
    """The pair of rules that just-in-time access writes, with the machine's private address as destination."""
    if not each.managed:
        return
    guid = words("guid", stream(made.plan.seed, "on request", each.place.resource), 1)[0]
    to, port = {"destinations": (each.place.address,), "protocol": "*"}, (str(each.managed),)
    if each.approved:
        name = f"SecurityCenter-JITRule-{each.managed}-{guid}"
        yield rule(name, "Allow", APPROVED_PRIORITY, port, sources=("52.174.10.8",), **to)
    about = "ASC JIT Network Access rule for policy 'default' of ASC location."
    name = f"SecurityCenter-JITRule_-{each.managed}_{guid}"
    yield rule(name, "Deny", MANAGED_PRIORITY, port, description=about, **to)


def _guard_subnet(made: _Subscription, tier: str) -> None:
    """One group on a subnet, whose rules name the machines they are for: by address, or by group of applications."""
    here = [each for each in made.machines if each.place.tier == tier]
    if not here:
        return
    name = made.subnets[tier] = f"nsg-{tier}-subnet"
    found = [made_rule for each in here for made_rule in _on_request(made, each)]
    by_application = happens(made.rng, 0.5)
    for number, (want, whom) in enumerate(_wanting(here).items()):
        told = _members(made, want, whom) if by_application else {"destinations": [each.place.address for each in whom]}
        title = f"Allow_{ports_of(want)}_{want.source}_{number}"
        found.append(rule(title, "Allow", 300 + number, (ports_of(want),), sources=sources(want), **told))
    wide = [each.place.address for each in here if each.wide]
    if wide:
        found.append(rule("AllowAll", "Allow", 2000, ("*",), destinations=wide, protocol="*"))
    made.groups[name] = _renumbered(found)


def _wanting(machines: Sequence[Ruled]) -> dict[Want, list[Ruled]]:
    found: dict[Want, list[Ruled]] = {}
    for each in machines:
        for want in each.wants:
            found.setdefault(want, []).append(each)
    return dict(sorted(found.items()))


def _members(made: _Subscription, want: Want, whom: Sequence[Ruled]) -> dict[str, Sequence[str]]:
    name = f"asg-{want.first}-{want.source}" + (f"-{want.address}" if want.address else "") + f"-{want.last}"
    for each in whom:
        joined = made.members.setdefault(each.place.post.machine.index, [])
        if name not in joined:
            joined.append(name)
    return {"groups": [resource_id(made.site, "applicationSecurityGroups", name)]}


def _renumbered(rules: list[Resource]) -> list[Resource]:
    """The rules with priorities of their own: no two of a group may share one."""
    taken: set[int] = set()
    for each in rules:
        priority = each["properties"]["priority"]
        step = -1 if priority > LAST_PRIORITY - 500 else 1
        while priority in taken:
            priority += step
        each["properties"]["priority"] = priority
        taken.add(priority)
    return rules


def _guard_around(made: _Subscription, tier: str) -> None:
    """A group on a subnet around those on its interfaces: it lets in whatever any of them is meant to let in."""
    here = [each for each in made.machines if each.place.tier == tier]
    if not here:
        return
    name = made.subnets[tier] = f"nsg-{tier}-around"
    ports = {ports_of(want) for each in here for want in each.wants}
    ports |= {str(each.managed) for each in here if each.approved}
    found = [rule("AllowPorts", "Allow", 400, sorted(ports), protocol="Tcp")] if ports else []
    if any(each.wide for each in here):
        found.append(rule("AllowAnyFromAnywhere", "Allow", 500, ("*",), protocol="*"))
    made.groups[name] = [*found, rule("DenyTheRest", "Deny", LAST_PRIORITY, ("*",), protocol="*")]


def _add_orphans(made: _Subscription) -> None:
    """Groups that are attached to nothing: what deleted machines leave."""
    for number in range(1 + len(made.machines) // 12):
        name = f"{one_of(made.rng, ('test', 'old', 'deleted', 'poc'))}-vm{number}-nsg"
        port = one_of(made.rng, ("1433", "3389", "22", "*"))
        made.groups[name] = [rule(f"Port_{port.replace('*', 'any')}", "Allow", 100, (port,))]


def _group(made: _Subscription, name: str) -> Resource:
    attached: Resource = {}
    if name in made.interfaces:
        attached["networkInterfaces"] = [{"id": _nic_id(made.site, each)} for each in made.interfaces[name]]
    subnets = [_subnet_id(made.site, tier) for tier, group in made.subnets.items() if group == name]
    if subnets:
        attached["subnets"] = [{"id": each} for each in subnets]
    return security_group(made.site, name, made.groups[name], attached)


def _interface(made: _Subscription, each: Ruled) -> Resource:
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


def _network(made: _Subscription) -> Resource:
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
