"""What an input file gave: what was found in it, what was passed over, what was quarantined and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field

OF_BASELINE = "of the baseline: learnt from, not judged"
"""The note of a file whose process starts are no part of what is judged."""

OF_PORTS = "used by `longtail ports`, not by hunt"
"""In the note of a file that tells what runs or listens, not what starts."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that could not be used: where it stands and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one input file gave: process starts found, records passed over, records quarantined and why.

    ``quarantined`` counts all, ``reasons`` counts them by reason, ``examples`` keeps the first ten.
    ``notes`` are sentences for a person (truncation, clock, missing fields).
    """

    path: str
    format: str
    process_starts: int
    passed_over: int
    quarantined: int
    reasons: dict[str, int] = field(default_factory=dict)
    examples: tuple[Quarantined, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def remarkable(self) -> bool:
        """Whether a person should know of the file: something of it was quarantined, or a note tells of trouble."""
        return bool(self.reasons) or any(note != OF_BASELINE for note in self.notes)


def troubled_first(readings: Sequence[Reading]) -> list[Reading]:
    """Files with something quarantined first, then those with notes, then the rest; else in their order."""
    return sorted(readings, key=lambda each: (not each.quarantined, not each.remarkable))
