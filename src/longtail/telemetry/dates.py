"""Slashed dates in telemetry → whether the day or the month comes first in them, file by file.

03/04/2026 is read as it must be where another date of its file can be read in one way only (13/04/2026); where none
can, as in the other files of its format that are read together with it; else the month comes first, and the reading
says that nothing shows it. All of a file is looked at before any of it is read, so that its pieces agree.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from longtail.files.containers import members
from longtail.files.discovery import STDIN, files
from longtail.files.streams import Budget, Stream, as_utf8
from longtail.files.tally import Tally
from longtail.telemetry.carriers import Source, raw_frames
from longtail.telemetry.evtx_chunks import FILE_MAGIC
from longtail.telemetry.format import Carrier, Field, Format, Kind
from longtail.telemetry.options import Dates, Options, Order
from longtail.telemetry.parquet import MAGIC, parquet_texts
from longtail.telemetry.parts import named
from longtail.telemetry.recognition import HEADS, Recognised, recognised
from longtail.telemetry.wrapped import unwrapped

GLANCE = 1 << 16  # bytes at the head of a file in which a date would stand, though a command line of 32 KiB came first
SLASHED = re.compile(rb"\d{1,2}\\?/\d{1,2}\\?/\d{4}")
ANY = r"^\s*\d{1,2}/\d{1,2}/\d{4}\b"
SHOWING = {
    Order.DAY: r"^\s*(?:1[3-9]|2\d|3[01])/\d{1,2}/\d{4}\b",
    Order.MONTH: r"^\s*\d{1,2}/(?:1[3-9]|2\d|3[01])/\d{4}\b",
}
WRITTEN = frozenset({Carrier.JSON, Carrier.CSV})  # what people and their tools write; other logs have one way
BINARY = (FILE_MAGIC, MAGIC)  # such files hold moments, no written dates

AS_OTHERS = "slashed dates are read {order}, as in other files of the format: none in this one shows it"
GUESSED = "slashed dates are read month first (03/04 is March 4): none in the file shows it, --date-order would say it"
MIXED = "slashed dates of both orders: those that can be read in both ways are read month first"


def dated(paths: Sequence[str], options: Options) -> Options:
    """The options with what the slashed dates of the files show; only files that begin with such are looked through.

    Raises:
        NothingToRead: a path matches no file.
        UsageError: ``options.format_in`` names no format.
    """
    if options.day_first is not None:
        return options
    found = [each for path, _ in files(paths) if path != STDIN for each in _shown_in(path, options)]
    by_format: dict[str, set[Order]] = defaultdict(set)
    for _, format, order in found:
        by_format[format].add(order)
    one = {format: orders - {Order.UNSHOWN} for format, orders in by_format.items()}
    formats = {format: next(iter(orders)) for format, orders in one.items() if len(orders) == 1}
    return replace(options, dates=Dates({path: order for path, _, order in found}, formats)) if found else options


def in_order(found: Recognised, source: Source, options: Options, tally: Tally) -> Recognised:
    """What a file is, with its slashed dates in the order that was told or is shown; the reading says where none is."""
    if found.carrier not in {*WRITTEN, Carrier.PARQUET}:
        return found
    if options.day_first is not None:
        return _day_first(found) if options.day_first else found
    order = options.dates.files.get(tally.path) or _shown_at_head(source, found)
    if order is Order.UNSHOWN and (shared := options.dates.formats.get(found.format.name)) in SHOWING:
        tally.note(AS_OTHERS.format(order=shared))
        order = shared
    elif order in (Order.UNSHOWN, Order.BOTH):
        tally.note(GUESSED if order is Order.UNSHOWN else MIXED)
    return _day_first(found) if order is Order.DAY else found


def shown(source: Source, found: Recognised) -> Order | None:
    """What the dates of the records show, up to the first that show anything; None where none is slashed."""
    format = found.format
    stamps = [name for name, field in format.fields.items() if field.kind is Kind.STAMP]
    asked = {*stamps, *(format.only or ())[:1]}
    fields = {name: _as_text(field) for name, field in format.fields.items() if name in asked}
    raws = raw_frames(source, replace(found, format=replace(format, fields=fields), beside=()), Tally(""))
    return _summed(shown_in(map(frame.get_column, stamps)) for _, frame in raws)


def shown_in(columns: Iterable[pl.Series]) -> set[Order]:
    """What the slashed dates in columns of text show; nothing where there are none."""
    held = [each for each in columns if each.dtype == pl.String and each.str.contains(ANY).any()]
    told = {order for order, pattern in SHOWING.items() if any(each.str.contains(pattern).any() for each in held)}
    return {Order.UNSHOWN, *told} if held else set()


def _summed(found: Iterable[set[Order]]) -> Order | None:
    """What batches show together, up to the first that shows anything or holds no slashed date."""
    seen: set[Order] = set()
    for each in found:
        seen |= each
        if not each or len(seen) > 1:
            break
    if len(seen) > 2:
        return Order.BOTH
    return next((order for order in (*SHOWING, *seen) if order in seen), None)


def _shown_in(path: str, options: Options) -> Iterator[tuple[str, str, Order]]:
    """Path, format and order of each file with slashed dates in a file that may be packed."""
    try:
        if not Path(path).is_file() or not _may_have_any(path):
            return
        with Path(path).open("rb") as file:
            for member in members(Stream(file.read), path, Budget(Path(path).stat().st_size)):
                text = unwrapped(as_utf8(member.stream), Tally(path))
                found = None if member.refused else recognised(text, Tally(path), named(options.format_in))
                if found is not None and found.carrier in WRITTEN and (order := shown(Source(text), found)):
                    yield member.path, found.format.name, order
    except OSError:
        return


def _may_have_any(path: str) -> bool:
    """Whether a date is in sight at the head of a file, or of the first in it."""
    with Path(path).open("rb") as file:
        stream = Stream(file.read)
        first = next(members(stream, path, Budget(Path(path).stat().st_size)), None)
        if first is None or first.stream.peek(len(FILE_MAGIC)).startswith(BINARY):
            return False
        return bool(SLASHED.search(first.stream.peek(GLANCE).replace(b"\0", b"")))


def _shown_at_head(source: Source, found: Recognised) -> Order | None:
    """Of what was not looked through before: standard input, a file deep in an archive, or Parquet, all of it."""
    if found.carrier is Carrier.PARQUET and source.file is not None:
        stamps = [field.path for field in found.format.fields.values() if field.kind is Kind.STAMP]
        return _summed(map(shown_in, parquet_texts(source.file, stamps)))
    if source.file is not None and (source.start or source.stop is not None):
        with source.file.open("rb") as file:
            return _of_stream(Stream(file.read), found)
    return _of_stream(source.stream, found)


def _of_stream(stream: Stream, found: Recognised) -> Order | None:
    order = None
    for size in HEADS:
        head = stream.peek(size)
        if not SLASHED.search(head, 0, GLANCE) or (order is None and size > HEADS[0]):
            return None
        lines = head if found.documents or len(head) < size else head[: head.rfind(b"\n") + 1]
        order = shown(Source(Stream(io.BytesIO(lines).read)), found)
        if order in SHOWING or len(head) < size:
            return order
    return order


def _day_first(found: Recognised) -> Recognised:
    return replace(found, format=dayed(found.format), beside=tuple(map(dayed, found.beside)))


def dayed(format: Format) -> Format:
    """The format with the day first in its slashed dates."""
    fields = {
        name: replace(field, kind=Kind.DAY_STAMP) if field.kind is Kind.STAMP else field
        for name, field in format.fields.items()
    }
    return replace(format, fields=fields)


def _as_text(field: Field) -> Field:
    return replace(field, kind=Kind.TEXT) if field.kind is Kind.STAMP else field
