"""Work → one sum, on this machine: parts mapped over processes, their tables merged as they come."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")

AHEAD = 2
"""Items that a process is given at a time: one to work on, and the next, so that it never waits for the caller."""


def mapped(work: Callable[[Work], Result], items: Sequence[Work], processes: int) -> Iterator[Result]:
    """The result of ``work`` for every item, as each finishes; the caller's own process is one of ``processes``.

    ``work`` and the items must be picklable; the first item is the caller's. No more than ``AHEAD`` items a further
    process are in flight, so results waiting to be merged stay bounded. The order of results is not defined: nothing
    done with them may depend on it.
    """
    others = min(processes, len(items)) - 1
    if others < 1:
        yield from map(work, items)
        return
    with _one_thread_each(), ProcessPoolExecutor(others, mp_context=get_context("spawn")) as pool:
        yield from _shared(pool, work, deque(items), AHEAD * others)


def _shared(
    pool: ProcessPoolExecutor, work: Callable[[Work], Result], waiting: deque[Work], in_flight: int
) -> Iterator[Result]:
    """Results of the pool and of this process, which works too: the pool starts slowly, and merging is little work."""
    running: set[Future[Result]] = set()
    while waiting or running:
        if waiting:
            mine = waiting.popleft()
            while waiting and len(running) < in_flight:
                running.add(pool.submit(work, waiting.popleft()))
            yield work(mine)
        done, running = wait(running, timeout=0 if waiting else None, return_when=FIRST_COMPLETED)
        for each in done:
            yield each.result()


class _one_thread_each:  # noqa: N801
    """Workers share the cores by process: a thread pool in each of them would only fight over the same cores."""

    variable = "POLARS_MAX_THREADS"

    def __enter__(self) -> None:
        self.before = os.environ.get(self.variable)
        os.environ[self.variable] = "1"

    def __exit__(self, *_: object) -> None:
        if self.before is None:
            os.environ.pop(self.variable, None)
        else:
            os.environ[self.variable] = self.before
