"""``longtail model``: look at what was learnt."""

import sys
from typing import Any

import click

from longtail.cli.ending import ending
from longtail.cli.options import destination, refuse_overwrite, telemetry_options


@click.group("model")
def command() -> None:
    """Look at what was learnt: the long tail, and which directories count as one."""


@command.command("places")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--name", metavar="FILE", help="Only programs of this file name.")
@click.option("-f", "--format", "style", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@telemetry_options
def places(paths: tuple[str, ...], name: str | None, style: str, **given: Any) -> None:
    """Every cluster of directories: its members, how far apart they are, and what counting them as one hides.

    \b
    Example:
      longtail model places logs/ --name sqlservr.exe
    """
    from longtail.prevalence.judgement import model

    seen, readings = _observed(paths, given)
    _, found = model(seen)
    clusters = [each for each in found.clusters if len(each.members) > 1 and name in (None, each.name)]
    for cluster in clusters:
        for line in _json(cluster) if style == "jsonl" else _rows(cluster):
            click.echo(line)
    click.echo(f"{len(clusters):,} places that more than one directory counts as", err=True)
    sys.exit(_read(readings))


def _observed(paths: tuple[str, ...], given: dict[str, Any]) -> Any:
    import os

    from longtail.pipelines import Source, observed
    from longtail.telemetry import Options

    processes = given.pop("processes") or len(os.sched_getaffinity(0))
    return observed(Source(paths, Options(**given), processes))


def _read(readings: Any) -> int:
    """How telemetry was read, on stderr; the exit code that says so."""
    from longtail.cli.troubles import troubles

    if not any(each.process_starts for each in readings):
        click.echo("nothing was read from it: no process start, and so nothing to show", err=True)
    for line in troubles(readings, verbose=False):
        click.echo(line, err=True)
    return ending(readings)


def _rows(cluster: Any) -> list[str]:
    from longtail.text import clean

    size = f"{cluster.hosts:,} hosts, {len(cluster.members):,} directories"
    head = f"{clean(cluster.place + cluster.name)}   {cluster.zone}, {size}"
    return [
        head,
        *(
            f"    {clean(member.location)}   {member.hosts:,} hosts, {cluster.distance(member):.2f} from the others,"
            f" hides {cluster.hides(member):,}"
            for member in cluster.members
        ),
    ]


def _json(cluster: Any) -> list[str]:
    from longtail.outputs.plain import dumps

    members = [
        {
            "location": each.location,
            "hosts": each.hosts,
            "distance": cluster.distance(each),
            "hides": cluster.hides(each),
        }
        for each in cluster.members
    ]
    record = {
        "name": cluster.name,
        "zone": cluster.zone,
        "place": cluster.place,
        "hosts": cluster.hosts,
        "members": members,
    }
    return [dumps(record)]


@command.command("show")
@click.argument("paths", nargs=-1, required=True, metavar="MODEL|PATH...")
@click.option("--account", multiple=True, metavar="WHO", help="auto, all, an account or a class.  [default: auto]")
@click.option("-o", "--output", metavar="FILE.svg", help="Write the chart of the largest population there.")
@click.option("--force", is_flag=True, help="Overwrite an existing FILE.")
@telemetry_options
def show(paths: tuple[str, ...], account: tuple[str, ...], output: str | None, force: bool, **given: Any) -> None:
    """The populations, how stable they are, and the ranked prevalence of what they run.

    Of a model that `longtail learn` made, with --tenant of that tenant alone; or of telemetry.

    \b
    Examples:
      longtail model show model.longtail
      longtail model show logs/
      longtail model show logs/ --account mssql -o tail.svg
    """
    from longtail.models import is_model
    from longtail.prevalence.judgement import judged, judged_by_themselves
    from longtail.settings import Settings

    refuse_overwrite(output, force)
    learnt = any(map(is_model, paths))
    if learnt and len(paths) > 1:
        raise click.UsageError("a model is shown alone: name one, or telemetry")
    seen, readings = (_learnt(paths[0], given["tenant"]), ()) if learnt else _observed(paths, given)
    judge = judged_by_themselves if learnt else judged
    found = judge(seen, Settings(), account or ("auto",)).populations
    for population in found:
        for line in _ranked(population):
            click.echo(line)
    if output is not None:
        _drawn([each for each in found if each.judged], output)
    sys.exit(0 if learnt else _read(readings))


def _learnt(path: str, tenant: str | None) -> Any:
    """The habits of a model, or of one tenant in it; what it is, on stderr."""
    import polars as pl

    from longtail.models import loaded
    from longtail.prevalence.habits import sightings_in
    from longtail.text import clean

    model = loaded(path)
    head = model.header
    habits = model.habits if tenant is None else model.habits.filter(pl.col("tenant") == tenant)
    sightings = head.sightings if tenant is None else sightings_in(habits)
    told = f"learnt {head.since} to {head.until} (exclusive), {sightings:,} sightings, sha256 {head.sha256}"
    click.echo(f"{clean(path)}: {told}", err=True)
    return habits


@command.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--tenant", metavar="NAME", help="Only this tenant: nothing of others is read or told.")
@click.option("-f", "--format", "style", type=click.Choice(["table", "jsonl"]), default="table", show_default=True,
              help="Output format.")  # fmt: skip
def diff(old: str, new: str, tenant: str | None, style: str) -> None:
    """What became normal between two models, what is new in the tail, what became rare, and what left.

    \b
    Example:
      longtail model diff october.longtail november.longtail
    """
    from dataclasses import asdict

    from longtail.outputs.plain import dumps
    from longtail.prevalence.difference import differences

    found = differences(_learnt(old, tenant), _learnt(new, tenant))
    for each in found:
        click.echo(dumps(asdict(each)) if style == "jsonl" else _changed(each))
    click.echo(f"{len(found):,} executables are not what they were", err=True)


def _changed(each: Any) -> str:
    from longtail.text import clean

    before, after = ("none" if not of else f"{hosts:,} of {of:,}" for hosts, of in (
        (each.hosts_before, each.of_hosts_before), (each.hosts_after, each.of_hosts_after)))  # fmt: skip
    who = f"{clean(each.tenant)} {each.account_class}"
    return f"{each.change:<16} {before:>14} -> {after:<14} hosts  {who}: {clean(each.executable)}"


def _ranked(population: Any) -> list[str]:
    from longtail.text import clean

    hosts = f"{population.hosts:,} hosts"
    extent = f"{hosts}, {population.days} days; {clean(population.reason)}"
    head = f"{clean(population.tenant)} {population.account_class}: {extent}"
    bars = (
        f"  {bar.share:7.2%}  {bar.hosts:>6,} of {hosts}  {'!' if bar.anomalous else ' '} {clean(bar.executable)}"
        for bar in population.bars
    )
    return [head, *bars]


def _drawn(populations: list[Any], output: str) -> None:
    from longtail.errors import LongtailError
    from longtail.outputs.chart import prevalence_chart

    if not populations:
        raise LongtailError("no population could be judged, so there is nothing to draw: see the reasons above")
    with destination(output) as stream:
        stream.write(prevalence_chart(max(populations, key=lambda each: each.hosts)))
    print(f"written to {output}", file=sys.stderr)
