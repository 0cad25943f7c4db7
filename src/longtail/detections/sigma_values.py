"""The named detections of a rule, as pySigma reads them → conditions on fields.

pySigma applies the modifiers (``contains``, ``windash``, ``base64offset`` …); what is left are values of a few kinds,
each with its row in ``VALUES``. What would grow beyond measure when applied is refused before it is.
"""

import re
from collections.abc import Callable
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

SAME_MODIFIER = {"utf16le": "wide"}
ASK_FOR_TEXT = frozenset(
    {
        "contains",
        "startswith",
        "endswith",
        "re",
        "windash",
        "base64",
        "base64offset",
        "wide",
        "utf16",
        "utf16be",
        "cased",
    }
)
"""Modifiers that make something of a text."""

RELATIONS = {"LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
WILD = {"WILDCARD_MULTI": Wild.MANY, "WILDCARD_SINGLE": Wild.ONE}
FLAGS = {"IGNORECASE": "i", "MULTILINE": "m", "DOTALL": "s"}

SAME_FIELD = {"NewProcessName": "Image", "ParentProcessName": "ParentImage", "ProcessCommandLine": "CommandLine"}
"""Windows' security log and others' name of a field → Sigma's name of it in ``process_creation``."""


class RefusedValueError(ValueError):
    """Why a detection cannot be evaluated."""


def prepared(definition: Foreign) -> Foreign:
    """A definition of detections as pySigma reads it, however deep in lists and mappings.

    The specification's ``utf16le`` is pySigma's ``wide``; and what YAML takes for a number is the text it is written as
    where a modifier asks for a text.

    Raises:
        RefusedValueError: a modifier stands twice, a value has no text, or what is made of it would be too much.
    """
    if isinstance(definition, list):
        return [prepared(each) for each in definition]
    if not isinstance(definition, dict):
        return definition
    return dict(_prepared_item(str(key), value) for key, value in definition.items())


def _prepared_item(key: str, value: Foreign) -> tuple[str, Foreign]:
    field, *named = key.split("|")
    modifiers = [SAME_MODIFIER.get(each, each) for each in named]
    if len(modifiers) != len(set(modifiers)):
        raise RefusedValueError(f"{key!r:.60} has a modifier twice")
    if not ASK_FOR_TEXT.intersection(modifiers):
        return key, prepared(value)
    texts = [_written(key, each) for each in value] if isinstance(value, list) else _written(key, value)
    if "windash" in modifiers and _spellings(texts) > MOST_SPELLINGS:
        raise RefusedValueError(f"{key!r:.60} has values that can be written in more than {MOST_SPELLINGS:,} ways")
    return "|".join([field, *modifiers]), texts


def _written(key: str, value: Foreign) -> Foreign:
    """A value as the text that it is written as (``sigma_documents`` takes only what reads back alike for a number)."""
    if value is None:
        raise RefusedValueError(f"{key!r:.60} has null among its texts: ask for a missing field without a modifier")
    if isinstance(value, bool):
        raise RefusedValueError(f"{key!r:.60} has true or false among its texts: put the word in quotes")
    return str(value) if isinstance(value, int | float) else value


def _spellings(texts: Foreign) -> int:
    each = texts if isinstance(texts, list) else [texts]
    return sum(SPELLINGS_OF_DASH ** len(DASH.findall(str(text))) for text in each)


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
    raise RefusedValueError(
        f"the placeholder %{getattr(part, 'name', part)!s:.60}% has no values: write them in its place"
    )


def _pattern(field: str | None, value: Foreign) -> Condition:
    if value.contains_placeholder():
        raise RefusedValueError("a placeholder in a regular expression has no values: write them in its place")
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
