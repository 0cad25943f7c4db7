"""Behaviours with their bits → the incidents they make, with what was around them and their severity, as alerts."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from longtail.executions.schema import EXAMPLE
from longtail.prevalence import explain, incidents
from longtail.prevalence.behaviours import BEHAVIOUR, POPULATION
from longtail.prevalence.companions import companions
from longtail.prevalence.explain import CONTEXT
from longtail.prevalence.findings import Alert
from longtail.prevalence.habits import NAMED_CLASS, SAME, Past, host_days, of_unix
from longtail.prevalence.likeness import Common, Likeness, likeness
from longtail.prevalence.likes import with_likes
from longtail.prevalence.severity import Thresholds
from longtail.prevalence.severity import thresholds as tail_thresholds
from longtail.settings import Settings

ON_DAY = ["tenant", "host", "day"]
_KEY = [NAMED_CLASS if name == "account_class" else name for name in SAME]


@dataclass(frozen=True)
class Scene:
    """What stories are made of: the behaviours with their bits (``each``), what is ``common`` by account class, and how
    to get what the actors of incidents ran around them, day by day (``nearby``)."""

    each: pl.DataFrame
    nearby: Callable[[pl.DataFrame], pl.DataFrame]
    common: Mapping[str, dict[str, Common]]


def stories(
    scene: Scene, settings: Settings, cut: Callable[[pl.DataFrame], Thresholds]
) -> tuple[list[explain.Told], Thresholds]:
    """The incidents with their anomalies and surroundings, highest score first, and the scores of each severity.

    ``cut`` tells those by all incidents (``tenant``, ``account_class``, ``score``).
    """
    grouped = grouped_anomalies(scene.each, settings)
    if grouped.is_empty():
        return [], cut(pl.DataFrame(schema={**dict.fromkeys(POPULATION, pl.String), "score": pl.Float64}))
    alike = likenesses(grouped, scene.common)
    scored = incidents.scored(grouped, alike).sort("score", "incident", descending=[True, False])
    levels = cut(scored)
    told = scored.head(settings.most_alerts)
    usual = scene.each.join(grouped, on="behaviour", how="anti")
    contexts = explain.contexts(told, _surroundings(usual, scene, told))
    members = grouped.partition_by("incident", as_dict=True)
    anomalies = [members[(number,)].sort("onset", "behaviour").to_dicts() for number in told["incident"]]
    scores = _of_campaigns(told["score"], levels, anomalies)
    found = [
        explain.Told(
            {**incident, "score": score},
            rows,
            contexts.get(incident["incident"], []),
            levels.severity(score),
            alike,
            others,
        )
        for incident, rows, score, others in zip(told.to_dicts(), anomalies, scores, companions(anomalies), strict=True)
    ]
    return found, levels


def grouped_anomalies(each: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The anomalies among behaviours that are judged, by ``incident``."""
    if each.is_empty():
        return each
    found = incidents.anomalous(each.filter("judged"), settings.anomaly_bits)
    return incidents.grouped(found, settings.quiet_hours)


def thresholds(scores: pl.Series, chosen: pl.DataFrame, settings: Settings) -> Thresholds:
    """From which score on incidents are of each severity, by the scores of those on the host-days that are judged."""
    return tail_thresholds(scores.to_numpy(), host_days(chosen), settings.budget, settings.least_score)


def _of_campaigns(
    scores: Iterable[float], levels: Thresholds, stories: Sequence[Sequence[dict[str, Any]]]
) -> list[float]:
    """Scores, at least medium's for each host that a program reached which is medium or worse on another."""
    told = [(score, incidents.spreading(story)) for score, story in zip(scores, stories, strict=True)]
    raised = {name for score, names in told if score >= levels.medium for name in names}
    return [max(score, levels.medium) if names & raised else score for score, names in told]


def _surroundings(usual: pl.DataFrame, scene: Scene, told: pl.DataFrame) -> pl.DataFrame:
    """What else the actors ran on which day, with the day's own example and the behaviour's numbers."""
    days = scene.nearby(told).select(
        *BEHAVIOUR, pl.col("first_seen").alias("onset"), pl.col("last_seen").alias("last"), *EXAMPLE
    )
    return days.join(usual.drop("onset", "last", *EXAMPLE), on=BEHAVIOUR, nulls_equal=True)


def day_by_day(seen: pl.DataFrame, before: Past, chosen: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The sightings, judged or learnt from, of the actors of incidents on their days, located as ``chosen`` habits."""
    wanted = told.select(
        "tenant",
        "host",
        pl.date_ranges((pl.col("start") - CONTEXT).dt.date(), (pl.col("end") + CONTEXT).dt.date()).alias("day"),
    )
    wanted = wanted.explode("day").unique()
    both = [
        seen.join(wanted, on=ON_DAY, how="semi").with_columns(pl.lit(True).alias("judged")),
        before.sightings(wanted).with_columns(pl.lit(False).alias("judged")),
    ]
    rows = pl.concat(both).rename({"account_class": NAMED_CLASS}).with_columns(of_unix())
    where = (
        chosen.join(told, on=incidents.ACTOR, how="semi")
        .with_columns(of_unix())
        .select(*_KEY, "judged", "of_unix", "account_class", "executable", "place")
    )
    return rows.join(where, on=[*_KEY, "judged", "of_unix"], nulls_equal=True)


def likenesses(anomalous: pl.DataFrame, common: Mapping[str, dict[str, Common]]) -> dict[int, Likeness]:
    """What each anomalous executable resembles among the common ones of its account class, by behaviour."""
    kinds = {
        kind: likeness(kind[0], kind[1], common.get(kind[2], {}))
        for kind in anomalous.select("executable", "zone", "account_class").unique().iter_rows()
    }
    numbered = anomalous.select("behaviour", "executable", "zone", "account_class").iter_rows()
    return {number: kinds[kind] for number, *parts in numbered if (kind := tuple(parts))}


def alerts_of(stories: Sequence[explain.Told]) -> list[Alert]:
    """The alerts of the stories in their order, no two of one name, each naming others that share a technique."""
    return list(with_likes(told_apart([explain.alert(story) for story in stories])))


def told_apart(alerts: Sequence[Alert]) -> list[Alert]:
    """The alerts in their order; of those that began alike on one day, all but the first in time are numbered.

    One account begins the same twice a day with a quiet half day between, or is known by two classes or spellings.
    """
    in_time = sorted(range(len(alerts)), key=lambda at: (alerts[at].first_seen, alerts[at].account_class,
                                                         alerts[at].account))  # fmt: skip
    apart, seen = list(alerts), Counter[str]()
    for at in in_time:
        id = alerts[at].id
        apart[at] = replace(alerts[at], id=explain.numbered(id, seen[id]))
        seen[id] += 1
    return apart
