"""Work mapped over processes: every result once, and what goes wrong in a worker reaches the caller."""

import os
import threading

import pytest

from longtail.engines.local import mapped
from longtail.errors import LongtailError

PROCESSES = pytest.mark.parametrize("processes", [1, 2])


@PROCESSES
def test_every_item_gives_its_result_once(processes: int) -> None:
    items = [str(number) for number in range(23)]
    assert sorted(mapped(int, items, processes)) == list(range(23))


@PROCESSES
def test_nothing_to_do_gives_nothing(processes: int) -> None:
    assert list(mapped(int, [], processes)) == []


@PROCESSES
def test_what_a_worker_raises_reaches_the_caller(processes: int) -> None:
    with pytest.raises(ValueError, match="no number"):
        list(mapped(int, ["1", "no number", "3"], processes))


def test_a_worker_that_dies_is_one_sentence_that_says_what_to_do() -> None:
    with pytest.raises(LongtailError, match=r"a worker process died.* -j 1"):
        list(mapped(_dead_elsewhere, [os.getpid()] * 2, 2))


def _dead_elsewhere(caller: int) -> int:
    if os.getpid() != caller:
        os._exit(3)
    return caller


def test_the_caller_is_one_of_the_processes() -> None:
    here = os.getpid()
    assert set(mapped(_own_process, range(3), 2)) - {here} != set()
    assert here in mapped(_own_process, range(3), 2)
    assert set(mapped(_own_process, range(3), 1)) == {here}


def _own_process(_: int) -> int:
    return os.getpid()


def test_one_item_is_worked_on_in_the_callers_own_process() -> None:
    assert list(mapped(lambda _: threading.get_ident(), ["only"], 8)) == [threading.get_ident()]


def test_the_callers_environment_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "7")
    assert sorted(mapped(os.getenv, ["POLARS_MAX_THREADS", "POLARS_MAX_THREADS"], 2)) == ["1", "1"]
    assert os.environ["POLARS_MAX_THREADS"] == "7"
