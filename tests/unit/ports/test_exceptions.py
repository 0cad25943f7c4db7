"""Openings that someone answers for: they are told as such, and an exception that does not hold is told too."""

from datetime import date

import pytest
from small_fleet import IIS, WINDOWS, Box, evidence, network, sql_fleet

from longtail.errors import InputError
from longtail.ports.exceptions import exceptions
from longtail.ports.judgement import Wanted, recommended
from longtail.settings import Settings

TODAY = date(2026, 11, 22)
BOXES = [*sql_fleet(), Box("Forgotten-1", [*WINDOWS, *IIS[:1]], [1433])]


def _silenced(text: str) -> tuple[list[str], tuple[str, ...]]:
    """The machines whose findings are answered for, and the notes of the run."""
    wanted = Wanted((1433,), exceptions(text, TODAY))
    found = recommended(network(BOXES), evidence(BOXES), Settings(), wanted)
    assert [each.machine for each in found.recommendations if each.verdict.finding] == ["Forgotten-1"]
    return [each.machine for each in found.recommendations if each.excepted and each.verdict.finding], found.notes


@pytest.mark.parametrize(
    "match", ['machine = "forgotten-*"', "port = 1433", 'tenant = "contoso"', 'rule = "Forgotten-1/*"']
)
def test_an_exception_matches_by_what_it_names(match: str) -> None:
    assert _silenced(f'[[exception]]\n{match}\nreason = "until the migration"') == (["Forgotten-1"], ())


def test_what_is_answered_for_says_why_by_whom_and_until_when() -> None:
    text = '[[exception]]\nport = 1433\nreason = "the vendor"\nowner = "data"\nexpires = 2027-03-31'
    wanted = Wanted((1433,), exceptions(text, TODAY))
    (first, *_) = recommended(network(BOXES), evidence(BOXES), Settings(), wanted).recommendations
    assert first.excepted == "the vendor (data), until 2027-03-31"


def test_all_that_an_exception_names_must_match() -> None:
    told, notes = _silenced('[[exception]]\nport = 1433\nmachine = "other"\nreason = "x"')
    assert told == [] and notes == ("exception 1 (x) matches nothing that was looked at",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[[exception]]\nport = 1433\nreason = "x"\nexpires = 2026-11-21', "expired on 2026-11-21"),
        ("[[exception]]\nport = 1433", "gives no reason"),
        ('[[exception]]\nreason = "all of it"', "matches everything"),
        ('[[exception]]\nport = "1433"\nreason = "x"', "port must be a number"),
        ('[[exception]]\nport = 1433\nreason = "x"\nexpires = "soon"', "expires must be a date"),
        ('[[exception]]\nport = 1433\nreason = "x"\nmachin = "y"', "says what nobody knows: machin"),
        ("[[exception]]\nmachine = 5\nreason = 'x'", "machine must be a text"),
        ("exception = 5", "it is no table"),
    ],
)
def test_an_exception_that_does_not_hold_is_told_and_silences_nothing(text: str, why: str) -> None:
    told, notes = _silenced(text)
    assert told == [] and len(notes) == 1 and why in notes[0]


def test_an_exception_holds_through_its_last_day() -> None:
    text = '[[exception]]\nport = 1433\nreason = "x"\nexpires = 2026-11-22'
    assert _silenced(text)[0] == ["Forgotten-1"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[[exception", "cannot be read"),
        ('[[exceptions]]\nport = 1433\nreason = "x"', "nobody knows: exceptions"),
        ("exception = []\nport = 1433", "nobody knows: port"),
    ],
)
def test_a_file_that_is_not_understood_is_an_error_not_no_exceptions(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        exceptions(text, TODAY)
