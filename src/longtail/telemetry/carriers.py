"""A recognised stream, or a range of a recognised file → raw columns: one function a carrier, in one table."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import polars as pl

from longtail.files.streams import Stream
from longtail.files.tally import Tally
from longtail.telemetry.csv_text import csv_frames, csv_rows, without_header
from longtail.telemetry.evtx_chunks import CHUNK, HEADER, chunks_promised, evtx_records, note_truncation
from longtail.telemetry.format import Carrier
from longtail.telemetry.frames import nobody
from longtail.telemetry.json_documents import documents
from longtail.telemetry.json_records import document_frames, group_frames, line_frames
from longtail.telemetry.lines import blocks
from longtail.telemetry.parquet import parquet_frames, parquet_rows
from longtail.telemetry.recognition import Recognised
from longtail.telemetry.shapes import shape_of
from longtail.telemetry.strays import Framed, Strays
from longtail.telemetry.text_records import text_frames
from longtail.telemetry.unfolded import mapping_frames, unfolded_frames, unfolded_lines, unfolded_rows
from longtail.telemetry.xml_events import xml_records

Frames = Iterator[Framed]
T = TypeVar("T")

BLOCKS, DOCUMENTS = 4, 16_384  # read before what was found of other formats among them is read in its turn


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be read; ``start`` and ``stop`` are rows for Parquet, else bytes. ``file`` is set for a plain file."""

    stream: Stream
    file: Path | None = None
    start: int = 0
    stop: int | None = None
    first_line: int = 1


def raw_frames(source: Source, found: Recognised, tally: Tally) -> Frames:
    """Raw columns of the recognised format, in the order of the records, and of others that lie between them."""
    if found.carrier is Carrier.JSON:
        return _json(source, found, tally)
    return ((found.format, frame) for frame in READERS[found.carrier](source, found, tally))


def _json(source: Source, found: Recognised, tally: Tally) -> Frames:
    shape, strays = shape_of(found.format, found.envelope), Strays(found, tally)
    takes = strays.takes if found.beside else nobody
    if found.documents:
        read_texts = unfolded_frames if found.format.unfolds else document_frames
        texts = _in_turns(documents(iter(source.stream.read, b"")), DOCUMENTS)
        turns = (read_texts(turn, shape, tally, takes) for turn in texts)
    else:
        read_lines = unfolded_lines if found.format.unfolds else line_frames
        lines = _in_turns(blocks(source.stream, max(source.first_line, found.first_line)), BLOCKS)
        turns = (read_lines(turn, shape, tally, takes) for turn in lines)
    for frames in turns:
        yield from ((found.format, frame) for frame in frames)
        yield from strays.frames()


def _in_turns(items: Iterable[T], size: int) -> Iterator[Iterable[T]]:
    """The items, so many at a time, each as it is needed."""
    pending = iter(items)
    for first in pending:
        yield chain((first,), islice(pending, size - 1))


def _csv(source: Source, found: Recognised, tally: Tally) -> Iterator[pl.DataFrame]:
    lines = blocks(source.stream, max(source.first_line, found.first_line))
    rows = lines if source.start else without_header(lines)
    if found.format.unfolds:
        return unfolded_rows(csv_rows(rows, found.header, found.delimiter, tally), shape_of(found.format), tally)
    return csv_frames(rows, found.header, (found.format, found.delimiter), tally)


def _xml(source: Source, found: Recognised, tally: Tally) -> Iterator[pl.DataFrame]:
    parts = iter(source.stream.read, b"")
    records = xml_records(parts, max(source.first_line, found.first_line), tally)
    return mapping_frames(records, shape_of(found.format), tally)


def _evtx(source: Source, found: Recognised, tally: Tally) -> Iterator[pl.DataFrame]:
    if source.start and source.file:
        with source.file.open("rb") as file:
            header = file.read(HEADER)
    else:
        header = source.stream.exactly(HEADER)
    promised = chunks_promised(header, tally)
    if source.file:
        note_truncation(source.file.stat().st_size, promised, tally)
    first = max(source.start - HEADER, 0) // CHUNK
    records = evtx_records(source.stream, first, promised, tally)
    yield from group_frames(records, shape_of(found.format), tally)


def _parquet(source: Source, found: Recognised, tally: Tally) -> Iterator[pl.DataFrame]:
    if source.file is not None:
        stop = parquet_rows(source.file) if source.stop is None else source.stop
        yield from parquet_frames(source.file, (source.start, stop), found.format, tally)


def _text(source: Source, found: Recognised, tally: Tally) -> Iterator[pl.DataFrame]:
    return text_frames(blocks(source.stream, max(source.first_line, found.first_line)), shape_of(found.format), tally)


READERS: dict[Carrier, Callable[[Source, Recognised, Tally], Iterator[pl.DataFrame]]] = {
    Carrier.CSV: _csv,
    Carrier.XML: _xml,
    Carrier.EVTX: _evtx,
    Carrier.PARQUET: _parquet,
    Carrier.TEXT: _text,
}
