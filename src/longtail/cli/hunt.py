"""``longtail hunt``: telemetry in, explained alerts out."""

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import IO, Any

import click

from longtail.cli.ending import ending, severe_alerts
from longtail.cli.options import (
    LEVELS,
    ManyPaths,
    destination,
    engine_options,
    output_options,
    reading_options,
    refuse_overwrite,
    table_of,
    telemetry_options,
    workers,
)
from longtail.cli.troubles import detail, tenantless, troubles

FORMATS = ("table", "json", "jsonl", "csv", "html", "ocsf")

EXAMPLES = """\b
Examples:
  longtail hunt logs/                              what is in a folder of logs
  longtail hunt logs/ -f html -o report.html       the same, as one page
  longtail hunt today/ --baseline lastmonth/       learn from one, judge another
  longtail hunt *.evtx.gz --account mssql -f jsonl | jq .title
  longtail hunt logs/ --rules rules/               run mined or other Sigma rules beside the model
  longtail hunt logs/ --network nsgs/ -f html -o report.html   alerts and unneeded openings in one page
  cat events.jsonl | longtail hunt - --fail-on high
  longtail hunt --engine spark --table soc.logs.process_starts   a table of a lake, on Spark
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The parsed command line of a hunt."""

    paths: tuple[str, ...]
    account: tuple[str, ...]
    baseline: tuple[str, ...]
    budget: float | None
    rules: tuple[str, ...]
    network: tuple[str, ...]
    fail_on: str | None
    tenant: str | None
    tenant_from_path: bool
    format_in: str | None
    day_first: bool | None
    since: datetime | None
    until: datetime | None
    processes: int | None
    engine: str
    table: str | None
    mapping: dict[str, str] | None
    output: str | None
    format_out: str | None
    force: bool
    quiet: bool
    verbose: bool


@click.command("hunt", cls=ManyPaths, many=("--rules",), epilog=EXAMPLES)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "--account",
    multiple=True,
    metavar="WHO",
    help="auto (the stable ones), all, a class, or an account (its class is judged); repeatable.  [default: auto]",
)
@click.option(
    "--baseline", multiple=True, metavar="PATH", help="Learn from this telemetry, judge PATH only; repeatable."
)
@click.option(
    "--budget",
    type=float,
    metavar="N",
    help="False alerts at medium or above per 1,000 host-days you can live with.  [default: 2]",
)
@click.option("--rules", multiple=True, metavar="PATH...",
              help="Also run these Sigma rules, on every account: files, folders or globs.")  # fmt: skip
@click.option("--network", multiple=True, metavar="PATH",
              help="Inbound rules as exported: the HTML page tells unneeded openings too; repeatable.")  # fmt: skip
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit with 3 when an alert is at least this severe.")
@telemetry_options
@engine_options
@output_options(FORMATS, "table")
def command(**given: Any) -> None:
    """Find what accounts run that their population almost never runs.

    PATH is a file, a folder, a glob or - for standard input. Formats are recognised from the content: Sysmon and
    Security EVTX, NXLog, winlogbeat and ECS JSON, Sentinel and Defender exports, plain CSV, JSON lines and Parquet,
    also inside .gz, .zst, .zip and .tar.gz.
    """
    sys.exit(_hunt(Wanted(**given)))


def _hunt(wanted: Wanted) -> int:
    _complete(wanted)
    refuse_overwrite(wanted.output, wanted.force)
    from longtail.cli.progress import progress
    from longtail.outputs.output import output

    chosen = output(wanted.format_out or "table")
    with progress(wanted.quiet) as tell:
        found, openings = _found_with_openings(wanted, tell) if wanted.network else (_found(wanted, tell), None)
    with destination(wanted.output) as stream, detail(wanted.verbose):
        _written(found, openings, chosen, stream)
    if not wanted.quiet:
        _summarise(found, wanted)
    return ending(found.readings, severe=severe_alerts(found.alerts, wanted.fail_on))


def _complete(wanted: Wanted) -> None:
    if not wanted.paths and not wanted.table:
        raise click.MissingParameter(param_hint="'PATH...'", param_type="argument")
    if wanted.network and wanted.format_out != "html":
        raise click.UsageError("--network goes with -f html, one page for both; else ask longtail ports")
    if wanted.rules and wanted.engine != "local":
        raise click.UsageError("--rules run on this machine: leave out --engine, or try them with longtail backtest")


def _found_with_openings(wanted: Wanted, tell: Callable[[Any], None]) -> tuple[Any, Any]:
    """What a hunt finds and what ``ports`` finds; the model's telemetry is read once for both."""
    from longtail.network import Options as Ownership
    from longtail.pipelines import hunt_and_ports

    return hunt_and_ports(_request(wanted), wanted.network, Ownership(wanted.tenant), wanted.rules, tell)


def _written(found: Any, openings: Any, chosen: Any, stream: IO[str]) -> None:
    if openings is None:
        chosen.write(found, stream)
        return
    from longtail.outputs.html import write_both

    write_both(found, openings, stream)


def _found(wanted: Wanted, tell: Callable[[Any], None]) -> Any:
    from longtail.pipelines import hunt, hunt_with_rules

    request = _request(wanted)
    return hunt_with_rules(request, wanted.rules, tell) if wanted.rules else hunt(request, tell)


def _request(wanted: Wanted) -> Any:
    from longtail.pipelines import Request
    from longtail.settings import Settings

    options, processes = reading_options(asdict(wanted)), workers(asdict(wanted))
    settings = Settings() if wanted.budget is None else Settings(budget=wanted.budget)
    asked = Request(wanted.paths, options, settings, wanted.account or ("auto",), wanted.baseline, processes)
    return replace(asked, engine=wanted.engine, table=table_of(asdict(wanted)))


def _summarise(found: Any, wanted: Wanted) -> None:
    from longtail.outputs.wording import summary
    from longtail.text import clean

    for line in tenantless(wanted.paths, wanted.tenant_from_path):
        click.echo(line, err=True)
    if wanted.output in (None, "-") and wanted.format_out in (None, "table"):
        return
    trouble = troubles(found.readings, wanted.verbose)
    for line in (*summary(found), *trouble, *map(clean, found.notes)):
        click.echo(line, err=True)
    if wanted.output not in (None, "-"):
        click.echo(f"written to {wanted.output}", err=True)
