"""Raw values → typed columns: text, whole numbers, moments in UTC. Whatever cannot be read is null."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import polars as pl

from longtail.executions.schema import UTC_TIME
from longtail.telemetry.format import Kind
from longtail.telemetry.literals import unlisted

DTYPE = {
    Kind.TEXT: pl.String(),
    Kind.SAID: pl.String(),
    Kind.WORDS: pl.String(),
    Kind.LINES: pl.String(),
    Kind.LONE: pl.String(),
    Kind.WHOLE: pl.Int64(),
    Kind.STAMP: UTC_TIME,
    Kind.DAY_STAMP: UTC_TIME,
}

NOTHING = {Kind.TEXT: ("",), Kind.SAID: ("", "-"), Kind.WORDS: ("",), Kind.LINES: ("",), Kind.LONE: ("", "-")}

BETWEEN: dict[Kind, str | None] = {Kind.LINES: "\n", Kind.LONE: None}
"""What parts the values of a list, of which some kinds hold one only."""

EPOCH_SIZES = (  # digits tell the unit: each holds for 1990–2100 and does not overlap the next
    (1e11, 1e6, 0),  # seconds
    (1e14, 1e3, 0),  # milliseconds
    (1e17, 1.0, 0),  # microseconds
    (6e17, 0.1, -11_644_473_600_000_000),  # FILETIME: 100 ns since 1601
    (1e19, 1e-3, 0),  # nanoseconds
)

DOTNET = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")  # milliseconds, as Windows PowerShell writes JSON

FEW = 256  # texts that are sooner read one by one than together

APART = re.compile(r" (?=[+-]\d{2}:?\d{2}$)")  # as programs in Go write a moment: 2026-03-02 04:05:06 +0000 UTC

ORDINAL = re.compile(r"(?<=\b\d)(?:st|nd|rd|th)\b|(?<=\b\d\d)(?:st|nd|rd|th)\b")  # of days: Mar 2nd 2026

IN_UTC = r" ?(?:\+0000)?(?: UTC)?$"  # further ways to say so

THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")

MONTH_FIRST = ("%m/%d/%Y %I:%M:%S%.f %p", "%m/%d/%Y %H:%M:%S%.f", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M")
DAY_FIRST = tuple(layout.replace("%m/%d", "%d/%m") for layout in MONTH_FIRST)
LAYOUTS = (  # what people's exports write besides, when it is not ISO 8601; commas and odd blanks are blanks
    "%d.%m.%Y %H:%M:%S%.f",
    "%d.%m.%Y %H:%M",  # so Excel shows a moment, and writes what it shows
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d %H:%M",
    "%b %d %Y %I:%M:%S%.f %p",
    "%b %d %Y %H:%M:%S%.f",
    "%b %d %Y @ %H:%M:%S%.f",
    "%d %b %Y %H:%M:%S%.f",
    "%a %d %b %Y %H:%M:%S GMT",
    "%a %b %d %H:%M:%S %Y UTC",
)
SLASHED = {  # a date that cannot be read in the order of its file is read in the other
    Kind.STAMP: (*MONTH_FIRST, *DAY_FIRST, *LAYOUTS),
    Kind.DAY_STAMP: (*DAY_FIRST, *MONTH_FIRST, *LAYOUTS),
}


def column(values: Sequence[Any], kind: Kind) -> pl.Series:
    """Python scalars → a typed column. Values of the wrong type are read as text first."""
    return typed(_series(values), kind)


def held(values: Sequence[Any], kind: Kind) -> pl.Series:
    """The same, but text as it stands: what means nothing is still to be taken out, of many columns at once."""
    if kind not in SLASHED and (plain := _as_they_are(values, DTYPE[kind])) is not None:
        return plain
    if kind is Kind.WHOLE:
        return _mixed_wholes(values)
    if kind in NOTHING and len(values) <= FEW:
        return pl.Series([_scalar_text(value) for value in values], dtype=pl.String)
    return column(values, kind)


def without_nothing(name: str, kind: Kind) -> pl.Expr:
    """A column of text with null for what means nothing."""
    something = pl.all_horizontal([pl.col(name) != nothing for nothing in NOTHING[kind]])
    return pl.when(something).then(pl.col(name)).alias(name)


def _as_they_are(values: Sequence[Any], dtype: pl.DataType) -> pl.Series | None:
    """The values where all are of the type already, which is nearly always and costs a tenth of finding it out."""
    try:
        return pl.Series(values, dtype=dtype, strict=True)
    except (TypeError, OverflowError, pl.exceptions.PolarsError):
        return None


def _mixed_wholes(values: Sequence[Any]) -> pl.Series:
    """Numbers beside numbers that are written out, each read once."""
    read = {each: _whole(text) for each in set(values) if (text := _scalar_text(each)) is not None}
    return pl.Series([read.get(each) for each in values], dtype=pl.Int64)


def typed(series: pl.Series, kind: Kind) -> pl.Series:
    """A column of any type → a column of the kind's type; of lists of numbers or moments the first."""
    if isinstance(series.dtype, pl.List) and kind not in NOTHING:
        series = series.list.first()
    if kind is Kind.WHOLE:
        return wholes(series)
    if kind in SLASHED:
        return instants(series, kind)
    return _texts(series, kind)


