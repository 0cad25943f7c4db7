"""The named detections of a rule, as pySigma reads them → conditions on fields.

pySigma applies the modifiers (``contains``, ``windash``, ``base64offset`` …); what is left are values of a few kinds,
each with its row in ``VALUES``. What would grow beyond measure when applied is refused before it is.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any as Foreign

from longtail.detections.matching_regex import linear
from longtail.detections.matching_terms import (
    FALSE,
    TRUE,
    Address,
    All,
    Any,
    Condition,
    Missing,
    Not,
    Number,
    Pattern,
    Reference,
    Text,
    Wild,
)

MOST_SPELLINGS = 5_000  # that dashes of one value may be written in: five a dash
MOST_WILDCARDS = 50  # in one value: each lets the matcher try again
DASH = re.compile(r"\B[-/]\b")
SPELLINGS_OF_DASH = 5

RELATIONS = {"LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
WILD = {"WILDCARD_MULTI": Wild.MANY, "WILDCARD_SINGLE": Wild.ONE}
FLAGS = {"IGNORECASE": "i", "MULTILINE": "m", "DOTALL": "s"}

SAME_FIELD = {"NewProcessName": "Image", "ParentProcessName": "ParentImage", "ProcessCommandLine": "CommandLine"}
"""Windows' security log and others' name of a field → Sigma's name of it in ``process_creation``."""


class RefusedValueError(ValueError):
    """Why a detection cannot be evaluated."""


def checked(detection: Foreign) -> None:
    """Nothing, where pySigma may apply the modifiers of these definitions.

    Raises:
        RefusedValueError: a modifier stands twice, or what it makes would be too much.
    """
    for key, value in _modified(detection):
        modifiers = key.split("|")[1:]
        if len(modifiers) != len(set(modifiers)):
            raise RefusedValueError(f"{key!r:.60} has a modifier twice")
        values = value if isinstance(value, list) else [value]
        if "windash" in modifiers and sum(SPELLINGS_OF_DASH ** len(DASH.findall(str(each))) for each in values) > (
            MOST_SPELLINGS
        ):
            raise RefusedValueError(f"{key!r:.60} has values that can be written in more than {MOST_SPELLINGS:,} ways")


def _modified(definition: Foreign) -> Iterator[tuple[str, Foreign]]:
    """Every (key, value) of a definition, however deep in lists and mappings."""
    if isinstance(definition, list):
        for each in definition:
            yield from _modified(each)
    elif isinstance(definition, dict):
        for key, value in definition.items():
            yield str(key), value
            yield from _modified(value)


def condition(detection: Foreign) -> Condition:
    """What a detection of pySigma asks.

    Raises:
        RefusedValueError: it holds a value that no process start can be compared with.
        RefusedExpressionError: a regular expression cannot be evaluated in linear time.
    """
    parts = [condition(each) if hasattr(each, "detection_items") else _item(each) for each in detection.detection_items]
    return _linked(detection.item_linking, parts)


def _item(item: Foreign) -> Condition:
    field = SAME_FIELD.get(item.field, item.field)
    if not item.value:
        return _null(field, None)
    found = _linked(item.value_linking, [_value(field, each) for each in item.value])
    return Not(found) if item.negated else found


def _linked(linking: Foreign, parts: list[Condition]) -> Condition:
    if len(parts) == 1:
        return parts[0]
    return All(tuple(parts)) if linking.__name__ == "ConditionAND" else Any(tuple(parts))


def _value(field: str | None, value: Foreign) -> Condition:
    kind = type(value).__name__
    if kind not in VALUES:
        raise RefusedValueError(f"a value of the kind {kind.removeprefix('Sigma')} is not supported")
    return VALUES[kind](field, value)


def _text(field: str | None, value: Foreign) -> Condition:
    return _worded(field, [_part(each) for each in value.s], type(value).__name__ == "SigmaCasedString")


def _worded(field: str | None, parts: list[str | Wild], cased: bool = False) -> Text:
    """The parts as a text; a keyword stands anywhere in a field; neighbours of a kind become one."""
    whole = parts if field else [Wild.MANY, *parts, Wild.MANY]
    merged: list[str | Wild] = []
    for part in whole:
        last = merged[-1] if merged else None
        if isinstance(part, str) and isinstance(last, str):
            merged[-1] = last + part
        elif part is not Wild.MANY or last is not Wild.MANY:
            merged.append(part)
    if sum(part is Wild.MANY for part in merged) > MOST_WILDCARDS:
        raise RefusedValueError(f"a value with more than {MOST_WILDCARDS} wildcards")
    return Text(field, tuple(merged), cased)


def _part(part: Foreign) -> str | Wild:
    if isinstance(part, str):
        return part
    if hasattr(part, "name") and part.name in WILD:
        return WILD[part.name]
    raise RefusedValueError(f"the placeholder {getattr(part, 'name', part)!r:.60} is not defined")


def _pattern(field: str | None, value: Foreign) -> Condition:
    if value.contains_placeholder():
        raise RefusedValueError("a placeholder in a regular expression is not defined")
    expression = "".join(part if isinstance(part, str) else Wild[SPELT[part.name]].value for part in value.regexp.s)
    found = Pattern(field, expression, "".join(sorted(FLAGS[each.name] for each in value.flags)))
    linear(found.expression, found.flags)
    return found


SPELT = {"WILDCARD_MULTI": "MANY", "WILDCARD_SINGLE": "ONE"}


def _null(field: str | None, _: Foreign) -> Condition:
    return Missing(_named(field))


def _exists(field: str | None, value: Foreign) -> Condition:
    missing = Missing(_named(field))
    return Not(missing) if value.exists else missing


def _truth(field: str | None, value: Foreign) -> Condition:
    spelt = ("true", "1") if value.boolean else ("false", "0")
    return Any(tuple(_worded(field, [each]) for each in spelt))


def _compared(field: str | None, value: Foreign) -> Condition:
    return Number(_named(field), RELATIONS[value.op.name], float(value.number.number))


def _referred(field: str | None, value: Foreign) -> Condition:
    other = SAME_FIELD.get(value.field, value.field)
    return Reference(_named(field), other, value.starts_with, value.ends_with)


def _named(field: str | None) -> str:
    if not field:
        raise RefusedValueError("a comparison without a field")
    return field


VALUES: dict[str, Callable[[str | None, Foreign], Condition]] = {
    "SigmaString": _text,
    "SigmaCasedString": _text,
    "SigmaNumber": lambda field, value: _worded(field, [str(value.number)]),
    "SigmaBool": _truth,
    "SigmaNull": _null,
    "SigmaExists": _exists,
    "SigmaRegularExpression": _pattern,
    "SigmaCIDRExpression": lambda field, value: Address(_named(field), value.network),
    "SigmaCompareExpression": _compared,
    "SigmaFieldReference": _referred,
    "SigmaExpansion": lambda field, value: Any(tuple(_value(field, each) for each in value.values)),
}


def replaced(asked: Condition, answers: Callable[[Condition], bool | None]) -> Condition:
    """The condition with every comparison that ``answers`` knows replaced by what it is."""
    known: dict[int, Condition] = {}

    def replace(each: Condition) -> Condition:
        if id(each) not in known:
            known[id(each)] = _rebuilt(each)
        return known[id(each)]

    def _rebuilt(each: Condition) -> Condition:
        if isinstance(each, All | Any):
            return type(each)(tuple(replace(part) for part in each.parts))
        if isinstance(each, Not):
            return Not(replace(each.part))
        answer = answers(each)
        return each if answer is None else TRUE if answer else FALSE

    return replace(asked)
