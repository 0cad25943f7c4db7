"""Chance → who runs what in the article's population, and which ports are open for it.

Packages are drawn one by one over all machines at once, as arrays of numbers; texts come last.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from longtail.fleet.chance import Rng, stream
from longtail.fleet.ports.article_software import (
    COMMON,
    LISTENERS,
    SHARES,
    SQL_EXPRESS,
    SQL_GALLERY,
    SQL_INSTALLED,
    SQL_NAMED,
    SQL_TOOLS,
    STUNNEL,
)
from longtail.fleet.ports.article_windows import AZURE, DOTNET, EXTENSIONS, FORGOTTEN, MONITORING, WINDOWS
from longtail.fleet.ports.package import Package
from longtail.fleet.ports.products import Product, in_house, products

FORGOTTEN_MACHINES, PORT = 5, 1433
MACHINES_A_TENANT = 45
OTHERS_ON_THE_PORT, SQL_THAT_IS_CLOSED = 3, 12  # of 30,000 machines
SQL = ((SQL_GALLERY, 0.034), (SQL_INSTALLED, 0.005), (SQL_NAMED, 0.0015))
WITHOUT_PORT = ((SQL_EXPRESS, 0.012), (SQL_TOOLS, 0.012))
MONITORED = 0.97
REMOTE_DESKTOP, REMOTE_DESKTOP_OPEN = 3389, 0.55
KEPT = 4361  # executables on more than ten machines, as in the article
OF_MACHINES = 30_000
OWN_VERSION = 0.15  # how often a machine has another version than its tenant's others

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Opened:
    """A port that is open on some machines, what is behind it, and the image that holds it there."""

    port: int
    kind: str
    service: str
    holder: str
    machines: Numbers


@dataclass(slots=True)
class Draft:
    """Who runs what while it is drawn: numbers of machines beside numbers of images."""

    rng: Rng
    tenant_of: Numbers
    images: dict[str, int] = field(default_factory=dict)
    machines: list[Numbers] = field(default_factory=list)
    runs: list[Numbers] = field(default_factory=list)
    doors: list[Opened] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many machines there are."""
        return len(self.tenant_of)


def drawn(seed: int, machines: int) -> Draft:
    """The whole population. The first machines are the forgotten ones, the next have other software on the port."""
    rng = stream(seed, "article", machines)
    draft = Draft(rng, _tenants(rng, machines))
    odd = FORGOTTEN_MACHINES + OTHERS_ON_THE_PORT
    shuffled = rng.permutation(machines).astype(np.int64)
    forgotten, others, rest = shuffled[:FORGOTTEN_MACHINES], shuffled[FORGOTTEN_MACHINES:odd], shuffled[odd:]
    _run(draft, FORGOTTEN, forgotten)
    _open(draft, Opened(PORT, "removed", "sql", "", forgotten))
    _run(draft, STUNNEL, others)
    _open(draft, Opened(PORT, "other_software", "sql", "C:" + STUNNEL.executables[0][1], others))
    _common(draft, np.concatenate([forgotten[1:], others, rest]))
    _run(draft, SQL_TOOLS, forgotten[-1:])  # what its setup left behind
    _sql(draft, rest)
    _listeners(draft, np.concatenate([others, rest]))
    _vendors(draft, rest)
    return draft


