"""Sightings → a judgement: which populations can be judged, what in them is anomalous, and the alerts that tell it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from longtail.executions.claims import reclassified
from longtail.executions.installed import SERVICE_MANAGER
from longtail.executions.places import Places, places
from longtail.executions.schema import UTC_TIME
from longtail.prevalence import explain
from longtail.prevalence.anomalies import counted, weighed
from longtail.prevalence.anybody import FIRST, HARM, Judged, everybody, harmful_acts, means_harm, raised
from longtail.prevalence.bars import ranked
from longtail.prevalence.behaviours import (
    BEHAVIOUR,
    POPULATION,
    Meant,
    aspects,
    behaviours,
    coded,
    located,
    meanings,
    spelt,
)
from longtail.prevalence.findings import Alert, Population, most_alarming_first
from longtail.prevalence.grounds import GROUND, Memory, alarmed, excused, grounds, learnable, notable, of_cards
from longtail.prevalence.habits import NAMED_CLASS, Past, habits, host_days, past
from longtail.prevalence.incidents import ACTOR
from longtail.prevalence.likeness import common_executables
from longtail.prevalence.population import measured, selected
from longtail.prevalence.price import priced
from longtail.prevalence.restless import told_apart
from longtail.prevalence.rollouts import rollouts
from longtail.prevalence.sentences import TENANT
from longtail.prevalence.stories import Scene, alerts_of, day_by_day, stories, thresholds
from longtail.prevalence.surprise import exposures, surprises, units
from longtail.prevalence.telling import unexcused
from longtail.settings import Settings


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
class Weighed:
    """Behaviours with their bits, by which of their aspects they surprise (``notable``), and which ``means_harm``."""

    each: pl.DataFrame
    notable: pl.DataFrame
    harm: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=HARM))


NO_MEMORY = Memory()


def model(seen: pl.DataFrame, memory: Memory = NO_MEMORY) -> tuple[pl.DataFrame, Places]:
    """Sightings, or habits, located in the places that the whole fleet's directories cluster into.

    Accounts are classed by ancestry. What ``memory`` keeps out of learning is not among them, unless it is judged.
    """
    classed = learnable(reclassified(seen), memory.left_out)
    seen_at = ["name", "zone", "location", "tenant", "host"]
    served = classed.filter((pl.col("parent") == SERVICE_MANAGER) & pl.col("hosted_by").is_null())
    found = places(classed.select(seen_at).unique(), served=served.select(seen_at).unique())
    return told_apart(located(classed, found.mapping)), found


def judged(
    sightings: pl.DataFrame,
    settings: Settings,
    accounts: Sequence[str] = ("auto",),
    baseline: pl.DataFrame | Past | None = None,
    memory: Memory = NO_MEMORY,
) -> Judgement:
    """The judgement of ``sightings`` (the waist), learnt from themselves, and from ``baseline`` (sightings or a past).

    ``accounts`` are ``auto`` (the stable ones), ``all``, account names or account classes. ``memory`` is what earlier
    alerts and their dismissals taught.
    """
    before = baseline if isinstance(baseline, Past) else past(sightings.clear() if baseline is None else baseline)
    both = _together(habits([sightings]), before.habits)
    nearby = partial(day_by_day, sightings, before)
    return _judged(both, nearby, settings, accounts, memory)


def judged_by_themselves(learnt: pl.DataFrame, settings: Settings, accounts: Sequence[str] = ("auto",)) -> Judgement:
    """The judgement of ``learnt`` habits by themselves; its alerts tell what was new around them alone."""
    both = _together(learnt, learnt.clear())
    return _judged(both, lambda chosen, told: chosen.join(told, on=ACTOR, how="semi"), settings, accounts, NO_MEMORY)


def _judged(
    both: pl.DataFrame,
    nearby: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame],
    settings: Settings,
    accounts: Sequence[str],
    memory: Memory,
) -> Judgement:
    """The judgement of habits; ``nearby`` gives what is around incidents, from the habits chosen and the incidents."""
    placed, _ = model(both, memory)
    populations = selected(measured(placed), accounts, settings)
    modelled = populations.filter("judged").select(POPULATION)
    chosen = placed.join(modelled, on=POPULATION, how="semi")
    left = placed.join(populations.filter("left").select(POPULATION), on=POPULATION, how="semi")
    weighed_up = _weighed(chosen, settings, memory)
    whole = _with_harm(weighed_up, left, placed, settings, memory)
    looked_at = pl.concat([chosen, left])
    told, levels = stories(
        Scene(whole.each, partial(nearby, looked_at), common_executables(placed)),
        settings,
        lambda scored: thresholds(
            scored.join(modelled, on=POPULATION, how="semi")["score"],
            chosen if modelled.height else looked_at,
            settings,
        ),
    )
    anomalous = {
        (row["tenant"], row["account_class"], row["executable"])
        for story in told
        for row in (*story.anomalies, *explain.weaker(story))
        if row["executable_bits"] >= row["told_bits"]
    }
    alerts, cards = alerts_of(told), rollouts(placed, levels)
    return Judgement(
        most_alarming_first((*alerts, *cards)),
        _populations(populations, placed, anomalous),
        host_days(chosen),
        (),
        pl.concat([resting(alerts, told, whole, looked_at), of_cards(cards, placed)]),
    )


def meant(learnt: pl.DataFrame, settings: Settings) -> Meant:
    """What the texts mean that judging by these habits looks at: worked out once for many judgements."""
    placed, _ = model(_together(learnt, learnt.clear()))
    populations = selected(measured(placed), ("auto",), settings)
    return meanings(behaviours(placed.join(populations.filter("judged"), on=POPULATION, how="semi")))


def _together(mine: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Habits that are judged, and that are only learnt from, in one table; by which class each was known at first."""
    flagged = (each.with_columns(pl.lit(judged).alias("judged")) for each, judged in ((mine, True), (before, False)))
    both = pl.concat(flagged)
    return both.with_columns(pl.col("account_class").alias(NAMED_CLASS))


