"""A piece of reading → its seconds and the peak memory of its process tree, measured in a fresh process."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.02
PRODUCT = ("sightings", "hunt")
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one piece of reading took; ``peak`` is in bytes, over the process and all it started.

    ``busy`` are seconds of processor time: they tell the same on a machine that others use too.
    """

    what: str
    kind: str
    scale: int
    processes: int
    events: int
    seconds: float
    busy: float
    peak: int

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


def measurement(what: str, kind: str, files: Sequence[Path], scale: int = 1, processes: int = 1) -> Measurement:
    """Run it once and watch it.

    Raises:
        RuntimeError: it failed.
    """
    one_thread = {"POLARS_MAX_THREADS": "1"} if what in PRODUCT else {}  # as the command line has it
    given = {"what": what, "kind": kind, "processes": processes, "paths": [str(path) for path in files]}
    with tempfile.TemporaryFile("w+") as task:
        json.dump(given, task)
        task.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "bench.task"],
            stdin=task,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
            env=os.environ | one_thread,
        )
        peak = _peak_of(child)
        said = child.stdout.read() if child.stdout else ""
    if child.returncode:
        raise RuntimeError(f"{what} of {kind} ended with {child.returncode}")
    result = json.loads(said)
    return Measurement(what, kind, scale, processes, peak=peak, **result)


def _peak_of(child: "subprocess.Popen[str]") -> int:
    """The most memory that the process and its children held at once, until it ends."""
    watched, peak = psutil.Process(child.pid), 0
    while child.poll() is None:
        peak = max(peak, _held(watched))
        time.sleep(SAMPLE_SECONDS)
    return peak


def _held(watched: psutil.Process) -> int:
    held = 0
    try:
        for process in [watched, *watched.children(recursive=True)]:
            held += process.memory_info().rss
    except psutil.NoSuchProcess:
        return held
    return held
