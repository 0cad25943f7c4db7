"""Values that a machine made up are replaced by a stand-in; whatever a person wrote stays."""

import time

import polars as pl
import pytest

from longtail.executions.meanings import TRAITS
from longtail.executions.traits import traits
from longtail.executions.volatile import STAND_INS, stood_in
from longtail.prevalence.techniques import TECHNIQUES, techniques

EXAMPLES = [example for each in STAND_INS for example in each.examples]


def read(*lines: str | None) -> list[str | None]:
    return stood_in(pl.Series(lines, dtype=pl.String)).to_list()


def test_every_row_has_an_example_that_it_changes() -> None:
    assert all(any(before != after for before, after in each.examples) for each in STAND_INS)


@pytest.mark.parametrize(("before", "after"), EXAMPLES)
def test_every_example_reads_as_written(before: str, after: str) -> None:
    assert read(before) == [after]


@pytest.mark.parametrize(("_", "after"), EXAMPLES)
def test_a_stand_in_stands_for_itself(_: str, after: str) -> None:
    assert read(after) == [after]


def test_null_stays_null_and_nothing_stays_nothing() -> None:
    assert read(None, "") == [None, ""]


def test_a_line_does_not_depend_on_its_neighbours() -> None:
    lines = [before for before, _ in EXAMPLES]
    assert read(*lines, None) == [*(read(line)[0] for line in lines), None]


@pytest.mark.parametrize(
    "line",
    [
        "powershell -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA -id 12345",
        "certutil " + "A" * 48 + " 99999",
    ],
)
def test_a_line_that_may_carry_an_encoded_command_is_left_as_it_is(line: str) -> None:
    assert read(line) == [line]


@pytest.mark.parametrize(
    "line", ["taskkill /im 360rp.exe /f", "ftp -s:So.2", "net stop w3svc", "curl http://10.1.2.3/x", r"dir c:\users"]
)
def test_what_a_person_writes_stays(line: str) -> None:
    assert read(line) == [line]


def test_lines_that_differ_in_machine_made_values_only_become_one() -> None:
    lines = [
        f"job.exe -run 2{number}0301 -guid {number:08x}-b7ad-a780-cf0a-1cb39d856d91" for number in range(1000, 1020)
    ]
    assert len(set(read(*lines))) == 1


@pytest.mark.parametrize("unit", ["0", "a", "1a2b3c4d ", "0x1", '"9', "\\1234", "-", "{0d9fe595-", "= ", "é"])
def test_a_long_line_takes_linear_time(unit: str) -> None:
    started = time.perf_counter()
    (told,) = read(unit * (100_000 // len(unit)))
    assert told is not None
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize("line", sorted({line for row in TRAITS for line in (*row.has, *row.has_not)}))
def test_what_a_line_means_to_do_is_the_same_with_stand_ins(line: str) -> None:
    (stood,) = stood_in(pl.Series([line]), small=False)
    assert traits(stood) == traits(line)


@pytest.mark.parametrize("line", sorted({row.example for row in TECHNIQUES}))
def test_its_techniques_are_too(line: str) -> None:
    (stood,) = stood_in(pl.Series([line]), small=False)
    name = line.split()[0]
    assert techniques(name, stood) == techniques(name, line)


def test_a_small_number_may_tell_something() -> None:
    lines = pl.Series(["setenforce 0", "setenforce 1", "chmod 4755 /tmp/a"])
    assert stood_in(lines, small=False).to_list() == lines.to_list()
