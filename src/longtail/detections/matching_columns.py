"""One column of texts and many comparisons → which distinct values each comparison holds for.

A fleet says the same few hundred thousand texts over and over, and a thousand rules ask the same few thousand
questions. So each question is put once to each distinct value; and most are never put at all: a comparison can only
hold where the longest fixed part of it stands in the value, and one pass of an Aho–Corasick automaton finds the values
that hold the fixed parts of all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.detections.matching_regex import linear
from longtail.detections.matching_terms import Address, Missing, Number, Pattern, Term, Text, Wild

Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

FEW = 8  # times fewer rows, from which it is cheaper to look them up than to look through
KEY_LETTERS = (3, 24)  # a shorter one of ASCII stands everywhere; a longer one lets an attacker nest keys in keys
BATCH_LETTERS = 2 << 20  # of values looked through at once: what bounds the hits that wait to be counted
BATCH_CELLS = 64 << 20  # keys × values of one batch

SAME = {"ς": "σ", "ſ": "s"}  # letters that lower case leaves apart and that no reader tells apart


def folded(texts: pl.Series) -> pl.Series:
    """The texts without case, letter by letter: what Sigma compares unless told otherwise."""
    return texts.str.to_lowercase().str.replace_many(SAME)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its distinct values, and for each of them (first: none) the rows that have it."""

    values: pl.Series
    codes: NDArray[np.int64]  # of each row its value, from 1; 0 for none
    ordered: Places  # rows by their codes
    first: Places  # of each code where its rows begin in ``ordered``, and the end

    @classmethod
    def of(cls, texts: pl.Series) -> "Column":
        """The column that ``texts`` is."""
        plain = texts.cast(pl.String)
        values = plain.drop_nulls().unique()
        numbered = pl.LazyFrame({"value": values}).with_row_index("code", offset=1)
        joined = pl.LazyFrame({"value": plain}).join(numbered, on="value", how="left", maintain_order="left")
        codes = joined.select(pl.col("code").cast(pl.Int64).fill_null(0)).collect()["code"].to_numpy()
        ordered = np.argsort(codes, kind="stable")
        return cls(values, codes, ordered, np.searchsorted(codes[ordered], np.arange(len(values) + 2)))

    def rows(self, codes: Places, within: Places) -> Places:
        """Those of the rows ``within`` (ascending) that have one of these codes."""
        starts, lengths = self.first[codes], self.first[codes + 1] - self.first[codes]
        if FEW * int(lengths.sum()) < len(within):
            return common(np.sort(self.ordered[ranges(starts, lengths)]), within)
        flags = np.zeros(len(self.values) + 1, dtype=np.bool_)
        flags[codes] = True
        return within[flags[self.codes[within]]]


