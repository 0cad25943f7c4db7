"""A format's fields → the one typed struct that a JSON record is decoded into, and back to raw columns.

Only the fields of the format are decoded; the rest of a record is skipped unread. The struct is strict, which
is what makes it fast; a record it refuses goes through ``from_mapping``, which takes what it can.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import msgspec
import polars as pl
from msgspec.structs import astuple

from longtail.telemetry.events import PLACE
from longtail.telemetry.format import Format, Kind, Record
from longtail.telemetry.kinds import NOTHING, held, without_nothing

Event = Any  # an instance of the struct made below
Columns = dict[tuple[str, ...], list[Any]]
"""The values at each path of a record, one a record."""

LONE = ("#text", "text", "seconds")  # what holds the value in an object: of XML, of XML read otherwise, of a moment
SPREAD = 256  # events taken apart together: more fall out of the processor's cache before their last field is read


class Qualified(msgspec.Struct, rename={"value": "#text"}, gc=False):
    """A number with attributes, as EVTX writes the event ids of classic providers: ``{"#text": 7036, …}``."""

    value: int | str | None = None


LEAF: dict[Kind, Any] = {
    Kind.TEXT: str | int | None,
    Kind.SAID: str | int | None,
    Kind.WORDS: str | list[str] | None,
    Kind.LINES: str | list[str] | None,
    Kind.LONE: str | int | list[str] | None,
    Kind.WHOLE: int | str | Qualified | None,
    Kind.STAMP: str | int | float | None,
    Kind.DAY_STAMP: str | int | float | None,
}


@dataclass(frozen=True, slots=True)
class _Node:
    """The struct of one object in a record, and what its attributes hold: objects of their own, or values."""

    struct: type[msgspec.Struct]
    children: dict[str, "_Node | Kind"]

    def spread(self, events: Iterable[Event], into: Columns, path: tuple[str, ...] = ()) -> None:
        """Adds the values at each path: whole structs are taken apart at once, which is cheaper than field by field."""
        columns = zip(*map(astuple, events), strict=True)
        for (key, child), values in zip(self.children.items(), columns, strict=True):
            if isinstance(child, _Node):
                empty = child.struct()
                child.spread([value or empty for value in values], into, (*path, key))
            else:
                into.setdefault((*path, key), []).extend(values)


class Shape:
    """The compiled form of a format's fields, under an envelope (``_source``) or none."""

    def __init__(self, format: Format, envelope: tuple[str, ...] = ()) -> None:
        self.format = format
        self.envelope = envelope
        self.paths = {name: (*envelope, *field.keys) for name, field in format.fields.items()}
        tree: dict[str, Any] = {}
        for name, path in self.paths.items():
            _plant(tree, path, format.fields[name].kind)
        names = _attribute_names(tree)
        self._root = _node("Event", tree, names)
        self.struct = self._root.struct
        self.decoder = msgspec.json.Decoder(self.struct)
        only = format.only and attrgetter(".".join(names[key] for key in self.paths[format.only[0]]))
        self._only: Callable[[Event], Any] | None = only
        self.dubious = _dubious(format)
        texts = {name: field.kind for name, field in format.fields.items() if field.kind in NOTHING}
        self._texts = [without_nothing(name, kind) for name, kind in texts.items()]

    def sifted(self, events: Sequence[Event]) -> tuple[list[int], list[int]] | None:
        """The positions that the format's ``only`` lets through, and those without its field; None if all are let."""
        if self.format.only is None or self._only is None:
            return None
        _, values = self.format.only
        found = _unqualified(_every(self._only, events))
        wanted = [position for position, value in enumerate(found) if value in values]
        return wanted, [position for position, value in enumerate(found) if value is None]

    def frame(self, events: Sequence[Event], places: pl.Series) -> pl.DataFrame:
        """Raw columns of at least one event, named by the format's fields, and ``_place``."""
        spread: Columns = {}
        with _collector_at_rest():
            for start in range(0, len(events), SPREAD):
                self._root.spread(events[start : start + SPREAD], spread)
        columns = {
            name: held(PLAIN.get(field.kind, _as_they_are)(spread[self.paths[name]]), field.kind)
            for name, field in self.format.fields.items()
        }
        return pl.DataFrame({**columns, PLACE: places}).with_columns(self._texts)

    def from_mapping(self, record: Record) -> Event:
        """The struct of a decoded record whose values may have any type: scalars are kept, the rest is nothing."""
        tree: dict[str, Any] = {}
        for name, path in self.paths.items():
            _plant(tree, path, _leaf(dig(record, path), self.format.fields[name].kind))
        return msgspec.convert(tree, self.struct)


