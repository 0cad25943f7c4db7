"""``longtail demo``: a small fleet, an attack on its SQL Server, a forgotten port, and what is made of both."""

import io
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from longtail.cli.options import destination, no_color, refuse_overwrite
from longtail.files.written import whole_file

MACHINES, DAYS, SEED = 90, 10, 7
ATTACKS = ("article", "recon-only", "new-administrator")
ELSEWHERE = 40, 5, ("phished",)
SHOWN = 1
MINED_PROGRAM = "bitsadmin"
FORGOTTEN, ATTACKED_DAYS = 1433, 6

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
@no_color
def command(output: Path, seed: int, force: bool) -> None:
    """See it work: a small fleet, an attack on its SQL Server, a forgotten port, and the report.

    Makes two weeks of process starts of a small fleet and the inbound rules of its networks, with the SQL Server attack
    of the one article and the forgotten port 1433 of the other in it and the benign noise of real life around them.
    Hunts, looks for openings that nothing needs, tells the worst finding of both and writes the rest as one HTML page;
    then makes Sigma rules of the alerts, and shows that one of them finds the same technique on another account.
    Needs no network and less than a minute.
    """
    report, rules = output / "report.html", output / "rules"
    _refuse(output, force)
    _say(f"making a fleet of {MACHINES} machines over {DAYS} days, with {len(ATTACKS)} attacks in it …")
    logs = _logs(output, seed, force)
    _say("hunting in it …")
    seen, readings = _observed(logs)
    alerts = _hunted(logs, seen, readings)
    _tell(alerts)
    _say("\nlooking for openings that nothing needs …")
    openings = _closing(logs, seen, readings)
    _tell_forgotten(openings)
    _say("\nmaking a rule of the attack that finds it on any account …")
    _tell_rule(logs, alerts, rules)
    _written(alerts, openings, report)
    _say(f"\nThe whole report: {report}\nThe logs it read:  {logs}   (try: longtail hunt {logs / 'telemetry'})")


def _refuse(output: Path, force: bool) -> None:
    """Say no before the fleet is made where something of somebody else would be lost."""
    from longtail.outputs.rules_folder import refuse_folder

    if output.is_dir():
        refuse_overwrite(str(output / "report.html"), force)
        refuse_folder(output / "rules", force)


def _say(line: str) -> None:
    click.echo(line, err=True)


def _logs(output: Path, seed: int, force: bool) -> Path:
    from longtail.fleet import ports_fleet
    from longtail.fleet.plan import Plan
    from longtail.fleet.ports.posts import Odds
    from longtail.fleet.ports.writers import Wanted, write_ports
    from longtail.fleet.writers import remove_fleet, write

    logs = output / "logs"
    if force:
        remove_fleet(output / "elsewhere")
        remove_fleet(logs)
    plan = Plan(machines=MACHINES, days=DAYS, seed=seed, attacks=len(ATTACKS), recipes=ATTACKS)
    logs.parent.mkdir(parents=True, exist_ok=True)
    fleet = ports_fleet(plan, Odds(listening=0.8, snapshots=0.6))
    written = write_ports(fleet, logs, Wanted())
    machines, days, recipes = ELSEWHERE
    write(
        Plan(machines=machines, days=days, seed=seed + 1, attacks=1, recipes=recipes), output / "elsewhere", "parquet"
    )
    _attack_forgotten(fleet, logs / "attacked.csv")
    _say(f"  {written.starts:,} process starts in {len(written.files):,} files")
    return logs


def _attack_forgotten(fleet: Any, attacks: Path) -> None:
    """Somebody tries passwords at the port of a removed SQL Server on six days, as in the article."""
    from datetime import timedelta

    gone = (each for each in fleet.truth if (each.port, each.kind) == (FORGOTTEN, "removed") and each.listening)
    victim = min(gone, key=lambda each: ("azure" not in each.platform, each.machine), default=None)
    if victim is None:
        return
    with attacks.open("a", encoding="utf-8", newline="") as lines:
        for day in range(ATTACKED_DAYS):
            when = fleet.plan.start + timedelta(days=day + 2, hours=3, minutes=11 * day)
            lines.write(f"{victim.tenant},{victim.machine},{FORGOTTEN},{when:%Y-%m-%dT%H:%M:%SZ}\n")


def _observed(logs: Path) -> Any:
    """The sightings of the telemetry, and what each file gave: both pipelines start from them."""
    from longtail.pipelines import observed

    return observed(_source(logs / "telemetry"))


def _source(folder: Path) -> Any:
    import os

    from longtail.pipelines import Source
    from longtail.telemetry import Options

    return Source((str(folder),), Options(tenant_from_path=True), len(os.sched_getaffinity(0)))


