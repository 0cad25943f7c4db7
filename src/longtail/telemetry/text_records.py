"""Blocks of plain text → raw columns of a format, by the format's own reader of lines."""

from collections.abc import Iterable, Iterator
from itertools import islice

import polars as pl

from longtail.files.tally import Tally
from longtail.telemetry.format import Lines, Record
from longtail.telemetry.frames import Gathered
from longtail.telemetry.lines import TOO_LONG, Block
from longtail.telemetry.shapes import Shape

RUN = 4096


def text_frames(blocks: Iterable[Block], shape: Shape, tally: Tally) -> Iterator[pl.DataFrame]:
    """Raw columns; places are line numbers. A line that says nothing is not counted, prompts and headings are many."""
    gathered = Gathered(shape, tally)
    records = _records(blocks, shape, tally)
    while run := list(islice(records, RUN)):
        events = [shape.from_mapping(record) for _, record in run]
        gathered.add(events, [place for place, _ in run])
        yield from gathered.frames()
    yield from gathered.frames(least=1)


def _records(blocks: Iterable[Block], shape: Shape, tally: Tally) -> Iterator[tuple[int, Record]]:
    if shape.format.reads is None:
        return
    for place, found in shape.format.reads(_lines(blocks, tally)):
        if isinstance(found, str):
            tally.quarantine(place, found)
        else:
            yield place, found


def _lines(blocks: Iterable[Block], tally: Tally) -> Lines:
    for block in blocks:
        if block.too_long:
            tally.quarantine(block.first, TOO_LONG)
            continue
        lines = block.data.decode("utf-8", "replace").split("\n")
        yield from enumerate(lines, block.first)
