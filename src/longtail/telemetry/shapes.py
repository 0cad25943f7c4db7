"""A format's fields → the one typed struct that a JSON record is decoded into, and back to raw columns.

Only the fields of the format are decoded; the rest of a record is skipped unread. The struct is strict, which
is what makes it fast; a record it refuses goes through ``from_mapping``, which takes what it can.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

import msgspec
import polars as pl

from longtail.telemetry.events import PLACE
from longtail.telemetry.format import Format, Kind, Record
from longtail.telemetry.kinds import column

Event = Any  # an instance of the struct made below

LEAF: dict[Kind, Any] = {
    Kind.TEXT: str | int | None,
    Kind.SAID: str | int | None,
    Kind.WORDS: str | list[str] | None,
    Kind.WHOLE: int | str | None,
    Kind.STAMP: str | int | float | None,
}


class Shape:
    """The compiled form of a format's fields, under an envelope (``_source``) or none."""

    def __init__(self, format: Format, envelope: tuple[str, ...] = ()) -> None:
        self.format = format
        self.paths = {name: (*envelope, *field.path.split(".")) for name, field in format.fields.items()}
        tree: dict[str, Any] = {}
        for name, path in self.paths.items():
            _plant(tree, path, format.fields[name].kind)
        self._names = _attribute_names(tree)
        self.struct = _struct("Event", tree, self._names)
        self.decoder = msgspec.json.Decoder(self.struct)
        self._getters: dict[str, Callable[[Event], Any]] = {
            name: attrgetter(".".join(self._names[key] for key in path)) for name, path in self.paths.items()
        }

    def wanted(self, events: Sequence[Event]) -> list[int] | None:
        """The positions that the format's ``only`` lets through; None for all."""
        if self.format.only is None:
            return None
        field, values = self.format.only
        found = _every(self._getters[field], events)
        return [position for position, value in enumerate(found) if value in values]

    def frame(self, events: Sequence[Event], places: pl.Series) -> pl.DataFrame:
        """Raw columns named by the format's fields, and ``_place``."""
        columns = {name: column(self._values(name, events), field.kind) for name, field in self.format.fields.items()}
        return pl.DataFrame({**columns, PLACE: places})

    def _values(self, name: str, events: Sequence[Event]) -> list[Any]:
        values = _every(self._getters[name], events)
        if self.format.fields[name].kind is not Kind.WORDS:
            return values
        return [" ".join(value) if isinstance(value, list) else value for value in values]

    def from_mapping(self, record: Record) -> Event:
        """The struct of a decoded record whose values may have any type: scalars are kept, the rest is nothing."""
        tree: dict[str, Any] = {}
        for name, path in self.paths.items():
            _plant(tree, path, _leaf(dig(record, path), self.format.fields[name].kind))
        return msgspec.convert(tree, self.struct)


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


def _struct(name: str, tree: dict[str, Any], names: dict[str, str]) -> type[msgspec.Struct]:
    fields: list[Any] = []
    for key, node in tree.items():
        if isinstance(node, dict):
            child = _struct(name + key, node, names)
            fields.append((names[key], child | None, msgspec.field(default_factory=child)))
        else:
            fields.append((names[key], LEAF[node], None))
    return msgspec.defstruct(name, fields, rename={names[key]: key for key in tree}, gc=False)


def _leaf(value: Any, kind: Kind) -> Any:
    if isinstance(value, dict):
        value = value.get("#text", value.get("text"))
    if isinstance(value, list):
        words = [each for each in value if isinstance(each, str)]
        return words if kind is Kind.WORDS else next(iter(words), None)
    if kind in (Kind.WHOLE, Kind.STAMP):
        return value if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    return value if value is None or isinstance(value, str) else str(value)
