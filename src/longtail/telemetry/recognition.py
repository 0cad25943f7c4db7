"""The first bytes of a file → what it is: its carrier, its format, and what is needed to read it from any place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from longtail.files.streams import Stream
from longtail.files.tally import Tally
from longtail.telemetry.csv_text import DELIMITERS, SEPARATOR, csv_frames, header_of, without_header
from longtail.telemetry.evtx_chunks import is_evtx
from longtail.telemetry.format import Carrier, Format, Record, dotted, nested, spelt
from longtail.telemetry.formats import EVERY
from longtail.telemetry.json_documents import documents, looks_like_documents
from longtail.telemetry.json_records import document_frames, line_frames
from longtail.telemetry.lines import LINE_MOST, TOO_LONG, Block, rest_after_line
from longtail.telemetry.parquet import MAGIC as PARQUET_MAGIC
from longtail.telemetry.shapes import Shape
from longtail.telemetry.sight import Sight
from longtail.telemetry.skew import Skews, skews, tells_twice
from longtail.telemetry.xml_events import EVENT_START, event_texts, xml_record

HEAD = LINE_MOST + 1
HEADS = (1 << 16, HEAD, 8 * HEAD)  # looked at one after the other until a format is recognised
SPELT = 100  # records after the recognised one whose keys tell how its fields are spelt
ENVELOPES: tuple[tuple[str, ...], ...] = (
    (),
    ("_source",),
    ("fields",),
    ("properties",),
    ("event",),
    ("udm",),
    ("result",),
    ("data",),
    ("payload",),
    ("value",),
    ("json",),
    ("message",),
    ("document", "data"),
    ("jsonPayload",),
    ("_raw",),
    ("attributes",),
    ("attributes", "attributes"),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is. ``first_line`` counts from 1, after lines over the cap that were dropped to see it.

    ``beside`` are the formats of which single records may be, where they tell nothing in the file's own.
    """

    format: Format
    carrier: Carrier
    envelope: tuple[str, ...] = ()
    delimiter: str = ","
    header: tuple[str, ...] = ()
    documents: bool = False
    first_line: int = 1
    skews: Skews = field(default_factory=dict)
    beside: tuple[Format, ...] = ()


def recognised(stream: Stream, tally: Tally, formats: Iterable[Format] = EVERY) -> Recognised | None:
    """What a stream is, from its head; leading lines over the cap are dropped and counted."""
    wanted = tuple(formats)
    head = stream.peek(HEADS[0])
    if is_evtx(head):
        return next((Recognised(each, Carrier.EVTX) for each in wanted if Carrier.EVTX in each.carriers), None)
    line = 1
    if SEPARATOR.match(head):
        line += 1
        _drop_line(stream)
    while _is_one_long_line(stream):
        tally.quarantine(line, TOO_LONG)
        line += 1
        _drop_line(stream)
    found = _from_heads(stream, wanted, line)
    return found and replace(found, beside=_beside(found, wanted))


def _beside(found: Recognised, formats: tuple[Format, ...]) -> tuple[Format, ...]:
    """Formats of process starts, where the file is one itself and nobody forced its format."""
    mixed = found.carrier is Carrier.JSON and found.format.columns and len(formats) > 1
    return tuple(each for each in formats if mixed and each.columns and Carrier.JSON in each.carriers)


def _is_one_long_line(stream: Stream) -> bool:
    head = stream.peek(HEAD)
    whole = looks_like_documents(head) or EVENT_START.search(head, 0, HEADS[0])
    return len(head) == HEAD and b"\n" not in head and not whole


def _drop_line(stream: Stream) -> None:
    stream.push_back(rest_after_line(stream))


def _from_heads(stream: Stream, formats: tuple[Format, ...], line: int) -> Recognised | None:
    first = stream.peek(HEADS[0])
    sight, seen = Sight(first if b"\n" in first else stream.peek(HEAD)), -1
    for size in HEADS:
        head = stream.peek(size)
        if len(head) == seen or (size > HEAD and sight.hopeless):
            break
        sight.look(head)
        for tried in _in_turn(formats):
            if found := _from_text(head, tried, line, sight):
                return _with_skews(found, stream)
        seen = len(head)
    found = _from_kin(stream.peek(HEAD), by_kin(formats), line, sight)
    return found and _with_skews(found, stream)


def by_kin(formats: tuple[Format, ...]) -> tuple[Format, ...]:
    """The formats as they are known by what else their programs write."""
    return tuple(replace(each, recognises=each.kin, reads=None, marks=None) for each in formats if each.kin)


def _with_skews(found: Recognised, stream: Stream) -> Recognised:
    """With what the head tells of the shipper's clock, where records have a time of their own as well."""
    if found.carrier not in (Carrier.JSON, Carrier.CSV) or not tells_twice(found.format):
        return found
    head = stream.peek(HEAD)
    lines = [Block(1, head[: head.rfind(b"\n") + 1])]
    if found.carrier is Carrier.CSV:
        layout = (found.format, found.delimiter)
        frames = csv_frames(without_header(lines), found.header, layout, Tally(""))
        return replace(found, skews=skews(frames, found.format))
    shape, unread = Shape(replace(found.format, only=None), found.envelope), Tally("")
    whole = found.documents
    frames = document_frames(documents([head]), shape, unread) if whole else line_frames(lines, shape, unread)
    return replace(found, skews=skews(frames, found.format))


