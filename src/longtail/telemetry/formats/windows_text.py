"""Windows events as Splunk's forwarder wrote them before XML: lines ``name=value``, and the message over many lines.

The time above each event is that of the machine, without a zone, unless it is written in ISO 8601.
"""

import re
from collections.abc import Iterator

from longtail.telemetry.format import Carrier, Format, Lines, Record, never, stamp, text
from longtail.telemetry.messages import message_data
from longtail.telemetry.windows import COLUMNS, IS_START, STARTS, event_data, system

TIME = re.compile(r"(\d{1,2}/\d{1,2}/\d{4} \d\d:\d\d:\d\d(?:\.\d+)? [AP]M)|(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S{0,20})")
HEAD = re.compile(r"(\w{1,40})=(.*)")
MESSAGE = "Message="
MESSAGE_MOST = 1 << 20  # characters: the longest command line has 32 Ki
EXAMPLES = (
    ("03/02/2026 04:05:06 AM", ("03/02/2026 04:05:06 AM", None)),
    ("2026-03-02T04:05:06.789+00:00", (None, "2026-03-02T04:05:06.789+00:00")),
    ("2026-03-02 04:05:06 starting", None),
)


def text_records(lines: Lines) -> Iterator[tuple[int, Record]]:
    """The events among lines: each from its time to that of the next."""
    begun, held, size = 0, list[str](), 0
    for number, line in lines:
        if TIME.fullmatch(line.rstrip("\r")):
            yield from _event(begun, held)
            begun, held, size = number, [], 0
        size += len(line)
        if size < MESSAGE_MOST:
            held.append(line.rstrip("\r"))
    yield from _event(begun, held)


def _event(line: int, held: list[str]) -> Iterator[tuple[int, Record]]:
    """The event of its lines; none where there is no number of one."""
    time = TIME.fullmatch(held[0]) if held else None
    told = next((at for at, each in enumerate(held) if each.startswith(MESSAGE)), len(held))
    head = {found[1]: found[2] for each in held[1:told] if (found := HEAD.fullmatch(each))}
    number = head.get("EventCode", "")
    if time is None or not number.isdecimal():
        return
    message = "\n".join(held[told:])[len(MESSAGE) :] if number in STARTS else ""
    yield line, {**head, "LocalTime": time[1], "Time": time[2], "Data": message_data(int(number[:9]), message)}


WINDOWS_TEXT = Format(
    name="windows-text",
    title="Windows events as text of Splunk's forwarder: Sysmon 1 and Security 4688",
    carriers=(Carrier.TEXT,),
    fields={
        **system(event="EventCode", channel="LogName", provider="SourceName", host="ComputerName"),
        **event_data("Data."),
        "created": stamp("Time"),
        "local": stamp("LocalTime"),
        "record": text("RecordNumber"),
    },
    recognises=never,
    reads=text_records,
    only=("event", STARTS),
    starts=IS_START,
    columns=COLUMNS,
    clock=("utc", "created", "local"),
    local=frozenset({"local"}),
)