def _series(values: Sequence[Any]) -> pl.Series:
    try:
        return pl.Series(values, strict=True)
    except (TypeError, OverflowError, pl.exceptions.PolarsError):
        return pl.Series([_scalar_text(value) for value in values], dtype=pl.String)


def _scalar_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _texts(series: pl.Series, kind: Kind) -> pl.Series:
    if isinstance(series.dtype, pl.List):
        listed = series.cast(pl.List(pl.String), strict=False).list
        between = BETWEEN.get(kind, " ")
        series = listed.first() if between is None else listed.join(between, ignore_nulls=True)
    held = series if series.dtype == pl.String else series.cast(pl.String, strict=False)
    held = unlisted(held, BETWEEN[kind]) if kind in BETWEEN else held
    absent = held.is_in(NOTHING[kind])
    return held.set(absent, None) if absent.any() else held


def wholes(series: pl.Series) -> pl.Series:
    """Numbers, decimal text, ``0x…`` text → Int64; parsed once per distinct text."""
    if series.dtype == pl.Int64:
        return series
    if series.dtype.is_numeric() or series.dtype == pl.Null:
        return series.cast(pl.Int64, strict=False)
    held = series.cast(pl.String, strict=False)
    if held.len() <= FEW:
        return pl.Series([None if each is None else _whole(each) for each in held], dtype=pl.Int64)
    plain = held.cast(pl.Int64, strict=False)
    if plain.null_count() == held.null_count():
        return plain
    distinct = held.unique().drop_nulls()
    read = pl.Series([_whole(each) for each in distinct], dtype=pl.Int64)
    return held.replace_strict(distinct, read, default=None, return_dtype=pl.Int64)


def _whole(written: str) -> int | None:
    short = written.strip("[] \t\r\n")[:32].removesuffix(".0")
    short = short.replace(",", "") if THOUSANDS.fullmatch(short) else short
    try:
        number = int(short, 16 if short[:2].lower() == "0x" else 10)
    except ValueError:
        return None
    return number if -(2**63) <= number < 2**63 else None


def instants(series: pl.Series, kind: Kind = Kind.STAMP) -> pl.Series:
    """Text, epoch numbers or datetimes → Datetime(us, UTC). Text without a zone is UTC."""
    if series.dtype == pl.Null:
        return series.cast(UTC_TIME)
    if isinstance(series.dtype, pl.Datetime):
        return _zoned(series)
    if series.dtype == pl.Date:
        return _zoned(series.cast(pl.Datetime("us")))
    if series.dtype.is_numeric():
        return _from_epoch(series)
    return _from_text(series.cast(pl.String, strict=False), SLASHED[kind])


