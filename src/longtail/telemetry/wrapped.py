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
from longtail.telemetry.lines import LINE_MOST, TOO_LONG, blocks
from longtail.telemetry.recognition import known
from longtail.telemetry.recognition import unwrapped as unwrapped_records

RAWS = ("_raw", "@rawstring", "body")
CARRIERS = (  # of anything: what they hold must look like a record
    *("message", "log", "event", "line", "value", "original", "event.original", "payload", "@message", "Body"),
    *("textPayload", "short_message", "full_message", "_msg", "content"),
)
LISTS: tuple[tuple[str | int, ...], ...] = (
    # where shippers put the texts of many records into one; an empty key is each of a list
    ("values", "", 1),
    ("streams", "", "values", "", 1),
    ("logEvents", "", "message"),
    ("resourceLogs", "", "scopeLogs", "", "logRecords", "", "body", "stringValue"),
)
TIMES = ("_time", "@timestamp")
HEAD = 1 << 16
LONG_HEAD = LINE_MOST  # of records that are longer than a head
FIRST = 50  # records among which one must hold another: an answer may begin with what its fields are
DEEPEST = 3  # records within records
EVENT = re.compile(r"\s*\{|.{0,512}?(?:<Event[ >]|msg=audit\(|\nEventCode=\d)", re.DOTALL)
TABLES = re.compile(rb'\s*\{\s*"(?:tables"\s*:\s*\[|preview"\s*:\s*\w+\s*,\s*"init_offset"\s*:)', re.IGNORECASE)
COLUMNS = re.compile(rb'"(?:columns|fields)"\s*:\s*(?=\[)', re.IGNORECASE)
ROWS = re.compile(rb'"rows"\s*:\s*\[', re.IGNORECASE)


def unwrapped(stream: Stream, tally: Tally) -> Stream:
    """The stream of the records inside, or the stream itself if it wraps nothing."""
    for _ in range(DEEPEST):
        head = stream.peek(HEAD)
        held = _held(head if b"\n" in head else stream.peek(LONG_HEAD))
        if held is None:
            break
        stream = _of_texts(held(stream, tally))
    return stream


def wraps(head: bytes) -> bool:
    """Whether a text that begins so holds records of something else; ``LONG_HEAD`` of it is enough."""
    short = head[:HEAD]
    return _held(short if b"\n" in short else head[:LONG_HEAD]) is not None


def _of_texts(texts: Iterator[str]) -> Stream:
    lines = (text.encode("utf-8", "replace") + b"\n" for text in texts)
    return Stream(lambda _: next(lines, b""))


def _held(head: bytes) -> Callable[[Stream, Tally], Iterator[str]] | None:
    if TABLES.match(head) and COLUMNS.search(head) and ROWS.search(head):
        return _rows_of_tables
    if head.lstrip()[:1] in (b"[", b"{"):
        return _raws_of_json if any(map(EVENT.match, _first_raws(head))) else None
    return _raws_of_csv if _raw_column(head) else None


def _first_raws(head: bytes) -> Iterator[str]:
    """What the first records hold of others."""
    for _, text in islice(_json_texts(Stream(io.BytesIO(head).read), Tally("")), FIRST):
        try:
            values, _ = record(text)
        except Unreadable:
            continue
        raws, _ = _raws(values)
        if raws and not _is_known(values):
            yield raws[0]


def _raws(values: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """The texts of the records that one holds, and what stands beside them."""
    inner = values["result"] if isinstance(values.get("result"), dict) else values
    event = inner.get("event")
    around = {**inner, "original": event.get("original") if isinstance(event, dict) else None}
    certain = (inner[name] for name in RAWS if isinstance(inner.get(name), str))
    likely = (text for name in CARRIERS if isinstance(text := around.get(name), str) and EVENT.match(text))
    if lone := next(certain, None) or next(likely, None):
        return [lone], inner
    listed = (text for path in LISTS if path[0] in inner for text in _listed(inner, path))
    return [text for text in listed if EVENT.match(text)], inner


def _listed(held: Any, path: tuple[str | int, ...]) -> Iterator[str]:
    """The texts at a path that goes through lists."""
    if not path:
        inner = []
    elif isinstance(held, list):
        inner = held if path[0] == "" else held[path[0] : path[0] + 1] if isinstance(path[0], int) else []
    else:
        inner = [held.get(path[0])] if isinstance(held, dict) else []
    yield from (text for each in inner for text in _listed(each, path[1:]))
    if not path and isinstance(held, str):
        yield held


def _is_known(values: dict[str, Any]) -> bool:
    """Whether the record is a process start itself, whatever text it holds besides: those have no ``_raw``."""
    inner = next((values[name] for name in RAWS if isinstance(values.get(name), str)), None)
    return inner is None and any(known(each, FORMATS) for _, each in unwrapped_records(values))


def _raw_column(head: bytes) -> tuple[str, str] | None:
    """The delimiter of a table and the column that holds records in it; of a known table's only Splunk's own."""
    first = head.lstrip().partition(b"\n")[0]
    for delimiter in DELIMITERS:
        header = header_of(first, delimiter)
        wanted = [name for name in (*RAWS, *CARRIERS) if name in header]
        if known(dict.fromkeys(header, ""), FORMATS):
            wanted = [name for name in wanted if name == RAWS[0]]
        if not wanted:
            continue
        tables = csv_rows(without_header(blocks(Stream(io.BytesIO(head).read))), header, delimiter, Tally(""))
        rows = islice((row for table, _ in tables for row in table.select(wanted).iter_rows(named=True)), FIRST)
        told = (name for row in rows for name in wanted if EVENT.match(row[name] or ""))
        if column := next(told, None):
            return delimiter, column
    return None


def _raws_of_csv(stream: Stream, tally: Tally) -> Iterator[str]:
    head = stream.peek(HEAD)
    delimiter, column = _raw_column(head) or (DELIMITERS[0], RAWS[0])
    header = header_of(head.lstrip().partition(b"\n")[0], delimiter)
    wanted = [name for name in dict.fromkeys((column, *TIMES)) if name in header]
    for table, _ in csv_rows(without_header(blocks(stream)), header, delimiter, tally):
        for row in table.select(wanted).iter_rows(named=True):
            yield _timed(row[column] or "", row)


def _raws_of_json(stream: Stream, tally: Tally) -> Iterator[str]:
    for place, text in _json_texts(stream, tally):
        try:
            values, _ = record(text)
        except Unreadable as refusal:
            tally.quarantine(place, str(refusal))
            continue
        raws, inner = _raws(values)
        if raws and not _is_known(values):
            yield from (_timed(raw, inner) for raw in raws)
        elif raws or _is_known(values):
            yield text.decode("utf-8", "replace").replace("\n", " ").replace("\r", " ")
        else:
            tally.passed_over += 1


def _json_texts(stream: Stream, tally: Tally) -> Iterator[tuple[int, bytes]]:
    if looks_like_documents(stream.peek(LONG_HEAD)):
        yield from documents(iter(stream.read, b""))
        return
    for block in blocks(stream):
        if block.too_long:
            tally.quarantine(block.first, TOO_LONG)
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
    return [
        str(each.get("name") or each.get("ColumnName") or "") if isinstance(each, dict) else each for each in columns
    ]
