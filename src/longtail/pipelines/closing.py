"""Article 2: inventory × openings → port profiles → recommendations."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from longtail import network, telemetry
from longtail.pipelines.kept import called, kept
from longtail.pipelines.observing import files_here, observed
from longtail.pipelines.reading import LOCAL, Source, Tell
from longtail.ports.evidence import Evidence
from longtail.ports.findings import Ports
from longtail.ports.inventory import inventory
from longtail.ports.judgement import EVERYTHING, Wanted, recommended
from longtail.ports.neighbours import resembled
from longtail.readings import OF_PORTS, Reading
from longtail.settings import Settings

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

    def started(self) -> Source:
        """Where process starts are read from."""
        return Source(self.paths, self.options, self.processes, self.engine, self.table)


def ports(request: PortsRequest, tell: Tell = lambda progress: None) -> Ports:
    """Read what runs where and what is open to whom, learn what accompanies each port, recommend.

    Raises:
        NothingToRead: no path matches.
    """
    with kept(request) as given:
        return called(ports_beside(given, *observed(given.started(), tell)), request, given)


def ports_beside(request: PortsRequest, seen: pl.DataFrame, started: tuple[Reading, ...]) -> Ports:
    """What ``ports`` finds where the process starts were read already (``seen`` as sightings, ``started`` by file)."""
    openings = network.network(request.exports, request.ownership)
    evidence, readings = known(request, seen, started)
    found = recommended(openings, evidence, request.settings, request.wanted)
    return replace(found, readings=_each_once((*readings, *found.readings)))


def neighbours(request: PortsRequest, labels: pl.DataFrame, tell: Tell = lambda progress: None) -> Ports:
    """The same method on any label of machines (schema ``LABELS``): who does not look like its neighbours."""
    with kept(request) as given:
        evidence, readings = known(given, *observed(given.started(), tell))
        return called(replace(resembled(labels, evidence, given.settings), readings=readings), request, given)


def known(
    request: PortsRequest, starts: pl.DataFrame, started: tuple[Reading, ...]
) -> tuple[Evidence, tuple[Reading, ...]]:
    """What the telemetry says of machines: what runs, what listens, what was attacked; and what each file gave."""
    states = telemetry.gathered(files_here(request.paths), request.options)
    evidence = Evidence(inventory(starts, states.running), states.listening, states.attacked, states.torn)
    return evidence, _each_once((*map(_for_ports, started), *states.readings))


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
