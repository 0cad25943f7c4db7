"""The rules of a subscription's machines → its security groups, and what each of them is attached to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from longtail.fleet.chance import Rng, happens, one_of, stream
from longtail.fleet.plan import Plan
from longtail.fleet.ports.azure_resources import Resource, ports_of, resource_id, rule, sources
from longtail.fleet.ports.rules import Ruled, Want
from longtail.fleet.ports.site import Site
from longtail.fleet.words import words

TIER_OCTETS = {"web": 0, "data": 64, "core": 128}
SHARED = 0.75  # how often machines with the same doors share a group
BAD_NEIGHBOURS = ("198.51.100.0/24", "203.0.113.0/24")
SHUT_PORTS = (23, 1433, 3306)
SPELLINGS = {"tcp": ("Tcp", "TCP", "tcp"), "any": ("*",)}
MANAGED_PRIORITY, APPROVED_PRIORITY, LAST_PRIORITY = 4095, 101, 4096


@dataclass(slots=True)
class Subscription:
    """The resources of a site while they are gathered."""

    plan: Plan
    site: Site
    machines: Sequence[Ruled]
    rng: Rng
    groups: dict[str, list[Resource]] = field(default_factory=dict)  # rules by group
    interfaces: dict[str, list[str]] = field(default_factory=dict)  # machines by group
    subnets: dict[str, str] = field(default_factory=dict)  # group by tier
    members: dict[int, list[str]] = field(default_factory=dict)  # application security groups by machine


def attach(made: Subscription) -> None:
    """Put every machine under the groups that its site's style gives it."""
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


def _guard_interface(made: Subscription, each: Ruled) -> None:
    """A group on the interface: the machine's own, or one that it shares with all that want the same."""
    key = "+".join(f"{want.first}-{want.last}{want.source}{want.address}{want.protocol}" for want in each.wants)
    shared = happens(stream(made.plan.seed, "shared", made.site.tenant.index, key), SHARED)
    alone = each.wide or each.managed or not shared
    name = f"{each.place.name}-nsg" if alone else _shared_name(made, each.wants, key)
    if name not in made.groups:
        made.groups[name] = _rules(made, each)
    made.interfaces.setdefault(name, []).append(each.place.name)


def _shared_name(made: Subscription, wants: Sequence[Want], key: str) -> str:
    rng = stream(made.plan.seed, "group", made.site.tenant.index, key)
    ports = "-".join(str(want.first) for want in wants[:3]) or "none"
    return f"nsg-{ports}-{words('shorthex', rng, 1)[0].lower()}"


def _rules(made: Subscription, each: Ruled) -> list[Resource]:
    """The rules of a group for one interface: approvals and denials above, what is wanted, and the rest denied."""
    found = [*_on_request(made, each), *_denials(made, each.wants)]
    found += _allowing(made, each.wants)
    if each.wide:
        found.append(rule("AllowAll", "Allow", 1000, ("*",), protocol="*"))
    if made.site.style == "nested" or (not each.wide and happens(made.rng, 0.2)):
        found.append(rule("DenyAllInBoundTraffic", "Deny", LAST_PRIORITY, ("*",), protocol="*"))
    return found


def _denials(made: Subscription, wants: Sequence[Want]) -> Iterator[Resource]:
    """What is denied above: bad neighbours, from whom nothing comes in, and a port that an older rule still allows."""
    if happens(made.rng, 0.2):
        yield rule("DenyBadNeighbours", "Deny", 120, ("*",), sources=BAD_NEIGHBOURS, protocol="*")
    shut = one_of(made.rng, SHUT_PORTS)
    if happens(made.rng, 0.12) and not any(want.first <= shut <= want.last for want in wants):
        yield rule(f"Deny_{shut}", "Deny", 200, (str(shut),), protocol="*")
        yield rule(f"Port_{shut}", "Allow", 900, (str(shut),))
    if happens(made.rng, 0.15):
        yield rule("DenyDnsToAnywhere", "Deny", 130, ("53",), protocol="Udp", direction="Outbound")


def _allowing(made: Subscription, wants: Sequence[Want]) -> list[Resource]:
    """Rules for wants: those from the same source in one rule with several ranges, or one rule each."""
    rng, found = made.rng, list[Resource]()
    together = happens(rng, 0.5)
    alike = attrgetter("source", "address", "protocol")
    for _, same in groupby(sorted(wants, key=alike), key=alike):
        chosen = list(same)
        for part in [chosen] if together else [[want] for want in chosen]:
            priority = 300 + 10 * len(found)
            name = "_".join(["Allow", *(ports_of(want).replace("-", "_") for want in part)])
            protocol = one_of(rng, SPELLINGS[part[0].protocol])
            found.append(rule(
                f"{name}_{priority}", "Allow", priority, [ports_of(want) for want in part],
                sources=sources(part[0]), protocol=protocol,
            ))  # fmt: skip
    return found


def _on_request(made: Subscription, each: Ruled) -> Iterator[Resource]:
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


def _guard_subnet(made: Subscription, tier: str) -> None:
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
        found.append(
            rule(
                title,
                "Allow",
                300 + number,
                (ports_of(want),),
                sources=sources(want),
                protocol=SPELLINGS[want.protocol][0],
                **told,
            )
        )
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


def _members(made: Subscription, want: Want, whom: Sequence[Ruled]) -> dict[str, Sequence[str]]:
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


def _guard_around(made: Subscription, tier: str) -> None:
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


def add_orphans(made: Subscription) -> None:
    """Groups that are attached to nothing: what deleted machines leave."""
    for number in range(1 + len(made.machines) // 12):
        name = f"{one_of(made.rng, ('test', 'old', 'deleted', 'poc'))}-vm{number}-nsg"
        port = one_of(made.rng, ("1433", "3389", "22", "*"))
        made.groups[name] = [rule(f"Port_{port.replace('*', 'any')}", "Allow", 100, (port,))]
