"""The pipelines as they read on paper: telemetry → sightings → judgement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from longtail import telemetry
from longtail.engines import local
from longtail.executions.sightings import in_order, merge, sightings
from longtail.prevalence.findings import Hunt, Reading
from longtail.prevalence.judgement import judged
from longtail.settings import Settings

SMALL = 8 << 20  # bytes of telemetry under which starting a second process costs more than it saves
FOLD_ROWS = 400_000  # sightings that may wait to be merged


@dataclass(frozen=True, slots=True)
class Request:
    """What to hunt in: paths, how to read them, whom to judge, and how many processes may work."""

    paths: tuple[str, ...]
    options: telemetry.Options = field(default_factory=telemetry.Options)
    settings: Settings = field(default_factory=Settings)
    accounts: tuple[str, ...] = ("auto",)
    baseline: tuple[str, ...] = ()
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading is: bytes of work done, of how many, and process starts found so far."""

    done: int
    total: int
    process_starts: int


Tell = Callable[[Progress], None]


def hunt(request: Request, tell: Tell = lambda progress: None) -> Hunt:
    """Read, count, judge, explain: everything one hunt finds.

    Raises:
        NothingToRead: no path matches.
    """
    seen, readings = observed(request, request.paths, tell)
    baseline = observed(request, request.baseline, tell)[0] if request.baseline else None
    judgement = judged(seen, request.settings, request.accounts, baseline)
    return Hunt(
        alerts=judgement.alerts,
        populations=judgement.populations,
        readings=readings,
        first_seen=seen["first_seen"].min() if seen.height else None,  # type: ignore[arg-type]
        last_seen=seen["last_seen"].max() if seen.height else None,  # type: ignore[arg-type]
        hosts=seen.select("tenant", "host").n_unique() if seen.height else 0,
        host_days=judgement.host_days,
        process_starts=sum(reading.process_starts for reading in readings),
        sightings=seen.height,
        budget=request.settings.budget,
        notes=judgement.notes,
    )


def observed(
    request: Request, paths: Sequence[str], tell: Tell = lambda progress: None
) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """The sightings of everything under ``paths``, and what each file gave."""
    work = telemetry.parts(paths, request.options, request.processes)
    total = sum(part.size for part in work)
    processes = request.processes if total > SMALL else 1
    readings: list[Reading] = []
    folded, done = Fold(), 0
    for size, table, gave in local.mapped(_Sighted(request.options), work, processes):
        folded.add(table)
        readings.extend(gave)
        done += size
        tell(Progress(done, total, sum(reading.process_starts for reading in readings)))
    return in_order(folded.whole()), telemetry.readings_merged(readings)


class Fold:
    """Sighting tables summed as they come: what waits to be merged stays small beside what is already merged."""

    def __init__(self) -> None:
        self.merged = merge([])
        self.waiting: list[pl.DataFrame] = []
        self.rows = 0

    def add(self, table: pl.DataFrame) -> None:
        """Take one more table."""
        self.waiting.append(table)
        self.rows += table.height
        if self.rows > max(FOLD_ROWS, self.merged.height):
            self.whole()

    def whole(self) -> pl.DataFrame:
        """The sum of all tables so far."""
        if self.waiting:
            self.merged = merge([self.merged, *self.waiting])
            self.waiting, self.rows = [], 0
        return self.merged


@dataclass(frozen=True, slots=True)
class _Sighted:
    """One part of the telemetry → (its size, its sightings, what its files gave); runs in a worker."""

    options: telemetry.Options

    def __call__(self, part: telemetry.Part) -> tuple[int, pl.DataFrame, tuple[Reading, ...]]:
        reader = telemetry.read(part, self.options)
        folded = Fold()
        for batch in reader:
            folded.add(sightings(batch))
        return part.size, folded.whole(), reader.readings
