"""Alerts and the starts of a whole fleet → Sigma rules that stand alone, and what no rule could be made of, and why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from longtail.detections.alike import Alike, alike
from longtail.detections.generalise import clusters, deeds, with_kin
from longtail.detections.legitimate import fleet, without
from longtail.detections.matching_terms import Rule as Existing
from longtail.detections.proof import Lawful, lawful, proof
from longtail.detections.rules import Rule
from longtail.detections.synthesis import Found, Refused, synthesised
from longtail.detections.writing import rule
from longtail.prevalence.findings import Alert, Severity
from longtail.readings import Quarantined

LEAST_SEVERITY = Severity.LOW
"""Roll-outs, which are informational, are no deeds of an attacker."""


@dataclass(frozen=True, slots=True)
class Mined:
    """What came of alerts: rules, deeds that no rule was written for and why, alerts that could not be read.

    ``alike`` are host-days that look like the deeds and that no alert told of: nothing was held against them.
    """

    rules: tuple[Rule, ...]
    refused: tuple[Refused, ...]
    quarantined: tuple[Quarantined, ...] = ()
    alike: tuple[Alike, ...] = ()


def mined(
    alerts: Iterable[Alert | Mapping[str, Any]], starts: pl.DataFrame, existing: Sequence[Existing] = ()
) -> Mined:
    """The rules that alerts give, each held against all lawful use in ``starts``.

    ``alerts`` are a hunt's, or the objects of ``hunt -f jsonl``; ``starts`` are the distinct starts of the whole fleet
    (``legitimate.STARTS``; texts may be categorical). ``existing`` are rules that there are already: each mined rule
    says which of them know its deeds. The same alerts and starts in any order give the same rules, byte for byte.
    """
    told, quarantined = deeds(alerts)
    found = [each for each in told if each.severity >= LEAST_SEVERITY]
    whole = fleet(starts, found)
    techniques = clusters(with_kin(found, whole.starts), whole.known)
    others = alike(techniques, whole)
    of_fleet = without(whole, [(each.tenant, each.host, each.day) for each in others])
    made: list[Found] = []
    refused: list[Refused] = []
    for cluster in techniques:
        good, left = synthesised(cluster, of_fleet)
        made.extend(good)
        refused.extend(left)
    rules = _rules(made, lawful(of_fleet), existing) if made else ()
    return Mined(rules, tuple(sorted(refused, key=lambda each: (each.label, each.deeds))), quarantined, others)


def _rules(made: Sequence[Found], use: Lawful, existing: Sequence[Existing]) -> tuple[Rule, ...]:
    """One rule for each logic, in the order of their titles, no two of which are the same."""
    written = (rule(each, proof(each, use, existing)) for each in made)
    rules = sorted({each.id: each for each in written}.values(), key=lambda each: (each.title, each.id))
    titles = Counter(each.title for each in rules)
    return tuple(
        replace(each, title=f"{each.title} ({each.id[:4]})") if titles[each.title] > 1 else each for each in rules
    )