def _zoned(series: pl.Series) -> pl.Series:
    held = series if series.dtype.time_zone else series.dt.replace_time_zone("UTC")  # type: ignore[attr-defined]
    return held.dt.convert_time_zone("UTC").dt.cast_time_unit("us")


def _from_epoch(series: pl.Series) -> pl.Series:
    value = pl.col("value").cast(pl.Float64)
    micros = pl.lit(None, dtype=pl.Float64)
    for below, factor, shift in reversed(EPOCH_SIZES):
        micros = pl.when(value.abs() < below).then(value * factor + shift).otherwise(micros)
    exact = pl.when(micros.is_finite()).then(micros).round().cast(pl.Int64, strict=False)
    return (
        series.alias("value").to_frame().select(exact.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")).to_series()
    )


def _from_text(series: pl.Series, layouts: Sequence[str]) -> pl.Series:
    fast = _usual(series)
    if fast.null_count() == series.null_count():
        return fast
    missed = fast.is_null() & series.is_not_null()
    odd = series.filter(missed).unique()
    read = _usual(odd.str.replace(IN_UTC, ""))
    if read.has_nulls():
        left = odd.filter(read.is_null())
        slow = pl.Series([_moment(each) for each in left], dtype=UTC_TIME)
        read = read.scatter(
            read.is_null().arg_true(), slow.fill_null(_laid_out(left, layouts)) if slow.has_nulls() else slow
        )
    return fast.zip_with(~missed, series.replace_strict(odd, read, default=None, return_dtype=UTC_TIME))


def _usual(series: pl.Series) -> pl.Series:
    """Moments in UTC as nearly all logs write them; null for the others."""
    return series.alias("value").to_frame().select(_iso_minutes_and_seconds()).to_series()


@cache
def _iso_minutes_and_seconds() -> pl.Expr:
    """``2026-03-01T05:24:24.010Z`` and its like, by parts: the minutes repeat and are parsed once each.

    Three times as fast as one strptime. Anything else (a zone other than UTC, other layouts) gives null.
    """
    value = pl.col("value")
    minute = value.str.slice(0, 16).str.replace("T", " ", literal=True)
    seconds = value.str.slice(17).str.strip_suffix("Z").str.strip_suffix("+00:00").cast(pl.Float64, strict=False)
    micros = pl.when(seconds.is_between(0, 61, closed="left")).then(seconds * 1_000_000 + 0.001).floor()
    moment = minute.str.to_datetime("%Y-%m-%d %H:%M", time_unit="us", strict=False, cache=True).cast(pl.Int64)
    whole = pl.when(value.str.slice(16, 1) == ":").then(moment + micros.cast(pl.Int64))
    return whole.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _moment(written: str) -> datetime | None:
    """One moment in ISO 8601 or as a number, or None."""
    short = written.strip()[:64]
    return _iso(short) or _epoch_text(short)


def _iso(short: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(APART.sub("", short.removesuffix(" UTC").replace(",", ".")))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _epoch_text(short: str) -> datetime | None:
    dotnet = DOTNET.fullmatch(short)
    try:
        number = float(dotnet[1] if dotnet else short)
    except ValueError:
        return None
    moment: datetime | None = _from_epoch(pl.Series([number]))[0]
    return moment


def _laid_out(written: pl.Series, layouts: Sequence[str]) -> pl.Series:
    """Moments in less usual layouts, or null: each as the first layout that it fits."""
    short = (ORDINAL.sub("", each.strip()[:64].replace(",", " ")) for each in written)
    plain = pl.Series([" ".join(each.split()).replace("a.m.", "AM").replace("p.m.", "PM") for each in short])
    read = pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, len(plain))
    for layout in layouts:
        if not read.has_nulls():
            break
        read = read.fill_null(plain.str.to_datetime(layout, time_unit="us", strict=False))
    return read.dt.replace_time_zone("UTC")
