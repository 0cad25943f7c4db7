"""What a benign occasion is: something that happens to many hosts of a tenant within one window."""

from dataclasses import dataclass

from longtail.fleet.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class Occasion:
    """A roll-out, a patch night, a scan: on ``hosts`` of a tenant's machines within ``hours`` of its beginning.

    ``parts`` are (kind of seat, process trees separated by blank lines: each tenant has one of them). ``{x^}`` tokens
    are the same on all hosts of the occasion. ``each`` is how many such occasions a tenant sees in thirty days.
    ``afterwards`` is what the host keeps doing from then on. ``nightly`` begins it in the local night; ``roles``
    limits it to hosts that do this.
    """

    name: str
    kind: str
    each: float
    hosts: float
    hours: tuple[float, float]
    parts: tuple[tuple[str, str], ...]
    note: str
    afterwards: tuple[str, str, Rhythm] | None = None
    nightly: bool = False
    minimum_hosts: int = 1
    roles: tuple[str, ...] = ()
