"""Ranked alerts and the truth → how many incidents they find, how soon, and how often they are wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from longtail.fleet import Incident


@dataclass(frozen=True, slots=True)
class Figures:
    """What one model is worth on one fleet. Shares lie in 0..1; K is the number of incidents.

    ``alerts_per_incident`` counts the alerts in the top 2K that concern an incident; ``shown`` is the share of the
    right alerts in the top K that tell something which happened during the attack; ``false_alerts`` are raised alerts
    that concern no incident, per 1,000 host-days; ``recipes`` gives (found in the top K, of how many) by recipe.
    """

    incidents: int
    found: float
    precision: float
    found_twice: float
    alerts_per_incident: float
    shown: float
    false_alerts: float
    alerts: int
    recipes: Mapping[str, tuple[int, int]]


def figures(ranked: pl.DataFrame, incidents: Sequence[Incident], host_days: int) -> Figures:
    """The worth of ``ranked`` (schema RANKED, most alarming first; ``moments`` may tell what happened when).

    An alert concerns an incident when it is about one of its hosts and overlaps it in time.
    """
    hits = matches(ranked, incidents)
    count = len(incidents)
    top, twice = hits[:count], hits[: 2 * count]
    right = [index for index, hit in enumerate(top) if hit is not None]
    wrong = sum(hit is None and raised for hit, raised in zip(hits, ranked["raised"].to_list(), strict=True))
    return Figures(
        incidents=count,
        found=_share(_found(top), count),
        precision=_share(len(right), count),
        found_twice=_share(_found(twice), count),
        alerts_per_incident=_share(sum(hit is not None for hit in twice), _found(twice)),
        shown=_share(sum(_shows(ranked, index, top[index]) for index in right), len(right)),
        false_alerts=1000 * wrong / host_days,
        alerts=ranked.height,
        recipes=_recipes(top, incidents),
    )


def matches(ranked: pl.DataFrame, incidents: Sequence[Incident]) -> list[Incident | None]:
    """The incident that each alert concerns, None for a false alarm."""
    on_host: dict[tuple[str, str], list[Incident]] = {}
    for incident in incidents:
        for host in incident.hosts:
            on_host.setdefault((incident.tenant, host.lower()), []).append(incident)
    return [
        next(
            (
                each
                for each in on_host.get((row["tenant"], row["host"].lower()), ())
                if row["start"] <= each.last_seen and row["end"] >= each.first_seen
            ),
            None,
        )
        for row in ranked.iter_rows(named=True)
    ]


def _found(hits: Sequence[Incident | None]) -> int:
    return len({hit.id for hit in hits if hit is not None})


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _shows(ranked: pl.DataFrame, index: int, incident: Incident | None) -> bool:
    """Whether something the alert tells happened during the attack, rather than merely on its host around it."""
    if incident is None:
        return False
    row = ranked.row(index, named=True)
    moments = row.get("moments") or [row["start"]]
    return any(incident.first_seen <= moment <= incident.last_seen for moment in moments)


def _recipes(top: Sequence[Incident | None], incidents: Sequence[Incident]) -> dict[str, tuple[int, int]]:
    found = {hit.id for hit in top if hit is not None}
    counted: dict[str, tuple[int, int]] = {}
    for incident in incidents:
        hit, of = counted.get(incident.recipe, (0, 0))
        counted[incident.recipe] = (hit + (incident.id in found), of + 1)
    return dict(sorted(counted.items()))
