"""What fleet to make, as one value: the same plan always gives the same fleet."""

from dataclasses import dataclass
from datetime import UTC, datetime

from longtail.errors import UsageError

DEFAULT_START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
MACHINES_PER_ATTACK = 13
PRESETS = ("mixed", "sql", "windows", "linux", "services")


@dataclass(frozen=True, slots=True)
class Plan:
    """A fleet to make.

    ``attacks`` is the number of incidents (None: one in thirteen machines), ``recipes`` which kinds they are:
    a set (``("standard",)``, ``("further",)``) or names of the registry, each with modifiers such as
    ``certutil+padding+early``.
    ``intensity`` scales how busy the hosts are (1.0 is about 700 starts a host and day). ``tenants`` None lets the
    size decide.

    Raises:
        UsageError: a number lies outside what can be meant.
    """

    machines: int = 300
    days: int = 14
    seed: int = 1
    tenants: int | None = None
    attacks: int | None = None
    recipes: tuple[str, ...] = ("standard",)
    quiet: bool = False
    start: datetime = DEFAULT_START
    intensity: float = 1.0
    preset: str = "mixed"

    def __post_init__(self) -> None:
        _require(1 <= self.machines <= 1_000_000, "machines must lie between 1 and 1,000,000")
        _require(1 <= self.days <= 3660, "days must lie between 1 and 3660")
        _require(self.seed >= 0, "seed must not be negative")
        _require(self.tenants is None or 1 <= self.tenants <= self.machines, "tenants must lie between 1 and machines")
        _require(self.attacks is None or self.attacks >= 0, "attacks must not be negative")
        _require(0.01 <= self.intensity <= 100, "intensity must lie between 0.01 and 100")
        _require(self.preset in PRESETS, f"preset must be one of {', '.join(PRESETS)}")
        _require(self.start.tzinfo is not None, "start must carry its time zone")

    @property
    def incidents(self) -> int:
        """How many incidents are asked for."""
        if self.quiet:
            return 0
        return max(1, round(self.machines / MACHINES_PER_ATTACK)) if self.attacks is None else self.attacks


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise UsageError(otherwise)
