"""A machine's doors → what the rules for it say, before any platform spells them: ports, sources, width, approvals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from longtail.fleet.chance import Rng, happens, stream, weighted
from longtail.fleet.plan import Plan
from longtail.fleet.ports.posts import Door
from longtail.fleet.ports.site import Place

SOURCES: Mapping[str, Mapping[str, float]] = {
    "web": {"any": 0.55, "internet": 0.3, "private": 0.1, "public": 0.05},
    "shell": {"any": 0.25, "public": 0.3, "private": 0.3, "network": 0.1, "tag": 0.05},
    "data": {
        "any": 0.28, "internet": 0.12, "private": 0.25, "privates": 0.1, "network": 0.1, "public": 0.1, "tag": 0.05,
    },
}  # fmt: skip
"""From where rules of a kind let traffic in. A ``tag`` is a name that the export does not resolve."""

KINDS: Mapping[int, str] = {80: "web", 443: "web", 8080: "web", 22: "shell", 3389: "shell", 5900: "shell"}
RANGES: Mapping[int, int] = {1433: 1434, 3306: 3307, 5672: 5673, 6379: 6380, 8080: 8083, 21: 22, 9200: 9202}
"""The last port of the range that some people open where one port would do."""

UDP_TOO = frozenset({53, 88, 389, 3389})
"""Ports whose software listens on UDP as well: rules here name TCP for them, so that nothing is open unawares."""

IN_A_RANGE, ANY_PROTOCOL, OWN_SOURCE, WIDE, UNGUARDED = 0.06, 0.08, 0.15, 0.02, 0.006
APPROVED, MANAGED = 0.04, 0.35
"""How often a machine's remote access is given on request only, and how often such a request is open just now."""


@dataclass(frozen=True, slots=True, order=True)
class Want:
    """Traffic that a rule lets in: TCP (or any protocol) to ports ``first`` to ``last``, from one kind of source."""

    first: int
    last: int
    source: str
    address: str = ""  # of a public source
    protocol: str = "tcp"  # "tcp" | "any"


@dataclass(frozen=True, slots=True)
class Ruled:
    """What the rules say of one machine, and its doors: with those that only a range or an approval opens.

    ``wide`` machines have a rule that lets anything in; ``unguarded`` ones have no rules at all, which in Azure lets
    anything in as well. ``managed`` is the port that is opened on request, 0 if none is; ``approved`` if it is now.
    """

    place: Place
    wants: tuple[Want, ...]
    doors: tuple[Door, ...]
    wide: bool = False
    unguarded: bool = False
    managed: int = 0
    approved: bool = False


def ruled(plan: Plan, where: Place) -> Ruled:
    """What the rules of its cloud say of a machine."""
    host, doors = where.post.machine, where.post.doors
    rng = stream(plan.seed, "rules", host.index)
    cloud = where.site.platform != "plain"
    wants, reached = [], list(doors)
    for door in doors:
        last = _last(door, doors, rng) if cloud else door.port
        want = _want(plan, where, (door.port, last), rng)
        wants.append(want)
        reached += [*_beside(where, want), *_unawares(where, want)]
    wide = cloud and happens(rng, WIDE)
    unguarded = where.site.azure and where.site.style == "interfaces" and happens(rng, UNGUARDED)
    managed = _managed(plan, where, rng)
    approved = bool(managed) and happens(rng, APPROVED / MANAGED)
    if approved:
        reached.append(_on_request(where, managed))
    return Ruled(where, tuple(sorted(wants)), tuple(reached), wide, unguarded, managed, approved)


def _last(door: Door, doors: tuple[Door, ...], rng: Rng) -> int:
    last = RANGES.get(door.port, door.port)
    crowded = any(door.port < other.port <= last for other in doors)
    return last if happens(rng, IN_A_RANGE) and not crowded else door.port


def _want(plan: Plan, where: Place, ports: tuple[int, int], rng: Rng) -> Want:
    """The want of a door; most follow their tenant's custom for the port."""
    site, (first, last) = where.site, ports
    custom = rng if happens(rng, OWN_SOURCE) else stream(plan.seed, "source", site.tenant.index, first)
    source = weighted(custom, SOURCES[KINDS.get(first, "data")])
    octets = [int(each) for each in custom.integers((31, 1, 1, 2), (99, 255, 255, 254))]
    unnamed = site.azure and site.style != "nested" and first not in UDP_TOO and happens(custom, ANY_PROTOCOL)
    address = ".".join(map(str, octets)) if source == "public" else ""
    return Want(first, last, source, address, "any" if unnamed else "tcp")


def _beside(where: Place, want: Want) -> Iterator[Door]:
    """What stands behind ports that were opened only because they lie in a range."""
    kind = "in_range" if where.post.watched else "no_telemetry"
    for port in range(want.first + 1, want.last + 1):
        holder = next((each for each in where.post.installed if port in each.ports and each.binds == "any"), None)
        yield Door(port, kind, holder.service.name if holder else "", holder is not None)


def _unawares(where: Place, want: Want) -> Iterator[Door]:
    """UDP, where a rule names no protocol: nothing answers there."""
    kind = "other_protocol" if where.post.watched else "no_telemetry"
    if want.protocol == "any":
        yield from (Door(port, kind, "", False, "udp") for port in range(want.first, want.last + 1))


def _managed(plan: Plan, where: Place, rng: Rng) -> int:
    if not where.site.azure or not happens(stream(plan.seed, "on request", where.site.tenant.index), 0.75):
        return 0
    port = 22 if where.post.machine.linux else 3389
    taken = {door.port for door in where.post.doors}
    return port if port not in taken and happens(rng, MANAGED) else 0


def _on_request(where: Place, port: int) -> Door:
    service = next((each.service.name for each in where.post.installed if port in each.ports), "")
    return Door(port, "jit" if where.post.watched else "no_telemetry", service, bool(service))
