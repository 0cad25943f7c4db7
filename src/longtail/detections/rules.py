"""A rule's logic and what proves it → a Sigma rule (version 2) as text: same logic, same bytes, same UUID."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from longtail.detections.block import Value, yaml
from longtail.detections.generalise import Deed
from longtail.detections.predicates import Item, Predicate
from longtail.detections.proof import Proof
from longtail.detections.synthesis import Logic

NAMESPACE = uuid.UUID("9d4c0f0e-6f0b-5f0c-9a57-4c6f6e677461")
"""What the rules' UUIDs (version 5) are made in; the name is the logic itself."""
AUTHOR = "Longtail"
_SPECIAL = re.compile(r"\\+(?=[*?]|$)|\\{2,}|[*?]")


@dataclass(frozen=True, slots=True)
class Rule:
    """A Sigma rule and what it was made of. ``text`` is the file's content."""

    id: str
    title: str
    status: str
    level: str
    techniques: tuple[str, ...]
    logic: Logic
    day: date
    description: str
    false_positives: tuple[str, ...]
    evidence: Mapping[str, Any]
    proof: Proof
    deeds: tuple[Deed, ...]

    @property
    def file_name(self) -> str:
        """A name for its file: the product, what the title says, the start of its id."""
        words = re.sub(r"[^a-z0-9]+", "_", self.title.lower()).strip("_")
        return f"proc_creation_{'lnx' if self.logic.posix else 'win'}_{words[:44].strip('_')}_{self.id[:8]}.yml"

    @property
    def text(self) -> str:
        """The rule as YAML."""
        return yaml(
            {
                "title": self.title,
                "id": self.id,
                "status": self.status,
                "description": self.description,
                "references": [_reference(each) for each in self.techniques],
                "author": AUTHOR,
                "date": self.day.isoformat(),
                "tags": [f"attack.{each.lower()}" for each in self.techniques],
                "logsource": {"category": "process_creation", "product": "linux" if self.logic.posix else "windows"},
                "detection": detection(self.logic),
                "falsepositives": list(self.false_positives),
                "level": self.level,
                "longtail": self.evidence,
            }
        )


def _reference(technique: str) -> str:
    return f"https://attack.mitre.org/techniques/{technique.replace('.', '/')}/"


def rule_id(logic: Logic) -> str:
    """The UUID of a logic: it follows from what is demanded, not from when or where that was found."""
    return str(uuid.uuid5(NAMESPACE, yaml({"posix": logic.posix, "detection": detection(logic)})))


def detection(logic: Logic) -> dict[str, Value]:
    """The ``detection`` section: one selection a predicate, all of them required, the negated ones forbidden."""
    named: dict[str, Value] = {}
    for each in logic.predicates:
        named[f"{'filter' if each.negated else 'selection'}_{each.name}"] = _selection(each)
    return {**named, "condition": _condition(tuple(named))}


def _condition(names: Sequence[str]) -> str:
    wanted = [name for name in names if name.startswith("selection")]
    unwanted = [name for name in names if name.startswith("filter")]
    said = "all of selection_*" if len(wanted) > 1 else wanted[0]
    if len(unwanted) > 1:
        return f"{said} and not 1 of filter_*"
    return f"{said} and not {unwanted[0]}" if unwanted else said


def _selection(predicate: Predicate) -> Value:
    if len(predicate.items) == 1:
        return dict([_item(predicate.items[0])])
    return [dict([_item(item)]) for item in predicate.items]


def _item(item: Item) -> tuple[str, Value]:
    plain = "re" in item.modifiers
    values: list[Value] = [value if plain else escaped(value) for value in item.values]
    return "|".join((item.field, *item.modifiers)), values[0] if len(values) == 1 else values


def escaped(text: str) -> str:
    r"""A plain text as Sigma writes it: ``*`` and ``?`` are no wildcards, and backslashes before them, doubled or last
    are doubled."""
    return _SPECIAL.sub(lambda found: "".join(rf"\{each}" for each in found[0]), text)
