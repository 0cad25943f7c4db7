"""Lines that hold a rendered ``<Event>`` → records shaped as the EVTX parser gives them.

Read with a few linear patterns and not with an XML parser: one line is one event, entities are the five of XML and
numbers, and there is nothing to expand or to fetch.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from longtail.files.tally import Tally
from longtail.telemetry.json_text import REPAIRED
from longtail.telemetry.lines import TOO_LONG, Block

EVENT_START = re.compile(rb"<Event(?: xmlns|>)")
ELEMENT = re.compile(r"<(EventID|EventRecordID|Channel|Computer)(?: [^<>]*)?>([^<]*)<")
PROVIDER = re.compile(r"<Provider [^<>]*?Name=['\"]([^'\"<>]*)['\"]")
CREATED = re.compile(r"<TimeCreated [^<>]*?SystemTime=['\"]([^'\"<>]*)['\"]")
DATA = re.compile(r"<Data Name=['\"]([^'\"<>]*)['\"]>([^<]*)</Data>")
NOT_XML = "event cut short"
END = "</Event>"


def xml_record(line: bytes) -> dict[str, Any] | None:
    """The event in a line, nested as in EVTX; None where there is none, or not to its end."""
    text = line.decode("utf-8", "replace")
    start, end = text.find("<Event"), text.rfind(END)
    if start < 0 or end < start:
        return None
    head, _, data = text[start:end].partition("<EventData")
    system: dict[str, Any] = {name: unescape(value) for name, value in ELEMENT.findall(head)}
    system["Provider"] = {"#attributes": {"Name": _one(PROVIDER, head)}}
    system["TimeCreated"] = {"#attributes": {"SystemTime": _one(CREATED, head)}}
    return {"Event": {"System": system, "EventData": {name: unescape(value) for name, value in DATA.findall(data)}}}


def _one(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return unescape(found.group(1)) if found else None


def xml_records(blocks: Iterable[Block], tally: Tally) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and record of each event. Lines without one (other logs in the file) are passed over."""
    for block in blocks:
        if block.too_long:
            tally.quarantine(block.first, TOO_LONG)
            continue
        for number, line in enumerate(block.data.split(b"\n"), block.first):
            if not line.strip():
                continue
            if (values := xml_record(line)) is not None:
                if b"\xef\xbf\xbd" not in line and "\ufffd" in str(values):
                    tally.repair(REPAIRED)
                yield number, values
            elif EVENT_START.search(line):
                tally.quarantine(number, NOT_XML)
            else:
                tally.passed_over += 1