def _tenants(rng: Rng, machines: int) -> Numbers:
    """The tenant of each machine: a few large ones, many small ones."""
    count = max(3, machines // MACHINES_A_TENANT)
    weights = 1 / np.arange(1, count + 1) ** 0.8
    return np.sort(rng.choice(count, machines, p=weights / weights.sum())).astype(np.int64)


def _open(draft: Draft, opened: Opened) -> None:
    draft.doors.append(opened)


def _run(draft: Draft, package: Package, members: Numbers) -> None:
    """Let machines run a package, each in one version and from one drive; most keep to their tenant's."""
    rng = draft.rng
    forms = [(version, drive) for version in package.versions for drive in package.drives]
    custom = rng.integers(0, len(forms), int(draft.tenant_of.max()) + 1)[draft.tenant_of[members]]
    form = np.where(rng.random(len(members)) < OWN_VERSION, rng.integers(0, len(forms), len(members)), custom)
    for chance, path in package.executables:
        images = [
            draft.images.setdefault(drive + path.replace("{ver}", version), len(draft.images))
            for version, drive in forms
        ]  # fmt: skip
        chosen = rng.random(len(members)) < chance
        draft.machines.append(members[chosen])
        draft.runs.append(np.array(images, np.int64)[form[chosen]])


def _some(draft: Draft, members: Numbers, share: float) -> Numbers:
    return members[draft.rng.random(len(members)) < share]


def _common(draft: Draft, members: Numbers) -> None:
    """What machines have whatever they do."""
    for package in (WINDOWS, DOTNET, AZURE):
        _run(draft, package, members)
    _run(draft, MONITORING, _some(draft, members, MONITORED))
    for package in (*EXTENSIONS, *COMMON):
        _run(draft, package, _some(draft, members, SHARES[package.name]))


def _sql(draft: Draft, members: Numbers) -> None:
    """SQL Server from the gallery or its setup, its port open save on a few machines; its small and partial forms."""
    first = 0
    for package, share in (*SQL, *WITHOUT_PORT):
        chosen = members[first : first + max(1, round(share * draft.size))]
        first += len(chosen)
        _run(draft, package, chosen)
        if (package, share) in SQL:
            closed = round(SQL_THAT_IS_CLOSED * draft.size / OF_MACHINES) if package is SQL_GALLERY else 0
            engine = next(path for _, path in package.executables if path.endswith("sqlservr.exe"))
            holder = f"{package.drives[0]}{engine.replace('{ver}', package.versions[-1])}"
            _open(draft, Opened(PORT, "backed", "sql", holder, chosen[closed:]))


def _listeners(draft: Draft, members: Numbers) -> None:
    """Software with well-known ports, and remote desktop, which every machine has."""
    for each in LISTENERS:
        chosen = _some(draft, members, each.share)
        _run(draft, each.package, chosen)
        for port in each.ports:
            own = _some(draft, chosen, each.opened)
            _open(draft, Opened(port, "backed", each.package.name, each.holder or _first(each.package), own))
    reachable = _some(draft, members, REMOTE_DESKTOP_OPEN)
    svchost = "C:\\Windows\\System32\\svchost.exe"
    _open(draft, Opened(REMOTE_DESKTOP, "shared_host", "remote desktop", svchost, reachable))


def _first(package: Package) -> str:
    return package.drives[0] + package.executables[0][1].replace("{ver}", package.versions[0])


def _vendors(draft: Draft, members: Numbers) -> None:
    """Vendors' products on the machines of some tenants, to as many executables as the article kept; in-house ones."""
    known = len({path.lower() for package in _known() for _, path in package.executables})
    by_tenant = np.argsort(draft.tenant_of[members], kind="stable")
    ordered = members[by_tenant]
    starts = np.searchsorted(draft.tenant_of[ordered], np.arange(int(draft.tenant_of.max()) + 2))
    scale = max(draft.size / OF_MACHINES, 0.02)
    for product in products(draft.rng, round((KEPT - known) * scale)):
        chosen = _of_tenants(draft, product, ordered, starts)
        _run(draft, product.package, chosen)
        if product.port:
            opened = _some(draft, chosen, 0.85)
            _open(draft, Opened(product.port, "backed", product.package.name, _first(product.package), opened))
    for product in in_house(draft.rng, draft.size):
        _run(draft, product.package, _of_tenants(draft, product, ordered, starts))


def _known() -> tuple[Package, ...]:
    return (
        WINDOWS, DOTNET, AZURE, MONITORING, *EXTENSIONS, *COMMON, *(package for package, _ in (*SQL, *WITHOUT_PORT)),
        *(each.package for each in LISTENERS),
    )  # fmt: skip


def _of_tenants(draft: Draft, product: Product, ordered: Numbers, starts: Numbers) -> Numbers:
    """So many machines of a product's tenants, more tenants where these are too small."""
    rng, count, found = draft.rng, product.tenants, np.empty(0, np.int64)
    while len(found) < product.machines:
        picked = rng.integers(0, len(starts) - 1, count)
        found = np.unique(np.concatenate([found, *(ordered[starts[each] : starts[each + 1]] for each in picked)]))
    return rng.permutation(found)[: product.machines]
