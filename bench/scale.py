"""A fleet of growing size → what each step over a store costs: ingest, learn, detect, ports; beside bare group-bys.

python -m bench.scale --machines 1000,3000,10000,30000 --days 4 --intensity 0.05
python -m bench.scale --machines 1000 --days 14 --intensity 1 --without spark
"""

import json
import math
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import linear_regression

import click
import polars as pl

from bench.spread import table
from bench.watched import Taken, longtail, python, watched
from longtail import store
from longtail.cli import VERBS

MEGABYTE = 1 << 20
CORES = len(os.sched_getaffinity(0))
DOLLARS_AN_HOUR = 0.05  # of one virtual core, on demand, at any large provider
DOLLARS_A_GIGABYTE = 0.02  # of object storage, a month
STEPS = ("polars", "duckdb", "ingest", "ingest -j 1", "spark", "learn", "detect", "ports")


@dataclass(frozen=True, slots=True)
class Fleet:
    """A generated fleet on disk: ``machines`` × ``days``, its telemetry as Parquet in so many ``bytes``."""

    machines: int
    days: int
    folder: Path
    events: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Step:
    """What one step took on a fleet; ``rows`` and ``bytes`` are of the store that it left, where it leaves one."""

    what: str
    machines: int
    days: int
    events: int
    taken: Taken
    rows: int = 0
    bytes: int = 0

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / max(self.taken.seconds, 1e-9)

    @property
    def cost(self) -> float:
        """Dollars for a day of 1,000 machines: processor time, and a month's storage of what it left."""
        host_days = self.machines * self.days
        work = self.taken.busy / 3600 * DOLLARS_AN_HOUR
        return (work + self.bytes / 1e9 * DOLLARS_A_GIGABYTE) / host_days * 1000


@click.command(help=__doc__)
@click.option("--machines", default="1000,3000,10000,30000", show_default=True, help="Sizes of the fleet.")
@click.option("--days", default=4, show_default=True)
@click.option("--intensity", default=0.05, show_default=True, help="How busy hosts are; 1 is about 800 starts a day.")
@click.option("--without", multiple=True, type=click.Choice(STEPS), help="Leave a step out; repeatable.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Work there.  [default: a new one]")
@click.option("--json", "report", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here.")
def command(
    machines: str, days: int, intensity: float, without: tuple[str, ...], folder: Path | None, report: Path | None
) -> None:
    """Measure size after size, one step at a time; what is on disk of a size is removed before the next."""
    found: list[Step] = []
    with tempfile.TemporaryDirectory(prefix="longtail-scale-", dir=folder) as place:
        for size in map(int, machines.split(",")):
            fleet = _made(size, days, intensity, Path(place, str(size)))
            for step in _measured(fleet, [step for step in STEPS if step not in without]):
                found.append(step)
                if report is not None:
                    report.write_text(json.dumps([asdict(each) for each in found], indent=1) + "\n", "utf-8")
            shutil.rmtree(fleet.folder)
    click.echo(told(found, intensity))


def _made(machines: int, days: int, intensity: float, folder: Path) -> Fleet:
    """A fleet with inbound rules, written in chunks of few hosts: memory does not grow with it."""
    words = ["--machines", str(machines), "--days", str(days), "--intensity", str(intensity), "--seed", "5"]
    taken = watched(longtail("fleet", "-o", str(folder), "--network", *words))
    files = sorted((folder / "telemetry").rglob("*.parquet"))
    events = sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files)
    size = sum(file.stat().st_size for file in files)
    click.echo(f"{machines:,} machines: {events:,} starts, {size:,} bytes, made in {taken.seconds:.0f} s", err=True)
    return Fleet(machines, days, folder, events, size)


def _measured(fleet: Fleet, steps: Sequence[str]) -> Iterator[Step]:
    for what in steps:
        verb = what.split(maxsplit=1)[0]
        if verb in ("learn", "detect") and verb not in VERBS:
            click.echo(f"{verb}: no such verb yet, left out", err=True)
            continue
        step = _step(fleet, what)
        click.echo(f"  {what:<12} {step.taken.seconds:7.1f} s  {step.taken.peak / MEGABYTE:6,.0f} MB", err=True)
        yield step


def _step(fleet: Fleet, what: str) -> Step:
    taken = watched(CALLS[what](fleet))
    rows = size = 0
    if what in LEAVES:
        held = store.status(str(fleet.folder / LEAVES[what]))
        rows, size = held.rows or 0, held.bytes or 0
    return Step(what, fleet.machines, fleet.days, fleet.events, taken, rows, size)


LEAVES = {"ingest": "lake", "ingest -j 1": "lake-1", "spark": "lake-spark"}


def _bare(what: str, fleet: Fleet) -> list[str]:
    return python("-m", "bench.scale_bare", what, str(fleet.folder / "telemetry"))


def _ingest(fleet: Fleet, place: str, *more: str) -> list[str]:
    return longtail("ingest", "-q", str(fleet.folder / "telemetry"), "--store", str(fleet.folder / place), *more)


