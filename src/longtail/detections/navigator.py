"""Rules → a layer for the ATT&CK Navigator: each technique with how many rules find it, and how far they are proven."""

from collections.abc import Iterable
from typing import Any

from longtail.detections.rules import Rule
from longtail.prevalence.techniques import TITLES

LAYER, ATTACK = "4.5", "17"
SCORES = {"experimental": 1, "test": 2, "stable": 3}
COLOURS = ["#fff3d6", "#f0b429", "#b44d12"]


def navigator(rules: Iterable[Rule]) -> dict[str, Any]:
    """The layer as plain values, ready for JSON; its techniques in the order of their ids.

    The score is 1 for techniques that only experimental rules find, 2 with a rule under test, 3 with a stable one.
    """
    by_technique: dict[str, list[Rule]] = {}
    for rule in rules:
        for technique in rule.techniques:
            by_technique.setdefault(technique, []).append(rule)
    return {
        "name": "Longtail",
        "versions": {"layer": LAYER, "attack": ATTACK, "navigator": "5.1.0"},
        "domain": "enterprise-attack",
        "description": "Techniques that rules mined from alerts find.",
        "techniques": [_technique(id, found) for id, found in sorted(by_technique.items())],
        "gradient": {"colors": COLOURS, "minValue": 1, "maxValue": max(SCORES.values())},
    }


def _technique(id: str, rules: list[Rule]) -> dict[str, Any]:
    titles = sorted(rule.title for rule in rules)
    return {
        "techniqueID": id,
        "score": max(SCORES[rule.status] for rule in rules),
        "comment": f"{TITLES.get(id, id)}: {'; '.join(titles)}",
        "enabled": True,
        "metadata": [{"name": "rules", "value": str(len(rules))}],
        "showSubtechniques": "." in id,
    }
