"""Blocks of JSON lines, or single JSON documents → raw columns of a format, a bad line costing only itself."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import polars as pl

from longtail.files.tally import Tally
from longtail.telemetry.frames import Gathered, Places, Takes, lines_of, nobody, texts_of
from longtail.telemetry.glance import may_be_wanted
from longtail.telemetry.json_text import REFUSALS, REPAIRED, Unreadable, record
from longtail.telemetry.lines import TOO_LONG, Block, lines_in
from longtail.telemetry.shapes import Shape

RUN = 512
FEW = 16  # lines that are quicker read one by one than halved again
T = TypeVar("T")


def line_frames(blocks: Iterable[Block], shape: Shape, tally: Tally, takes: Takes = nobody) -> Iterator[pl.DataFrame]:
    """Raw columns of JSON lines; places are line numbers. Of records that tell nothing, those taken are left out."""
    gathered = Gathered(shape, tally, takes)
    for block in blocks:
        if block.too_long:
            tally.quarantine(block.first, TOO_LONG)
            continue
        gathered.add(*_decoded(block, shape, tally), lines_of(block))
        yield from gathered.frames()
    yield from gathered.frames(least=1)


def document_frames(
    documents: Iterable[tuple[int, bytes]], shape: Shape, tally: Tally, takes: Takes = nobody
) -> Iterator[pl.DataFrame]:
    """The same of JSON documents given one by one; places are what they are numbered with."""
    gathered = Gathered(shape, tally, takes)
    for run in _runs(documents):
        gathered.add(*_one_by_one(run, shape, tally), texts_of(run))
        yield from gathered.frames()
    yield from gathered.frames(least=1)


def _runs(records: Iterable[tuple[int, T]]) -> Iterator[list[tuple[int, T]]]:
    pending = iter(records)
    while run := list(islice(pending, RUN)):
        yield run


def group_frames(groups: Iterable[tuple[int, list[str]]], shape: Shape, tally: Tally) -> Iterator[pl.DataFrame]:
    """Raw columns of JSON texts of the EVTX parser, which come in groups; the place of each is its group's."""
    gathered, wanted = Gathered(shape, tally), may_be_wanted(shape.format)
    for place, texts in groups:
        looked_at = texts if wanted is None else list(filter(wanted, texts))
        tally.passed_over += len(texts) - len(looked_at)
        gathered.add(*_of_group(place, looked_at, shape, tally))
        yield from gathered.frames()
    yield from gathered.frames(least=1)


def _of_group(place: int, texts: list[str], shape: Shape, tally: Tally) -> tuple[list[Any], Places]:
    try:
        return list(map(shape.decoder.decode, texts)), np.full(len(texts), place)
    except REFUSALS:
        return _in_halves([(place, text.encode()) for text in texts], shape, tally)


def _decoded(block: Block, shape: Shape, tally: Tally) -> tuple[list[Any], Places]:
    """All lines at once where all are clean (which is nearly always), else one by one."""
    lines = lines_in(block.data) + (not block.data.endswith(b"\n"))
    events = _all_at_once(block.data, lines, shape)
    if events is not None:
        return events, np.arange(block.first, block.first + lines)
    return _in_halves(list(enumerate(block.data.split(b"\n"), block.first)), shape, tally)


def _in_halves(lines: list[tuple[int, bytes]], shape: Shape, tally: Tally) -> tuple[list[Any], Places]:
    """What was refused as a whole, halved until the few lines that caused it are alone."""
    if len(lines) <= FEW:
        return _one_by_one(lines, shape, tally)
    events: list[Any] = []
    places: list[Places] = []
    for half in (lines[: len(lines) // 2], lines[len(lines) // 2 :]):
        found = _all_at_once(b"\n".join(line for _, line in half), len(half), shape)
        if found is None:
            found, placed = _in_halves(half, shape, tally)
        else:
            placed = np.array([place for place, _ in half])
        events += found
        places.append(placed)
    return events, np.concatenate(places)


def _all_at_once(data: bytes, lines: int, shape: Shape) -> list[Any] | None:
    try:
        events: list[Any] = shape.decoder.decode_lines(data)
    except REFUSALS:
        return None
    return events if len(events) == lines else None


def _one_by_one(lines: Iterable[tuple[int, bytes]], shape: Shape, tally: Tally) -> tuple[list[Any], Places]:
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
    return events, np.array(places, dtype=np.int64)


def _laborious(line: bytes, place: int, shape: Shape, tally: Tally) -> Any | None:
    try:
        values, repaired = record(line)
    except Unreadable as refusal:
        tally.quarantine(place, str(refusal))
        return None
    if repaired:
        tally.repair(REPAIRED)
    return shape.from_mapping(values)
