"""Sightings → a judgement: which populations can be judged, what in them is anomalous, and the alerts that tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from longtail.executions.claims import reclassified
from longtail.executions.places import Places, places
from longtail.executions.schema import EXAMPLE, UTC_TIME
from longtail.prevalence import explain, incidents, severity
from longtail.prevalence.anomalies import counted, priced, weighed
from longtail.prevalence.behaviours import BEHAVIOUR, POPULATION, UNIT, Meant, aspects, behaviours, located, meanings
from longtail.prevalence.findings import Alert, Bar, Population, Severity
from longtail.prevalence.grounds import GROUND, Memory, alarmed, excused, grounds, learnable, notable, of_cards
from longtail.prevalence.likeness import Common, Likeness, common_executables, likeness
from longtail.prevalence.population import measured, selected
from longtail.prevalence.rollouts import rollouts
from longtail.prevalence.surprise import exposures, surprise
from longtail.settings import Settings

MOST_SIMILAR = 20
TAIL_SHARE = 0.05  # of the hosts: an executable on no more of them lies in the tail of the chart


@dataclass(frozen=True, slots=True)
class Judgement:
    """Alerts (most alarming first), every population with its verdict, and how many host-days were judged.

    ``grounds`` has what each alert rests on: ``alert`` (its id), the columns of ``GROUND``, when it was seen ``last``.
    """

    alerts: tuple[Alert, ...]
    populations: tuple[Population, ...]
    host_days: int
    notes: tuple[str, ...]
    grounds: pl.DataFrame = field(compare=False, repr=False)


@dataclass(frozen=True)
class _Weighed:
    """Behaviours with their bits, and by which of their aspects they surprise (``notable``)."""

    each: pl.DataFrame
    notable: pl.DataFrame


NO_MEMORY = Memory()


def model(sightings: pl.DataFrame, memory: Memory = NO_MEMORY) -> tuple[pl.DataFrame, Places]:
    """Sightings located in the places that the whole fleet's directories cluster into, accounts classed by ancestry.

    What ``memory`` keeps out of learning is not among them, unless it is judged.
    """
    classed = learnable(reclassified(sightings), memory.left_out)
    found = places(classed.select("name", "zone", "location", "tenant", "host").unique())
    return located(classed, found.mapping), found


def judged(
    sightings: pl.DataFrame,
    settings: Settings,
    accounts: Sequence[str] = ("auto",),
    baseline: pl.DataFrame | None = None,
    memory: Memory = NO_MEMORY,
) -> Judgement:
    """The judgement of ``sightings`` (the waist), learnt from themselves or from ``baseline`` sightings.

    ``accounts`` are ``auto`` (the stable ones), ``all``, account names or account classes. ``memory`` is what earlier
    alerts and their dismissals taught.
    """
    placed, _ = model(_together(sightings, baseline), memory)
    populations = selected(measured(placed), accounts, settings)
    chosen = placed.join(populations.filter("judged").select(POPULATION), on=POPULATION, how="semi")
    weighed_up = _weighed(chosen, settings, memory)
    told = stories(weighed_up.each, chosen, common_executables(placed), settings)
    anomalous = {
        (row["tenant"], row["account_class"], row["executable"])
        for story in told
        for row in story.anomalies
        if row["executable_bits"] >= row["told_bits"]
    }
    alerts, cards = alerts_of(told), rollouts(placed)
    return Judgement(
        (*alerts, *cards),
        _populations(populations, placed, anomalous),
        _host_days(chosen),
        (),
        pl.concat([_grounds(alerts, told, weighed_up, chosen), of_cards(cards, placed)]),
    )


def meant(sightings: pl.DataFrame, settings: Settings) -> Meant:
    """What the texts mean that judging by these sightings looks at: worked out once for many judgements."""
    placed, _ = model(_together(sightings, None))
    populations = selected(measured(placed), ("auto",), settings)
    return meanings(behaviours(placed.join(populations.filter("judged"), on=POPULATION, how="semi")))


def _together(sightings: pl.DataFrame, baseline: pl.DataFrame | None) -> pl.DataFrame:
    """What is judged, and what is only learnt from, in one table."""
    mine = sightings.with_columns(pl.lit(True).alias("judged"))
    if baseline is None:
        return mine
    return pl.concat([mine, baseline.with_columns(pl.lit(False).alias("judged"))])


def _weighed(chosen: pl.DataFrame, settings: Settings, memory: Memory) -> _Weighed:
    """The behaviours of the judged populations with their bits, their counts and their price."""
    each = behaviours(chosen)
    if each.is_empty():
        return _Weighed(each, each)
    found = alarmed(aspects(each, memory.meant), chosen, memory.left_out)
    surprises = surprise(found, exposures(chosen))
    full = counted(priced(weighed(each, found, surprises), settings.anomaly_bits), chosen)
    return _Weighed(excused(full, chosen, memory.excused), notable(found, surprises))


def _grounds(
    alerts: Sequence[Alert], stories: Sequence[explain.Told], found: _Weighed, chosen: pl.DataFrame
) -> pl.DataFrame:
    """What the alerts of the stories rest on; the two stand in one order."""
    numbers = [
        (alert.id, row["behaviour"])
        for alert, story in zip(alerts, stories, strict=True)
        for row in (*story.anomalies, *explain.weaker(story))
    ]
    if not numbers:
        return pl.DataFrame(schema={"alert": pl.String, **GROUND, "last": UTC_TIME})
    told = pl.DataFrame(numbers, schema={"alert": pl.String, "behaviour": found.each.schema["behaviour"]}, orient="row")
    return grounds(told.join(found.each.select("behaviour", *BEHAVIOUR, "last"), on="behaviour"), found.notable, chosen)


def _host_days(located: pl.DataFrame) -> int:
    return located.filter("judged").select(*UNIT[:1], "host", "day").n_unique() if located.height else 0


def stories(
    each: pl.DataFrame,
    chosen: pl.DataFrame,
    common: Mapping[str, dict[str, Common]],
    settings: Settings,
    cut: severity.Thresholds | None = None,
) -> list[explain.Told]:
    """The incidents with their anomalies and surroundings, most alarming first.

    ``each`` are the behaviours with their bits, ``chosen`` the sightings they come from, ``common`` what is common by
    account class. Severities are told by ``cut``, else by the scores of these incidents themselves.
    """
    if each.is_empty():
        return []
    anomalous = each.filter(pl.col("judged") & (pl.col("bits") >= settings.anomaly_bits))
    grouped = incidents.grouped(anomalous, settings.quiet_hours)
    if grouped.is_empty():
        return []
    alike = likenesses(grouped, common)
    scored = incidents.scored(grouped, alike).sort("score", "incident", descending=[True, False])
    cut = cut or thresholds(scored["score"], chosen, settings)
    told = scored.head(settings.most_alerts)
    contexts = explain.contexts(told, _surroundings(each, chosen, told, settings))
    members = grouped.partition_by("incident", as_dict=True)
    anomalies = [members[(number,)].sort("onset", "behaviour").to_dicts() for number in told["incident"]]
    severities = _of_campaigns([cut.severity(score) for score in told["score"]], anomalies)
    return [
        explain.Told(incident, rows, contexts.get(incident["incident"], []), level, alike)
        for incident, rows, level in zip(told.to_dicts(), anomalies, severities, strict=True)
    ]


def thresholds(scores: pl.Series, chosen: pl.DataFrame, settings: Settings) -> severity.Thresholds:
    """From which score on incidents are of each severity, by the scores of those on the host-days that are judged."""
    return severity.thresholds(scores.to_numpy(), _host_days(chosen), settings.budget, settings.least_score)


def _of_campaigns(levels: Sequence[Severity], stories: Sequence[Sequence[dict[str, Any]]]) -> list[Severity]:
    """Severities, at least medium for each host that a program reached which is medium or worse on another."""
    reached = [incidents.spreading(story) for story in stories]
    raised = {name for level, names in zip(levels, reached, strict=True) if level >= Severity.MEDIUM for name in names}
    return [
        max(level, Severity.MEDIUM) if names & raised else level for level, names in zip(levels, reached, strict=True)
    ]


def _surroundings(each: pl.DataFrame, chosen: pl.DataFrame, scored: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """What else the actors ran on which day, with the day's own example and the behaviour's numbers."""
    days = chosen.join(scored.select(incidents.ACTOR).unique(), on=incidents.ACTOR, how="semi").select(
        *BEHAVIOUR, pl.col("first_seen").alias("onset"), pl.col("last_seen").alias("last"), *EXAMPLE
    )
    usual = each.filter(pl.col("bits") < settings.anomaly_bits).drop("onset", "last", *EXAMPLE)
    return days.join(usual, on=BEHAVIOUR, nulls_equal=True)


def likenesses(anomalous: pl.DataFrame, common: Mapping[str, dict[str, Common]]) -> dict[int, Likeness]:
    """What each anomalous executable resembles among the common ones of its account class, by behaviour."""
    kinds = {
        kind: likeness(kind[0], kind[1], common.get(kind[2], {}))
        for kind in anomalous.select("executable", "zone", "account_class").unique().iter_rows()
    }
    numbered = anomalous.select("behaviour", "executable", "zone", "account_class").iter_rows()
    return {number: kinds[kind] for number, *parts in numbered if (kind := tuple(parts))}


def alerts_of(stories: Sequence[explain.Told]) -> list[Alert]:
    """The alerts of the stories, each naming the others that share a technique."""
    alerts = [explain.alert(story) for story in stories]
    by_technique: dict[str, list[str]] = {}
    for each in alerts:
        for technique in each.techniques:
            by_technique.setdefault(technique, []).append(each.id)
    return [replace(each, similar=_similar(each, by_technique)) for each in alerts]


def _similar(alert: Alert, by_technique: dict[str, list[str]]) -> tuple[str, ...]:
    shared = (id for technique in alert.techniques for id in by_technique[technique] if id != alert.id)
    return tuple(dict.fromkeys(shared))[:MOST_SIMILAR]


def _populations(
    measures: pl.DataFrame, located: pl.DataFrame, anomalous: set[tuple[str, str, str]]
) -> tuple[Population, ...]:
    return tuple(
        Population(
            tenant=row["tenant"],
            account_class=row["account_class"],
            accounts=tuple(row["accounts"]),
            hosts=row["hosts"],
            days=row["span"],
            runs=row["runs"],
            executables=row["executables"],
            stability=row["stability"],
            unseen_mass=row["unseen"] or 0.0,
            judged=row["judged"],
            reason=row["reason"],
            bars=_bars(row, located, anomalous) if row["judged"] else (),
        )
        for row in measures.iter_rows(named=True)
    )


def _bars(population: dict[str, Any], located: pl.DataFrame, anomalous: set[tuple[str, str, str]]) -> tuple[Bar, ...]:
    """The ranked prevalence of a population: its executables by the share of hosts that ran them."""
    of = (population["tenant"], population["account_class"])
    ranked = (
        located.filter((pl.col("tenant") == of[0]) & (pl.col("account_class") == of[1]))
        .group_by("executable")
        .agg(
            pl.col("zone").min(),
            pl.col("host").n_unique().alias("hosts"),
            pl.col("day").n_unique().alias("days"),
            pl.col("runs").sum(),
        )
        .sort("hosts", "days", "executable", descending=[True, True, False])
    )
    return tuple(
        Bar(
            row["executable"], row["zone"], row["hosts"], row["days"], row["runs"], row["hosts"] / population["hosts"],
            row["hosts"] <= max(1, TAIL_SHARE * population["hosts"]), (*of, row["executable"]) in anomalous,
        )
        for row in ranked.iter_rows(named=True)
    )  # fmt: skip
