"""Article 1: telemetry → sightings → prevalence → anomalies → alerts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

import polars as pl

from longtail import telemetry
from longtail.pipelines.observing import observed
from longtail.pipelines.reading import LOCAL, Source, Tell
from longtail.prevalence.findings import Hunt, Population
from longtail.prevalence.judgement import judged
from longtail.readings import OF_BASELINE, Reading
from longtail.settings import Settings


@dataclass(frozen=True, slots=True)
class Request:
    """What to hunt in: paths, how to read them, whom to judge, how many processes may work, and which engine.

    Spark reads a ``table`` beside the paths; a baseline is paths.
    """

    paths: tuple[str, ...]
    options: telemetry.Options = field(default_factory=telemetry.Options)
    settings: Settings = field(default_factory=Settings)
    accounts: tuple[str, ...] = ("auto",)
    baseline: tuple[str, ...] = ()
    processes: int = 1
    engine: str = LOCAL
    table: telemetry.Table | None = None

    def source(self, paths: tuple[str, ...]) -> Source:
        """Some paths, to be read as this request says."""
        return Source(paths, self.options, self.processes, self.engine)

    def judged(self) -> Source:
        """What is to be judged, and to be learnt from where there is no baseline."""
        return replace(self.source(self.paths), table=self.table)

    def learnt(self) -> Source:
        """The baseline, all of it: from when until when bounds what is judged."""
        return replace(self.source(self.baseline), options=replace(self.options, since=None, until=None))


def hunt(request: Request, tell: Tell = lambda progress: None) -> Hunt:
    """Read, count, judge, explain: everything one hunt finds.

    Raises:
        NothingToRead: no path matches.
    """
    seen, readings = observed(request.judged(), tell)
    return hunted(request, seen, readings, tell)


def hunted(
    request: Request, seen: pl.DataFrame, readings: tuple[Reading, ...], tell: Tell = lambda progress: None
) -> Hunt:
    """What a hunt finds in sightings (``SIGHTING``) that were read already; a baseline is still to be read.

    The readings of the baseline follow those of what is judged, and say in a note what they are of.

    Raises:
        NothingToRead: no path of the baseline matches.
    """
    baseline, learnt_from = observed(request.learnt(), tell) if request.baseline else (None, ())
    judgement = judged(seen, request.settings, request.accounts, baseline)
    return Hunt(
        alerts=judgement.alerts,
        populations=judgement.populations,
        readings=(*readings, *map(_of_baseline, learnt_from)),
        first_seen=seen["first_seen"].min() if seen.height else None,  # type: ignore[arg-type]
        last_seen=seen["last_seen"].max() if seen.height else None,  # type: ignore[arg-type]
        hosts=seen.select("tenant", "host").n_unique() if seen.height else 0,
        host_days=judgement.host_days,
        process_starts=sum(reading.process_starts for reading in readings),
        sightings=seen.height,
        budget=request.settings.budget,
        notes=(*judgement.notes, *unknown_accounts(request.accounts, judgement.populations)),
    )


def unknown_accounts(asked: Sequence[str], populations: Sequence[Population]) -> Iterator[str]:
    """A note for each name that is no account and no class here, with those that are written nearly so."""
    known = {name.casefold(): name for each in populations for name in (each.account_class, *each.accounts)}
    for name in asked:
        if name.casefold() not in {*known, "auto", "all"}:
            near = get_close_matches(name.casefold(), known, n=3)
            hint = f"; there is {', '.join(known[each] for each in near)}" if near else ""
            yield f"--account {name}: no account and no account class here has that name{hint}"


def _of_baseline(reading: Reading) -> Reading:
    return replace(reading, notes=(OF_BASELINE, *reading.notes))
