"""A command → its seconds, the processor time and the peak memory of all processes it started."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.2
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Taken:
    """Wall seconds, processor seconds and the most bytes held at once, over the process and all it started."""

    seconds: float
    busy: float
    peak: int


def longtail(*words: str) -> list[str]:
    """A call of the command line."""
    return [str(Path(sys.executable).with_name("longtail")), *words]


def python(*words: str) -> list[str]:
    """A call of this interpreter."""
    return [sys.executable, *words]


def watched(call: list[str]) -> Taken:
    """Run it and watch it; findings (3) and quarantined input (4) are no failure.

    Raises:
        RuntimeError: it failed.
    """
    began = time.perf_counter()
    with subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, text=True) as child:
        busy, peak = _followed(child)
        said = child.stderr.read() if child.stderr else ""
    if child.returncode not in (0, 3, 4):
        raise RuntimeError(f"{' '.join(call)} ended with {child.returncode}: {said[-2000:]}")
    return Taken(time.perf_counter() - began, busy, peak)


def _followed(child: "subprocess.Popen[str]") -> tuple[float, int]:
    """Processor seconds (as last seen of each process) and the most memory held, until it ends."""
    root, seconds, peak = psutil.Process(child.pid), dict[int, float](), 0
    while child.poll() is None:
        held = 0
        for process in _tree(root):
            try:
                times = process.cpu_times()
                seconds[process.pid] = times.user + times.system
                held += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak = max(peak, held)
        time.sleep(SAMPLE_SECONDS)
    return sum(seconds.values()), peak


def _tree(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