def ranges(starts: Places, lengths: Places) -> Places:
    """``start, start + 1, …`` of each range, one after the other."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()), dtype=np.int64)


def common(few: Places, many: Places) -> Places:
    """What is in both; each ascending."""
    at = np.searchsorted(many, few)
    return few[np.take(many, np.minimum(at, len(many) - 1)) == few] if len(many) else many


def without(many: Places, few: Places) -> Places:
    """What is left of ``many`` without ``few``, which is part of it; each ascending."""
    if not len(few):
        return many
    left = np.ones(len(many), dtype=np.bool_)
    left[np.searchsorted(many, few)] = False
    return many[left]


class Answers:
    """Which distinct values of a column each comparison holds for."""

    def __init__(self, column: Column, terms: Sequence[Term]) -> None:
        self.column = column
        self.folded = folded(column.values)
        self.keys = {term: key for term, key in zip(terms, _keys(terms), strict=True) if key}
        self.index = _Index(self.folded, sorted(set(self.keys.values())))
        self.found: dict[Term, Places] = {}

    def values(self, term: Term) -> Places:
        """The places of the values that ``term`` holds for, ascending."""
        if term not in self.found:
            key = self.keys.get(term)
            maybe = self.index.places(key) if key else None
            self.found[term] = maybe if maybe is not None and _is_its_key(term, key) else self._held(term, maybe)
        return self.found[term]

    def _held(self, term: Term, maybe: Places | None) -> Places:
        """Those of ``maybe`` (all, where None) that ``term`` holds for."""
        texts = self.column.values if _cased(term) else self.folded
        looked_at = texts if maybe is None else texts[maybe]
        held = np.flatnonzero(_holds(term, looked_at))
        return held if maybe is None else maybe[held]

    def rows(self, term: Term, within: Places) -> Places:
        """Those of the rows ``within`` that ``term`` holds for."""
        codes = np.zeros(1, dtype=np.int64) if isinstance(term, Missing) else self.values(term) + 1
        return self.column.rows(codes, within) if len(codes) else codes


class _Index:
    """Keys → the values that hold them, found in one pass over the values."""

    def __init__(self, texts: pl.Series, keys: list[str]) -> None:
        self.texts = texts
        self.keys = keys

    @cached_property
    def number(self) -> dict[str, int]:
        return {key: number for number, key in enumerate(self.keys)}

    @cached_property
    def held(self) -> list[Places]:
        """For each key the places of the values that hold it."""
        parts: list[list[Places]] = [[] for _ in self.keys]
        for start, stop in _batches(self.texts, len(self.keys)):
            keys, places = self._hits(start, stop)
            for key, found in zip(*_grouped(keys, places), strict=True):
                parts[key].append(found + start)
        return [np.concatenate(each) if each else np.empty(0, dtype=np.int64) for each in parts]

    def places(self, key: str) -> Places:
        return self.held[self.number[key]]

    def _hits(self, start: int, stop: int) -> tuple[Places, Places]:
        """(key, place) of every occurrence among the values from ``start`` to ``stop``; each pair once, in order."""
        found = self.texts[start:stop].str.extract_many(self.keys, overlapping=True)
        counts = found.list.len().fill_null(0).to_numpy()
        keys = found.explode(empty_as_null=False, keep_nulls=False).cast(pl.Enum(self.keys)).to_physical().to_numpy()
        cells = np.zeros((len(self.keys), stop - start), dtype=np.bool_)
        cells[keys, np.repeat(np.arange(stop - start), counts)] = True
        found_keys, places = np.nonzero(cells)
        return found_keys, places


def _grouped(keys: Places, places: Places) -> tuple[list[int], list[Places]]:
    """Pairs in the order of their keys → each key with all its places."""
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[starts].tolist(), np.split(places, starts[1:]) if len(starts) else []


def _batches(texts: pl.Series, keys: int) -> Iterable[tuple[int, int]]:
    """Cuts of the values, each of a bounded amount of text and of cells."""
    if not len(texts) or not keys:
        return
    most = max(1, BATCH_CELLS // keys)
    until = texts.str.len_bytes().cast(pl.Int64).cum_sum().to_numpy()
    start, done = 0, 0
    while start < len(texts):
        stop = int(np.searchsorted(until, done + BATCH_LETTERS, side="right"))
        stop = min(max(stop, start + 1), start + most, len(texts))
        yield start, stop
        start, done = stop, int(until[stop - 1])


def _keys(terms: Sequence[Term]) -> list[str]:
    """For each comparison a text that stands in every value it holds for; empty where there is none."""
    raw = [_longest(term) for term in terms]
    least, most = KEY_LETTERS
    plain = folded(pl.Series(raw, dtype=pl.String)).to_list()
    return [key[:most] if len(key) >= least or not key.isascii() else "" for key in plain]


def _longest(term: Term) -> str:
    if isinstance(term, Text):
        return max((part for part in term.parts if isinstance(part, str)), key=len, default="")
    return linear(term.expression, term.flags).literal if isinstance(term, Pattern) else ""


def _cased(term: Term) -> bool:
    return isinstance(term, Pattern) or (isinstance(term, Text) and term.cased)


def _is_its_key(term: Term, key: str | None) -> bool:
    """Whether a value that holds the key need not be looked at again."""
    return (
        isinstance(term, Text)
        and not term.cased
        and len(term.parts) == 3
        and term.parts[0] is term.parts[2] is Wild.MANY
        and isinstance(term.parts[1], str)
        and key is not None
        and len(term.parts[1]) == len(key)
    )


def _holds(term: Term, texts: pl.Series) -> Flags:
    """For each text whether ``term`` holds; texts are folded already unless the term minds case."""
    if isinstance(term, Text):
        return _text_holds(term, texts).to_numpy()
    if isinstance(term, Pattern):
        return texts.str.contains(linear(term.expression, term.flags).expression).to_numpy()
    if isinstance(term, Number):
        return _number_holds(term, texts).to_numpy()
    if isinstance(term, Address):
        return np.fromiter((_in_network(text, term) for text in texts), dtype=np.bool_, count=len(texts))
    raise TypeError(f"{type(term).__name__} is no question to one value")


def _text_holds(term: Text, texts: pl.Series) -> pl.Series:
    parts = term.parts if term.cased else tuple(_folded_part(part) for part in term.parts)
    match parts:
        case ():
            return texts == ""
        case (str(whole),):
            return texts == whole
        case (Wild.MANY,):
            return texts.is_not_null()
        case (str(start), Wild.MANY):
            return texts.str.starts_with(start)
        case (Wild.MANY, str(end)):
            return texts.str.ends_with(end)
        case (Wild.MANY, str(inner), Wild.MANY):
            return texts.str.contains(inner, literal=True)
    return texts.str.contains(_wildcards(parts))


def _folded_part(part: str | Wild) -> str | Wild:
    return part if isinstance(part, Wild) else str(folded(pl.Series([part])).item())


def _wildcards(parts: tuple[str | Wild, ...]) -> str:
    written = {Wild.MANY: ".*", Wild.ONE: "."}
    return r"(?s)\A" + "".join(written[p] if isinstance(p, Wild) else pl.escape_regex(p) for p in parts) + r"\z"


RELATIONS = {"<": pl.Series.lt, "<=": pl.Series.le, ">": pl.Series.gt, ">=": pl.Series.ge, "=": pl.Series.eq}


def _number_holds(term: Number, texts: pl.Series) -> pl.Series:
    numbers = texts.str.strip_chars().cast(pl.Float64, strict=False).fill_nan(None)
    return RELATIONS[term.relation](numbers, term.value).fill_null(False)


def _in_network(text: str, term: Address) -> bool:
    try:
        return len(text) < 64 and ip_address(text) in term.network
    except ValueError:
        return False
