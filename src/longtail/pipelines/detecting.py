"""Detections beside the model: telemetry is read once, and rules fire on every account and tenant in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from longtail.detections import firing
from longtail.detections.alarms import Looked, alarms, together
from longtail.detections.firing import FIRED, KNOWN, fired
from longtail.detections.matching_terms import Rule
from longtail.detections.sigma_scope import applicability
from longtail.detections.tried import RuleFiles
from longtail.executions.claims import reclassified
from longtail.executions.schema import SIGHTING
from longtail.executions.sightings import in_order, merge, sightings
from longtail.outputs.wording import count, of
from longtail.pipelines.hunting import Request, hunted
from longtail.pipelines.reading import Tell, Waist, summed
from longtail.pipelines.rule_files import rule_files, rule_readings
from longtail.prevalence.findings import Alert, Hunt

WHO = ["tenant", "host", "account"]


def hunt_with_rules(request: Request, rules: Sequence[str], tell: Tell = lambda progress: None) -> Hunt:
    """Everything a hunt finds, and an alert for each rule that fires on an account, a host and a day.

    ``rules`` are paths of Sigma rule files. A rule that asks for what no process start tells is named in the notes.

    Raises:
        NothingToRead: no path matches, or a folder of rules has none in it.
        LongtailError: the extra for Sigma is not installed.
    """
    files = rule_files(rules)
    usable = [rule for rule in files.rules if applicability(rule, KNOWN).applicable]
    both, readings = summed(request.source(request.paths), with_rules(usable), tell)
    seen = in_order(_sightings(both))
    found = hunted(request, seen, readings, tell)
    alerts = alarms(usable, _classed(_firings(both), seen), _looked(found, seen))
    told = alerts[: request.settings.most_alerts]
    return replace(
        found,
        alerts=together(found.alerts, told),
        readings=(*found.readings, *rule_readings(files)),
        notes=(*found.notes, *_notes(files, usable, told, len(alerts))),
    )


@dataclass(frozen=True, slots=True)
class _Both:
    """A batch of process starts → its sightings, and what the rules fire on, in one table; runs in a worker."""

    rules: tuple[Rule, ...]

    def __call__(self, events: pl.DataFrame) -> pl.DataFrame:
        return pl.concat([sightings(events), fired(self.rules, events)], how="diagonal")


def with_rules(rules: Sequence[Rule]) -> Waist:
    """The waist of a hunt that runs rules as well: rows without a ``rule`` are sightings, the others ``FIRED``."""
    return Waist(_Both(tuple(rules)), _merged)


def _merged(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    rows = list(tables)
    return pl.concat([merge(map(_sightings, rows)), firing.merge(map(_firings, rows))], how="diagonal")


def _sightings(both: pl.DataFrame) -> pl.DataFrame:
    return both.filter(pl.col("rule").is_null()).select(list(SIGHTING))


def _firings(both: pl.DataFrame) -> pl.DataFrame:
    return both.filter(pl.col("rule").is_not_null()).select(list(FIRED))


def _classed(firings: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """With the class of each account, as most of the whole telemetry tells it."""
    ours = seen.join(firings.select(WHO).unique(), on=WHO, how="semi")
    if ours.is_empty():
        return firings.with_columns(pl.lit("other").alias("account_class"))
    classes = reclassified(seen).join(ours.select(WHO).unique(), on=WHO, how="semi")
    return firings.join(classes.group_by(WHO).agg(pl.col("account_class").mode().min()), on=WHO, how="left")


def _looked(found: Hunt, seen: pl.DataFrame) -> Looked:
    days = seen.select("tenant", "host", "day").unique()
    return Looked(found.hosts, days["day"].n_unique(), days.height, found.process_starts)


def _notes(files: RuleFiles, usable: Sequence[Rule], told: Sequence[Alert], fires: int) -> tuple[str, ...]:
    """What a person should know of the rules: how many alerts are theirs, which could not run, which were no rules."""
    of_rules = len({each.title for each in told})
    left = (
        (fires - len(told), "alert", "less alarming, not told"),
        (len(files.rules) - len(usable), "rule", "not run: no process start has the fields that they depend on"),
        (len(files.passed_over), "rule", "about other events than process starts"),
        (len(files.refused), "rule", "that could not be read"),
    )
    return (
        f"{count(len(told), 'alert')} of {of(of_rules, len(files.rules), 'rule')}",
        *(f"{count(number, noun)} {what}" for number, noun, what in left if number),
    )
