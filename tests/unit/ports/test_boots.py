"""A machine that was seen to start is seen whole: what it runs started with it, all else comes and goes."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from longtail.executions.schema import PROCESS_EVENT
from longtail.ports.inventory import inventory
from longtail.ports.started import merged, started

BEGIN = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)  # when the machine started
SYSTEM32 = "C:\\Windows\\System32\\"
SERVICES, EXPLORER = f"{SYSTEM32}services.exe", "C:\\Windows\\explorer.exe"
RESIDENTS = [f"{SYSTEM32}{name}.exe" for name in (
    "wininit", "services", "lsass", "spoolsv", "msdtc", "dwm", "fontdrvhost", "LogonUI", "vds",
)]  # fmt: skip
DAEMONS = [
    f"/usr/{name}"
    for name in (
        "sbin/agetty", "lib/systemd/systemd-logind", "bin/dbus-daemon", "sbin/rsyslogd", "sbin/cron", "sbin/sshd",
        "lib/systemd/systemd-udevd", "sbin/chronyd", "bin/containerd",
    )
]  # fmt: skip
INHOUSE, TOOL = "C:\\Apps\\Orders\\orders.exe", "C:\\Tools\\sizes.exe"
LATER = {"image": f"{SYSTEM32}cmd.exe", "time": BEGIN + timedelta(days=9)}
Row = dict[str, object]


def _with_it(images: Iterable[str]) -> list[Row]:
    return [
        {"image": image, "time": BEGIN + timedelta(seconds=3 * number), "parent_image": SERVICES}
        for number, image in enumerate(images)
    ]


def _found(*rows: Row) -> dict[str, tuple[object, bool]]:
    """By program: when it was listed, and whether it is passing."""
    events = pl.DataFrame([{"tenant": "t", "host": "h", **row} for row in rows], schema=PROCESS_EVENT)
    table = inventory(started(events), None)
    return {name: (listed, passing) for name, listed, passing in table.select("name", "listed", "passing").iter_rows()}


def _times(image: str, *days: float, parent: str = EXPLORER) -> list[Row]:
    return [{"image": image, "time": BEGIN + timedelta(days=day), "parent_image": parent} for day in days]


def test_what_started_with_its_machine_runs() -> None:
    found = _found(*_with_it([*RESIDENTS, INHOUSE]), LATER)
    assert found["orders.exe"][0] is not None and found["orders.exe"] == found["lsass.exe"] == found["msdtc.exe"]


@pytest.mark.parametrize(
    ("rows", "runs"),
    [
        (_times(TOOL, 4), False),  # by hand, since
        (_times(TOOL, 0.2), False),  # or the same day, hours later
        (_times(TOOL, -3.2), False),  # and before
        (_times(TOOL, -3.2, parent=SERVICES), False),  # a service that did not come back with its machine
        (_times(TOOL, *range(-5, 8)), False),  # a job of every day, that of the start too
        (_times(TOOL, 4, parent=SERVICES), True),  # a service that was installed since
        (_times(TOOL, 0.001), True),  # by whomever, with the machine
        (_times(TOOL, *range(-5, 8), parent=SERVICES), True),  # a service that is started anew every night
        (_times(TOOL, 0.001, 4), True),
    ],
)
def test_what_came_since_runs_if_a_service_and_passes_if_not(rows: list[Row], runs: bool) -> None:
    listed, passing = _found(*_with_it(RESIDENTS), *rows, LATER)["sizes.exe"]
    assert (listed is not None, passing) == (runs, not runs)


def test_a_machine_that_was_not_seen_to_start_tells_nothing_of_the_kind() -> None:
    found = _found(*_with_it([*RESIDENTS[3:], INHOUSE]), *_times(TOOL, 4), LATER)
    assert set(found.values()) == {(None, False)}


def test_a_start_of_which_hardly_anything_is_seen_is_none() -> None:
    assert set(_found(*_with_it([*RESIDENTS[:3], INHOUSE]), *_times(TOOL, 4), LATER).values()) == {(None, False)}


def test_a_machine_must_have_been_watched_since() -> None:
    assert set(_found(*_with_it([*RESIDENTS, INHOUSE])).values()) == {(None, False)}


def test_unix_starts_with_its_console_and_what_comes_with_it() -> None:
    found = _found(*_with_it([*DAEMONS, "/opt/orders/bin/ordersd"]), *_times("/opt/orders/bin/sizes", 4), LATER)
    assert found["ordersd"][0] == found["agetty"][0] is not None
    assert found["sizes"] == (None, True)


def test_a_console_that_somebody_left_is_no_start() -> None:
    rows = _with_it(["/usr/sbin/agetty", *(f"/opt/a/bin/{name}" for name in "abcdefghijk")])
    assert set(_found(*rows, LATER).values()) == {(None, False)}


starts = st.builds(
    lambda image, day, parent: {
        "tenant": "t", "host": "h", "image": image, "time": BEGIN + timedelta(days=day), "parent_image": parent,
    },
    st.sampled_from([*RESIDENTS, *DAEMONS, INHOUSE, TOOL]),
    st.integers(-70, 70),
    st.sampled_from([SERVICES, EXPLORER, None]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(starts, max_size=30), st.integers(0, 30))
def test_order_repetition_and_cutting_change_nothing(rows: list[Row], cut: int) -> None:
    events = pl.DataFrame([*_with_it([*RESIDENTS, *DAEMONS]), *rows], schema=PROCESS_EVENT).with_columns(
        tenant=pl.lit("t"), host=pl.lit("h")
    )
    again = merged([started(events[cut:]), started(events), started(events[:cut].reverse())])
    assert_frame_equal(inventory(again, None), inventory(started(events), None))
