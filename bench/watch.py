"""A fleet's process starts written at a rate, probes among them → events a second that a watch keeps up with, and the
seconds from a probe's line to its alert.

python -m bench.watch --machines 600 --days 8 --rate 50000
"""

import json
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import IO

import click
import polars as pl
import psutil

from bench.watched import longtail
from longtail import models

WATCHED_DAYS = 2  # of the fleet's last; the days before are learnt from
SLICE = 0.05  # seconds between two writes
SETTLING = 10.0  # seconds after the last write in which alerts still count
PROBE = "C:\\Users\\Public\\probe{}.exe"
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Fed:
    """What one run took: events a second that were written and taken, seconds from probe to alert, peak memory and
    processor seconds of each of its processes, the busiest first."""

    how: str
    events: int
    seconds: float
    probes: int
    delays: tuple[float, ...]
    alerts: int
    peak: int
    busy: tuple[float, ...]

    def told(self) -> str:
        """As a line for a person."""
        worst, median = (f"{each:.2f} s" for each in (max(self.delays), statistics.median(self.delays)))
        return (
            f"{self.how}: {self.events:,} events in {self.seconds:.1f} s, {self.events / self.seconds:,.0f} a second; "
            f"{len(self.delays)} of {self.probes} probes told, median {median}, worst {worst}; "
            f"{self.alerts:,} alerts; {' + '.join(f'{each:.1f}' for each in self.busy)} s of processor time: "
            f"{self.events / sum(self.busy):,.0f} events for each, {self.events / self.busy[0]:,.0f} a second if every "
            f"process had a core to itself; {self.peak / MEGABYTE:,.0f} MB at most"
        )


@dataclass
class _Run:
    """A watch that runs: when each probe was written and told, how many alerts there were, the most memory."""

    process: subprocess.Popen[bytes]
    written: dict[str, float] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)
    alerts: int = 0
    peak: int = 0
    busy: dict[int, float] = field(default_factory=dict)

    def read(self) -> None:
        """Takes down alerts as they come."""
        for line in self.process.stdout or ():
            self.alerts += 1
            for each in json.loads(line)["executions"]:
                self.told.setdefault(each["image"] or "", time.monotonic())

    def sample(self) -> None:
        """Looks at the memory that it takes now, and the processor time that it took."""
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(self.process.pid)
            each = [root, *root.children()]
            self.peak = max(self.peak, sum(one.memory_info().rss for one in each))
            for one in each:
                taken = one.cpu_times()
                self.busy[one.pid] = max(self.busy.get(one.pid, 0.0), taken.user + taken.system)

    def busy_since(self, before: dict[int, float]) -> tuple[float, ...]:
        """Processor seconds that each process took since then, the busiest first."""
        taken = (round(seconds - before.get(process, 0.0), 2) for process, seconds in self.busy.items())
        return tuple(sorted((each for each in taken if each >= SLICE), reverse=True))

    def delays(self) -> tuple[float, ...]:
        """Seconds from writing to alert, of the probes that were told."""
        return tuple(round(self.told[each] - at, 3) for each, at in self.written.items() if each in self.told)


