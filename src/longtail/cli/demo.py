"""``longtail demo``: a small fleet, an attack on its SQL Server, and what a hunt makes of it."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

MACHINES, DAYS, SEED = 90, 10, 7
ATTACKS = ("article", "recon-only", "new-administrator")
SHOWN = 1

EXAMPLES = """\b
Examples:
  longtail demo                    write to ./longtail-demo and say what was found
  longtail demo -o /tmp/demo --force
"""


@click.command("demo", epilog=EXAMPLES)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("longtail-demo"),
    show_default=True,
    metavar="DIR",
    help="Folder for the fleet's logs and the report.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=SEED, show_default=True, help="Another seed, another fleet."
)
@click.option("--force", is_flag=True, help="Replace a demo that is in DIR.")
@click.option("--no-color", is_flag=True, help="No colour (NO_COLOR is honoured too).")
def command(output: Path, seed: int, force: bool, no_color: bool) -> None:
    """See it work: a small fleet, an attack on its SQL Server, and the report.

    Makes two weeks of process starts of a small fleet, with the SQL Server attack of the article in it and the benign
    noise of real life around it, hunts in them, tells the worst finding and writes the rest as one HTML page. Needs
    no network and less than a minute.
    """
    import os

    if no_color:
        os.environ["NO_COLOR"] = "1"
    _say(f"making a fleet of {MACHINES} machines over {DAYS} days, with {len(ATTACKS)} attacks in it …")
    logs = _logs(output, seed, force)
    _say("hunting in it …")
    found = _hunted(logs)
    _tell(found)
    report = output / "report.html"
    _written(found, report)
    _say(f"\nThe whole report: {report}\nThe logs it read:  {logs}   (try: longtail hunt {logs})")


def _say(line: str) -> None:
    click.echo(line, err=True)


def _logs(output: Path, seed: int, force: bool) -> Path:
    from longtail.fleet.plan import Plan
    from longtail.fleet.writers import remove_fleet, write

    logs = output / "logs"
    if force:
        remove_fleet(logs)
    plan = Plan(machines=MACHINES, days=DAYS, seed=seed, attacks=len(ATTACKS), recipes=ATTACKS)
    logs.parent.mkdir(parents=True, exist_ok=True)
    written = write(plan, logs, "parquet")
    _say(f"  {written.starts:,} process starts in {len(written.files):,} files")
    return logs


def _hunted(logs: Path) -> Any:
    import os

    from longtail.pipelines import Request, hunt
    from longtail.telemetry import Options

    return hunt(Request((str(logs),), Options(tenant_from_path=True), processes=len(os.sched_getaffinity(0))))


def _tell(found: Any) -> None:
    from longtail.outputs.output import output

    output("table").write(replace(found, alerts=found.alerts[:SHOWN], readings=()), sys.stdout)
    sys.stdout.flush()


def _written(found: Any, report: Path) -> None:
    from longtail.outputs.output import output

    with report.open("w", encoding="utf-8", newline="") as stream:
        output("html").write(found, stream)
