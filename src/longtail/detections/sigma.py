"""The text of Sigma rule files → rules that can be matched on process starts, and why the others are not.

pySigma reads the rules; it is an extra and is loaded when the first rule is read. Nothing in a rule file can raise,
hang or fill the memory: what is wrong is told with its place, and the other rules run.
"""

import re
import warnings
from dataclasses import dataclass, field
from typing import Any

from longtail.detections.matching_terms import Any as AnyOf
from longtail.detections.matching_terms import Condition, Rule, Text
from longtail.detections.sigma_conditions import Joined, joined
from longtail.detections.sigma_documents import Document, RefusedDocumentError, documents, pysigma
from longtail.detections.sigma_scope import can_hold
from longtail.detections.sigma_values import condition, prepared, replaced
from longtail.readings import Quarantined

STARTS_OF = {"sysmon": "1", "security": "4688"}
"""Service of Windows → the event in which it tells of a process start."""

NOT_PROCESSES = "not a process rule"
_OBJECT = re.compile(r"'?<sigma\.types\.Sigma(\w+) object at 0x[0-9a-f]+>'?|\bSigma(\w+)Modifier\b")
"""How pySigma's errors name values and modifiers: by its classes, and by where in the memory they lie."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What rule files gave: rules, what is no rule for process starts, and what could not be read."""

    rules: tuple[Rule, ...] = ()
    passed_over: tuple[Quarantined, ...] = ()
    refused: tuple[Quarantined, ...] = field(default=())


class OtherLogError(ValueError):
    """The rule is about other events than process starts."""


def parsed(text: str | bytes, place: str) -> Parsed:
    """The rules of one file, which may hold several documents.

    ``place`` is how the file is named to the reader; a later document adds its line.

    Raises:
        LongtailError: the extra is not installed.
    """
    rules, passed_over, refused = list[Rule](), list[Quarantined](), list[Quarantined]()
    for each in documents(text, place):
        if isinstance(each, Quarantined):
            refused.append(each)
            continue
        try:
            with warnings.catch_warnings(action="ignore"):  # what Python thinks of an expression is no one's business
                rules.append(_rule(each))
        except OtherLogError as other:
            passed_over.append(Quarantined(each.place, str(other)))
        except Exception as error:  # a rule is foreign text and pySigma raises what it likes on what it did not expect
            refused.append(Quarantined(each.place, _told(error)))
    return Parsed(tuple(rules), tuple(passed_over), tuple(refused))


def _told(error: Exception) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    said = _OBJECT.sub(lambda found: (found[1] or found[2]).lower(), said)
    if not isinstance(error, ValueError):  # pySigma stumbled: its words are about itself
        said = f"cannot be read as a Sigma rule ({said})"
    return said if len(said) <= 300 else said[:299] + "…"


def _rule(document: Document) -> Rule:
    content = {**document.content, "logsource": _lowered(document.content.get("logsource"))}
    for kind in ("correlation", "filter"):
        if kind in content:
            raise OtherLogError(f"{NOT_PROCESSES}: a Sigma {kind}")
    _not_another_log(content.get("logsource"))
    detection = prepared(_with_condition(content))
    read = pysigma("sigma.rule").SigmaRule.from_dict({**content, "detection": detection}, collect_errors=True)
    for empty, what in ((read.logsource, "EmptyLogSource"), (read.detection, "EmptySigmaDetections")):
        if type(empty).__name__ == what:
            raise RefusedDocumentError(str(read.errors[0]))
    whole = _whole(read.detection)
    left_out = (f"no detection is named like {pattern!r:.60}: left out" for pattern in whole.left_out)
    return Rule(
        title=read.title or document.place,
        id=str(read.id or ""),
        place=document.place,
        product=read.logsource.product,
        condition=_of_starts(whole.condition, read.logsource),
        level=getattr(read.level, "name", "").lower(),
        tags=tuple(str(tag) for tag in read.tags),
        notes=(*(_told(error) for error in read.errors), *left_out),
    )


def _lowered(source: Any) -> Any:
    """A log source as Sigma spells it: ``Windows`` is ``windows``."""
    if not isinstance(source, dict):
        return source
    return {key: value.lower() if isinstance(value, str) else value for key, value in source.items()}


def _with_condition(content: dict[str, Any]) -> Any:
    """The detection of a rule.

    Raises:
        RefusedDocumentError: its condition stands beside it.
    """
    detection = content.get("detection")
    if "condition" in content and isinstance(detection, dict) and "condition" not in detection:
        raise RefusedDocumentError("the condition stands beside 'detection': it belongs in it, indented")
    return detection


def _not_another_log(source: Any) -> None:
    """Nothing, where the rule may be about process starts; told before its detections are read.

    Raises:
        OtherLogError: it is about other events.
    """
    if not isinstance(source, dict):
        return
    category, service = source.get("category"), source.get("service")
    by_event = source.get("product") == "windows" and service in STARTS_OF and not category
    if category != "process_creation" and not by_event:
        what = ", ".join(f"{key} {source[key]}" for key in ("product", "category", "service") if source.get(key))
        raise OtherLogError(f"{NOT_PROCESSES}: {what or 'no log source'}")


def _whole(detections: Any) -> Joined:
    """All conditions of a rule as one: any of them is enough."""
    named = {str(name): condition(each) for name, each in detections.detections.items()}
    found = [joined(str(each), named) for each in detections.condition]
    left_out = tuple(pattern for each in found for pattern in each.left_out)
    return found[0] if len(found) == 1 else Joined(AnyOf(tuple(each.condition for each in found)), left_out)


def _of_starts(asked: Condition, source: Any) -> Condition:
    """What is asked of a process start once the event that tells of it is known."""
    event = STARTS_OF.get(source.service) if source.category is None else None
    known = replaced(asked, lambda each: _event_answer(each, event))
    if event and (known == asked or not can_hold(known)):
        raise OtherLogError(f"{NOT_PROCESSES}: {source.service} tells of process starts in event {event}")
    return known


def _event_answer(each: Condition, event: str | None) -> bool | None:
    """Whether a comparison with ``EventID`` holds for a process start; None for what asks something else."""
    if not isinstance(each, Text) or each.field != "EventID":
        return None
    return each.parts == (event,) if event else each.parts in {(start,) for start in STARTS_OF.values()}
