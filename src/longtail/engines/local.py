"""Work → one sum, on this machine: parts mapped over processes, their tables merged as they come."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")


def mapped(work: Callable[[Work], Result], items: Sequence[Work], processes: int) -> Iterator[Result]:
    """The result of ``work`` for every item, as each finishes; in the caller's process when one is enough.

    ``work`` and the items must be picklable. No more than two items a process are in flight, so results waiting to
    be merged stay bounded. The order of results is not defined: what is done with them must not depend on it.
    """
    if processes <= 1 or len(items) <= 1:
        yield from map(work, items)
        return
    with _one_thread_each(), ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from _as_they_finish(pool, work, items, 2 * processes)


def _as_they_finish(
    pool: ProcessPoolExecutor, work: Callable[[Work], Result], items: Sequence[Work], in_flight: int
) -> Iterator[Result]:
    waiting = iter(items)
    running: set[Future[Result]] = set()
    while True:
        for item in waiting:
            running.add(pool.submit(work, item))
            if len(running) >= in_flight:
                break
        if not running:
            return
        done, running = wait(running, return_when=FIRST_COMPLETED)
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
