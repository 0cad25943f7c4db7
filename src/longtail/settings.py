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

    anomaly_bits: float = setting(
        6.0, 1.0, 16.0, "surprise from which a behaviour is an anomaly: 6 bits is once in 64 host-days"
    )
    quiet_hours: float = setting(
        24.0, 0.1, 240.0, "hours without an anomaly after which an account's next one begins another story"
    )
    least_score: float = setting(
        20.0, 0.0, 1000.0, "score below which no incident is medium, however quiet its population"
    )
    least_hosts: float = setting(
        5, 2, 1000, "hosts of an account class, over all tenants, under which nothing can be called rare"
    )
    least_days: float = setting(3, 1, 365, "days of telemetry under which nothing can be called new")
    least_stability: float = setting(
        0.6,
        0.0,
        1.0,
        "share of host-days without anything that no other host runs, from which a service account can be modelled",
    )
    least_stability_of_others: float = setting(
        0.985, 0.0, 1.0, "the same share for people, the system itself and accounts of no known kind"
    )
    most_alerts: int = setting(1000, 1, 1_000_000, "alerts that one hunt tells, most alarming first")

    ports_more_than: int = setting(
        10, 1, 10_000, "machines an executable must run on, and more, to be learnt from, in a fleet of 1,000 or more"
    )
    ports_trees: int = setting(10, 1, 1000, "trees of the forest: few, so that it can be read")
    ports_folds: int = setting(5, 2, 20, "parts the machines are cut into, each judged by a forest that never saw it")
    ports_seed: int = setting(1433, 0, 1_000_000, "seed of every random choice of the learner")
    ports_trained_on: float = setting(
        0.7, 0.1, 0.9, "share of the machines to learn from; the error is told on the rest"
    )
    ports_least_open: int = setting(
        6, 2, 10_000, "machines that must have a port open, and closed, before anything is said of it"
    )
    ports_least_machines: int = setting(
        50, 2, 100_000, "machines with telemetry under which a fleet is too small to learn anything from"
    )
    ports_widest: int = setting(64, 1, 1025, "ports of one opening above which it teaches nothing about any of them")
    ports_least_lift: float = setting(
        3.0, 1.0, 1000.0, "times more often that a companion runs where the port is open than elsewhere"
    )
    ports_least_coverage: float = setting(
        0.5, 0.0, 1.0, "share of held-out open machines that must run a companion, for a port to be learnable"
    )
    ports_least_explained: float = setting(
        0.5, 0.0, 1.0, "share of the open machines of a system that must run something known to go with the port"
    )
    ports_most_probable: float = setting(
        0.2, 0.0, 1.0, "out-of-fold probability of being open, above which an opening is no finding"
    )
    ports_least_visible: float = setting(
        0.9, 0.0, 1.0, "share of machines with the software on which it must have shown itself again within the window"
    )

    ports_most_doubt: float = setting(
        0.2, 0.0, 1.0, "share of the machines showing nothing that may be expected to serve the port unseen"
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            low, high = each.metadata["low"], each.metadata["high"]
            if not low <= getattr(self, each.name) <= high:
                raise UsageError(f"{each.name} must lie between {low:g} and {high:g}: it is the {each.metadata['why']}")
