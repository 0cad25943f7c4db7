"""What is told from the text of a record alone is what decoding it would tell."""

import msgspec
import pytest

from longtail.files.tally import Tally
from longtail.telemetry.formats.plain import PLAIN
from longtail.telemetry.formats.windows_event import WINDOWS_EVENT
from longtail.telemetry.glance import EXAMPLES, may_be_wanted
from longtail.telemetry.json_records import group_frames
from longtail.telemetry.shapes import shape_of


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_a_glance_at_a_record_tells_what_its_example_says(text: str, expected: bool) -> None:
    glance = may_be_wanted(WINDOWS_EVENT)
    assert glance is not None
    assert bool(glance(text)) is expected


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_what_a_glance_passes_over_would_not_be_kept(text: str, expected: bool) -> None:
    shape = shape_of(WINDOWS_EVENT)
    sifted = shape.sifted([shape.decoder.decode(text)])
    assert sifted is not None
    assert expected or not sifted[0]


def test_all_records_are_looked_at_where_the_format_wants_all() -> None:
    assert may_be_wanted(PLAIN) is None


def _start(number: int, command: object) -> str:
    system = {"EventID": number, "Computer": "h", "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}}
    data = {"UtcTime": "2026-03-02 04:05:06.789", "Image": "C:\\a.exe", "CommandLine": command, "ProcessId": number}
    return msgspec.json.encode({"Event": {"System": system, "EventData": data}}).decode()


def test_records_that_are_passed_over_are_counted_and_an_odd_one_costs_its_group_nothing() -> None:
    tally = Tally("x")
    groups = [
        (7, [_start(1, "a"), _start(11, "b"), _start(1, ["c", "d"]), _start(1, "e") + "]"]),
        (9, [_start(3, "f")]),
    ]
    frames = list(group_frames(groups, shape_of(WINDOWS_EVENT), tally))
    assert [frame.select("_place", "command_line").rows() for frame in frames] == [[(7, "a"), (7, "c")]]
    assert (tally.passed_over, tally.reading().reasons) == (2, {"not JSON": 1})