def _learn(fleet: Fleet) -> list[str]:
    until = _last_day(fleet).isoformat()
    return longtail("learn", "-q", *_lake(fleet), "--until", until, "-o", str(fleet.folder / "model"))


def _detect(fleet: Fleet) -> list[str]:
    words = ["--since", _last_day(fleet).isoformat(), "-o", str(fleet.folder / "alerts.jsonl")]
    return longtail("detect", "-q", *_lake(fleet), "--model", str(fleet.folder / "model"), *words, "-f", "jsonl")


def _ports(fleet: Fleet) -> list[str]:
    given = ["--telemetry", str(fleet.folder / "telemetry"), "--network", str(fleet.folder / "network")]
    return longtail("ports", "-q", *given, "-f", "jsonl", "-o", str(fleet.folder / "ports.jsonl"))


def _lake(fleet: Fleet) -> tuple[str, str]:
    return "--store", str(fleet.folder / "lake")


def _last_day(fleet: Fleet) -> date:
    """The last whole day of the fleet: some hosts lie in a time zone whose next day has begun."""
    days = store.status(str(fleet.folder / "lake")).days
    return days[0].day + timedelta(days=fleet.days)


CALLS: Mapping[str, Callable[[Fleet], list[str]]] = {
    "polars": partial(_bare, "polars"),
    "duckdb": partial(_bare, "duckdb"),
    "ingest": partial(_ingest, place="lake"),
    "ingest -j 1": lambda fleet: _ingest(fleet, "lake-1", "-j", "1"),
    "spark": lambda fleet: _ingest(fleet, "lake-spark", "--engine", f"local[{CORES}]"),
    "learn": _learn,
    "detect": _detect,
    "ports": _ports,
}


def told(found: Sequence[Step], intensity: float) -> str:
    """The machine it ran on, a table of the steps, and how each grew."""
    return "\n\n".join((_machine(found, intensity), _steps(found), _growth(found)))


def _machine(found: Sequence[Step], intensity: float) -> str:
    days = max((each.days for each in found), default=0)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    names = ("polars", "deltalake", "duckdb", "pyspark")
    return (
        f"{CORES} cores, {memory:.0f} GiB, {platform.machine()}; Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in names)
        + f"; generated fleets of {days} days at intensity {intensity:g}"
    )


def _steps(found: Sequence[Step]) -> str:
    """``of bare`` is the processor time of Polars' group-by over the step's: it tells the same on a busy machine."""
    bare = {each.machines: each.taken.busy for each in found if each.what == "polars"}
    rows = [["machines", "step", "events", "seconds", "busy", "events/s", "events/busy s", "of bare", "peak MB",
             "rows/event", "bytes/row", "$/1,000 a day"]]  # fmt: skip
    for each in found:
        ratio = bare.get(each.machines, 0) / max(each.taken.busy, 1e-9)
        per_event = f"{each.rows / each.events:.3f}" if each.rows else ""
        per_row = f"{each.bytes / each.rows:.1f}" if each.rows else ""
        rows.append([f"{each.machines:,}", each.what, f"{each.events:,}", f"{each.taken.seconds:.1f}",
                     f"{each.taken.busy:.1f}", f"{each.rate:,.0f}", f"{each.events / max(each.taken.busy, 1e-9):,.0f}",
                     f"{ratio:.2f}" if ratio else "",
                     f"{each.taken.peak / MEGABYTE:,.0f}", per_event, per_row, f"{each.cost:.5f}"])  # fmt: skip
    return table(rows)


def _growth(found: Sequence[Step]) -> str:
    """How processor time and memory grow with the events: the slope of their logarithms, and by how much in all.

    A step that is linear has a slope of 1; what every run of it takes, however little there is to do, makes it less.
    """
    rows = [["step", "sizes", "events ×", "busy ×", "memory ×", "slope of busy", "of the two largest"]]
    for what in dict.fromkeys(each.what for each in found):
        of_sizes = sorted((each for each in found if each.what == what), key=lambda each: each.events)
        least, most = of_sizes[0], of_sizes[-1]
        grown = (most.events / least.events, most.taken.busy / max(least.taken.busy, 1e-3),
                 most.taken.peak / max(least.taken.peak, 1))  # fmt: skip
        slopes = (slope(of_sizes), slope(of_sizes[-2:]))
        rows.append([what, str(len(of_sizes)), *(f"{each:.1f}" for each in grown), *(f"{each:.2f}" for each in slopes)])
    return table(rows)


def slope(found: Sequence[Step]) -> float:
    """The exponent with which processor time grows with the events, by least squares; 0 for one size."""
    if len({each.events for each in found}) < 2:
        return 0.0
    return linear_regression(
        [math.log(each.events) for each in found], [math.log(max(each.taken.busy, 1e-3)) for each in found]
    ).slope


if __name__ == "__main__":
    command()
