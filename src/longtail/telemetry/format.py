"""What a telemetry format is: how it is recognised, which raw fields it has, what their rows become.

A format is data. Its *carrier* (JSON, CSV, EVTX, XML, Parquet) turns bytes into raw columns named by
``fields``; ``starts`` says which raw rows are process starts; ``columns`` are Polars expressions over
the raw columns, one for each column of a process event that the format knows. What it does not know is null.
To add a format: one file in ``formats/``, one golden pair, one line in the tuple of ``formats/__init__.py``.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

import polars as pl

T = TypeVar("T")
Record = Mapping[str, Any]
"""One decoded record of a sample, as the format is recognised from: nested for JSON, XML and EVTX; flat for tables."""


class Carrier(StrEnum):
    """How records are written down."""

    JSON = "JSON"
    CSV = "CSV"
    EVTX = "EVTX"
    XML = "XML"
    PARQUET = "Parquet"
    TEXT = "text"


class Rows(StrEnum):
    """What the rows of a format say; the value is how a person is told."""

    STARTS = "process starts"
    RUNNING = "process snapshot or inventory"
    LISTENING = "listening sockets"
    ATTACKED = "attacked ports"


class Kind(StrEnum):
    """What a raw field holds, and with it the type of its raw column."""

    TEXT = "text"  # String; empty is null
    SAID = "said"  # String; empty and "-" are null, as Windows writes what it does not know
    WORDS = "words"  # String; a list of words is joined by spaces
    LINES = "lines"  # String; a list of values is joined by new lines
    LONE = "lone"  # String; of a list the first; empty and "-" are null
    WHOLE = "whole"  # Int64; decimal or 0x… text is read
    STAMP = "stamp"  # Datetime(us, UTC); text, or a number of seconds, milliseconds, … by its size
    DAY_STAMP = "stamp, day first"  # the same where 03/04/2026 is April 3


@dataclass(frozen=True, slots=True)
class Field:
    """A raw field: the dotted path to it in a record (or the column's name in a table) and its kind.

    ``others`` are further names, for formats that people write by hand: which of all stands there, in whatever case,
    is settled on the first record (see ``spelt``). ``flat`` says that dots are part of the name.
    """

    path: str
    kind: Kind
    others: tuple[str, ...] = ()
    flat: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys on the way to it in a record."""
        return (self.path,) if self.flat else tuple(self.path.split("."))


def text(path: str, *others: str) -> Field:
    """A field of text."""
    return Field(path, Kind.TEXT, others)


def said(path: str, *others: str) -> Field:
    """A field of text in which ``-`` stands for nothing."""
    return Field(path, Kind.SAID, others)


def words(path: str) -> Field:
    """A word or a list of words."""
    return Field(path, Kind.WORDS)


def lines(path: str, *others: str) -> Field:
    """A value or a list of values, a line each."""
    return Field(path, Kind.LINES, others)


def lone(path: str, *others: str) -> Field:
    """A value that may stand in a list, alone or as the first."""
    return Field(path, Kind.LONE, others)


def whole(path: str, *others: str) -> Field:
    """A whole number, perhaps written in hexadecimal."""
    return Field(path, Kind.WHOLE, others)


def stamp(path: str, *others: str) -> Field:
    """A moment. Without a zone it is UTC."""
    return Field(path, Kind.STAMP, others)


@dataclass(frozen=True)
class View:
    """One kind of thing that rows say: its columns, by the names of its schema, and which rows (null is none)."""

    columns: Mapping[str, pl.Expr]
    rows: pl.Expr | None = None

    def of(self, raw: pl.DataFrame) -> pl.DataFrame:
        """The raw rows that say it."""
        return raw if self.rows is None else raw.filter(self.rows)


Lines = Iterable[tuple[int, str]]
Reads = Callable[[Lines], Iterator[tuple[int, Record | str]]]
"""Numbered lines of text → numbered records; a record that is text is the reason why its line cannot be used."""


@dataclass(frozen=True)
class Format:
    """One way in which process starts, or the state of machines, are written.

    ``clock`` names the stamps from the most to the least trusted; those also in ``local`` are local times
    without a zone, a last resort that is noted. ``only`` passes records over by one raw field before
    anything else is looked at. ``starts`` must be true for a process start (null is false).

    A format of no process starts has no ``columns`` of them; ``views`` say what else its rows are. ``unfolds`` takes
    a decoded record apart into several, ``folded`` being what stands in the text of those that need it. ``reads``
    turns the lines of plain text into records, and ``marks`` is found in text that can be of no other format.

    A log may hold other things for longer than anybody looks ahead. ``kin`` tells a record that the same program
    writes beside those of the format, by which a file is known when no format is recognised by more. ``fuller`` is
    the format that reads the same records and the process starts among them. ``foreign`` is the raw field in which a
    record shows that it is of another format, though it has the fields of this one.
    """

    name: str
    title: str
    carriers: tuple[Carrier, ...]
    fields: Mapping[str, Field]
    recognises: Callable[[Record], bool]
    columns: Mapping[str, pl.Expr]
    clock: tuple[str, ...]
    starts: pl.Expr | None = None
    only: tuple[str, frozenset[Any]] | None = None
    local: frozenset[str] = frozenset()
    views: Mapping[Rows, View] = field(default_factory=dict)
    unfolds: Callable[[Record], Iterable[Record]] | None = None
    folded: tuple[bytes, ...] = ()
    reads: Reads | None = None
    marks: re.Pattern[bytes] | None = None
    kin: Callable[[Record], bool] | None = None
    fuller: "Format | None" = None
    foreign: str | None = None

    @property
    def loose(self) -> bool:
        """Whether any field has other names."""
        return any(each.others for each in self.fields.values())

    @property
    def kinds(self) -> frozenset[Rows]:
        """What its rows may say."""
        return frozenset(self.views) | ({Rows.STARTS} if self.columns else frozenset())


def spelling(name: str) -> str:
    """A name of a field as people write it, without case, blanks, dashes and underscores."""
    return "".join(each for each in name.lower() if each not in " _-\t")


def spelt(format: Format, names: Iterable[str]) -> Format:
    """The format with each field that has other names under the one that is there, as it is written there."""
    written = list(names)
    there = {spelling(name): name for name in reversed(written)} | {name: name for name in written}
    fields = {name: _spelt(field, there) for name, field in format.fields.items()}
    return format if fields == format.fields else replace(format, fields=fields)


def nested(record: Record) -> Record:
    """The record with what its dotted names stand for: ``{"a.b": 1}`` is ``{"a": {"b": 1}}``. Names win over parts."""
    whole: dict[str, Any] = {name: value for name, value in record.items() if "." not in name}
    for name, value in record.items():
        inner, *keys = whole, *name.split(".")
        for key in keys[:-1]:
            inner = inner.setdefault(key, {})
            if not isinstance(inner, dict):
                break
        else:
            inner.setdefault(keys[-1], value)
    return whole


def dotted(format: Format) -> Format:
    """The format with its fields under names that have dots in them; records that are taken apart are nested first."""
    if format.unfolds is not None:
        return replace(format, unfolds=_nesting(format.unfolds), recognises=_nesting(format.recognises))
    return replace(format, fields={name: replace(field, flat=True) for name, field in format.fields.items()})


def _nesting(function: Callable[[Record], T]) -> Callable[[Record], T]:
    return lambda record: function(nested(record))


def _spelt(field: Field, there: Mapping[str, str]) -> Field:
    """As it is written exactly, else by any of its names in any case; the first of several."""
    if not field.others:
        return field
    tried = (field.path, *(spelling(each) for each in (field.path, *field.others)))
    found = next((there[each] for each in tried if each in there), None)
    if found is None or (found == field.path and "." not in found):
        return field
    return replace(field, path=found, flat=True)


def never(record: Record) -> bool:
    """Of formats in plain text: they have no records, and are recognised by their lines."""
    return False


def account(domain: str | pl.Expr, name: str | pl.Expr) -> pl.Expr:
    """``DOMAIN\\name`` of two raw columns, or the bare name where there is no domain."""
    return pl.coalesce(pl.concat_str(domain, name, separator="\\"), name)


def first(*names: str) -> pl.Expr:
    """The first of the raw columns that is not null."""
    return pl.coalesce(*names)
