"""``longtail mine``: alerts in, Sigma rules that stand alone out, each with what proves it."""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from longtail.cli.ending import ending
from longtail.cli.options import ManyPaths, reading_options, telemetry_options, workers
from longtail.cli.troubles import troubles
from longtail.outputs.rules_converted import TARGETS

FAMILIES = {"all": tuple(TARGETS), "elasticsearch": ("lucene", "eql", "esql")}
"""What stands for several targets at once."""
SHOWN = 40

EXAMPLES = """\b
Examples:
  longtail hunt logs/ -f jsonl -o alerts.jsonl
  longtail mine alerts.jsonl --telemetry logs/ -o rules/
  longtail hunt logs/ -q -f jsonl | longtail mine - --telemetry logs/ -o rules/
  longtail mine alerts.jsonl --telemetry logs/ -o rules/ --existing sigma/rules/windows/process_creation
  longtail mine alerts.jsonl --telemetry logs/ -o rules/ --convert splunk kusto elasticsearch
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The parsed command line of ``mine``."""

    alerts: str
    telemetry: tuple[str, ...]
    output: Path
    existing: tuple[str, ...]
    convert: tuple[str, ...]
    tenant: str | None
    tenant_from_path: bool
    format_in: str | None
    day_first: bool | None
    since: datetime | None
    until: datetime | None
    processes: int | None
    force: bool
    quiet: bool


@click.command("mine", cls=ManyPaths, many=("--telemetry", "--existing", "--convert"), epilog=EXAMPLES)
@click.argument("alerts", metavar="ALERTS")
@click.option("--telemetry", multiple=True, required=True, metavar="PATH...",
              help="Everything that ran: what the rules are held against.")  # fmt: skip
@click.option("-o", "--output", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Folder to write.")
@click.option("--existing", multiple=True, metavar="PATH...", help="Sigma rules you have: what do the mined ones add?")
@click.option("--convert", multiple=True, type=click.Choice((*TARGETS, *FAMILIES)), metavar="TARGET...",
              help=f"Also write queries: {', '.join((*TARGETS, *FAMILIES))}.")  # fmt: skip
@telemetry_options
@click.option("--force", is_flag=True, help="Replace what a former run wrote into DIR.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
def command(**given: Any) -> None:
    """Make Sigma rules of alerts, independent of who was attacked.

    ALERTS is what `longtail hunt -f jsonl` wrote, or - for standard input. Into DIR goes one YAML file a rule, with
    its backtest in it, report.md (what proves each rule, and what no rule was made of and why), navigator.json (a
    layer for the ATT&CK Navigator) and, with --convert, DIR/converted. The same input gives the same bytes.
    """
    sys.exit(_mine(Wanted(**given)))


def _mine(wanted: Wanted) -> int:
    from longtail.cli.progress import progress
    from longtail.outputs.rules import rule_folder
    from longtail.outputs.rules_folder import refuse_folder, write_folder
    from longtail.pipelines import mine

    refuse_folder(wanted.output, wanted.force)
    with progress(wanted.quiet) as tell:
        found = mine(_request(wanted), tell)
    folder = rule_folder(found.mined, _targets(wanted.convert))
    write_folder(folder.files, wanted.output)
    if not wanted.quiet:
        for line in _summary(found, folder, wanted.output):
            click.echo(line, err=True)
    return ending(found.readings)


def _request(wanted: Wanted) -> Any:
    from longtail.pipelines import MineRequest

    return MineRequest(
        alerts=wanted.alerts,
        paths=wanted.telemetry,
        options=reading_options(asdict(wanted)),
        existing=wanted.existing,
        processes=workers(asdict(wanted)),
    )


def _targets(asked: tuple[str, ...]) -> set[str]:
    return {target for each in asked for target in FAMILIES.get(each, (each,))}


def _summary(found: Any, folder: Any, output: Path) -> Iterator[str]:
    from longtail.outputs.wording import count
    from longtail.text import clean

    mined = found.mined
    yield (
        f"{count(found.alerts, 'alert')} held against {count(found.distinct_starts, 'distinct process start')}"
        f" on {count(found.host_days, 'host-day')}"
    )
    yield f"{count(len(mined.rules), 'rule')} written; {_groups(len(mined.refused))} gave none: report.md says why"
    if mined.alike:
        yield f"look at {count(len(mined.alike), 'host-day')} like these that no alert told of: report.md says where"
    for rule in mined.rules[:SHOWN]:
        whole = rule.proof.whole
        yield (
            f"  {rule.status:12}  {rule.level:8}  {whole.rate:.2f} per 10,000 host-days,"
            f" at most {whole.upper:.2f}  {clean(rule.title, 120)}"
        )
    if len(mined.rules) > SHOWN:
        yield f"  and {len(mined.rules) - SHOWN:,} more"
    if folder.unconverted:
        yield f"{count(len(folder.unconverted), 'query', 'queries')} could not be made: report.md says why"
    yield from troubles(found.readings, verbose=False)
    yield f"written to {output}"


def _groups(number: int) -> str:
    return f"{number:,} {'group' if number == 1 else 'groups'} of process starts"
