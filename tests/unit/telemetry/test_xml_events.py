"""Events rendered as XML are found wherever they stand, and what is broken among them costs only itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from longtail.executions.schema import PROCESS_EVENT
from longtail.files.tally import Tally
from longtail.telemetry import Options, parts, read
from longtail.telemetry import ranges as cutting
from longtail.telemetry.appended import Appended
from longtail.telemetry.formats import EVERY
from longtail.telemetry.lines import LINE_MOST
from longtail.telemetry.parts import Part
from longtail.telemetry.xml_events import NOT_XML, event_texts, xml_records

XMLNS = "xmlns='http://schemas.microsoft.com/win/2004/08/events/event'"


def event(number: int, command_line: str = "cmd /c &quot;a&quot;") -> str:
    data = {
        "UtcTime": "2026-03-02 04:05:06.789",
        "ProcessId": str(number),
        "Image": r"C:\a.exe",
        "CommandLine": command_line,
    }
    named = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
    return (
        f"<Event {XMLNS}><System><Provider Name='Microsoft-Windows-Sysmon' Guid='{{0}}'/><EventID>1</EventID>"
        f"<TimeCreated SystemTime='2026-03-02T04:05:06.789Z'/><EventRecordID>{number}</EventRecordID>"
        f"<Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>sql01</Computer></System>"
        f"<EventData>{named}</EventData></Event>"
    )


def pretty(number: int) -> str:
    return event(number).replace("><", ">\r\n  <")


EVENTS = [event(number) for number in range(1, 5)]
LAYOUTS = {
    "one a line": "\r\n".join(EVENTS),
    "all on one line, without a root": "".join(EVENTS),
    "all on one line, with a root": '<?xml version="1.0"?><Events>' + "".join(EVENTS) + "</Events>",
    "over many lines": "<Events>\r\n" + "\r\n".join(map(pretty, range(1, 5))) + "\r\n</Events>\r\n",
    "over many lines, back to back": "".join(map(pretty, range(1, 5))),
    "behind the heads of syslog lines": "".join(f"Mar  2 04:05:06 sql01 sysmon: {each}\n" for each in EVENTS),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_every_event_and_nothing_is_passed_over(layout: str, tmp_path: Path) -> None:
    file = tmp_path / "events.xml"
    file.write_text(LAYOUTS[layout], encoding="utf-8")
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    (batch,) = list(reader)
    assert batch["pid"].to_list() == [1, 2, 3, 4]
    assert batch["command_line"].unique().to_list() == ['cmd /c "a"']
    (reading,) = reader.readings
    assert (reading.passed_over, reading.quarantined) == (0, 0)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [7, 64, 1000])
def test_where_the_text_is_cut_into_pieces_changes_nothing(layout: str, size: int) -> None:
    text = LAYOUTS[layout].encode()
    whole, cut = Tally(""), Tally("")
    expected = list(xml_records([text], 1, whole))
    assert list(xml_records((text[at : at + size] for at in range(0, len(text), size)), 1, cut)) == expected
    assert cut.reading() == whole.reading()


def test_places_are_the_lines_where_events_begin() -> None:
    text = f"garbage\n{pretty(1)}\n\n  {event(2)}{event(3)} tail\nmore\n{event(4)}".encode()
    tally = Tally("")
    begins = [1 + text[: text.index(f"<EventRecordID>{number}<".encode())].count(b"\n") for number in range(1, 5)]
    begins[0] = 2
    assert [place for place, _ in event_texts([text], 1, tally)] == begins
    assert tally.passed_over == 2


def test_an_event_cut_short_costs_itself_whether_or_not_its_line_ends() -> None:
    for torn in (event(1)[:-30] + "\n" + event(2), event(1)[:-30] + event(2), event(2) + "\n" + event(1)[:-30]):
        tally = Tally("")
        records = list(xml_records([torn.encode()], 1, tally))
        assert [record["Event"]["System"]["EventRecordID"] for _, record in records] == ["2"]
        assert dict(tally.reasons) == {NOT_XML: 1}


def test_an_event_or_a_line_over_the_cap_is_given_up_and_the_next_is_read() -> None:
    long = event(1, "x" * LINE_MOST)
    for text in (f"{long}\n{event(2)}", f"{long}{event(2)}", f"{'y' * 3 * LINE_MOST}\n{event(2)}"):
        for size in (50_000, len(text)):
            tally = Tally("")
            pieces = (text[at : at + size].encode() for at in range(0, len(text), size))
            assert [number for number, _ in xml_records(pieces, 1, tally)] == [1 + text.count("\n")]
            assert (tally.reasons.total(), tally.passed_over) == (1, 0)


def test_ranges_of_a_big_file_of_events_over_many_lines_lose_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "BLOCK", 2000)
    file = tmp_path / "events.xml"
    file.write_text("<Events>\n" + "\n".join(map(pretty, range(60))) + "\n</Events>", encoding="utf-8")
    found = cutting.ranges_of(str(file), EVERY, 5)
    assert len(found) >= 5
    given = [read(Part(str(file), str(file), start, stop, line), Options()) for start, stop, line in found]
    assert [pid for reader in given for batch in reader for pid in batch["pid"]] == list(range(60))
    assert sum(reader.readings[0].passed_over for reader in given) == 0


def test_an_event_that_is_appended_line_by_line_is_read_when_its_end_has_come(tmp_path: Path) -> None:
    growing = Appended("events.xml", "", Options())

    def taken(text: str) -> Iterator[int]:
        for batch in growing.take(text.encode()):
            assert batch.schema == PROCESS_EVENT
            yield from batch["pid"]

    lines = (event(1) + "\n" + pretty(2) + "\n" + event(3) + "\n").splitlines(keepends=True)
    assert [pid for line in lines for pid in taken(line)] == [1, 2, 3]
    assert growing.reading().quarantined == 0
