"""Process starts → whether a predicate of a rule holds for them: Sigma's matching, on whole columns at once.

A predicate is written in plain text; ``rules`` escapes it for Sigma. Predicates are asked of distinct starts
whose columns are in lower case already (``lowered``): Sigma does not tell cases apart.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

COLUMNS = {
    "Image": "image",
    "CommandLine": "command_line",
    "ParentImage": "parent_image",
    "User": "account",
    "OriginalFileName": "original_file_name",
}
"""Sigma's fields of a process start that are matched on, and the columns that hold them."""

EVENT = pl.Schema({name: pl.String() for name in COLUMNS.values()})
"""A process start as a rule sees it; what telemetry does not tell is null."""

DASHES = "-/\u2013\u2014\u2015"
"""What ``windash`` takes for a dash."""
BEFORE_COMMAND = (" ", "(", "{", "|", ";", "&", "=", '"', "'")
_DASH = re.compile(r"\B[-/]\b")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a Sigma selection: any of the ``values`` in ``field``; with the modifier ``all``, each of them."""

    field: str
    modifiers: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Predicate:
    """Something that may be true of a process start: any of the ``items``, which Sigma can say.

    ``usual`` is the share of a program's lawful uses that it is expected to hold for before a fleet has been asked,
    ``kept`` the share of an attacker's further uses for which it still holds. ``telling`` predicates say that something
    is meant, others only how it is written. Of several ``about`` the same thing a rule takes one.
    """

    name: str
    says: str
    items: tuple[Item, ...]
    usual: float
    kept: float
    telling: bool = True
    negated: bool = False
    about: str = ""

    @property
    def subjects(self) -> list[str]:
        """What it is ``about``: one thing, or those of the two that it joins."""
        return self.about.split(" ")


def contains(*values: str, field: str = "CommandLine") -> Item:
    """Any of the values, anywhere."""
    return Item(field, ("contains",), values)


def every(*values: str, field: str = "CommandLine") -> Item:
    """All of the values, anywhere."""
    return Item(field, ("contains", "all"), values)


def flags(*values: str) -> Item:
    """Any of the options, however their dash is written."""
    return Item("CommandLine", ("contains", "windash"), values)


def ends(*values: str, field: str = "Image") -> Item:
    """Any of the values, at the end."""
    return Item(field, ("endswith",), values)


def starts_with(*values: str, field: str = "Image") -> Item:
    """Any of the values, at the beginning."""
    return Item(field, ("startswith",), values)


def equals(*values: str, field: str) -> Item:
    """Exactly one of the values."""
    return Item(field, (), values)


def matches(pattern: str, field: str = "CommandLine") -> Item:
    """A regular expression that every target of conversion reads alike: no letters, no look-around, no flags."""
    return Item(field, ("re",), (pattern,))


def called(*words: str, after: Iterable[str] = (" ",)) -> tuple[str, ...]:
    """Short words as commands of a script: what may stand before them, and ``after``, where a longer word goes on."""
    return tuple(f"{before}{word}{end}" for word in words for before in BEFORE_COMMAND for end in after)


def lowered(events: pl.DataFrame) -> pl.DataFrame:
    """The columns of ``EVENT`` in lower case; those that are missing are null."""
    return events.select(
        (pl.col(name).str.to_lowercase() if name in events.columns else pl.lit(None, pl.String)).alias(name)
        for name in EVENT
    )


def holds(predicate: Predicate, events: pl.DataFrame) -> pl.Series:
    """For each of the ``lowered`` events, whether the predicate is true of it. A field that is null matches nothing."""
    found = pl.any_horizontal([_expression(item) for item in predicate.items])
    return events.select((~found if predicate.negated else found).alias("holds"))["holds"]


def conjunction(predicates: Iterable[Predicate], events: pl.DataFrame) -> pl.Series:
    """For each of the ``lowered`` events, whether all of the predicates are true of it."""
    true = pl.Series("holds", [True]).new_from_index(0, events.height)
    for predicate in predicates:
        true = true & holds(predicate, events)
    return true


def implies(one: Predicate, other: Predicate) -> bool:
    """Whether the second is true wherever the first is, which their texts alone show."""
    if one.negated or other.negated:
        return False
    return all(_tells(item, value, other) for item in one.items for value in _alternatives(item))


def _alternatives(item: Item) -> list[tuple[str, ...]]:
    """What an item asks: any of these, of each all texts."""
    if "re" in item.modifiers:
        return [()]
    if "all" in item.modifiers:
        return [tuple(value.lower() for value in item.values)]
    return [(text,) for value in item.values for text in spellings(item, value.lower())]


def _tells(item: Item, texts: tuple[str, ...], other: Predicate) -> bool:
    """Whether a field that has the texts, as the item has them, is what the other predicate asks for."""
    return any(
        each == item or any(_within(each, of_other, texts) for of_other in _alternatives(each))
        for each in other.items
        if each.field == item.field
    )


def _within(asked: Item, of_other: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    if "re" in asked.modifiers:
        return any(re.search(asked.values[0], text) for text in texts)
    return "contains" in asked.modifiers and all(any(each in text for text in texts) for each in of_other)


@lru_cache(maxsize=4096)
def _expression(item: Item) -> pl.Expr:
    column = pl.col(COLUMNS[item.field])
    if "re" in item.modifiers:
        return column.str.contains(item.values[0]).fill_null(False)
    if "contains" in item.modifiers and "all" not in item.modifiers:
        spelt = [text for value in item.values for text in spellings(item, value.lower())]
        return column.str.contains_any(spelt).fill_null(False)
    each = [_value(column, item, value.lower()) for value in item.values]
    return pl.all_horizontal(each) if "all" in item.modifiers else pl.any_horizontal(each)


def _value(column: pl.Expr, item: Item, value: str) -> pl.Expr:
    if "contains" in item.modifiers:
        return column.str.contains_any(spellings(item, value)).fill_null(False)
    if "endswith" in item.modifiers:
        return column.str.ends_with(value).fill_null(False)
    if "startswith" in item.modifiers:
        return column.str.starts_with(value).fill_null(False)
    return (column == value).fill_null(False)


def spellings(item: Item, value: str) -> list[str]:
    """The value with each dash that ``windash`` lets pass, or the value alone."""
    if "windash" not in item.modifiers or (found := _DASH.search(value)) is None:
        return [value]
    before, after = value[: found.start()], value[found.end() :]
    return [f"{before}{dash}{rest}" for dash in DASHES for rest in spellings(item, after)]
