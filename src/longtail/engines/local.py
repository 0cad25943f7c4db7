"""Work → one sum, on this machine: parts mapped over processes, their tables merged as they come."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from threading import current_thread, main_thread
from typing import TypeVar

from longtail.errors import LongtailError

Work = TypeVar("Work")
Result = TypeVar("Result")

DIED = "a worker process died, probably for want of memory: try again with fewer of them, -j 1 at the least"

AHEAD = 2
"""Items that a process is given at a time: one to work on, and the next, so that it never waits for the caller."""


def mapped(work: Callable[[Work], Result], items: Sequence[Work], processes: int) -> Iterator[Result]:
    """The result of ``work`` for every item, as each finishes; the caller's own process is one of ``processes``.

    ``work`` and the items must be picklable; the first item is the caller's. No more than ``AHEAD`` items a further
    process are in flight, so results waiting to be merged stay bounded. The order of results is not defined: nothing
    done with them may depend on it.

    Raises:
        LongtailError: a process died at work.
    """
    others = min(processes, len(items)) - 1
    if others < 1:
        yield from map(work, items)
        return
    strangers = {child.pid for child in active_children()}
    with _one_thread_each(), ProcessPoolExecutor(others, mp_context=get_context("spawn")) as pool:
        try:
            yield from _shared(pool, work, deque(items), AHEAD * others)
        except BrokenProcessPool as died:
            raise LongtailError(DIED) from died
        except BaseException:
            _end(pool, strangers)
            raise


def _end(pool: ProcessPoolExecutor, strangers: Set[int | None]) -> None:
    """Nobody waits for the results any more: ends the processes of the pool, whatever they are at."""
    for child in active_children():
        if child.pid not in strangers:
            child.terminate()
    # waited for, or the pool's thread and the end of Python race for what both close
    pool.shutdown(wait=True, cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, work: Callable[[Work], Result], item: Work) -> Future[Result]:
    """The item given to the pool, whose processes begin deaf to Ctrl-C: who began them ends them."""
    with _undisturbed():
        return pool.submit(work, item)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A Ctrl-C counts afterwards: a process that is half begun would tell of it."""
    if current_thread() is not main_thread():
        yield
        return
    pressed: list[int] = []
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    handler = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler if handler is None else handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    if pressed:
        raise KeyboardInterrupt


def _shared(
    pool: ProcessPoolExecutor, work: Callable[[Work], Result], waiting: deque[Work], in_flight: int
) -> Iterator[Result]:
    """Results of the pool and of this process, which works too: the pool starts slowly, and merging is little work."""
    running: set[Future[Result]] = set()
    while waiting or running:
        if waiting:
            mine = waiting.popleft()
            while waiting and len(running) < in_flight:
                running.add(_submitted(pool, work, waiting.popleft()))
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