def _weighed(chosen: pl.DataFrame, settings: Settings, memory: Memory) -> Weighed:
    """The behaviours of the judged populations with their bits, their counts and their price."""
    each = behaviours(chosen)
    if each.is_empty():
        return Weighed(each, each)
    found = coded(unexcused(alarmed(aspects(each, memory.meant), chosen, memory.left_out), each))
    shown = units(found, coded(exposures(chosen)))
    rated = surprises(shown)
    bits = spelt(weighed(coded(each), found, rated))
    full = counted(priced(bits, shown, settings.anomaly_bits), chosen)
    return Weighed(excused(full, chosen, memory.excused), spelt(notable(found, rated)), means_harm(found, rated))


def _with_harm(found: Weighed, left: pl.DataFrame, placed: pl.DataFrame, settings: Settings, memory: Memory) -> Weighed:
    """The same with what means harm, judged by all accounts of the fleet together: of accounts that cannot be modelled,
    and of populations of which nobody else does the like."""
    if left.is_empty() and found.harm.is_empty():
        return found
    acts, why = harmful_acts(left, Judged(found.each, found.harm), everybody(placed), settings, memory.meant)
    acts = acts.with_columns(pl.lit(TENANT).alias("among"))
    if found.each.is_empty():
        return Weighed(excused(acts, placed, memory.excused), why)
    ours = found.each.with_columns(pl.lit(None, pl.String).alias("among"))
    each = raised(Judged(ours, found.harm), acts, settings.anomaly_bits)
    of_left = acts.filter(pl.col("behaviour") >= FIRST).select(each.columns).cast(dict(each.schema))  # type: ignore[arg-type]
    known = why.cast(dict(found.notable.schema))  # type: ignore[arg-type]
    whole = excused(pl.concat([each, of_left]), placed, memory.excused)
    return Weighed(whole, pl.concat([found.notable, known]).unique())


def resting(
    alerts: Sequence[Alert], stories: Sequence[explain.Told], found: Weighed, chosen: pl.DataFrame
) -> pl.DataFrame:
    """What the alerts of the stories rest on (``alert``, ``GROUND``, ``last``); the two stand in one order."""
    numbers = [
        (alert.id, row["behaviour"])
        for alert, story in zip(alerts, stories, strict=True)
        for row in (*story.anomalies, *explain.weaker(story))
    ]
    if not numbers:
        return pl.DataFrame(schema={"alert": pl.String, **GROUND, "last": UTC_TIME})
    told = pl.DataFrame(numbers, schema={"alert": pl.String, "behaviour": found.each.schema["behaviour"]}, orient="row")
    both = pl.concat([told, _carrying(told, found.each)])
    return grounds(both.join(found.each.select("behaviour", *BEHAVIOUR, "last"), on="behaviour"), found.notable, chosen)


def _carrying(told: pl.DataFrame, each: pl.DataFrame) -> pl.DataFrame:
    """``alert, behaviour``: the hosts that carried what is told, for what they carry is not learnt of them either."""
    same = ["tenant", "host", "example_command_line"]
    carried = pl.col("hosted_by").is_not_null()
    lines = told.join(each.filter(carried).select("behaviour", *same), on="behaviour").select("alert", *same).unique()
    return lines.join(each.filter(~carried), on=same).select("alert", "behaviour")


def _populations(
    measures: pl.DataFrame, located: pl.DataFrame, anomalous: set[tuple[str, str, str]]
) -> tuple[Population, ...]:
    bars = ranked(located, measures.filter("judged"), anomalous)
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
            bars=bars.get((row["tenant"], row["account_class"]), ()),
            class_stability=row["class_stability"],
            least_stability=row["least"],
        )
        for row in measures.iter_rows(named=True)
    )
