"""Whatever was started, in whatever order and pieces it is read: the waist is one and the same table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from longtail.executions.schema import PROCESS_EVENT, SIGHTING, SIGHTING_KEY
from longtail.executions.sightings import empty, in_order, merge, sightings

START = datetime(2026, 3, 2, 23, tzinfo=UTC)
KEY = list(SIGHTING_KEY)
TEXTS = ("account", "image", "command_line", "parent_image", "parent_command_line", "source", "record_id")
IMAGES = (
    r"C:\Windows\System32\cmd.exe",
    r"c:\windows\system32\CMD.EXE",
    r"C:\Windows\System32\rundll32.exe",
    r"C:\ProgramData\sync\syncagent.exe",
    "/usr/bin/python3",
    "svn.exe",
)
LINES = (
    None,
    "cmd /c whoami & net user x /add",
    "cmd.exe /c echo open 1.2.3.4>So.2",
    r"rundll32 C:\Temp\a.dll,Run",
    "job.exe -run 20260301",
    "job.exe -run 20260302",
    "python3 /tmp/a.py -n 7",
)
EVENT = st.fixed_dictionaries(
    {
        "time": st.integers(0, 7).map(lambda half_hours: START + timedelta(minutes=30 * half_hours)),
        "tenant": st.sampled_from([None, "contoso"]),
        "host": st.sampled_from(["db01", "DB01", "web"]),
        "account": st.sampled_from([None, r"NT SERVICE\MSSQLSERVER", "root"]),
        "image": st.sampled_from(IMAGES),
        "command_line": st.sampled_from(LINES),
        "parent_image": st.sampled_from([None, IMAGES[0], IMAGES[1]]),
        "parent_command_line": st.sampled_from([None, "a", "b"]),
        "pid": st.sampled_from([None, 1, 2]),
        "parent_pid": st.sampled_from([None, 1, 2]),
        "source": st.sampled_from([None, "a.log"]),
        "record_id": st.sampled_from([None, "1"]),
    }
)
EVENTS = st.lists(EVENT, max_size=12)
ANYTHING = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [
        "\x00",
        '"',
        "\\",
        "..\\..\\",
        "\u202e",
        "cmd /c " * 30,
        '"' * 99,
        "(" * 99,
        "powershell -enc ====",
        "[/x]",
        "%",
        "/",
    ]
)
HOSTILE = st.fixed_dictionaries(
    {name: st.none() | ANYTHING for name in ("tenant", "host", *TEXTS)}
    | {name: st.none() | st.integers(-(2**63), 2**63 - 1) for name in ("pid", "parent_pid")}
    | {"time": st.none() | st.datetimes(timezones=st.just(UTC))}
)


def table(events: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(events, schema=PROCESS_EVENT)


def seen(events: list[dict[str, Any]]) -> pl.DataFrame:
    return sightings(table(events))


def same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return in_order(one).equals(in_order(other), null_equal=True)


@settings(max_examples=25, deadline=None)
@given(EVENTS, EVENTS, EVENTS)
def test_merging_is_associative_commutative_and_has_an_identity(a: Any, b: Any, c: Any) -> None:
    one, two, three = seen(a), seen(b), seen(c)
    assert same(merge([merge([one, two]), three]), merge([one, merge([two, three])]))
    assert same(merge([one, two]), merge([two, one]))
    assert same(merge([one, empty()]), one)
    assert same(merge([]), empty())


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.randoms(use_true_random=False), st.integers(1, 5))
def test_neither_order_nor_pieces_make_a_difference(events: list[dict[str, Any]], chance: Any, size: int) -> None:
    shuffled = chance.sample(events, k=len(events))
    pieces = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    assert same(merge(map(seen, pieces)), seen(events))


@settings(max_examples=40, deadline=None)
@given(EVENTS, EVENT)
def test_one_more_event_lowers_no_count_and_narrows_no_span(events: list[dict[str, Any]], more: dict[str, Any]) -> None:
    before, after = seen(events), seen([*events, more])
    both = before.join(after, on=KEY, how="left", nulls_equal=True, suffix="_after")
    assert both["runs_after"].null_count() == 0
    assert (both["runs_after"] >= both["runs"]).all()
    assert (both["first_seen_after"] <= both["first_seen"]).all()
    assert (both["last_seen_after"] >= both["last_seen"]).all()
    assert after["runs"].sum() > before["runs"].sum()


@settings(max_examples=40, deadline=None)
@given(EVENTS)
def test_every_start_is_counted_once_and_every_key_is_one_row(events: list[dict[str, Any]]) -> None:
    found = seen(events)
    assert found.schema == SIGHTING
    assert found.select(KEY).is_unique().all()
    assert found.filter(pl.col("hosted_by").is_null())["runs"].sum() == len(events)
    assert (found["first_seen"] <= found["last_seen"]).all()
    assert (found["first_seen"].dt.date() == found["day"]).all()
    assert (found["last_seen"].dt.date() == found["day"]).all()
    assert (found["example_time"] == found["first_seen"]).all()


@settings(max_examples=40, deadline=None)
@given(EVENTS)
def test_an_example_is_one_of_the_events(events: list[dict[str, Any]]) -> None:
    names = ("time", "image", "command_line", "parent_image", "parent_command_line", "pid", "parent_pid", "record_id")
    known = {tuple(event[name] for name in names) for event in events}
    assert set(seen(events).select(f"example_{name}" for name in names).iter_rows()) <= known


@settings(max_examples=80, deadline=None)
@given(st.lists(HOSTILE, max_size=4))
@example([{"time": START, "host": "", "image": ""}])
@example([{"time": datetime.max.replace(tzinfo=UTC), "host": "h", "image": "i"}])
def test_hostile_text_in_every_field_is_only_text(events: list[dict[str, Any]]) -> None:
    found = seen(events)
    usable = [each for each in events if None not in (each.get("time"), each.get("host"), each.get("image"))]
    assert found.schema == SIGHTING
    assert found.filter(pl.col("hosted_by").is_null())["runs"].sum() == len(usable)
    assert same(merge(seen([each]) for each in events), found)


MOMENT = {"time": START, "host": "db01", "image": IMAGES[0], "command_line": "cmd.exe"}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("image", IMAGES[:2]),
        ("command_line", ("job 20260301", "job 20260302")),
        ("parent_image", IMAGES[:2]),
        ("parent_command_line", ("a", "b")),
        ("pid", (1, 2)),
        ("parent_pid", (1, 2)),
        ("source", ("a", "b")),
        ("record_id", ("1", "2")),
    ],
)
def test_of_two_starts_of_one_moment_the_same_is_kept_in_any_order(name: str, values: tuple[Any, Any]) -> None:
    one, other = (MOMENT | {name: value} for value in values)
    kept = [seen([one, other]), seen([other, one]), merge([seen([one]), seen([other])])]
    kept += [merge([seen([other]), seen([one])])]
    assert all(same(kept[0], each) for each in kept[1:])
