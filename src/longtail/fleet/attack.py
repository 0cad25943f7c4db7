"""What an attack recipe is: the acts of a story, as data."""

from dataclasses import dataclass, field

Act = str | tuple[str, ...]
"""A process-tree script, or several of which one incident plays one ("" leaves the act out)."""


@dataclass(frozen=True, slots=True)
class Attack:
    """A story on one service account, whose words are drawn once an incident.

    ``seats`` are the kinds of account it fits. ``gap`` bounds the seconds between two acts (drawn log-uniformly);
    ``shuffled`` lets the acts come in any order. ``elsewhere`` are acts on a second host of the tenant, under the
    kind of seat named first.
    """

    name: str
    seats: tuple[str, ...]
    techniques: tuple[str, ...]
    note: str
    acts: tuple[Act, ...]
    gap: tuple[float, float] = (4.0, 240.0)
    shuffled: bool = False
    elsewhere: tuple[str, ...] = field(default=())
