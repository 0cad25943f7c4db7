"""A recognised stream, or a range of a recognised file → raw columns: one function a carrier, in one table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from longtail.files.streams import Stream
from longtail.files.tally import Tally
from longtail.telemetry.csv_text import csv_frames, csv_rows, without_header
from longtail.telemetry.evtx_chunks import CHUNK, HEADER, chunks_promised, evtx_records, note_truncation
from longtail.telemetry.format import Carrier
from longtail.telemetry.json_documents import documents
from longtail.telemetry.json_records import document_frames, group_frames, line_frames
from longtail.telemetry.lines import blocks
from longtail.telemetry.parquet import parquet_frames, parquet_rows
from longtail.telemetry.recognition import Recognised
from longtail.telemetry.shapes import shape_of
from longtail.telemetry.text_records import text_frames
from longtail.telemetry.unfolded import mapping_frames, unfolded_frames, unfolded_lines, unfolded_rows
from longtail.telemetry.xml_events import xml_records

Frames = Iterator[pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be read; ``start`` and ``stop`` are rows for Parquet, else bytes. ``file`` is set for a plain file."""

    stream: Stream
    file: Path | None = None
    start: int = 0
    stop: int | None = None
    first_line: int = 1


def raw_frames(source: Source, found: Recognised, tally: Tally) -> Frames:
    """Raw columns of the recognised format, in the order of the records."""
    return READERS[found.carrier](source, found, tally)


def _json(source: Source, found: Recognised, tally: Tally) -> Frames:
    shape = shape_of(found.format, found.envelope)
    if found.documents:
        frames = unfolded_frames if found.format.unfolds else document_frames
        return frames(documents(iter(source.stream.read, b"")), shape, tally)
    if found.format.unfolds:
        return unfolded_lines(blocks(source.stream, max(source.first_line, found.first_line)), shape, tally)
    return line_frames(blocks(source.stream, max(source.first_line, found.first_line)), shape, tally)


def _csv(source: Source, found: Recognised, tally: Tally) -> Frames:
    lines = blocks(source.stream, max(source.first_line, found.first_line))
    rows = lines if source.start else without_header(lines)
    if found.format.unfolds:
        return unfolded_rows(csv_rows(rows, found.header, found.delimiter, tally), shape_of(found.format), tally)
    return csv_frames(rows, found.header, (found.format, found.delimiter), tally)


def _xml(source: Source, found: Recognised, tally: Tally) -> Frames:
    parts = iter(source.stream.read, b"")
    records = xml_records(parts, max(source.first_line, found.first_line), tally)
    return mapping_frames(records, shape_of(found.format), tally)


def _evtx(source: Source, found: Recognised, tally: Tally) -> Frames:
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


def _parquet(source: Source, found: Recognised, tally: Tally) -> Frames:
    if source.file is not None:
        stop = parquet_rows(source.file) if source.stop is None else source.stop
        yield from parquet_frames(source.file, (source.start, stop), found.format, tally)


def _text(source: Source, found: Recognised, tally: Tally) -> Frames:
    return text_frames(blocks(source.stream, max(source.first_line, found.first_line)), shape_of(found.format), tally)


READERS: dict[Carrier, Callable[[Source, Recognised, Tally], Frames]] = {
    Carrier.JSON: _json,
    Carrier.CSV: _csv,
    Carrier.XML: _xml,
    Carrier.EVTX: _evtx,
    Carrier.PARQUET: _parquet,
    Carrier.TEXT: _text,
}
