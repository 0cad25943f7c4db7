"""``longtail backtest``: how often Sigma rules, mined or not, fire on telemetry."""

import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import click

from longtail.cli.ending import QUARANTINED, ending
from longtail.cli.options import (
    LEVELS,
    ManyPaths,
    destination,
    output_options,
    reading_options,
    refuse_overwrite,
    telemetry_options,
    workers,
)
from longtail.cli.troubles import detail, troubles

FORMATS = ("table", "json", "jsonl", "csv")

EXAMPLES = """\b
Examples:
  longtail backtest rules/ --telemetry logs/                       every rule in a folder
  longtail backtest sigma/rules/windows/process_creation --telemetry logs/ -f csv -o rates.csv
  longtail backtest new-rule.yml --telemetry logs/ --fail-above 1  in a pipeline: exit with 3 if it is noisy
  longtail backtest 'rules/**/proc_*.yml' --telemetry logs/ -f jsonl | jq '{title, at_most_per_10000}'
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The parsed command line of ``backtest``."""

    rules: tuple[str, ...]
    telemetry: tuple[str, ...]
    fail_on: str | None
    fail_above: float | None
    tenant: str | None
    tenant_from_path: bool
    format_in: str | None
    day_first: bool | None
    since: datetime | None
    until: datetime | None
    processes: int | None
    output: str | None
    format_out: str | None
    force: bool
    quiet: bool
    verbose: bool


@click.command("backtest", cls=ManyPaths, many=("--telemetry",), epilog=EXAMPLES)
@click.argument("rules", nargs=-1, required=True, metavar="RULE...")
@click.option("--telemetry", multiple=True, required=True, metavar="PATH...", help="What ran: logs in any format.")
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit with 3 when a rule of at least this level fires.")
@click.option("--fail-above", type=click.FloatRange(min=0), metavar="RATE",
              help="Exit with 3 when a rule fires on more than RATE of 10,000 host-days.")  # fmt: skip
@telemetry_options
@output_options(FORMATS, "table")
def command(**given: Any) -> None:
    """Count how often Sigma rules fire, and say how sure that is.

    RULE is a file, a folder (*.yml and *.yaml in it, at any depth) or a glob. Each rule is told with the host-days it
    fires on, per 10,000 with an exact upper bound (95 %), by account class, account, tenant and day, and with
    examples. Rules that this telemetry cannot judge are named with what they lack.
    """
    sys.exit(_backtest(Wanted(**given)))


def _backtest(wanted: Wanted) -> int:
    refuse_overwrite(wanted.output, wanted.force)
    from longtail.cli.progress import progress
    from longtail.outputs import backtest as plain
    from longtail.outputs import backtest_table
    from longtail.pipelines import tried

    writers = {
        "table": backtest_table.write,
        "json": plain.json,
        "jsonl": plain.jsonl,
        "csv": plain.comma_separated,
    }
    with progress(wanted.quiet) as tell:
        found = tried(_request(wanted), tell)
    with destination(wanted.output) as stream, detail(wanted.verbose):
        writers[wanted.format_out or "table"](found, stream)
    if not wanted.quiet:
        _summarise(found, wanted)
    return _exit_code(found, wanted)


def _request(wanted: Wanted) -> Any:
    from longtail.pipelines import BacktestRequest

    return BacktestRequest(
        rules=wanted.rules,
        paths=wanted.telemetry,
        options=reading_options(asdict(wanted)),
        processes=workers(asdict(wanted)),
    )


def _summarise(found: Any, wanted: Wanted) -> None:
    from longtail.outputs.backtest_table import summary

    if wanted.output in (None, "-") and wanted.format_out in (None, "table"):
        return
    for line in (*summary(found), *troubles(found.readings, wanted.verbose)):
        click.echo(line, err=True)
    if wanted.output not in (None, "-"):
        click.echo(f"written to {wanted.output}", err=True)


def _exit_code(found: Any, wanted: Wanted) -> int:
    severe = any(_wrong(each, wanted) for each in found.backtests)
    return ending(found.readings, severe=severe) or (QUARANTINED if found.files.refused else 0)


def _wrong(backtest: Any, wanted: Wanted) -> bool:
    """Whether a rule does what was asked to be told of: a rule without a level counts as medium."""
    level = LEVELS.index(backtest.rule.level) if backtest.rule.level in LEVELS else LEVELS.index("medium")
    fires = wanted.fail_on is not None and backtest.whole.runs > 0 and level >= LEVELS.index(wanted.fail_on)
    return fires or (wanted.fail_above is not None and backtest.whole.rate > wanted.fail_above)