@click.command(help=__doc__)
@click.option("--machines", default=600, show_default=True)
@click.option("--days", default=8, show_default=True)
@click.option("--rate", default=50_000, show_default=True, help="Events a second.")
@click.option("--seconds", default=20.0, show_default=True, help="How long to write at that rate, at most.")
@click.option("--json", "report", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here.")
def command(machines: int, days: int, rate: int, seconds: float, report: Path | None) -> None:
    """Measure both ways, one after the other."""
    with tempfile.TemporaryDirectory(prefix="longtail-bench-") as temporary:
        folder = Path(temporary)
        model, lines = _prepared(folder, machines, days)
        found = []
        for how, limit in (("at a rate", rate), ("as fast as it goes", 0)):
            found.append(_fed(how, folder, (model, lines[: int(rate * seconds)]), limit))
            click.echo(found[-1].told())
    if report is not None:
        report.write_text(json.dumps([asdict(each) for each in found], indent=1) + "\n", "utf-8")


def _prepared(folder: Path, machines: int, days: int) -> tuple[Path, list[bytes]]:
    """A model of a fleet's first days, and the lines of its last in the order of time."""
    fleet, lake, model = folder / "fleet", folder / "lake", folder / "model.longtail"
    _run("fleet", "-o", str(fleet), "--machines", str(machines), "--days", str(days))
    events = pl.scan_parquet(str(fleet / "*" / "*.parquet"))
    last: date = events.select(pl.col("time").dt.date().max()).collect().item()
    until = last - timedelta(days=WATCHED_DAYS - 1)
    _run("ingest", str(fleet), "--store", str(lake))
    _run("learn", "--store", str(lake), "--until", until.isoformat(), "-o", str(model))
    watched = events.filter(pl.col("time").dt.date() >= until).sort("time").collect()
    shutil.rmtree(fleet)
    shutil.rmtree(lake)
    return model, [line + b"\n" for line in watched.write_ndjson().encode().splitlines()]


def _run(*words: str) -> None:
    subprocess.run(longtail(*words), check=True, capture_output=True)


def _probes(model: Path, number: int) -> list[tuple[str, bytes]]:
    """Programs that nobody ever ran, started by service accounts of different hosts: image and line."""
    learnt = models.loaded(str(model)).habits.filter(pl.col("account_class") == "mssql")
    hosts = learnt.unique(["tenant", "host"], keep="first", maintain_order=True).head(number)
    until = models.loaded(str(model)).header.until.isoformat()
    found = []
    for at, row in enumerate(hosts.iter_rows(named=True)):
        image = PROBE.format(f"{at}{row['host']}")
        event = {name: row[name] for name in ("tenant", "host", "account")} | {
            "time": f"{until}T12:00:00Z", "image": image, "command_line": image, "pid": at,
            "parent_image": row["example_parent_image"],
        }  # fmt: skip
        found.append((image, json.dumps(event).encode() + b"\n"))
    return found


def _fed(how: str, folder: Path, fed: tuple[Path, Sequence[bytes]], rate: int) -> Fed:
    """One watch that is fed: through a file in a folder at a rate, or through a pipe as fast as it takes it."""
    model, lines = fed
    live = folder / "live"
    live.mkdir(exist_ok=True)
    words = longtail("watch", str(live) if rate else "-", "--model", str(model))
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        run = _Run(process)
        reader = threading.Thread(target=run.read)
        reader.start()
        assert process.stderr is not None
        assert process.stdin is not None
        process.stderr.readline()
        probes = _probes(model, 20)
        run.sample()
        before, began = dict(run.busy), time.monotonic()
        if rate:
            with (live / "events.jsonl").open("ab", buffering=0) as file:
                _written(run, file, (lines, probes), rate)
            seconds = time.monotonic() - began
            _until_told(run, len(probes))
            process.send_signal(signal.SIGINT)
        else:
            _written(run, process.stdin, (lines, probes), 0)
            process.stdin.close()
            while process.poll() is None:
                run.sample()
                time.sleep(SLICE)
            seconds = time.monotonic() - began
        reader.join()
        process.stderr.read()
    return Fed(how, len(lines), seconds, len(probes), run.delays(), run.alerts, run.peak, run.busy_since(before))


def _written(run: _Run, file: IO[bytes], what: tuple[Sequence[bytes], Sequence[tuple[str, bytes]]], rate: int) -> None:
    """Writes the lines in slices, the probes spread evenly among them; waits where they would come too fast."""
    lines, probes = what
    size = int((rate or 100_000) * SLICE)
    slices = [lines[at : at + size] for at in range(0, len(lines), size)]
    every = max(len(slices) // (len(probes) + 1), 1)
    began = time.monotonic()
    for number, part in enumerate(slices):
        if rate:
            time.sleep(max(0.0, began + number * SLICE - time.monotonic()))
        due = probes[number // every - 1 : number // every] if number and not number % every else []
        file.write(b"".join([*part, *(line for _, line in due)]))
        file.flush()
        run.written.update((image, time.monotonic()) for image, _ in due)
        run.sample()


def _until_told(run: _Run, probes: int) -> None:
    until = time.monotonic() + SETTLING
    while time.monotonic() < until and len(run.delays()) < probes:
        time.sleep(SLICE)
    run.sample()


if __name__ == "__main__":
    command()
