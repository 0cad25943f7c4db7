"""Blocks of JSON lines, or single JSON documents → raw columns of a format, a bad line costing only itself."""

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from longtail.telemetry.json_text import REFUSALS, REPAIRED, Unreadable, record
from longtail.telemetry.lines import TOO_LONG, Block, lines_in
from longtail.telemetry.shapes import Shape
from longtail.telemetry.tally import Tally
from longtail.telemetry.xml_events import xml_records

FRAME_ROWS = 32_768


class Gathered:
    """Events of a shape, gathered until they are worth a frame."""

    def __init__(self, shape: Shape, tally: Tally) -> None:
        self._shape = shape
        self._tally = tally
        self._events: list[Any] = []
        self._places: list[int] = []

    def add(self, events: list[Any], places: Iterable[int]) -> None:
        """Keeps the events that the format's ``only`` lets through; the rest is passed over."""
        wanted = self._shape.wanted(events)
        if wanted is None:
            self._events += events
            self._places += places
            return
        numbers = list(places)
        self._tally.passed_over += len(events) - len(wanted)
        self._events += [events[position] for position in wanted]
        self._places += [numbers[position] for position in wanted]

    def frames(self, least: int = FRAME_ROWS) -> Iterator[pl.DataFrame]:
        """A frame of raw columns, if at least so many events wait."""
        if len(self._events) >= least:
            yield self._shape.frame(self._events, self._places)
            self._events, self._places = [], []


def line_frames(blocks: Iterable[Block], shape: Shape, tally: Tally) -> Iterator[pl.DataFrame]:
    """Raw columns of JSON lines; places are line numbers."""
    gathered = Gathered(shape, tally)
    for block in blocks:
        if block.too_long:
            tally.quarantine(block.first, TOO_LONG)
            continue
        gathered.add(*_decoded(block, shape, tally))
        yield from gathered.frames()
    yield from gathered.frames(least=1)


def document_frames(documents: Iterable[tuple[int, bytes]], shape: Shape, tally: Tally) -> Iterator[pl.DataFrame]:
    """Raw columns of JSON documents given one by one; places are what they are numbered with."""
    gathered = Gathered(shape, tally)
    for place, document in documents:
        gathered.add(*_one_by_one([(place, document)], shape, tally))
        yield from gathered.frames()
    yield from gathered.frames(least=1)


def mapping_frames(blocks: Iterable[Block], shape: Shape, tally: Tally) -> Iterator[pl.DataFrame]:
    """Raw columns of events rendered as XML, one a line; places are line numbers."""
    gathered = Gathered(shape, tally)
    for place, values in xml_records(blocks, tally):
        gathered.add([shape.from_mapping(values)], [place])
        yield from gathered.frames()
    yield from gathered.frames(least=1)


def _decoded(block: Block, shape: Shape, tally: Tally) -> tuple[list[Any], Iterable[int]]:
    """All lines at once where all are clean (which is nearly always), else one by one."""
    lines = lines_in(block.data) + (not block.data.endswith(b"\n"))
    try:
        events = shape.decoder.decode_lines(block.data)
    except REFUSALS:
        events = []
    if len(events) == lines:
        return events, range(block.first, block.first + lines)
    return _one_by_one(enumerate(block.data.split(b"\n"), block.first), shape, tally)


def _one_by_one(lines: Iterable[tuple[int, bytes]], shape: Shape, tally: Tally) -> tuple[list[Any], list[int]]:
    events, places = [], []
    for place, line in lines:
        if not line or line.isspace():
            continue
        try:
            events.append(shape.decoder.decode(line))
        except REFUSALS:
            if (event := _laborious(line, place, shape, tally)) is None:
                continue
            events.append(event)
        places.append(place)
    return events, places


def _laborious(line: bytes, place: int, shape: Shape, tally: Tally) -> Any | None:
    try:
        values, repaired = record(line)
    except Unreadable as refusal:
        tally.quarantine(place, str(refusal))
        return None
    if repaired:
        tally.repair(REPAIRED)
    return shape.from_mapping(values)
