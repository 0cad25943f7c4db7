"""A big plain file → ranges of it that can be read apart, with nothing changed by the cutting."""

import re
from collections.abc import Iterable, Iterator
from os import SEEK_END
from pathlib import Path

from longtail.files.streams import Stream, as_utf8
from longtail.files.tally import Tally
from longtail.telemetry.evtx_chunks import CHUNK, HEADER, is_evtx
from longtail.telemetry.format import Carrier, Format
from longtail.telemetry.lines import LINE_MOST, lines_in
from longtail.telemetry.parquet import SLICE_ROWS, parquet_rows
from longtail.telemetry.recognition import Recognised, is_parquet, recognised
from longtail.telemetry.wrapped import LONG_HEAD, wraps
from longtail.telemetry.xml_events import EVENT_END

Range = tuple[int, int | None, int]
"""Start, stop (None is the end of the file) and the number of the first line."""

BLOCK = 4 << 20
STRAY_QUOTE = re.compile(rb'[^,;|\t"\r\n]"[^,;|\t"\r\n]')


def ranges_of(path: str, formats: Iterable[Format], pieces: int) -> list[Range]:
    """About ``pieces`` ranges; none where it is not certain that they can be read apart."""
    with Path(path).open("rb") as file:
        head = file.read(HEADER + 8)
        size = file.seek(0, SEEK_END)
        file.seek(0)
        if is_parquet(head):
            return _even(0, parquet_rows(Path(path)), SLICE_ROWS, pieces)
        if is_evtx(head):
            return _even(HEADER, size, CHUNK, pieces)
        found = _recognised(Stream(file.read), formats)
    if found is None or found.documents or found.carrier is Carrier.TEXT or found.first_line > 1:
        return []
    return list(_line_ranges(path, -(-size // pieces), found.carrier))


def _recognised(stream: Stream, formats: Iterable[Format]) -> Recognised | None:
    if as_utf8(stream) is not stream or wraps(stream.peek(LONG_HEAD)):
        return None  # read through: the line ends of UTF-16 are not single bytes, those of wrapped records not there
    return recognised(stream, Tally(""), formats)


def _even(start: int, stop: int, unit: int, pieces: int) -> list[Range]:
    """Ranges of whole units; the first begins at 0, whatever stands before the units."""
    units = -(-(stop - start) // unit)
    each = max(-(-units // pieces), 1) * unit
    cuts = list(range(start + each, stop, each))
    return [(low, high, 1) for low, high in zip([0, *cuts], [*cuts, None], strict=True)]


def _line_ranges(path: str, each: int, carrier: Carrier) -> Iterator[Range]:
    """Ranges that end with a line: for CSV where no quote is open, for XML with that of an event.

    One range if quotes cannot be trusted.
    """
    start, line, quoted = 0, 1, carrier is Carrier.CSV
    at = lines = quotes = 0
    with Path(path).open("rb") as file:
        while block := file.read(BLOCK):
            if quoted and STRAY_QUOTE.search(block):
                return
            cut = _cut(block, quotes if quoted else 0, carrier) if at + len(block) >= start + each else 0
            if cut:
                yield start, at + cut, line
                start, line = at + cut, 1 + lines + block.count(b"\n", 0, cut)
            at += len(block)
            lines += lines_in(block)
            quotes += block.count(b'"') if quoted else 0
    if start < at:
        yield start, None, line


def _event_closed(line: bytes) -> bool:
    """Whether an event ends in a line, and none begins after it."""
    ended = line.rfind(EVENT_END)
    return ended >= 0 and b"<Event" not in line[ended + 1 :]


def _cut(block: bytes, open_quotes: int, carrier: Carrier) -> int:
    """The end of the first line in a block after which no quote or event is open; 0 if it is not near."""
    end = 0
    while (newline := block.find(b"\n", end, end + LINE_MOST)) >= 0:
        open_quotes += block.count(b'"', end, newline) if carrier is Carrier.CSV else 0
        closed = carrier is not Carrier.XML or _event_closed(block[end:newline])
        end = newline + 1
        if open_quotes % 2 == 0 and closed:
            return end
    return 0
