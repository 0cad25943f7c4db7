"""Log files of growing size → events a second and memory, of the product and of the bare reader of each format.

python -m bench.throughput --machines 8 --days 7
python -m bench.throughput --ten-million
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from bench.bare import BARE
from bench.inputs import NoSamplesError, inputs
from bench.measured import PRODUCT, Measurement, measurement
from bench.spread import table
from longtail.fleet import Plan

TEN_MILLION = Plan(machines=1000, days=14, seed=1, intensity=1.1)
MOST_SECONDS, MOST_BYTES = 300, 4 << 30
MEGABYTE = 1 << 20


@click.command(help=__doc__)
@click.option("--machines", default=8, show_default=True, help="Machines of the fleet at 1×.")
@click.option("--days", default=7, show_default=True)
@click.option("--scales", default="1,4,16", show_default=True, help="Times that size.")
@click.option("--formats", default=",".join(BARE), show_default=True)
@click.option("--processes", default=1, show_default=True, help="Of the product; bare readers have one.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Keeps the log files for another run.")
@click.option("--json", "report", type=click.Path(dir_okay=False, path_type=Path), help="Write the measurements here.")
@click.option("--ten-million", is_flag=True, help="Only: ten million events of 1,000 machines in one hunt.")
@click.option("--ten-million-format", default="parquet", show_default=True)
def command(
    machines: int, days: int, scales: str, formats: str, processes: int, folder: Path | None, report: Path | None,
    ten_million: bool, ten_million_format: str,
) -> None:  # fmt: skip
    """Measure and tell."""
    with tempfile.TemporaryDirectory(prefix="longtail-bench-") as temporary:
        place = folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        if ten_million:
            found = [_ten_million(ten_million_format, processes, place)]
            click.echo(_within_limits(found[0]))
        else:
            plan = Plan(machines=machines, days=days)
            wanted = [(kind, int(scale)) for kind in formats.split(",") for scale in scales.split(",")]
            found = list(_all_measured(wanted, plan, processes, place))
            click.echo(throughput_table(found) + "\n\n" + growth_table(found))
    if report is not None:
        report.write_text(json.dumps([asdict(each) for each in found], indent=1) + "\n", "utf-8")


def _all_measured(wanted: Sequence[tuple[str, int]], plan: Plan, processes: int, folder: Path) -> Iterator[Measurement]:
    for kind, scale in wanted:
        try:
            files = inputs(kind, scale, plan, folder)
        except NoSamplesError as missing:
            click.echo(str(missing), err=True)
            continue
        for what in (*BARE[kind], *PRODUCT):
            found = measurement(what, kind, files, scale, processes if what in PRODUCT else 1)
            click.echo(f"{kind} {scale}x {what}: {found.events:,} events in {found.seconds:.2f} s", err=True)
            yield found


def throughput_table(found: Sequence[Measurement]) -> str:
    """One row a measurement; ``of bare`` is the first bare reader's processor time on the same files over its own."""
    bare = {(each.kind, each.scale): each.busy for each in found if each.what == next(iter(BARE[each.kind]))}
    rows = [["format", "size", "what", "events", "seconds", "busy", "events/s", "of bare", "peak MB"]]
    for each in found:
        ratio = bare[each.kind, each.scale] / max(each.busy, 0.001)
        rows.append(
            [each.kind, f"{each.scale}x", each.what, f"{each.events:,}", f"{each.seconds:.2f}", f"{each.busy:.2f}",
             f"{each.rate:,.0f}",
             f"{ratio:.2f}", f"{each.peak / MEGABYTE:,.0f}"]
        )  # fmt: skip
    return table(rows)


def growth_table(found: Sequence[Measurement]) -> str:
    """By how much time and memory grow from the smallest to the largest input, beside the events themselves."""
    rows = [["format", "what", "events ×", "busy ×", "memory ×"]]
    series: dict[tuple[str, str], list[Measurement]] = {}
    for each in found:
        series.setdefault((each.kind, each.what), []).append(each)
    for (kind, what), of_sizes in series.items():
        least, most = min(of_sizes, key=lambda each: each.scale), max(of_sizes, key=lambda each: each.scale)
        grown = (most.events / least.events, most.busy / max(least.busy, 0.001), most.peak / least.peak)
        rows.append([kind, what, *(f"{factor:.1f}" for factor in grown)])
    return table(rows)


def _ten_million(kind: str, processes: int, folder: Path) -> Measurement:
    click.echo(f"making {TEN_MILLION.machines:,} machines over {TEN_MILLION.days} days …", err=True)
    return measurement("hunt", kind, inputs(kind, 1, TEN_MILLION, folder / "ten-million"), 1, processes)


def _within_limits(found: Measurement) -> str:
    """The one measurement, and whether it kept within five minutes and four gibibytes."""
    kept = found.seconds <= MOST_SECONDS and found.peak <= MOST_BYTES
    return (
        f"{found.events:,} events in {found.seconds:.0f} s of {MOST_SECONDS} ({found.busy:.0f} s busy, "
        f"{found.rate:,.0f} events/s, {found.processes} processes), "
        f"{found.peak / MEGABYTE:,.0f} MB of {MOST_BYTES / MEGABYTE:,.0f}: {'within' if kept else 'OUTSIDE'} the limits"
    )


if __name__ == "__main__":
    command()
