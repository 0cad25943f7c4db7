"""Records, as they are read → the Reading that tells a person what one file gave."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from longtail.readings import Quarantined, Reading

EXAMPLES_KEPT = 10


@dataclass(slots=True)
class Tally:
    """The running count of one file. ``path`` names members as ``outer.zip!inner.json``."""

    path: str
    format: str = "unknown"
    process_starts: int = 0
    passed_over: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[Quarantined] = field(default_factory=list)
    repairs: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def quarantine(self, where: object, reason: str) -> None:
        """Counts a record that cannot be used; ``where`` is its line, row or chunk."""
        self.reasons[reason] += 1
        if len(self.examples) < EXAMPLES_KEPT:
            self.examples.append(Quarantined(f"{self.path}:{where}", reason))

    def repair(self, what: str, times: int = 1) -> None:
        """Counts records that were kept only after being repaired."""
        self.repairs[what] += times

    def note(self, sentence: str) -> None:
        """Says a thing once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def reading(self) -> Reading:
        """The count so far, as the value that outputs draw from."""
        return Reading(
            path=self.path,
            format=self.format,
            process_starts=self.process_starts,
            passed_over=self.passed_over,
            quarantined=self.reasons.total(),
            reasons=dict(sorted(self.reasons.items())),
            examples=tuple(self.examples),
            notes=(*self.notes, *(f"{what}: {times} records" for what, times in sorted(self.repairs.items()))),
        )


def readings_merged(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """The readings of the parts of one file summed, sorted by path. The order of parts is kept for examples."""
    by_path: dict[str, Reading] = {}
    for reading in readings:
        before = by_path.get(reading.path)
        by_path[reading.path] = _sum(before, reading) if before else reading
    return tuple(by_path[path] for path in sorted(by_path))


def _sum(a: Reading, b: Reading) -> Reading:
    return Reading(
        path=a.path,
        format=b.format if a.format == "unknown" else a.format,
        process_starts=a.process_starts + b.process_starts,
        passed_over=a.passed_over + b.passed_over,
        quarantined=a.quarantined + b.quarantined,
        reasons=dict(sorted((Counter(a.reasons) + Counter(b.reasons)).items())),
        examples=(a.examples + b.examples)[:EXAMPLES_KEPT],
        notes=_notes_summed(a.notes + b.notes),
    )


def _notes_summed(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Sentences said once; those that end in ``: N records`` are summed."""
    counts: Counter[str] = Counter()
    said: dict[str, None] = {}
    for note in notes:
        what, _, tail = note.rpartition(": ")
        number = tail.removesuffix(" records")
        if what and number != tail and number.isdecimal():
            counts[what] += int(number)
        else:
            said[note] = None
    return (*said, *(f"{what}: {times} records" for what, times in sorted(counts.items())))
