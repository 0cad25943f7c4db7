"""Every threshold says what it is, and refuses what it cannot be."""

import math
from dataclasses import Field, fields

import pytest

from longtail.errors import UsageError
from longtail.settings import Settings

EVERY = pytest.mark.parametrize("each", fields(Settings), ids=lambda each: each.name)


@EVERY
def test_every_setting_has_a_sentence(each: Field[object]) -> None:
    why = each.metadata["why"]
    assert len(why.split()) >= 6
    assert why[0].islower() and not why.endswith(".")  # it goes on from "it is the"


@EVERY
def test_the_default_and_both_ends_of_the_range_are_allowed(each: Field[object]) -> None:
    low, high = each.metadata["low"], each.metadata["high"]
    assert low <= each.default < high or low < each.default <= high
    for value in (low, high):
        assert getattr(Settings(**{each.name: value}), each.name) == value


@EVERY
def test_what_lies_outside_is_refused_with_the_name_and_the_range(each: Field[object]) -> None:
    low, high = each.metadata["low"], each.metadata["high"]
    for value in (low - 1, high + 1, math.nan, math.inf, -math.inf):
        with pytest.raises(UsageError) as refused:
            Settings(**{each.name: value})
        assert f"{each.name} must lie between {low:g} and {high:g}" in str(refused.value)
        assert each.metadata["why"] in str(refused.value)


def test_settings_do_not_change_once_made() -> None:
    with pytest.raises(AttributeError):
        Settings().budget = 5.0  # type: ignore[misc]
