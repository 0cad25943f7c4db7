"""Chance → the products of vendors and the programs of one house that fill a population's long tail."""

from collections.abc import Iterator
from dataclasses import dataclass

from longtail.fleet.chance import Rng, happens, one_of
from longtail.fleet.ports.package import Package
from longtail.fleet.vocabulary import CHOICES

ROLES = (
    "service", "agent", "updater", "console", "config", "report", "worker", "monitor", "scheduler", "import", "export",
    "backup", "sync", "license", "tray", "helper", "setup", "crash", "notify", "index", "search", "archive", "print",
    "mail", "bridge", "gateway", "proxy", "loader", "viewer", "admin",
)  # fmt: skip
FOLDERS = ("\\Program Files", "\\Program Files (x86)", "\\Program Files")
VERSIONS = ("4.2.1", "4.2.3", "5.0.0", "5.1.2", "11.3.0")
FEWEST, MOST = 18, 2500  # machines that run a product
STEEPNESS = 0.85  # of the tail: the larger, the more products on many machines
FIRST_PORT, PORTED_FROM, PORTED = 5_010, 40, 82
PER_HOUSE = 0.25  # programs of one house, a machine
FEW = 8  # machines that such a program runs on at most


@dataclass(frozen=True, slots=True)
class Product:
    """A vendor's product: on how many machines, under whom of so many tenants, with a port of its own or 0."""

    package: Package
    machines: int
    tenants: int
    port: int = 0


def products(rng: Rng, executables: int) -> Iterator[Product]:
    """Products with so many executables in all, each executable on more than ten machines."""
    names = [(vendor, stem) for vendor in CHOICES["company"] for stem in CHOICES["stem"]]
    left, ported = executables, 0
    for number in rng.permutation(len(names)).tolist():
        if left <= 0:
            return
        machines = min(MOST, int(FEWEST / (rng.random() ** STEEPNESS + FEWEST / MOST)))
        count = min(left, 2 + int(rng.integers(10)))
        port = FIRST_PORT + 97 * ported if machines >= PORTED_FROM and ported < PORTED else 0
        ported += port > 0
        left -= count
        yield Product(_package(rng, names[number], (count, machines)), machines, 1 + int(rng.integers(12)), port)


def _package(rng: Rng, name: tuple[str, str], size: tuple[int, int]) -> Package:
    (vendor, stem), (count, machines) = name, size
    folder = f"{one_of(rng, FOLDERS)}\\{vendor.title()}\\{stem.title()}"
    folder += "\\{ver}" if happens(rng, 0.25) else ""
    least = min(0.97, FEWEST / machines)  # so that more than ten machines run even the rarest of them
    roles = [ROLES[index] for index in rng.permutation(len(ROLES))[:count].tolist()]
    chances = [max(0.97 if not number else 0.3 + 0.6 * rng.random(), least) for number in range(count)]
    lines = [
        f"{chance:.3f} {folder}\\{vendor[:4]}{stem}{role}.exe" for chance, role in zip(chances, roles, strict=True)
    ]
    return Package(f"{vendor} {stem}", "\n".join(lines), VERSIONS[: 1 + int(rng.integers(len(VERSIONS)))])


def in_house(rng: Rng, machines: int) -> Iterator[Product]:
    """Programs that one tenant made for a few of its machines."""
    stems, jobs = CHOICES["stem"], CHOICES["job"]
    total = len(stems) * len(jobs) * len(ROLES)
    for number in rng.permutation(total)[: int(machines * PER_HOUSE)].tolist():
        stem, rest = stems[number % len(stems)], number // len(stems)
        job, role = jobs[rest % len(jobs)], ROLES[rest // len(jobs)]
        yield Product(Package(stem, f"1 \\Apps\\{stem}\\{job}{role}\\{stem}{job}{role}.exe"), 1 + number % FEW, 1)
