"""Telemetry → a store: files in pieces over processes, their sightings committed together, each piece counted once.

A file is known by its content and by the tenant it is read for: renamed, sent again or sent by two at once, it counts
once. Nothing else tells, so options that narrow the reading (a window, a forced format) do not make it another file.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from longtail import store, telemetry
from longtail.engines import local
from longtail.errors import UsageError
from longtail.pipelines.observing import is_url, refuse_table
from longtail.pipelines.reading import LOCAL, SMALL, Fold, Progress, Source, Tell, bundles, narrowed
from longtail.pipelines.units import Plan, Unit, cut_otherwise, found, pieces_counted, planned, seekable, unchanged
from longtail.readings import Reading

COMMIT_ROWS = 200_000  # sightings that are committed together: few commits, and little to do again after a crash
JOB_BYTES = 4 << 30  # bytes of telemetry of one job on Spark, which is committed when it is done
COMMIT_BYTES = 1 << 30  # bytes of telemetry after which what was read is committed, however little it gave
MOST_DAYS = 1000  # days of one commit: each is a file being written, of about half a MiB, and a broken clock knows many
ATTEMPTS = 20  # how often a commit is tried when others come first
CHANGED = "changed while it was read, and was not counted: send it again when nobody writes to it any more"

SCATTERED = f"times lie on more than {MOST_DAYS:,} days of one commit, so some clock is broken"


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest did: files found, those that counted before, what was added, and what each file gave."""

    inputs: int
    known: tuple[str, ...]
    commits: int
    process_starts: int
    rows: int
    readings: tuple[Reading, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """Some units, what they amount to together, and what their files gave."""

    units: tuple[Unit, ...]
    seen: pl.DataFrame
    readings: tuple[Reading, ...]


def ingest(source: Source, place: str, tell: Tell = lambda progress: None) -> Ingested:
    """Adds the sightings of everything under the paths to the store at ``place``, which is made if need be.

    Interrupted at any moment, what was committed stands, and the same call goes on from there.

    Raises:
        NothingToRead: no path matches.
        UsageError: a table, which ``ingest_table`` takes, or a URL.
        EngineError: Spark cannot be used; what was committed before stands.
        StoreError: the store cannot be written; what was committed before stands.
    """
    refuse_table(source)
    if urls := [path for path in source.paths if is_url(path)]:
        raise UsageError(f"{urls[0]}: a store is given files that this machine sees, or a table")
    with seekable(source.paths) as paths:
        found(paths)  # a path that matches nothing is told before a store is made
        source = replace(source, options=telemetry.dated(list(paths), source.options))
        keeper = _Keeper(place, source.options)
        plan = planned(paths, source.options, keeper.counted)
        done, total = 0, sum(unit.part.size for unit in plan.units)
        for read in _reads(source, plan.units):
            done += sum(unit.part.size for unit in read.units)
            keeper.take(read)
            tell(Progress(done, total, keeper.process_starts))
            del read  # what is committed makes room for what is read next
        keeper.commit()
    return _ingested(plan, keeper)


def _ingested(plan: Plan, keeper: "_Keeper") -> Ingested:
    return Ingested(
        inputs=plan.inputs,
        known=(*plan.known, *sorted(keeper.overtaken)),
        commits=keeper.commits,
        process_starts=keeper.process_starts,
        rows=keeper.rows,
        readings=telemetry.readings_merged([*plan.refused, *keeper.readings]),
        notes=tuple(_notes(keeper)),
    )


def _notes(keeper: "_Keeper") -> Iterator[str]:
    yield from (f"{name}: {CHANGED}" for name in sorted(keeper.changed))
    if keeper.scattered:
        yield f"{keeper.scattered:,} days were left out, those with the fewest sightings: {SCATTERED}"


def _reads(source: Source, units: Sequence[Unit]) -> Iterator[_Read]:
    by_part = {unit.part: unit for unit in units}
    work = [tuple(by_part[part] for part in bundle) for bundle in bundles(list(by_part))]
    if source.engine != LOCAL:
        yield from _reads_on_spark(source, work)
        return
    processes = source.processes if sum(part.size for part in by_part) > SMALL else 1
    yield from local.mapped(_Reader(source.options), work, processes)


def _reads_on_spark(source: Source, work: Sequence[Sequence[Unit]]) -> Iterator[_Read]:
    from longtail.pipelines import on_spark

    on_spark.refuse_streams(source.paths)
    for job in on_spark.jobs(work, [sum(unit.part.size for unit in units) for units in work], JOB_BYTES):
        seen, readings = on_spark.totals(source.engine, _Executor(_Reader(source.options)), job)
        yield _Read(tuple(unit for units in job for unit in units), seen, tuple(readings))


@dataclass(frozen=True, slots=True)
class _Executor:
    """The same as a reader, of files that an executor has to see."""

    reader: "_Reader"

    def __call__(self, units: Sequence[Unit]) -> tuple[pl.DataFrame, Sequence[Reading]]:
        from longtail.pipelines.on_spark import refuse_unseen

        refuse_unseen(unit.part.path for unit in units)
        read = self.reader(units)
        return read.seen, read.readings


@dataclass(frozen=True, slots=True)
class _Reader:
    """Some units → what they amount to; in a worker."""

    options: telemetry.Options

    def __call__(self, units: Sequence[Unit]) -> _Read:
        readings: list[Reading] = []
        table = narrowed(self._events(units, readings))
        return _Read(tuple(units), table, tuple(readings))

    def _events(self, units: Sequence[Unit], readings: list[Reading]) -> Iterator[pl.DataFrame]:
        for unit in units:
            reader = telemetry.read(unit.part, self.options)
            yield from (_shown(events, unit) for events in reader)
            readings.extend(_reading_shown(reading, unit) for reading in reader.readings)


def _shown(events: pl.DataFrame, unit: Unit) -> pl.DataFrame:
    """Events of a pipe name the pipe, not the file it was kept in."""
    if unit.shown == unit.part.path:
        return events
    return events.with_columns(pl.col("source").str.replace(unit.part.path, unit.shown, literal=True))


def _reading_shown(reading: Reading, unit: Unit) -> Reading:
    return replace(reading, path=unit.shown + reading.path.removeprefix(unit.part.path))


class _Keeper:
    """What was read and is not committed yet, and the count of what was."""

    def __init__(self, place: str, options: telemetry.Options) -> None:
        self.place = place
        self.options = options
        self.table = store.created(place)
        self.counted = set(store.units_in(self.table))
        self.since: set[str] = set()
        self.known_to = self.table.version()
        self.commits = self.process_starts = self.rows = 0
        self.readings: list[Reading] = []
        self.overtaken: set[str] = set()
        self.changed: set[str] = set()
        self.scattered = 0
        self._empty()

    def take(self, read: _Read) -> None:
        """Keeps what was read, and commits when that is enough."""
        self.units.extend(read.units)
        self.fold.add(read.seen)
        self.waiting.extend(read.readings)
        self.size += sum(unit.part.size for unit in read.units)
        if self.fold.merged.height + self.fold.rows >= COMMIT_ROWS or self.size >= COMMIT_BYTES:
            self.commit()

    def commit(self) -> None:
        """Commits all that waits.

        Raises:
            StoreError: nothing of it was committed.
        """
        read = _Read(tuple(self.units), self.fold.whole(), tuple(self.waiting))
        self._empty()
        for _ in range(ATTEMPTS):
            read = self._still_to_count(read)
            try:
                self._commit(read)
            except store.Conflict:
                self.table = store.opened(self.place)
                continue
            return
        raise store.StoreError(f"{self.place}: other writers came first {ATTEMPTS} times; what was committed stands")

    def _commit(self, read: _Read) -> None:
        units = [unit for unit in read.units if unit.pieces > 1 or unit.shown in _giving(read)]
        if units:
            names = {unit.shown for unit in units}
            seen = _of_most_days(read.seen)
            aliases = {unit.alias for unit in units if unit.alias}
            commit = store.appended(self.table, seen, [unit.name for unit in units], names, aliases)
            self.commits += 1
            self.rows += seen.height
            self.scattered += read.seen["day"].n_unique() - seen["day"].n_unique()
            self.process_starts += sum(commit.starts.values())
        self.readings.extend(read.readings)

    def _still_to_count(self, read: _Read) -> _Read:
        """The same without what others counted meanwhile and without what changed: read again, if that is less."""
        self.since |= store.units_in(self.table, self.known_to)
        self.counted |= self.since
        self.known_to = self.table.version()
        begun = pieces_counted(self.since)
        others = {
            unit
            for unit in read.units
            if unit.name in self.counted or cut_otherwise(begun, store.content_of(unit.name), unit.pieces)
        }
        changed = {unit for unit in read.units if not unchanged(unit)}
        self.overtaken |= {unit.shown for unit in others}
        self.changed |= {unit.shown for unit in changed - others}
        left = tuple(unit for unit in read.units if unit not in others | changed)
        return read if len(left) == len(read.units) else _Reader(self.options)(left)

    def _empty(self) -> None:
        self.units: list[Unit] = []
        self.waiting: list[Reading] = []
        self.fold = Fold()
        self.size = 0


def _of_most_days(seen: pl.DataFrame) -> pl.DataFrame:
    """The sightings of the days that have most of them: no broken clock makes a commit of ten thousand files."""
    days = seen.group_by("day").len().sort("len", "day", descending=True)
    return seen if days.height <= MOST_DAYS else seen.join(days.head(MOST_DAYS), on="day", how="semi")


def _giving(read: _Read) -> Collection[str]:
    """The files that gave a process start: what gave none is not marked as counted, so it can be sent again."""
    shown = {unit.shown for unit in read.units}
    starts: Counter[str] = Counter()
    for reading in read.readings:
        starts[_outer(reading.path, shown)] += reading.process_starts
    return {path for path, number in starts.items() if number}


def _outer(path: str, known: Collection[str]) -> str:
    """The file that a member of an archive (``outer.zip!inner``) lies in."""
    while path not in known and "!" in path:
        path = path.rpartition("!")[0]
    return path