def _hunted(logs: Path, seen: Any, readings: Any) -> Any:
    from longtail.pipelines import Request, hunted

    source = _source(logs / "telemetry")
    return hunted(Request(source.paths, source.options, processes=source.processes), seen, readings)


def _closing(logs: Path, seen: Any, readings: Any) -> Any:
    from longtail.pipelines import PortsRequest, ports_beside

    evidence = tuple(str(logs / name) for name in ("telemetry", "listening", "snapshots", "attacked.csv"))
    return ports_beside(PortsRequest(evidence, (str(logs / "network"),), _source(logs).options), seen, readings)


class _Page(io.StringIO):
    """What an output would write to stdout, coloured and as wide as there."""

    def isatty(self) -> bool:
        return sys.stdout.isatty()


def _tell(found: Any) -> None:
    """The most alarming of the alerts, and a summary of them all."""
    from longtail.outputs.output import output
    from longtail.outputs.wording import summary

    shown = replace(found, alerts=found.alerts[:SHOWN], readings=())
    lead = f"{len(shown.alerts):,} of {len(found.alerts):,} alerts shown, the most alarming; the rest is in the report"
    _print(output("table"), shown, (lead, summary(found)))


def _tell_forgotten(found: Any) -> None:
    """The profile of the port, and the opening of it that is most worth closing; a summary of all."""
    from longtail.outputs.ports import output
    from longtail.outputs.ports.wording import summary

    findings = [each for each in found.recommendations if each.verdict.finding]
    closed = [each for each in findings if (each.port, each.protocol) == (FORGOTTEN, "tcp")]
    worst = sorted(closed, key=lambda each: (-(each.proof.brute_force_days or 0), -each.score))[:SHOWN]
    profile = tuple(each for each in found.profiles if (each.port, each.protocol) == (FORGOTTEN, "tcp"))
    shown = replace(
        found, profiles=profile, recommendations=tuple(worst), unjoined=(), readings=(), privileges=(), notes=()
    )
    lead = f"{len(worst):,} of {len(findings):,} openings to close shown, and its port; the rest is in the report"
    _print(output("table"), shown, (lead, summary(found)))


def _print(table: Any, shown: Any, told: tuple[str, list[str]]) -> None:
    """The table of what is shown, under what it is of what there is, and above the summary of all there is."""
    lead, summary = told
    page = _Page()
    table.write(shown, page)
    body = page.getvalue().partition("\n")[2]
    click.echo(f"{lead}\n{body[: body.rindex('Summary')].rpartition(chr(10))[0]}\nSummary")
    for line in summary:
        click.echo(line)
    sys.stdout.flush()


def _tell_rule(logs: Path, alerts: Any, rules: Path) -> None:
    """The article's last step: what gave the attacker away on one account becomes a rule for all of them."""
    from longtail.detections.backtest import backtest
    from longtail.detections.mining import mined
    from longtail.detections.sigma import parsed
    from longtail.pipelines.mining import started

    starts, _ = started(_source(logs / "telemetry"))
    made = mined(alerts.alerts, starts).rules
    rules.mkdir(exist_ok=True)
    for each in made:
        with whole_file(rules / each.file_name) as stream:
            stream.write(each.text)
    _say(f"  {len(made)} rules in {rules}")
    told = next((each for each in made if each.title.lower().startswith(MINED_PROGRAM)), None)
    if told is not None:
        click.echo("\n" + _head(told.text))
        rule = parsed(told.text, told.file_name).rules
        for place, where in (("here", starts), ("elsewhere", started(_source(logs.parent / "elsewhere"))[0])):
            _tell_tried(backtest(rule, where)[0], _runs(where), place)


def _head(rule: str) -> str:
    """A rule without what proves it: title, tags, detection."""
    return rule.partition("\nlongtail:")[0]


def _runs(starts: Any) -> int:
    """How often the program of the rule ran, whoever asked it for whatever."""
    import polars as pl

    name = pl.col("image").cast(pl.String).str.to_lowercase()
    return int(starts.filter(name.str.contains(rf"\\{MINED_PROGRAM}\.exe$"))["runs"].sum())


def _tell_tried(found: Any, runs: int, place: str) -> None:
    from longtail.text import clean

    click.echo(f"\nIt fires on {found.whole.runs} of {runs} runs of {MINED_PROGRAM} {place}:")
    for each in found.examples:
        click.echo(clean(f"  {each.account} on {each.host} ({each.tenant}): {each.command_line}", 200))
    sys.stdout.flush()


def _written(alerts: Any, openings: Any, report: Path) -> None:
    from longtail.outputs.html import write_both

    with destination(str(report)) as stream:
        write_both(alerts, openings, stream)
