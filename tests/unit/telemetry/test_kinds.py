"""Raw values become typed columns, vectorised, with the same meaning whatever path they take."""

from datetime import UTC, datetime

import polars as pl
import pytest

from longtail.telemetry.format import Kind
from longtail.telemetry.kinds import FEW, NOTHING, column, held, instants, wholes, without_nothing

SAME_MOMENT = [
    "2026-03-02T04:05:06.789Z",
    "2026-03-02 04:05:06.789",
    "2026-03-02T04:05:06.789000+00:00",
    "2026-03-02 04:05:06.7890000 UTC",
    "2026-03-02 04:05:06.7890004 +0000 UTC",
    "2026-03-02 06:05:06.789 +0200",
    "2026-03-02T04:05:06.789+0000",
    "2026-03-02T06:05:06.789+02:00",
    "3/2/2026, 4:05:06.789 AM",
    "Mar 2nd 2026 04:05:06.789",
    "2026-03-02T04:05:06,789Z",
    "1772424306.789",
    "1772424306789",
    1772424306.789,
    1772424306789,
    1772424306789000,
    1772424306789000000,
    134168979067890000,
]


@pytest.mark.parametrize("written", SAME_MOMENT, ids=str)
def test_one_moment_in_every_way_it_is_written(written: object) -> None:
    (read,) = column([written], Kind.STAMP)
    assert abs((read - datetime(2026, 3, 2, 4, 5, 6, 789000, tzinfo=UTC)).total_seconds()) < 0.001


@pytest.mark.parametrize(
    "written", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-03-02T04:05:99Z", "nan", "inf", "-"]
)
def test_what_is_no_moment_is_null(written: str) -> None:
    assert column([written], Kind.STAMP).to_list() == [None]


def test_a_column_of_many_ways_reads_each_as_alone() -> None:
    together = column([str(each) for each in SAME_MOMENT], Kind.STAMP).to_list()
    assert together == [column([str(each)], Kind.STAMP)[0] for each in SAME_MOMENT]


def test_fractions_are_cut_and_not_rounded_into_the_next_second() -> None:
    (read,) = column(["2026-03-02T04:05:59.9999999Z"], Kind.STAMP)
    assert read == datetime(2026, 3, 2, 4, 5, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_naive_datetimes_of_any_unit_are_utc(unit: str) -> None:
    naive = pl.Series([datetime(2026, 3, 2, 4, 5, 6)], dtype=pl.Datetime(unit))  # type: ignore[arg-type]
    assert instants(naive).to_list() == [datetime(2026, 3, 2, 4, 5, 6, tzinfo=UTC)]


def test_wholes_are_read_from_decimal_hex_and_float_text() -> None:
    written = pl.Series(["500", "0x1f4", "500.0", " 500", "", "many", None, "99999999999999999999"])
    assert wholes(written).to_list() == [500, 500, 500, 500, None, None, None, None]


def test_empty_text_and_a_dash_where_it_says_nothing_are_null() -> None:
    assert column(["", "-", "a"], Kind.TEXT).to_list() == [None, "-", "a"]
    assert column(["", "-", "a"], Kind.SAID).to_list() == [None, None, "a"]
    assert column(["a", 5, None, True], Kind.TEXT).to_list() == ["a", "5", None, "true"]


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.SAID, Kind.WORDS, Kind.WHOLE])
@pytest.mark.parametrize(
    "values",
    [
        ["", "-", "a", None],
        [None, None],
        [1, 2, None],
        ["0x1f4", 7, None, "-"],
        [2**70, 1],
        [True, "x", 4],
        ["5", "500.0", " 6", "0x"],
    ],
    ids=str,
)
def test_columns_cleaned_together_are_as_each_alone(kind: Kind, values: list[object]) -> None:
    together = pl.DataFrame({"x": held(values, kind)})
    together = together.with_columns(without_nothing("x", kind)) if kind in NOTHING else together
    assert together["x"].to_list() == column(values, kind).to_list()
    assert together["x"].dtype == column(values, kind).dtype


def test_few_numbers_are_read_as_many_are() -> None:
    written = ["500", "0x1f4", "500.0", " 500", "+7", "007", "1_0", "", "many", None, "99999999999999999999"]
    few, many = wholes(pl.Series(written)), wholes(pl.Series(written * FEW))
    assert many.to_list() == few.to_list() * FEW
    plain = [str(number) for number in range(FEW + 1)]
    assert wholes(pl.Series(plain)).to_list() == [int(each) for each in plain]
