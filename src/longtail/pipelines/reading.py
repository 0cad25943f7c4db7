"""Paths → one table: files in pieces over processes, each piece given meaning where it is read, the tables summed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from longtail import telemetry
from longtail.engines import local
from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import in_order, merge, sightings
from longtail.files.discovery import STDIN
from longtail.readings import Reading

LOCAL = "local"
"""The engine that is this machine; any other name is one of Spark's."""

SMALL = 8 << 20  # bytes of work under which starting a second process costs more than it saves
BUNDLE = 16 << 20  # bytes of small files that are one piece of work
SHARES = 4  # pieces of work a process at least, so that all are done at about the same time
LEAST_SHARED, MOST_SHARED = 1 << 20, 32 << 20  # bytes of such a piece: what is counted together costs less
MOST_BUNDLED = 256  # files of one piece of work
BATCH_ROWS = 200_000  # process starts that are given meaning together
FOLD_ROWS = 400_000  # rows that may wait to be merged


@dataclass(frozen=True, slots=True)
class Waist:
    """What a batch of process starts becomes, and how such tables are summed (associative and commutative).

    The sum of one table alone is that table.
    """

    of: Callable[[pl.DataFrame], pl.DataFrame]
    merge: Callable[[Iterable[pl.DataFrame]], pl.DataFrame]


SIGHTINGS = Waist(sightings, merge)


@dataclass(frozen=True, slots=True)
class Source:
    """What to read, how, how many processes may work on it, and which engine; Spark reads a table beside the paths."""

    paths: tuple[str, ...]
    options: telemetry.Options
    processes: int = 1
    engine: str = LOCAL
    table: telemetry.Table | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading is: bytes of work done, of how many, and process starts found so far."""

    done: int
    total: int
    process_starts: int


Tell = Callable[[Progress], None]


def observed(source: Source, tell: Tell = lambda progress: None) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """The sightings of everything under the paths, in one order, and what each file gave.

    Raises:
        NothingToRead: no path matches.
    """
    seen, readings = summed(source, SIGHTINGS, tell)
    return in_order(seen), readings


def summed(
    source: Source, waist: Waist, tell: Tell = lambda progress: None
) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """The sum of what the waist makes of all process starts under the paths, in no particular order."""
    options = telemetry.dated(source.paths, source.options)
    parts = telemetry.parts(source.paths, options, SHARES * source.processes if source.processes > 1 else 1)
    parts.sort(key=lambda part: part.path != STDIN)  # the first piece is the caller's own, as standard input is
    total = sum(part.size for part in parts)
    processes = source.processes if total > SMALL else 1
    work = bundles(parts, min(max(total // (SHARES * processes), LEAST_SHARED), MOST_SHARED))
    readings: list[Reading] = []
    folded, done = Fold(waist), 0
    for size, table, gave in local.mapped(Narrowed(options, waist), work, processes):
        folded.add(table)
        readings.extend(gave)
        done += size
        tell(Progress(done, total, sum(reading.process_starts for reading in readings)))
    return folded.whole(), telemetry.readings_merged(readings)


class Fold:
    """Tables summed as they come: what waits to be merged stays small beside what is already merged."""

    def __init__(self, waist: Waist = SIGHTINGS) -> None:
        self.merge = waist.merge
        self.merged = self.merge([])
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
            tables = [each for each in (self.merged, *self.waiting) if each.height]
            self.waiting, self.rows = [], 0
            self.merged = tables[0] if len(tables) == 1 else self.merge(tables)
        return self.merged


def bundles(parts: Sequence[telemetry.Part], size: int | None = None) -> list[tuple[telemetry.Part, ...]]:
    """Parts as pieces of work: small ones together, so that ten thousand small files are not ten thousand errands.

    A piece has at most ``size`` bytes of work (``BUNDLE``, unless it is told), more where a part alone has, and at most
    ``MOST_BUNDLED`` files.
    """
    most = BUNDLE if size is None else size
    found: list[tuple[telemetry.Part, ...]] = []
    waiting: list[telemetry.Part] = []
    held = 0
    for part in parts:
        if waiting and (held + part.size > most or len(waiting) >= MOST_BUNDLED):
            found.append(tuple(waiting))
            waiting, held = [], 0
        waiting.append(part)
        held += part.size
    return [*found, tuple(waiting)] if waiting else found


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Some parts of the telemetry → (their size, what the waist makes of them, what their files gave); in a worker."""

    options: telemetry.Options
    waist: Waist

    def __call__(self, parts: Sequence[telemetry.Part]) -> tuple[int, pl.DataFrame, tuple[Reading, ...]]:
        readings: list[Reading] = []
        table = narrowed(self._events(parts, readings), self.waist)
        return sum(part.size for part in parts), table, tuple(readings)

    def _events(self, parts: Sequence[telemetry.Part], readings: list[Reading]) -> Iterator[pl.DataFrame]:
        for part in parts:
            reader = telemetry.read(part, self.options)
            yield from reader
            readings.extend(reader.readings)


def narrowed(batches: Iterable[pl.DataFrame], waist: Waist = SIGHTINGS) -> pl.DataFrame:
    """The sum of what the waist makes of process starts that come in batches of any size."""
    folded, waiting = Fold(waist), Batch()
    for events in batches:
        if (full := waiting.add(events)) is not None:
            folded.add(waist.of(full))
    folded.add(waist.of(waiting.rest()))
    return folded.whole()


class Batch:
    """Events waiting until there are enough of them: meaning is cheaper for many at once."""

    def __init__(self) -> None:
        self.waiting: list[pl.DataFrame] = []
        self.rows = 0

    def add(self, events: pl.DataFrame) -> pl.DataFrame | None:
        """Take some more; all that waited, when that is enough."""
        self.waiting.append(events)
        self.rows += events.height
        return self.rest() if self.rows >= BATCH_ROWS else None

    def rest(self) -> pl.DataFrame:
        """All that waits."""
        waiting, self.waiting, self.rows = self.waiting, [], 0
        return pl.concat(waiting) if waiting else pl.DataFrame(schema=PROCESS_EVENT)
