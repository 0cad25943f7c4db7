"""Records that hold several, or one that is wrapped → raw columns of a format: each is taken apart first."""

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec
import polars as pl

from longtail.files.tally import Tally
from longtail.telemetry.format import Record
from longtail.telemetry.frames import Gathered, Takes, nobody
from longtail.telemetry.json_records import line_frames
from longtail.telemetry.json_text import REFUSALS, REPAIRED, Unreadable, record
from longtail.telemetry.lines import Block
from longtail.telemetry.shapes import Event, Shape, dig

RUN = 512
ENCODER = msgspec.json.Encoder()
Numbered = tuple[int, bytes]


def unfolded_lines(
    blocks: Iterable[Block], shape: Shape, tally: Tally, takes: Takes = nobody
) -> Iterator[pl.DataFrame]:
    """Raw columns of JSON lines; only blocks with something to take apart are read record by record."""
    for block in blocks:
        if any(hint in block.data for hint in shape.format.folded):
            yield from unfolded_frames(enumerate(block.data.split(b"\n"), block.first), shape, tally, takes)
        else:
            yield from line_frames([block], shape, tally, takes)


def unfolded_frames(
    texts: Iterable[Numbered], shape: Shape, tally: Tally, takes: Takes = nobody
) -> Iterator[pl.DataFrame]:
    """Raw columns of JSON texts given one by one; all rows of a record have its place. What is taken is left out."""
    gathered, pending = Gathered(shape, tally), iter(texts)
    while run := list(islice(pending, RUN)):
        rows = [(place, event) for place, text in run for event in _events((place, text), shape, tally, takes)]
        gathered.add([event for _, event in rows], [place for place, _ in rows])
        yield from gathered.frames()
    yield from gathered.frames(least=1)


def unfolded_rows(
    tables: Iterable[tuple[pl.DataFrame, pl.Series]], shape: Shape, tally: Tally
) -> Iterator[pl.DataFrame]:
    """Raw columns of tables of text with the line of each row; what is empty is not there."""
    gathered, unfolds = Gathered(shape, tally), shape.format.unfolds
    for table, lines in tables:
        if unfolds is None:
            return
        for start in range(0, table.height, RUN):
            rows = zip(lines[start : start + RUN], table[start : start + RUN].iter_rows(named=True), strict=True)
            held = [(line, each) for line, row in rows for each in unfolds({k: v for k, v in row.items() if v})]
            events = _decoded([each for _, each in held], shape)
            gathered.add(events, [line for line, _ in held])
            yield from gathered.frames()
    yield from gathered.frames(least=1)


def mapping_frames(records: Iterable[tuple[int, Record]], shape: Shape, tally: Tally) -> Iterator[pl.DataFrame]:
    """Raw columns of decoded records given one by one; places are what they are numbered with."""
    gathered, pending = Gathered(shape, tally), iter(records)
    while run := list(islice(pending, RUN)):
        gathered.add(_decoded([values for _, values in run], shape), [place for place, _ in run])
        yield from gathered.frames()
    yield from gathered.frames(least=1)


def _events(numbered: Numbered, shape: Shape, tally: Tally, takes: Takes) -> Iterator[Event]:
    place, text = numbered
    if not text or text.isspace() or shape.format.unfolds is None:
        return
    try:
        values, repaired = record(text)
    except Unreadable as refusal:
        tally.quarantine(place, str(refusal))
        return
    if repaired:
        tally.repair(REPAIRED)
    inner = dig(values, shape.envelope)
    if not (isinstance(inner, dict) and shape.format.recognises(inner)) and takes(place, text):
        return
    records = shape.format.unfolds(inner) if isinstance(inner, dict) else ()
    yield from _decoded([_enveloped(each, shape.envelope) for each in records], shape)


def _enveloped(record: Record, envelope: tuple[str, ...]) -> Record:
    for key in reversed(envelope):
        record = {key: record}
    return record


def _decoded(records: list[Record], shape: Shape) -> list[Event]:
    """The structs of records: written down and read again all at once, which is ten times as fast as one by one."""
    try:
        events: list[Event] = shape.decoder.decode_lines(ENCODER.encode_lines(records))
    except (*REFUSALS, OverflowError):
        return [shape.from_mapping(each) for each in records]
    return events
