"""Text that holds rendered ``<Event>`` elements → records shaped as the EVTX parser gives them.

Read with a few linear patterns and not with an XML parser: entities are the five of XML and numbers, and there is
nothing to expand or to fetch. An event may stand on a line, on many, or with all others on one line; what stands
around it (a root element, the head of a syslog line) is no matter.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from longtail.files.tally import Tally
from longtail.telemetry.json_text import REPAIRED
from longtail.telemetry.lines import LINE_MOST, TOO_LONG, lines_in

EVENT_START = re.compile(rb"<Event(?: xmlns|>)")
EVENT_END = b"</Event>"
FRAME = re.compile(rb"\s*(?:<\?xml[^<>]*\?>|</?Events(?: [^<>]*)?>|Record \d+|\s)*")
ELEMENT = re.compile(r"<(EventID|EventRecordID|Channel|Computer)(?: [^<>]*)?>([^<]*)<")
PROVIDER = re.compile(r"<Provider [^<>]*?Name=['\"]([^'\"<>]*)['\"]")
CREATED = re.compile(r"<TimeCreated [^<>]*?SystemTime=['\"]([^'\"<>]*)['\"]")
DATA = re.compile(r"<Data Name=['\"]([^'\"<>]*)['\"]>([^<]*)</Data>")
NOT_XML = "event cut short"


def xml_record(text: bytes) -> dict[str, Any]:
    """The event that a text from ``<Event`` to ``</Event>`` holds, nested as in EVTX."""
    head, _, data = text.decode("utf-8", "replace").partition("<EventData")
    system: dict[str, Any] = {name: unescape(value) for name, value in ELEMENT.findall(head)}
    system["Provider"] = {"#attributes": {"Name": _one(PROVIDER, head)}}
    system["TimeCreated"] = {"#attributes": {"SystemTime": _one(CREATED, head)}}
    return {"Event": {"System": system, "EventData": {name: unescape(value) for name, value in DATA.findall(data)}}}


def _one(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return unescape(found.group(1)) if found else None


def xml_records(parts: Iterable[bytes], first: int, tally: Tally) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and record of each event. Lines without one (other logs in the file) are passed over."""
    for number, text in event_texts(parts, first, tally):
        values = xml_record(text)
        if b"\xef\xbf\xbd" not in text and "\ufffd" in str(values):
            tally.repair(REPAIRED)
        yield number, values


def event_texts(parts: Iterable[bytes], first: int, tally: Tally) -> Iterator[tuple[int, bytes]]:
    """Line number and text of each event; of what was not read, no more is held than one event may have."""
    held, between = b"", _Between(first, tally)
    for part in parts:
        held += part
        at = 0
        while (end := held.find(EVENT_END, at)) >= 0:
            start = _last_start(held, at, end)
            between.take(held[at : end if start is None else start])
            if start is not None:
                if between.fits(end - start):
                    yield between.line, held[start : end + len(EVENT_END)]
                between.skip(held[start:end])
            at = end + len(EVENT_END)
        held = between.bounded(held[at:])
    between.take(held)
    between.end()


def _last_start(text: bytes, at: int, end: int) -> int | None:
    """Where the last event begins before an end: others before it were cut short."""
    if (first := EVENT_START.search(text, at, end)) is None:
        return None
    return [first, *EVENT_START.finditer(text, first.end(), end)][-1].start()


class _Between:
    """What stands between events: its lines are counted, as passed over or, where an event was begun, as cut short.

    What follows or precedes an event on its line belongs to it and is not counted.
    """

    def __init__(self, line: int, tally: Tally) -> None:
        self.line = line
        self.tally = tally
        self._whole = True  # whether what comes next begins a line, or goes on in one that was counted
        self._rest = b""  # of a line that may go on

    def take(self, text: bytes) -> None:
        """Counts the lines that end in a text; its last may be that of an event."""
        *lines, rest = (self._rest + text).split(b"\n")
        for line in lines:
            if self._whole:
                self._count(line)
            self.line, self._whole = self.line + 1, True
        self._rest = rest

    def skip(self, event: bytes) -> None:
        """An event was read."""
        if EVENT_START.search(self._rest):
            self._count(self._rest)
        self.line, self._whole, self._rest = self.line + lines_in(event), False, b""

    def end(self) -> None:
        """Nothing follows."""
        if self._whole:
            self._count(self._rest)

    def bounded(self, held: bytes) -> bytes:
        """What must be held of a text in which no event ends; a line or an event over the cap is given up."""
        if len(held) <= LINE_MOST:
            return held
        begun = _last_start(held, 0, len(held))
        keep = held.rfind(b"\n") + 1 if begun is None else begun
        self.take(held[:keep])
        if len(held) - keep <= LINE_MOST:
            return held[keep:]
        if self._whole or begun is not None:
            self.tally.quarantine(self.line, TOO_LONG)
        self.skip(held[keep:])
        return b""

    def fits(self, size: int) -> bool:
        """Whether an event is within the cap; one that is not is told."""
        if size > LINE_MOST:
            self.tally.quarantine(self.line, TOO_LONG)
        return size <= LINE_MOST

    def _count(self, line: bytes) -> None:
        if len(line) > LINE_MOST:
            self.tally.quarantine(self.line, TOO_LONG)
        elif EVENT_START.search(line):
            self.tally.quarantine(self.line, NOT_XML)
        elif line.strip() and not FRAME.fullmatch(line):
            self.tally.passed_over += 1