def _dubious(format: Format) -> pl.Expr:
    """Raw rows without a time, without all that tells a start, or marked as others': others may have written them."""
    telling = (format.columns.get("image"), None if format.only else format.starts)
    roots = list(dict.fromkeys(name for each in telling if each is not None for name in each.meta.root_names()))
    lacking = [pl.all_horizontal(pl.col(*names).is_null()) for names in (list(format.clock), roots) if names]
    foreign = [] if format.foreign is None else [pl.col(format.foreign).is_not_null()]
    return pl.any_horizontal(*lacking, *foreign) if format.columns else pl.lit(False)


MOST_KEPT = 64  # shapes of formats as they were recognised; in a folder of small files it is nearly always one
_KEPT: dict[tuple[int, tuple[str, ...]], Shape] = {}


def shape_of(format: Format, envelope: tuple[str, ...] = ()) -> Shape:
    """The shape of a format under an envelope, compiled once: a small file is read in the time that takes."""
    key = (id(format), envelope)  # a kept shape holds its format, so the number stays its own
    if key not in _KEPT:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = Shape(format, envelope)
    return _KEPT[key]


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Tens of thousands of short tuples, none in a cycle, would wake the collector for nothing: a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _joined(values: Sequence[Any]) -> Sequence[Any]:
    return [" ".join(value) if isinstance(value, list) else value for value in values]


def _lined(values: Sequence[Any]) -> Sequence[Any]:
    return ["\n".join(value) if isinstance(value, list) else value for value in values]


def _first(values: Sequence[Any]) -> Sequence[Any]:
    return [next(iter(value), None) if isinstance(value, list) else value for value in values]


def _unqualified(values: Sequence[Any]) -> Sequence[Any]:
    if Qualified not in set(map(type, values)):
        return values
    return [value.value if isinstance(value, Qualified) else value for value in values]


def _as_they_are(values: Sequence[Any]) -> Sequence[Any]:
    return values


PLAIN: dict[Kind, Callable[[Sequence[Any]], Sequence[Any]]] = {
    Kind.WORDS: _joined,
    Kind.LINES: _lined,
    Kind.LONE: _first,
    Kind.WHOLE: _unqualified,
}


def _every(getter: Callable[[Event], Any], events: Sequence[Event]) -> list[Any]:
    try:
        return list(map(getter, events))
    except AttributeError:  # a null where an object belongs
        return [_or_none(getter, event) for event in events]


def _or_none(getter: Callable[[Event], Any], event: Event) -> Any:
    try:
        return getter(event)
    except AttributeError:
        return None


def dig(record: Any, path: Sequence[str]) -> Any:
    """What stands at a path of keys, or None."""
    for key in path:
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    return record


def _plant(tree: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


def _attribute_names(tree: dict[str, Any]) -> dict[str, str]:
    """Keys such as ``@timestamp`` are no Python names: every key gets a number instead."""
    keys: dict[str, None] = {}
    pending = [tree]
    while pending:
        node = pending.pop()
        keys.update(dict.fromkeys(node))
        pending.extend(child for child in node.values() if isinstance(child, dict))
    return {key: f"k{number}" for number, key in enumerate(keys)}


def _node(name: str, tree: dict[str, Any], names: dict[str, str]) -> _Node:
    fields: list[Any] = []
    children: dict[str, _Node | Kind] = {}
    for key, below in tree.items():
        if isinstance(below, dict):
            child = _node(name + key, below, names)
            children[key] = child
            fields.append((names[key], child.struct | None, msgspec.field(default_factory=child.struct)))
        else:
            children[key] = below
            fields.append((names[key], LEAF[below], None))
    return _Node(msgspec.defstruct(name, fields, rename={names[key]: key for key in tree}, gc=False), children)


def _leaf(value: Any, kind: Kind) -> Any:
    if isinstance(value, dict):
        value = next((value[name] for name in LONE if name in value), None)
    if isinstance(value, list):
        if kind in (Kind.WORDS, Kind.LINES):
            return [each for each in value if isinstance(each, str)]
        value = next((each for each in value if isinstance(each, str | int | float)), None)
    if kind is Kind.WHOLE and isinstance(value, float):
        return str(value)
    if kind in (Kind.WHOLE, Kind.STAMP, Kind.DAY_STAMP):
        return value if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    return value if value is None or isinstance(value, str) else str(value)
