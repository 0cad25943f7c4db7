"""Bytes that are appended to a text of lines → process events: each line once, a bad one quarantined where it stands.

What the text is, is recognised from its first lines, as for a file that lies there whole.
"""

import codecs
import io
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from longtail.files.discovery import tenant_of
from longtail.files.streams import Stream
from longtail.files.tally import Tally
from longtail.readings import Reading
from longtail.telemetry.carriers import Source, raw_frames
from longtail.telemetry.dates import in_order
from longtail.telemetry.events import Context, process_events
from longtail.telemetry.format import Carrier, Rows
from longtail.telemetry.json_documents import looks_like_documents
from longtail.telemetry.lines import LINE_MOST, TOO_LONG, lines_in
from longtail.telemetry.options import Options
from longtail.telemetry.parts import named
from longtail.telemetry.reader import DEFAULT_TENANT, UNKNOWN
from longtail.telemetry.recognition import HEAD, HEADS, Recognised, recognised
from longtail.telemetry.skew import moved
from longtail.telemetry.wrapped import wraps
from longtail.telemetry.xml_events import EVENT_END, EVENT_START

PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PAR1", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
LINES = frozenset({Carrier.JSON, Carrier.CSV, Carrier.XML})
NO_STARTS = "no process starts: passed over"


class Unfit(Exception):  # noqa: N818 (no error: such a file is read otherwise)
    """What was appended is no text of lines."""


class Appended:
    """The state of reading one text that grows; at most a line (8 MiB before anything is recognised) is held back."""

    def __init__(self, path: str, root: str, options: Options) -> None:
        tenant = tenant_of(path, root) if options.tenant_from_path else None
        self._tally = Tally(path)
        self._context = Context(path, options.tenant or tenant or DEFAULT_TENANT, options, root)
        self._formats = named(options.format_in)
        self._found: Recognised | None = None
        self._held = b""
        self._line = 1
        self._look_at = 0
        self._begun = self._unknown = self._skipping = False

    def reading(self) -> Reading:
        """What it gave so far."""
        return self._tally.reading()

    def take(self, data: bytes) -> Iterator[pl.DataFrame]:
        """The process starts of the lines that these bytes complete.

        Raises:
            Unfit: nothing was read yet, and it is no text of lines.
        """
        if self._unknown:
            return
        self._held += self._after_skipped(data)
        if not self._begun:
            _refuse_what_is_no_text(self._held)
        if self._known():
            yield from self._events(self._whole_lines())
        self._bound()

    def rest(self) -> Iterator[pl.DataFrame]:
        """The process starts of a last line that has no end.

        Raises:
            Unfit: as for ``take``.
        """
        if self._held.strip():
            yield from self.take(b"" if self._held.endswith(b"\n") else b"\n")
            lines, self._held = self._held, b""
            if self._known():
                yield from self._events(lines)
            elif not self._unknown:
                self._tally.note(UNKNOWN)

    def _after_skipped(self, data: bytes) -> bytes:
        """Bytes after the end of a line that is being dropped."""
        if not self._skipping:
            return data
        cut = data.find(b"\n") + 1
        self._skipping = not cut
        self._line += bool(cut)
        return data[cut:] if cut else b""

    def _known(self) -> bool:
        """Whether it is known what this is; looked at again only when twice as much is there."""
        if self._found is None and len(self._held) >= self._look_at and b"\n" in self._held:
            head = self._held[: self._held.rfind(b"\n") + 1].removeprefix(codecs.BOM_UTF8)
            found = recognised(Stream(io.BytesIO(head).read), Tally(""), self._formats)
            self._look_at = 2 * len(self._held) if len(self._held) > HEADS[0] else 0
            if found is not None:
                self._begin(found)
        return self._found is not None

    def _begin(self, found: Recognised) -> None:
        if found.documents or found.carrier not in LINES:
            raise Unfit
        self._held = self._held.removeprefix(codecs.BOM_UTF8)
        self._tally.format = found.format.name
        head = Source(Stream(io.BytesIO(self._held).read))
        self._found = in_order(replace(found, first_line=1), head, self._context.options, self._tally)

    def _whole_lines(self) -> bytes:
        """The lines that are complete; of CSV none while a quote is open, which may go on in the next line."""
        cut = self._held.rfind(b"\n") + 1
        if self._found and self._found.carrier is Carrier.XML:
            cut = self._before_open_event(cut)
        lines, rest = self._held[:cut], self._held[cut:]
        if self._found and self._found.carrier is Carrier.CSV and lines.count(b'"') % 2 and len(lines) < LINE_MOST:
            return b""
        self._held = rest
        return lines

    def _before_open_event(self, cut: int) -> int:
        """Where the line begins on which an event begins that ends in no complete line; else where lines are cut."""
        begun = EVENT_START.search(self._held, self._held.rfind(EVENT_END, 0, cut) + 1, cut)
        return self._held.rfind(b"\n", 0, begun.start()) + 1 if begun and len(self._held) < LINE_MOST else cut

    def _events(self, lines: bytes) -> Iterator[pl.DataFrame]:
        if not lines or self._found is None:
            return
        source = Source(Stream(io.BytesIO(lines).read), None, int(self._begun), None, self._line)
        self._line, self._begun = self._line + lines_in(lines), True
        for format, raw in raw_frames(source, self._found, self._tally):
            skews = self._found.skews if format is self._found.format else {}
            frame = moved(raw, format, skews, self._tally)
            if Rows.STARTS not in self._found.format.kinds:
                self._tally.passed_over += frame.height
                self._tally.note(NO_STARTS)
                continue
            events = process_events(frame, format, self._context, self._tally)
            if events.height:
                yield events

    def _bound(self) -> None:
        """Drops a line over the cap as it streams by, and a text of which too much says nothing."""
        if self._found is None:
            if len(self._held) > HEADS[-1]:
                self._tally.note(UNKNOWN)
                self._unknown, self._held = True, b""
        elif len(self._held) > LINE_MOST:
            self._tally.quarantine(self._line, TOO_LONG)
            self._skipping, self._held = True, b""


def _refuse_what_is_no_text(head: bytes) -> None:
    """No text of lines: packed, binary, UTF-16, or documents that span lines.

    Raises:
        Unfit: it is one of these.
    """
    if head.startswith(PACKED) or b"\0" in head[:512] or looks_like_documents(head[:HEAD]) or wraps(head):
        raise Unfit
