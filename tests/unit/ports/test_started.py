"""What started where: what ports keeps of process starts, however they were cut."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import sightings
from longtail.ports.started import STARTED, merged, started, started_of

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
LINES = (
    ("C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s W32Time"),
    ("C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s W3SVC"),
    ("c:/windows/system32/SVCHOST.EXE", "svchost.exe -k rpcss"),
    ("C:\\Windows\\System32\\rundll32.exe", "rundll32.exe C:\\Program Files\\X\\x.dll,Run"),
    ("/usr/bin/java", "java -jar /opt/shop/shop.jar"),
    ("svchost.exe", None),
    (None, "svchost.exe -k a -s b"),
)

starts = st.builds(
    lambda line, host, hours: {"image": line[0], "command_line": line[1], "tenant": None, "host": host, "hours": hours},
    st.sampled_from(LINES),
    st.sampled_from(["A", "a", "b", None]),
    st.integers(0, 60),
)


def _events(rows: list[dict[str, object]]) -> pl.DataFrame:
    whole = [{**row, "time": BEGIN + timedelta(hours=row.pop("hours"))} for row in map(dict, rows)]  # type: ignore[arg-type]
    return pl.DataFrame(whole, schema=PROCESS_EVENT)


@settings(max_examples=60, deadline=None)
@given(st.lists(starts, max_size=12), st.integers(0, 12))
def test_what_started_does_not_depend_on_how_the_starts_were_cut(rows: list[dict[str, object]], cut: int) -> None:
    events = _events(rows)
    parts = merged([started(events[:cut]), started(events[cut:])])
    assert_frame_equal(started(events), parts, check_row_order=False)


def test_every_service_is_told_where_the_starts_are_read() -> None:
    rows = [{"image": image, "command_line": line, "host": "h", "hours": 1} for image, line in LINES[:2]]
    told = set(started(_events(rows))["name"])
    assert {"svchost.exe", "svchost.exe -s w32time", "svchost.exe -s w3svc"} == told


@settings(max_examples=60, deadline=None)
@given(st.lists(starts, max_size=12))
def test_sightings_tell_the_same_programs(rows: list[dict[str, object]]) -> None:
    events = _events(rows)
    of_starts, of_sightings = (
        each.filter(~pl.col("name").str.contains(" -s ")) for each in (started(events), started_of(sightings(events)))
    )
    assert_frame_equal(of_starts, of_sightings, check_row_order=False)
    assert of_starts.schema == STARTED