def _in_turn(formats: tuple[Format, ...]) -> Iterator[tuple[Format, ...]]:
    """Process starts are looked for first: other formats are recognised by less."""
    yield tuple(each for each in formats if each.columns)
    yield tuple(each for each in formats if not each.columns)


def _from_text(head: bytes, formats: tuple[Format, ...], line: int, sight: Sight) -> Recognised | None:
    if sight.documents:
        return _from_records(iter(sight.records), formats, documents=True, line=line)
    if table := _from_header(head, formats, line):
        return table
    if _is_xml(head):
        return _from_xml(head, formats, line)
    starts = bool(formats) and bool(formats[0].columns)
    return (
        _from_records(iter(sight.records), formats, line=line)
        or (_from_records(iter(sight.headed), formats, line=line) if starts else None)
        or _from_plain_text(head, formats, line, sight.lines)
    )


def _from_kin(head: bytes, formats: tuple[Format, ...], line: int, sight: Sight) -> Recognised | None:
    """What a file is by all that was seen of it, and by nothing that a format itself is recognised by."""
    if not sight.documents and (table := _from_header(head, formats, line)):
        return table
    if not sight.documents and _is_xml(head):
        return _from_xml(head, formats, line)
    return _from_records(sight.records.all(), formats, documents=sight.documents, line=line) or _from_records(
        sight.headed.all(), formats, line=line
    )


def _is_xml(head: bytes) -> bool:
    """Whether an event stands there, and not in a text within a record of JSON."""
    found = EVENT_START.search(head)
    return found is not None and b'{"' not in head[head.rfind(b"\n", 0, found.start()) + 1 : found.start()]


def _from_records(
    records: Iterator[Record | None], formats: tuple[Format, ...], *, line: int, documents: bool = False
) -> Recognised | None:
    wanted = tuple(each for each in formats if Carrier.JSON in each.carriers)
    for each in records:
        for envelope, inner in unwrapped(each):
            if found := known(inner, wanted):
                found = spelt(found, _keys(inner, envelope, records)) if found.loose else found
                return Recognised(found, Carrier.JSON, envelope, documents=documents, first_line=line)
    return None


def known(record: Record, formats: Iterable[Format]) -> Format | None:
    """The format of a record, whose names may have dots where others have objects."""
    tried = tuple(formats)
    has_dots = any("." in name for name in record)
    if found := next((each for each in tried if each.recognises(record)), None):
        return dotted(found) if has_dots and _is_read_with_dots(found, record) else found
    inner = nested(record) if has_dots else None
    return next((dotted(each) for each in tried if inner and each.recognises(inner)), None)


def _is_read_with_dots(format: Format, record: Record) -> bool:
    """Whether the record has names with dots where the format has objects."""
    paths = {field.path for field in format.fields.values() if "." in field.path and not field.flat}
    return bool(paths & record.keys())


def _keys(first: Record, envelope: tuple[str, ...], following: Iterator[Record | None]) -> list[str]:
    """The keys of a record and of those that follow it: a record may leave out what it does not know."""
    inner = (record for each in islice(following, SPELT) for around, record in unwrapped(each) if around == envelope)
    return list(dict.fromkeys(key for record in (first, *inner) for key in record))


def unwrapped(outer: Record | None) -> Iterator[tuple[tuple[str, ...], Record]]:
    """The record itself and what stands in the envelopes that shippers put records into."""
    if outer is None:
        return
    for envelope in ENVELOPES:
        inner: Any = outer
        for key in envelope:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(inner, dict):
            yield envelope, inner


def _from_xml(head: bytes, formats: tuple[Format, ...], line: int) -> Recognised | None:
    for _, text in event_texts([head], line, Tally("")):
        values = xml_record(text)
        for format in formats:
            if Carrier.XML in format.carriers and format.recognises(values):
                return Recognised(format, Carrier.XML, first_line=line)
    return None


def _from_header(head: bytes, formats: tuple[Format, ...], line: int) -> Recognised | None:
    first = head.lstrip().partition(b"\n")[0]
    wanted = tuple(each for each in formats if Carrier.CSV in each.carriers)
    for delimiter in DELIMITERS:
        header = header_of(first, delimiter)
        if len(header) > 1 and (found := known(dict.fromkeys(header, ""), wanted)):
            found = spelt(found, header) if found.loose else found
            return Recognised(found, Carrier.CSV, delimiter=delimiter, header=header, first_line=line)
    return None


def _from_plain_text(head: bytes, formats: tuple[Format, ...], line: int, lines: list[bytes]) -> Recognised | None:
    """What programs print for people: recognised by a line that a format's reader makes a record of."""
    for format in formats:
        if format.marks and format.marks.search(head):
            return Recognised(format, Carrier.TEXT, first_line=line)
        if format.reads is not None:
            numbered = ((number, each.decode("utf-8", "replace")) for number, each in enumerate(lines))
            if any(not isinstance(record, str) for _, record in format.reads(numbered)):
                return Recognised(format, Carrier.TEXT, first_line=line)
    return None


def recognised_table(names: Iterable[str], formats: Iterable[Format] = EVERY) -> Recognised | None:
    """What a Parquet file is, from the names of its columns."""
    record = dict.fromkeys(names, "")
    wanted = tuple(each for each in formats if Carrier.PARQUET in each.carriers)
    matching = (found for tried in _in_turn(wanted) if (found := known(record, tried)))
    return next((Recognised(spelt(each, record), Carrier.PARQUET) for each in matching), None)


def is_parquet(head: bytes) -> bool:
    """By its magic."""
    return head.startswith(PARQUET_MAGIC)
