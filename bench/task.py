"""One piece of reading, named on the command line → how many events it gave in how many seconds, as JSON on stdout.

Each runs in a process of its own, so that nothing is warm and its memory is its own. What is imported before the clock
starts is what any run of the command would have imported too.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.bare import BARE
from longtail.pipelines import Request, hunt, observed

Task = Callable[[], int]


def task(what: str, kind: str, processes: int, paths: list[str]) -> Task:
    """``sightings``, ``hunt`` or the name of a bare reader, on these paths."""
    request = Request(tuple(paths), processes=processes)
    if what == "sightings":
        return lambda: sum(reading.process_starts for reading in observed(request.source(request.paths))[1])
    if what == "hunt":
        return lambda: hunt(request).process_starts
    return lambda: BARE[kind][what]([Path(path) for path in paths])


def _busy() -> float:
    """Seconds of processor time so far, of this process and of the workers that it has waited for."""
    return sum(os.times()[:4])


def main() -> None:
    """Read the task from standard input, do it, tell what it took."""
    given = json.load(sys.stdin)
    work = task(given["what"], given["kind"], given["processes"], given["paths"])
    began, busy = time.perf_counter(), _busy()
    events = work()
    taken = {"seconds": time.perf_counter() - began, "busy": _busy() - busy}
    json.dump({"events": events, **taken}, sys.stdout)


if __name__ == "__main__":
    main()
