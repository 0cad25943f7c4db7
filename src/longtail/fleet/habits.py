"""What a benign recipe is: who does what, how often, and how many of its kind do it."""

from dataclasses import dataclass

from longtail.fleet.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class Habit:
    """Something the accounts of one kind of seat do again and again.

    ``script`` is a process tree (see ``script.py``) whose tokens are drawn per tenant, host or run (see ``words.py``).
    ``share`` of the seats of ``tenant_share`` of the tenants have it, each with ``copies`` differing in their words.
    ``several scripts``: each seat keeps to one of them.
    """

    name: str
    seat: str
    rhythm: Rhythm
    scripts: tuple[str, ...]
    share: float = 1.0
    tenant_share: float = 1.0
    copies: tuple[int, int] = (1, 1)


def habit(name: str, seat: str, rhythm: Rhythm, *scripts: str) -> Habit:
    """A habit every seat of its kind has."""
    return Habit(name, seat, rhythm, scripts)
