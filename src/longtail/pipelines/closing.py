"""Article 2: inventory × openings → port profiles → recommendations."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from longtail import network, telemetry
from longtail.pipelines.kept import called, kept
from longtail.pipelines.observing import files_here, observed, refuse_table
from longtail.pipelines.reading import LOCAL, Source, Tell, Waist, summed
from longtail.ports.evidence import Evidence
from longtail.ports.findings import Ports
from longtail.ports.inventory import inventory
from longtail.ports.judgement import EVERYTHING, Wanted, recommended
from longtail.ports.neighbours import resembled
from longtail.ports.started import merged, started, started_of
from longtail.readings import OF_PORTS, Reading
from longtail.settings import Settings

STARTS = Waist(started, merged)
UNKNOWN = "unknown"  # the format of a file that nobody could use


@dataclass(frozen=True, slots=True)
class PortsRequest:
    """What ``ports`` is to look at: telemetry of all kinds, network exports, and which ports (all, by default).

    Process starts are read on the engine, of a ``table`` too if it is Spark's; all else, which is little, is read here.
    """

    paths: tuple[str, ...]
    exports: tuple[str, ...]
    options: telemetry.Options = field(default_factory=telemetry.Options)
    ownership: network.Options = field(default_factory=network.Options)
    settings: Settings = field(default_factory=Settings)
    wanted: Wanted = EVERYTHING
    processes: int = 1
    engine: str = LOCAL
    table: telemetry.Table | None = None

    def source(self) -> Source:
        """Where process starts are read from."""
        return Source(self.paths, self.options, self.processes, self.engine, self.table)


def ports(request: PortsRequest, tell: Tell = lambda progress: None) -> Ports:
    """Read what runs where and what is open to whom, learn what accompanies each port, recommend.

    Raises:
        NothingToRead: no path matches.
    """
    with kept(request) as given:
        return called(_ports(given, *_starts(given.source(), tell)), request, given)


def ports_beside(request: PortsRequest, seen: pl.DataFrame, readings: tuple[Reading, ...]) -> Ports:
    """What ``ports`` finds where the process starts were read already (``seen`` as sightings, ``readings`` by file)."""
    return _ports(request, started_of(seen), readings)


def _ports(request: PortsRequest, starts: pl.DataFrame, read: tuple[Reading, ...]) -> Ports:
    openings = network.network(request.exports, request.ownership)
    evidence, readings = known(request, starts, read)
    found = recommended(openings, evidence, request.settings, request.wanted)
    return replace(found, readings=_each_once((*readings, *found.readings)))


def neighbours(request: PortsRequest, labels: pl.DataFrame, tell: Tell = lambda progress: None) -> Ports:
    """The same method on any label of machines (schema ``LABELS``): who does not look like its neighbours."""
    with kept(request) as given:
        evidence, readings = known(given, *_starts(given.source(), tell))
        return called(replace(resembled(labels, evidence, given.settings), readings=readings), request, given)


def known(
    request: PortsRequest, starts: pl.DataFrame, read: tuple[Reading, ...]
) -> tuple[Evidence, tuple[Reading, ...]]:
    """What the telemetry says of machines: what runs, what listens, what was attacked; and what each file gave.

    ``starts`` (``STARTED``) were ``read`` already.
    """
    states = telemetry.gathered(files_here(request.paths), request.options)
    evidence = Evidence(inventory(starts, states.running), states.listening, states.attacked, states.torn)
    return evidence, _each_once((*map(_for_ports, read), *states.readings))


def _starts(source: Source, tell: Tell) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """What started where: read here, a fleet's starts are never in memory as sightings, which are many more."""
    if source.engine != LOCAL:
        seen, readings = observed(source, tell)
        return started_of(seen), readings
    refuse_table(source)
    return summed(source, STARTS, tell)


def _for_ports(reading: Reading) -> Reading:
    """A reading for hunts, without what is said to hunters of what ports uses."""
    return replace(reading, notes=tuple(note for note in reading.notes if OF_PORTS not in note))


def _each_once(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """A folder may hold everything: of each file the reading by whoever could use it, starts before all else.

    Of two that know its format, the one that quarantined more looked closer.
    """

    def used(reading: Reading) -> tuple[bool, bool, int]:
        return reading.process_starts > 0, reading.format != UNKNOWN, reading.quarantined

    best: dict[str, Reading] = {}
    for each in readings:
        if each.path not in best or used(each) > used(best[each.path]):
            best[each.path] = each
    return tuple(best[path] for path in sorted(best))
