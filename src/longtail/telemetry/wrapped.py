"""Exports that hold whole records of something else → those records, as the text that they were before.

Splunk's exports hold each event as it came in ``_raw``, as CSV or JSON; collectors and shippers (Filebeat, Fluentd,
Vector, Kafka, Loki) send records as a text inside JSON; an answer of Log Analytics holds rows under a list of columns.
What comes out is read as any file is, and its places count the lines of what came out.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import msgspec

from longtail.files.streams import Stream
from longtail.files.tally import Tally
from longtail.telemetry.csv_text import DELIMITERS, csv_rows, header_of, without_header
from longtail.telemetry.formats import FORMATS
from longtail.telemetry.formats.windows_text import TIME
from longtail.telemetry.json_documents import bracketed, documents, looks_like_documents
from longtail.telemetry.json_text import REFUSALS, Unreadable, record
from longtail.telemetry.lines import blocks
from longtail.telemetry.recognition import known
from longtail.telemetry.recognition import unwrapped as unwrapped_records

RAW = "_raw"
RAWS = (RAW, "@rawstring", "body")
CARRIERS = (
    "message",
    "log",
    "event",
    "line",
    "value",
    "original",
)  # of anything: what they hold must look like a record
TIMES = ("_time", "@timestamp")
HEAD = 1 << 16
FIRST = 50  # records among which one must hold another: an answer may begin with what its fields are
EVENT = re.compile(r"\s*\{|.{0,512}?(?:<Event[ >]|msg=audit\(|\nEventCode=\d)", re.DOTALL)
TABLES = re.compile(rb'\s*\{\s*"tables"\s*:\s*\[')
COLUMNS = re.compile(rb'"columns"\s*:\s*(?=\[)')
ROWS = re.compile(rb'"rows"\s*:\s*\[')


def unwrapped(stream: Stream, tally: Tally) -> Stream:
    """The stream of the records inside, or the stream itself if it wraps nothing."""
    held = _held(stream.peek(HEAD))
    if held is None:
        return stream
    texts = (text.encode("utf-8", "replace") + b"\n" for text in held(stream, tally))
    return Stream(lambda _: next(texts, b""))


def wraps(head: bytes) -> bool:
    """Whether a text that begins so holds records of something else."""
    return _held(head[:HEAD]) is not None


def _held(head: bytes) -> Callable[[Stream, Tally], Iterator[str]] | None:
    if TABLES.match(head) and COLUMNS.search(head) and ROWS.search(head):
        return _rows_of_tables
    if head.lstrip()[:1] in (b"[", b"{"):
        return _raws_of_json if any(map(EVENT.match, _first_raws(head))) else None
    return _raws_of_csv if any(map(EVENT.match, _first_rows(head))) else None


def _first_raws(head: bytes) -> Iterator[str]:
    """What the first records hold of others."""
    for _, text in islice(_json_texts(Stream(io.BytesIO(head).read)), FIRST):
        try:
            values, _ = record(text)
        except Unreadable:
            continue
        raw, _ = _raw(values)
        if raw is not None and not _is_known(values):
            yield raw


def _first_rows(head: bytes) -> Iterator[str]:
    """What the first rows hold of others, in a table that has the column for it."""
    rows = _raws_of_csv(Stream(io.BytesIO(head).read), Tally("")) if _delimiter(head) else iter(())
    return islice(rows, FIRST)


def _raw(values: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """The text of the record that one holds, and what stands beside it."""
    inner = values["result"] if isinstance(values.get("result"), dict) else values
    event = inner.get("event")
    around = {**inner, "original": event.get("original") if isinstance(event, dict) else None}
    certain = (inner[name] for name in RAWS if isinstance(inner.get(name), str))
    likely = (text for name in CARRIERS if isinstance(text := around.get(name), str) and EVENT.match(text))
    return next(certain, None) or next(likely, None), inner


def _is_known(values: dict[str, Any]) -> bool:
    """Whether the record is a process start itself, whatever text it holds besides: those have no ``_raw``."""
    inner = next((values[name] for name in RAWS if name in values), None)
    return inner is None and any(known(each, FORMATS) for _, each in unwrapped_records(values))


def _delimiter(head: bytes) -> str | None:
    first = head.lstrip().partition(b"\n")[0]
    return next((each for each in DELIMITERS if RAW in header_of(first, each)), None) if b"_raw" in first else None


def _raws_of_csv(stream: Stream, tally: Tally) -> Iterator[str]:
    head = stream.peek(HEAD)
    delimiter = _delimiter(head) or DELIMITERS[0]
    header = header_of(head.lstrip().partition(b"\n")[0], delimiter)
    wanted = [name for name in (RAW, *TIMES) if name in header]
    for table, _ in csv_rows(without_header(blocks(stream)), header, delimiter, tally):
        for row in table.select(wanted).iter_rows(named=True):
            yield _timed(row[RAW] or "", row)


def _raws_of_json(stream: Stream, tally: Tally) -> Iterator[str]:
    for place, text in _json_texts(stream):
        try:
            values, _ = record(text)
        except Unreadable as refusal:
            tally.quarantine(place, str(refusal))
            continue
        raw, inner = _raw(values)
        if raw is not None and not _is_known(values):
            yield _timed(raw, inner)
        elif raw is not None or _is_known(values):
            yield text.decode("utf-8", "replace").replace("\n", " ").replace("\r", " ")
        else:
            tally.passed_over += 1


def _json_texts(stream: Stream) -> Iterator[tuple[int, bytes]]:
    if looks_like_documents(stream.peek(HEAD)):
        yield from documents(iter(stream.read, b""))
        return
    for block in blocks(stream):
        lines = enumerate(block.data.split(b"\n"), block.first)
        yield from ((place, line) for place, line in lines if line.strip())


def _timed(raw: str, around: dict[str, Any]) -> str:
    """The text, its local time replaced by the export's, which has a zone; JSON on one line."""
    if raw.lstrip().startswith("{"):
        return raw.replace("\n", " ").replace("\r", " ")
    first, _, rest = raw.partition("\n")
    time = next((around[name] for name in TIMES if isinstance(around.get(name), str)), "")
    return f"{time}\n{rest}" if TIME.fullmatch(first.strip()) and TIME.fullmatch(time) else raw


def _rows_of_tables(stream: Stream, tally: Tally) -> Iterator[str]:
    """Each row as an object; the columns are those of the first table, which is the answer."""
    names = _columns(stream.peek(HEAD))
    for place, text in bracketed(iter(stream.read, b"")):
        try:
            row = msgspec.json.decode(text)
        except REFUSALS:
            tally.quarantine(f"row {place}", "not JSON")
            continue
        told = {name: value for name, value in zip(names, row, strict=False) if value is not None}
        yield msgspec.json.encode(told).decode()


def _columns(head: bytes) -> list[str]:
    begin = COLUMNS.search(head)
    try:
        columns, _ = json.JSONDecoder().raw_decode(head[begin.end() :].decode("utf-8", "replace")) if begin else ([], 0)
    except (ValueError, RecursionError):
        return []
    return [str(each.get("name") or each.get("ColumnName") or "") for each in columns if isinstance(each, dict)]
