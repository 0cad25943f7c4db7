"""A plan → its tenants and hosts: how large, in which roles, and how each is watched."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from longtail.fleet.chance import Rng, happens, one_of, stream, weighted
from longtail.fleet.plan import Plan
from longtail.fleet.rhythm import Window
from longtail.fleet.vocabulary import CHOICES

ROLES: Mapping[str, Mapping[str, float]] = {
    "mixed": {
        "sql": 0.44, "app": 0.11, "dc": 0.05, "file": 0.04, "iis": 0.12, "tomcat": 0.04, "tomcat-linux": 0.04,
        "web-linux": 0.07, "postgres": 0.04, "mysql": 0.02, "jump": 0.03,
    },
    "sql": {"sql": 1.0},
    "windows": {"sql": 0.5, "app": 0.15, "dc": 0.06, "file": 0.05, "iis": 0.16, "tomcat": 0.04, "jump": 0.04},
    "linux": {"tomcat-linux": 0.2, "web-linux": 0.45, "postgres": 0.2, "mysql": 0.15},
    "services": {
        "sql": 0.2, "iis": 0.11, "app": 0.16, "dc": 0.03, "file": 0.04, "tomcat": 0.03, "jump": 0.03,
        "web-linux": 0.12, "postgres": 0.07, "mysql": 0.07, "tomcat-linux": 0.04, "linux": 0.1,
    },
}  # fmt: skip
LINUX_ROLES = frozenset({"tomcat-linux", "web-linux", "postgres", "mysql", "linux"})
STYLES: Mapping[str, float] = {"sysmon": 0.6, "security": 0.25, "defender": 0.15}
"""How a tenant's telemetry spells accounts: ``NT AUTHORITY\\SYSTEM``, ``CORP\\HOST$``, ``nt authority\\system``."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """The owner of a population of hosts, ``first`` to ``first + size`` of the plan."""

    index: int
    name: str
    domain: str
    first: int
    size: int
    style: str
    utc_offset: float


@dataclass(frozen=True, slots=True)
class Machine:
    """One host before anything runs on it; ``skew`` is how far its clock is off, in seconds."""

    index: int
    tenant: Tenant
    name: str
    role: str
    window: Window
    skew: float = 0.0
    oddity: str = ""  # one of ODDITIES

    @property
    def linux(self) -> bool:
        """Whether it is a Linux host."""
        return self.role in LINUX_ROLES


@lru_cache(maxsize=8)
def tenants(plan: Plan) -> tuple[Tenant, ...]:
    """The tenants of a plan: one large, some middling, several of three to ten hosts."""
    count = plan.tenants or max(1, round(plan.machines**0.5 * 0.55))
    rng, found, first = stream(plan.seed, "tenants"), [], 0
    names = [str(name) for name in rng.permutation(CHOICES["company"])]
    for index, size in enumerate(_sizes(plan.machines, count, rng)):
        name = names[index % len(names)] + ("" if index < len(names) else str(index // len(names) + 1))
        style = weighted(rng, STYLES)
        offset = float(one_of(rng, (-8, -5, 0, 1, 1, 2, 5.5, 9)))
        found.append(Tenant(index, name, name[:8].upper(), first, size, style, offset))
        first += size
    return tuple(found)


def _sizes(machines: int, count: int, rng: Rng) -> list[int]:
    small = [int(size) for size in rng.integers(3, 11, count // 2)]
    rest = count - len(small)
    while small and sum(small) > machines // 3:
        small.pop()
        rest += 1
    weights = [1 / rank**1.3 for rank in range(1, rest + 1)]
    left = machines - sum(small)
    large = [max(1, int(left * weight / sum(weights))) for weight in weights]
    large[0] += left - sum(large)
    return large + small


def tenant_of(plan: Plan, index: int) -> Tenant:
    """The tenant a host of the plan belongs to."""
    return next(each for each in tenants(plan) if each.first <= index < each.first + each.size)


def role_of(plan: Plan, index: int) -> str:
    """What a host of the plan does."""
    return weighted(stream(plan.seed, "role", index), ROLES[plan.preset])


NAMING = {
    "sql": ("SQL", "DB", "MSSQL", "DBS"), "app": ("APP", "SRV"), "dc": ("DC",), "file": ("FS", "NAS"),
    "iis": ("WEB", "IIS"), "tomcat": ("TC", "APP"), "tomcat-linux": ("tomcat-", "app-"),
    "web-linux": ("web-", "www"), "postgres": ("pg", "db-"), "mysql": ("my", "maria"), "jump": ("JMP", "ADM", "TS"),
    "linux": ("srv-", "lx", "node"),
}  # fmt: skip


def machine(plan: Plan, index: int) -> Machine:
    """One host of the plan."""
    owner, role = tenant_of(plan, index), role_of(plan, index)
    rng = stream(plan.seed, "machine", index)
    site = one_of(stream(plan.seed, "sites", owner.index), ("", "AZ", "FRA", "HQ", "DC1", "P"))
    stem = f"{site}{one_of(rng, NAMING[role])}{index - owner.first + 1:03d}"
    name = stem.lower() if role in LINUX_ROLES else stem
    if owner.style == "sysmon" and role not in LINUX_ROLES:
        name = f"{name}.{owner.name}.local"
    oddity = _oddity(rng, plan)
    window = _window(rng, plan, owner, oddity)
    skew = one_of(rng, HOURS_OFF) * 3600 + float(rng.normal(0, 200)) if oddity == "skewed clock" else 0.0
    return Machine(index, owner, name, role, window, skew, oddity)


ODDITIES = {"late joiner": 0.03, "silent": 0.02, "skewed clock": 0.02, "no command lines": 0.02, "no parents": 0.02}
HOURS_OFF = (-3, -1, 1, 2, 7)


def _oddity(rng: Rng, plan: Plan) -> str:
    if plan.days < 3 or not happens(rng, sum(ODDITIES.values())):
        return ""
    return weighted(rng, ODDITIES)


def _window(rng: Rng, plan: Plan, owner: Tenant, oddity: str) -> Window:
    first, last = 0.0, plan.days * 86_400.0
    if oddity == "late joiner":
        first = last * (0.5 + 0.45 * rng.random())
    if oddity == "silent":
        last *= 0.2 + 0.6 * rng.random()
    return Window(first, last, plan.days, owner.utc_offset, plan.start.weekday(), plan.intensity)
