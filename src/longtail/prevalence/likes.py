"""Alerts → the same, each naming its likes: those that share a technique with it, the pivot to other intrusions."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from longtail.prevalence.findings import Alert

MOST_SIMILAR = 20


def with_likes(alerts: Sequence[Alert], by_rule: Set[str] = frozenset()) -> tuple[Alert, ...]:
    """The alerts in their order, ``similar`` filled, the earlier before the later.

    ``by_rule`` are the ids of those that rules found, not the model: what the other way of finding found comes first.
    """
    sharing: dict[str, list[str]] = {}
    for each in alerts:
        for technique in each.techniques:
            sharing.setdefault(technique, []).append(each.id)
    return tuple(replace(each, similar=_likes(each, sharing, by_rule)) for each in alerts)


def _likes(alert: Alert, sharing: Mapping[str, Sequence[str]], by_rule: Set[str]) -> tuple[str, ...]:
    found = dict.fromkeys(id for technique in alert.techniques for id in sharing[technique] if id != alert.id)
    return tuple(sorted(found, key=lambda id: (id in by_rule) == (alert.id in by_rule)))[:MOST_SIMILAR]
