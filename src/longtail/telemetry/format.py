"""What a telemetry format is: how it is recognised, which raw fields it has, how they become a process start.

A format is data. Its *carrier* (JSON, CSV, EVTX, XML, Parquet) turns bytes into raw columns named by
``fields``; ``starts`` says which raw rows are process starts; ``columns`` are Polars expressions over
the raw columns, one for each column of a process event that the format knows. What it does not know is null.
To add a format: one file in ``formats/``, one golden pair, one line in the tuple of ``formats/__init__.py``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

Record = Mapping[str, Any]
"""One decoded record of a sample, as the format is recognised from: nested for JSON, XML and EVTX; flat for tables."""


class Carrier(StrEnum):
    """How records are written down."""

    JSON = "JSON"
    CSV = "CSV"
    EVTX = "EVTX"
    XML = "XML"
    PARQUET = "Parquet"


class Kind(StrEnum):
    """What a raw field holds, and with it the type of its raw column."""

    TEXT = "text"  # String; empty is null
    SAID = "said"  # String; empty and "-" are null, as Windows writes what it does not know
    WORDS = "words"  # String; a list of words is joined by spaces
    WHOLE = "whole"  # Int64; decimal or 0x… text is read
    STAMP = "stamp"  # Datetime(us, UTC); text, or a number of seconds, milliseconds, … by its size


@dataclass(frozen=True, slots=True)
class Field:
    """A raw field: the dotted path to it in a record (or the column's name in a table) and its kind."""

    path: str
    kind: Kind


def text(path: str) -> Field:
    """A field of text."""
    return Field(path, Kind.TEXT)


def said(path: str) -> Field:
    """A field of text in which ``-`` stands for nothing."""
    return Field(path, Kind.SAID)


def words(path: str) -> Field:
    """A word or a list of words."""
    return Field(path, Kind.WORDS)


def whole(path: str) -> Field:
    """A whole number, perhaps written in hexadecimal."""
    return Field(path, Kind.WHOLE)


def stamp(path: str) -> Field:
    """A moment. Without a zone it is UTC."""
    return Field(path, Kind.STAMP)


@dataclass(frozen=True)
class Format:
    """One way in which process starts are written.

    ``clock`` names the stamps from the most to the least trusted; those also in ``local`` are local times
    without a zone, a last resort that is noted. ``only`` passes records over by one raw field before
    anything else is looked at. ``starts`` must be true for a process start (null is false).
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


def account(domain: str, name: str) -> pl.Expr:
    """``DOMAIN\\name`` of two raw columns, or the bare name where there is no domain."""
    return pl.coalesce(pl.concat_str(pl.col(domain), pl.col(name), separator="\\"), pl.col(name))


def first(*names: str) -> pl.Expr:
    """The first of the raw columns that is not null."""
    return pl.coalesce(*names)
