"""What is new in a moment, with its bits → its alerts, by what was learnt of names, places and scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from longtail.executions.schema import UTC_TIME
from longtail.prevalence.behaviours import BEHAVIOUR
from longtail.prevalence.findings import Alert
from longtail.prevalence.grounds import EXCUSED, GROUND, excused
from longtail.prevalence.incidents import ACTOR, anomalous
from longtail.prevalence.judgement import Weighed, resting
from longtail.prevalence.likeness import Common
from longtail.prevalence.placed import Known
from longtail.prevalence.severity import Thresholds
from longtail.prevalence.stories import Scene, alerts_of, stories
from longtail.settings import Settings

NOBODY_EXCUSED = pl.DataFrame(schema=EXCUSED)


@dataclass(frozen=True)
class Judged:
    """The alerts of a moment and their ``grounds`` (as of a judgement); and what would have alarmed, had nobody
    dismissed it: who did what, where."""

    alerts: tuple[Alert, ...] = ()
    grounds: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"alert": pl.String(), **GROUND, "last": UTC_TIME})
    )
    dismissed: frozenset[tuple[str | None, ...]] = frozenset()

    def __add__(self, other: "Judged") -> "Judged":
        """Both, which are of different accounts."""
        grounds = pl.concat([self.grounds, other.grounds])
        return Judged((*self.alerts, *other.alerts), grounds, self.dismissed | other.dismissed)


@dataclass(frozen=True)
class Terms:
    """What was learnt that every moment is told by: where programs lie and whose they are (``known``), which are
    ``common`` by account class, and from which score on (``cut``) an incident is of which severity."""

    known: Known
    common: Mapping[str, dict[str, Common]]
    cut: Thresholds
    settings: Settings

    def placed(self, mine: pl.DataFrame, fresh: pl.Series) -> pl.DataFrame:
        """Of classed sightings those in the ``fresh`` rows (numbered in ``row``), as located habits that are judged.

        Where programs lie is worked out beside all sightings, and only where there is any news.
        """
        if fresh.is_empty():
            return mine.clear()
        news = self.known.placed(mine).filter(pl.col("row").is_in(fresh.implode())).drop("row")
        return news.with_columns(pl.concat_list("day").alias("days"), pl.lit(True).alias("judged"))

    def told(self, alarming: Weighed, seen: pl.DataFrame, now: pl.DataFrame, dismissed: pl.DataFrame) -> Judged:
        """The alerts of behaviours in located habits (``seen``), of which those in ``now`` are the news.

        What somebody ``dismissed`` (``EXCUSED``) alarms no more.
        """
        left = Weighed(excused(alarming.each, seen, dismissed), alarming.notable)
        scene = Scene(left.each, lambda told: now.join(told, on=ACTOR, how="semi"), self.common)
        told, _ = stories(scene, self.settings, lambda _: self.cut)
        alerts = alerts_of(told)
        silent = self._anomalous(alarming.each).join(self._anomalous(left.each), on="behaviour", how="anti")
        grounds = resting(alerts, told, left, seen)
        return Judged(tuple(alerts), grounds, frozenset(silent.select(BEHAVIOUR).iter_rows()))

    def _anomalous(self, each: pl.DataFrame) -> pl.DataFrame:
        return anomalous(each, self.settings.anomaly_bits)
