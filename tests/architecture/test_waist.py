"""The waist: sightings are one pure function whose sums do not depend on how, where or in what order they were cut."""

from itertools import pairwise
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from longtail.engines import local
from longtail.executions.schema import PROCESS_EVENT, SIGHTING
from longtail.executions.sightings import in_order, merge, sightings
from longtail.executions.volatile import STAND_INS, StandIn, stood_in
from longtail.fleet.generate import events
from longtail.fleet.plan import Plan

ROWS = 1200
EVENTS = pl.concat(events(Plan(6, 2, seed=3, attacks=1, intensity=0.1))).sample(ROWS, seed=1, shuffle=True)
WHOLE = in_order(sightings(EVENTS))


def test_a_sighting_is_what_the_schema_says() -> None:
    assert EVENTS.schema == PROCESS_EVENT and WHOLE.schema == SIGHTING
    assert WHOLE.filter(pl.col("hosted_by").is_null())["runs"].sum() == ROWS
    assert WHOLE.height > 0
    assert (WHOLE["first_seen"] <= WHOLE["last_seen"]).all()


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, ROWS), max_size=4), order=st.randoms(use_true_random=False))
def test_any_cutting_in_any_order_gives_the_same(cuts: list[int], order: Random) -> None:
    edges = [0, *sorted(cuts), ROWS]
    pieces = [sightings(EVENTS[start:stop]) for start, stop in pairwise(edges)]
    order.shuffle(pieces)
    assert_frame_equal(in_order(merge(pieces)), WHOLE)


def test_merging_is_associative_commutative_and_has_nothing_as_its_unit() -> None:
    a, b, c = (sightings(EVENTS[start : start + ROWS // 3]) for start in (0, ROWS // 3, 2 * ROWS // 3))
    left, right = merge([merge([a, b]), c]), merge([a, merge([c, b])])
    assert_frame_equal(in_order(left), in_order(right))
    assert_frame_equal(in_order(merge([a, merge([])])), in_order(a))


def test_sightings_leave_their_input_as_it_was() -> None:
    before = EVENTS.clone()
    sightings(EVENTS)
    assert_frame_equal(EVENTS, before)


def test_what_has_no_time_host_or_image_says_nothing() -> None:
    blank = [EVENTS.head(5).with_columns(pl.lit(None, dtype=PROCESS_EVENT[name]).alias(name)) for name in
             ("time", "host", "image")]  # fmt: skip
    assert sightings(pl.concat(blank)).is_empty()


def test_an_engine_maps_and_nothing_else() -> None:
    work = [-3, -2, -1, 0]
    assert sorted(local.mapped(abs, work, 1)) == sorted(local.mapped(abs, work, 2)) == [0, 1, 2, 3]


@pytest.mark.parametrize("stand_in", STAND_INS, ids=lambda each: each.replacement)
def test_a_stand_in_replaces_what_its_examples_say(stand_in: StandIn) -> None:
    for before, after in stand_in.examples:
        assert stood_in(pl.Series([before])).item() == after


def test_an_encoded_command_is_left_as_it_is() -> None:
    line = "powershell -enc " + "SQBFAFgA" * 12 + "123456"
    assert stood_in(pl.Series([line])).item() == line
