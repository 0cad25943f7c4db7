"""The pipelines as they read on paper: telemetry → sightings → judgement; inventory × openings → recommendations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from longtail import network, telemetry
from longtail.engines import local
from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import in_order, merge, sightings
from longtail.ports.evidence import Evidence
from longtail.ports.findings import Ports
from longtail.ports.inventory import inventory, looked_at
from longtail.ports.judgement import EVERYTHING, Wanted, recommended
from longtail.ports.neighbours import resembled
from longtail.prevalence.findings import Hunt
from longtail.prevalence.judgement import judged
from longtail.readings import Reading
from longtail.settings import Settings

SMALL = 8 << 20  # bytes of telemetry under which starting a second process costs more than it saves
BUNDLE = 8 << 20  # bytes of small files that are one piece of work
MOST_BUNDLED = 256  # files of one piece of work
BATCH_ROWS = 200_000  # process starts that are given meaning together
UNKNOWN = "unknown"  # the format of a file that nobody could use
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
class PortsRequest:
    """What ``ports`` is to look at: telemetry of all kinds, network exports, and which ports (all, by default)."""

    paths: tuple[str, ...]
    exports: tuple[str, ...]
    options: telemetry.Options = field(default_factory=telemetry.Options)
    ownership: network.Options = field(default_factory=network.Options)
    settings: Settings = field(default_factory=Settings)
    wanted: Wanted = EVERYTHING
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


def ports(request: PortsRequest, tell: Tell = lambda progress: None) -> Ports:
    """Read what runs where and what is open to whom, learn what accompanies each port, recommend.

    Raises:
        NothingToRead: no path matches.
    """
    openings = network.network(request.exports, request.ownership)
    evidence, readings = known(request, tell)
    found = recommended(openings, evidence, request.settings, request.wanted)
    return replace(found, readings=_each_once((*readings, *found.readings)))


def neighbours(request: PortsRequest, labels: pl.DataFrame, tell: Tell = lambda progress: None) -> Ports:
    """The same method on any label of machines (schema ``LABELS``): who does not look like its neighbours."""
    evidence, readings = known(request, tell)
    return replace(resembled(labels, evidence, request.settings), readings=readings)


def known(request: PortsRequest, tell: Tell = lambda progress: None) -> tuple[Evidence, tuple[Reading, ...]]:
    """What the telemetry says of machines: what runs, what listens, what was attacked; and what each file gave."""
    starts, started = observed(Request((), request.options, processes=request.processes), request.paths, tell)
    states = telemetry.gathered(request.paths, request.options)
    evidence = Evidence(inventory(starts, states.running), states.listening, states.attacked, looked_at(states.running))
    return evidence, _each_once((*started, *states.readings))


def _each_once(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """A folder may hold everything: of each file the reading by whoever could use it, starts before all else."""

    def used(reading: Reading) -> tuple[bool, bool]:
        return reading.process_starts > 0, reading.format != UNKNOWN

    best: dict[str, Reading] = {}
    for each in readings:
        if each.path not in best or used(each) > used(best[each.path]):
            best[each.path] = each
    return tuple(best[path] for path in sorted(best))


def observed(
    request: Request, paths: Sequence[str], tell: Tell = lambda progress: None
) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """The sightings of everything under ``paths``, and what each file gave."""
    parts = telemetry.parts(paths, request.options, request.processes)
    work = bundles(parts)
    total = sum(part.size for part in parts)
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


def bundles(parts: Sequence[telemetry.Part]) -> list[tuple[telemetry.Part, ...]]:
    """Parts as pieces of work: small ones together, so that ten thousand small files are not ten thousand errands."""
    found: list[tuple[telemetry.Part, ...]] = []
    waiting: list[telemetry.Part] = []
    for part in parts:
        waiting.append(part)
        if sum(each.size for each in waiting) >= BUNDLE or len(waiting) >= MOST_BUNDLED:
            found.append(tuple(waiting))
            waiting = []
    return [*found, tuple(waiting)] if waiting else found


@dataclass(frozen=True, slots=True)
class _Sighted:
    """Some parts of the telemetry → (their size, their sightings, what their files gave); runs in a worker."""

    options: telemetry.Options

    def __call__(self, parts: Sequence[telemetry.Part]) -> tuple[int, pl.DataFrame, tuple[Reading, ...]]:
        folded, waiting = Fold(), Batch()
        readings: list[Reading] = []
        for part in parts:
            reader = telemetry.read(part, self.options)
            for events in reader:
                if (full := waiting.add(events)) is not None:
                    folded.add(sightings(full))
            readings.extend(reader.readings)
        folded.add(sightings(waiting.rest()))
        return sum(part.size for part in parts), folded.whole(), tuple(readings)


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
