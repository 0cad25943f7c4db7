"""Article 1: telemetry → sightings → prevalence → anomalies → alerts."""

from dataclasses import dataclass, field

import polars as pl

from longtail import telemetry
from longtail.pipelines.reading import Source, Tell, observed
from longtail.prevalence.findings import Hunt
from longtail.prevalence.judgement import judged
from longtail.readings import Reading
from longtail.settings import Settings


@dataclass(frozen=True, slots=True)
class Request:
    """What to hunt in: paths, how to read them, whom to judge, and how many processes may work."""

    paths: tuple[str, ...]
    options: telemetry.Options = field(default_factory=telemetry.Options)
    settings: Settings = field(default_factory=Settings)
    accounts: tuple[str, ...] = ("auto",)
    baseline: tuple[str, ...] = ()
    processes: int = 1

    def source(self, paths: tuple[str, ...]) -> Source:
        """Some paths, to be read as this request says."""
        return Source(paths, self.options, self.processes)


def hunt(request: Request, tell: Tell = lambda progress: None) -> Hunt:
    """Read, count, judge, explain: everything one hunt finds.

    Raises:
        NothingToRead: no path matches.
    """
    seen, readings = observed(request.source(request.paths), tell)
    return hunted(request, seen, readings, tell)


def hunted(
    request: Request, seen: pl.DataFrame, readings: tuple[Reading, ...], tell: Tell = lambda progress: None
) -> Hunt:
    """What a hunt finds in sightings (``SIGHTING``) that were read already; a baseline is still to be read.

    Raises:
        NothingToRead: no path of the baseline matches.
    """
    baseline = observed(request.source(request.baseline), tell)[0] if request.baseline else None
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
