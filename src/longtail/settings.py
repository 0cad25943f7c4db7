"""Every threshold in one value, each with its default, its range and the sentence it comes from."""

from dataclasses import dataclass, field, fields
from typing import Any

from longtail.errors import UsageError


def setting(default: Any, low: float, high: float, why: str) -> Any:
    """A dataclass field that carries its own documentation and range."""
    return field(default=default, metadata={"low": low, "high": high, "why": why})


@dataclass(frozen=True, slots=True)
class Settings:
    """What a hunt may be tuned by. A value outside its range is refused with the range."""

    budget: float = setting(
        2.0, 0.0, 1000.0, "false alerts at medium or above per 1,000 host-days that the reader can live with"
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            low, high = each.metadata["low"], each.metadata["high"]
            if not low <= getattr(self, each.name) <= high:
                raise UsageError(f"{each.name} must lie between {low:g} and {high:g}: it is the {each.metadata['why']}")
