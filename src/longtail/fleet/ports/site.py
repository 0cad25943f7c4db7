"""A tenant and a machine of it → how its cloud knows them: platform, identity, subnets, names, addresses."""

from dataclasses import dataclass
from functools import lru_cache

from longtail.fleet.chance import Rng, happens, one_of, stream, weighted
from longtail.fleet.estate import Machine, Tenant, tenants
from longtail.fleet.plan import Plan
from longtail.fleet.ports.posts import Post
from longtail.fleet.words import words

PLATFORMS = ("azure-rest", "aws", "azure-az", "plain", "azure-rest", "azure-az", "aws")
"""Whose exports the tenants' networks come as, the largest tenant first; after the last only clouds follow."""

STYLES = ("interfaces", "nested", "subnets", "interfaces", "nested")
"""Where the tenants attach their groups: to interfaces, to subnets (rules name the machine), or to both."""

TIERS = {"sql": "data", "postgres": "data", "mysql": "data", "dc": "core", "file": "core", "jump": "core"}
JOINED_BY = {"name": 0.84, "resource": 0.06, "address": 0.05, "computer": 0.05}
"""How telemetry names a machine, seen from its cloud: by its name there, its resource or instance id, its address, or
a host name that only the machine's own record tells (in AWS: the name its private address gives it)."""


@dataclass(frozen=True, slots=True)
class Site:
    """A tenant's part of a cloud. ``id`` is the subscription, the account, or (plain) the tenant's own name."""

    tenant: Tenant
    platform: str
    id: str
    style: str
    octet: int  # its network is 10.octet.0.0/16
    group: str  # resource group, or name of the virtual private cloud
    location: str
    spelling: str  # how its cloud spells names: "as is" | "upper" | "lower" | "qualified"

    @property
    def azure(self) -> bool:
        """Whether it is a subscription."""
        return self.platform.startswith("azure")


@dataclass(frozen=True, slots=True)
class Place:
    """One machine in its site; ``name`` is its cloud's, ``known_as`` its telemetry's."""

    site: Site
    post: Post
    name: str
    known_as: str
    address: str
    tier: str
    public: bool
    resource: str  # resource id or instance id

    @property
    def computer(self) -> str:
        """The host name the machine itself believes in."""
        return self.post.machine.name.partition(".")[0]


@lru_cache(maxsize=64)
def site(plan: Plan, tenant: Tenant) -> Site:
    """Where a tenant keeps its machines."""
    rng = stream(plan.seed, "site", tenant.index)
    alone = len(tenants(plan)) == 1
    number = tenant.index if tenant.index < len(PLATFORMS) else 4 + (tenant.index - 4) % 3
    platform = PLATFORMS[0 if alone else number]
    ids = {"aws": f"{int(rng.integers(10**11, 10**12))}", "plain": tenant.name}
    return Site(
        tenant,
        platform,
        ids.get(platform, words("guid", rng, 1)[0]),
        STYLES[tenant.index % len(STYLES)],
        1 + tenant.index % 250,
        one_of(rng, (f"rg-{tenant.name}-prod", f"{tenant.name.upper()}-RG", f"{tenant.name}-servers")),
        one_of(rng, ("westeurope", "eastus2", "northeurope", "centralus")),
        one_of(rng, ("as is", "upper", "lower", "qualified")),
    )


def place(plan: Plan, post: Post) -> Place:
    """Where one machine stands in its tenant's site."""
    host = post.machine
    where, rng = site(plan, host.tenant), stream(plan.seed, "place", host.index)
    number, tier = host.index - host.tenant.first, TIERS.get(host.role, "web")
    address = f"10.{where.octet}.{('web', 'data', 'core').index(tier) * 64 + number // 240}.{4 + number % 240}"
    joined = weighted(rng, JOINED_BY)
    name = _spelled(host, where, rng, joined)
    resource = _resource(where, name, rng)
    others = {"resource": resource, "address": address, "computer": host.name if where.azure else private_name(address)}
    known_as = host.name if where.platform == "plain" else others.get(joined, host.name)
    return Place(where, post, name, known_as, address, tier, happens(rng, 0.6), resource)


def _spelled(host: Machine, where: Site, rng: Rng, joined: str) -> str:
    short = host.name.partition(".")[0]
    if joined == "computer" and where.platform != "plain":
        return f"vm-{host.role}-{int(rng.integers(10**4)):04d}-{host.index - host.tenant.first:03d}"
    if where.spelling == "qualified" and not where.azure:
        return f"{short.lower()}.{host.tenant.name}.com"  # a virtual machine's name in Azure has no dots
    return {"upper": short.upper(), "lower": short.lower()}.get(where.spelling, short)


def _resource(where: Site, name: str, rng: Rng) -> str:
    if where.platform == "aws":
        return f"i-{words('longhex', rng, 1)[0]}0"
    if where.platform == "plain":
        return ""
    return f"{group_id(where)}/providers/Microsoft.Compute/virtualMachines/{name}"


def group_id(where: Site) -> str:
    """The id of a site's resource group."""
    return f"/subscriptions/{where.id}/resourceGroups/{where.group}"


def private_name(address: str) -> str:
    """The name that AWS gives a machine for its private address."""
    return f"ip-{address.replace('.', '-')}.us-east-2.compute.internal"
