"""An ingest killed at random moments and started again → whether every store it left was sound, and ended the same.

python -m bench.killed --times 100
"""

import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import click
import polars as pl

from bench.watched import ROOT
from longtail import store
from longtail.fleet.plan import Plan
from longtail.fleet.writers import write
from longtail.pipelines import Source, observed
from longtail.telemetry import Options

PLAN = Plan(8, 2, seed=5, attacks=0, preset="sql", intensity=0.1)
PIECES = 2  # files that a day of the fleet is cut into

STEP_BY_STEP = """
import sys
from longtail import telemetry
from longtail.pipelines import ingesting, reading
reading.MOST_BUNDLED = ingesting.COMMIT_ROWS = 1
print("ready", flush=True)
for path in sys.argv[2:]:
    done = ingesting.ingest(reading.Source((path,), telemetry.Options()), sys.argv[1])
    print(done.process_starts, flush=True)
"""
"""Each file a commit of its own, so that there is much to be killed in the middle of."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it: kills that hit a running ingest, stores that were finished, and everything found wrong."""

    kills: int
    finished: int
    wrong: tuple[str, ...]


@click.command(help=__doc__)
@click.option("--times", default=100, show_default=True, help="Kills that hit a running ingest.")
@click.option("--seed", default=1, show_default=True)
def command(times: int, seed: int) -> None:
    """Kill so many times, tell what was found, and fail when anything was."""
    with tempfile.TemporaryDirectory(prefix="longtail-killed-") as folder:
        found = proof(small_logs(Path(folder, "logs")), Path(folder, "lakes"), times, seed)
    click.echo(
        f"killed {found.kills} times while ingesting, {found.finished} stores finished, {len(found.wrong)} wrong"
    )
    for each in found.wrong:
        click.echo(each)
    sys.exit(bool(found.wrong))


def small_logs(folder: Path) -> Path:
    """A small fleet's JSON lines in many files."""
    write(PLAN, folder, "jsonl")
    (folder / "truth.json").unlink()
    for whole in sorted(folder.rglob("*.jsonl")):
        lines = whole.read_text("utf-8").splitlines(keepends=True)
        for number in range(PIECES):
            whole.with_name(f"{number}-{whole.name}").write_text("".join(lines[number::PIECES]), "utf-8")
        whole.unlink()
    return folder


def started(place: Path, logs: Path, order: int) -> "subprocess.Popen[str]":
    """A process that ingests the files one by one, in an order of its own; it says "ready" and then what each gave."""
    files = sorted(map(str, logs.rglob("*.jsonl")))
    Random(order).shuffle(files)
    call = [sys.executable, "-c", STEP_BY_STEP, str(place), *files]
    return subprocess.Popen(call, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def proof(logs: Path, lakes: Path, times: int, seed: int) -> Proof:
    """Ingests into store after store, each begun, killed and begun again until it is finished, ``times`` kills in all.

    After each kill the store has to be sound, and a finished one has to hold what a reading without a store sees.
    """
    chance, truth = Random(seed), observed(Source((str(logs),), Options()))[0]
    kills, finished, wrong, longest = 0, 0, list[str](), _duration(lakes / "whole", logs)
    while kills < times:
        place = lakes / str(finished)
        if _killed(place, logs, chance.uniform(0, longest)):
            kills += 1
            wrong += _unsound(place, kills)
        else:
            wrong += different(place, truth)
            finished += 1
    _finish(lakes / str(finished), logs)
    wrong += different(lakes / str(finished), truth)
    return Proof(kills, finished + 1, tuple(wrong))


def _finish(place: Path, logs: Path) -> None:
    process = started(place, logs, 0)
    process.communicate()


def _duration(place: Path, logs: Path) -> float:
    """Seconds that ingesting everything takes, from "ready" on."""
    process = started(place, logs, 0)
    _until_ready(process)
    began = time.perf_counter()
    process.communicate()
    return time.perf_counter() - began


def _killed(place: Path, logs: Path, after: float) -> bool:
    """Whether it was still at work after so many seconds, and was killed."""
    process = started(place, logs, 0)
    _until_ready(process)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def _until_ready(process: "subprocess.Popen[str]") -> None:
    said = process.stdout.readline() if process.stdout else ""
    if said != "ready\n":
        raise RuntimeError(f"the ingest did not begin: {said!r}")


def _unsound(place: Path, kill: int) -> list[str]:
    """What is wrong with a store that may not have been made yet."""
    if not (place / "sightings" / "_delta_log" / f"{0:020}.json").exists():
        return []
    return [f"after kill {kill}: {each}" for each in store.verify(str(place))]


def different(place: Path, truth: pl.DataFrame) -> list[str]:
    """What is wrong with a store that should hold exactly these sightings."""
    found = [f"{place.name}: {each}" for each in store.verify(str(place))]
    same = store.sightings(str(place)).equals(truth)
    return found if same else [*found, f"{place.name}: not what a reading without a store sees"]


if __name__ == "__main__":
    command()
