"""``longtail ports``: process telemetry and inbound rules in, port profiles and recommendations out."""

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import click

from longtail.cli.ending import ending, ports_ending
from longtail.cli.options import (
    LEVELS,
    ManyPaths,
    destination,
    engine_options,
    exceptions_of,
    output_options,
    reading_options,
    refuse_overwrite,
    table_of,
    telemetry_options,
    workers,
)
from longtail.cli.troubles import detail, troubles
from longtail.errors import InputError

FORMATS = ("table", "json", "jsonl", "csv", "html", "markdown")

PORTED = ("tcp", "udp", "sctp")
"""Protocols that have ports: what others number is no port."""

NO_EXPORT = (
    "no network export was read. Azure: az network nsg list, az network nic list, az vm list, az network vnet list, "
    "each with -o json; AWS: aws ec2 describe-security-groups, describe-network-interfaces, describe-instances; "
    "or CSV with machine,port,protocol,source"
)

EXAMPLES = """\b
Examples:
  longtail ports --telemetry logs/ --network nsgs/               every port that some rule names
  longtail ports --telemetry logs/ --network nsgs/ --port 1433   one port
  longtail ports --telemetry inventory.parquet snapshots/ --network rules.csv -f html -o ports.html
  longtail ports --telemetry logs/ --network sgs/ --exceptions keep.toml --fail-on high
  longtail ports --telemetry logs/ --label subnets.csv            who does not look like its neighbours
  longtail ports openings nsgs/ nics.json vms.json               only what is open, and through which rules
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The parsed command line of ``ports``."""

    telemetry: tuple[str, ...]
    network: tuple[str, ...]
    host: str | None
    port: tuple[int, ...]
    label: str | None
    exceptions: str | None
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


class PathsOrVerb(ManyPaths, click.Group):
    """A group whose options take several paths, and which does its own work when no verb is named."""


@click.group("ports", cls=PathsOrVerb, many=("--telemetry", "--network"), epilog=EXAMPLES, invoke_without_command=True)
@click.option(
    "--telemetry", multiple=True, metavar="PATH...",
    help="What runs where: logs, process snapshots, inventories; sockets and attacked ports too.",
)  # fmt: skip
@click.option("--network", multiple=True, metavar="PATH...", help="Exports of inbound rules: Azure, AWS, or plain CSV.")
@click.option("--host", metavar="NAME", help="The machine of listings that name none.  [default: the file's name]")
@click.option("--port", multiple=True, type=click.IntRange(0, 65_535), metavar="N",
              help="Only this port; repeatable.  [default: every port that a rule names]")  # fmt: skip
@click.option("--label", metavar="FILE", help="CSV of machine,label: the same method on subnets, roles, tags.")
@click.option("--exceptions", metavar="FILE", help="TOML of openings that are meant to be: reason, owner, expiry.")
@click.option("--fail-on", type=click.Choice(LEVELS),
              help="Exit with 3 on a finding scored at least low 0, medium .25, high .5, critical .75.")  # fmt: skip
@telemetry_options
@engine_options
@output_options(FORMATS, "table")
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Recommend closing openings that nothing on the machine needs.

    Learns from the whole fleet which programs accompany each open port, and finds the machines that have it open and
    run none of them. It proposes, with a rehearsal and an undo; it changes nothing.
    """
    if context.invoked_subcommand is None:
        sys.exit(_ports(Wanted(**given)))


@command.command("openings")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--tenant", metavar="NAME", help="The owner of everything in the exports.")
@click.option("--port", type=click.IntRange(0, 65_535), metavar="N", help="Only what covers this port.")
@output_options(("table", "jsonl", "csv"), "table")
def openings(paths: tuple[str, ...], tenant: str | None, port: int | None, **given: Any) -> None:
    """What inbound rules leave open: machine, port, from where, through which rules.

    \b
    Examples:
      longtail ports openings nsgs.json nics.json vms.json --port 1433
      longtail ports openings exports/ -f jsonl | jq 'select(.source_scope == "internet")'
    """
    refuse_overwrite(given["output"], given["force"])
    found = _open(paths, tenant, port)
    from longtail.outputs.openings import WRITERS

    with destination(given["output"]) as stream:
        WRITERS[given["format_out"] or "table"](found, stream)
    if not given["quiet"]:
        _tell_network(found)
    sys.exit(ending(found.readings))


def _open(paths: tuple[str, ...], tenant: str | None, port: int | None) -> Any:
    from dataclasses import replace

    from longtail.network import Options, network

    found = network(paths, Options(tenant))
    if port is None:
        return found
    held = (each for each in found.openings if each.protocol in PORTED and each.first <= port <= each.last)
    return replace(found, openings=tuple(held))


def _ports(wanted: Wanted) -> int:
    _complete(wanted)
    refuse_overwrite(wanted.output, wanted.force)
    from longtail.cli.progress import progress
    from longtail.outputs.ports import output

    chosen, request = output(wanted.format_out or "table"), _request(wanted)
    with progress(wanted.quiet) as tell:
        found = _found(wanted, request, tell)
    with destination(wanted.output) as stream, detail(wanted.verbose):
        chosen.write(found, stream)
    if not wanted.quiet:
        _summarise(found, wanted)
    return ports_ending(found, wanted.fail_on)


def _found(wanted: Wanted, request: Any, tell: Callable[[Any], None]) -> Any:
    from longtail.network.labelled import labelled
    from longtail.pipelines import neighbours, ports

    if wanted.label is None:
        return _exported(ports(request, tell))
    from longtail.ports.advice import answered_for

    found = neighbours(request, labelled(wanted.label, wanted.tenant), tell)
    return answered_for(found, request.wanted.exceptions)


def _exported(found: Any) -> Any:
    """The same, if there was any network export at all: "nothing to close" would be a claim about nobody's network.

    Raises:
        InputError: nothing was read from what was given as --network.
    """
    if found.network.machines or found.network.rules:
        return found
    for line in troubles(found.readings, verbose=False):
        click.echo(line, err=True)
    raise InputError(NO_EXPORT)


def _complete(wanted: Wanted) -> None:
    given = (("--telemetry", wanted.telemetry or wanted.table), ("--network", wanted.network or wanted.label))
    for name, there in given:
        if not there:
            raise click.UsageError(f"{name} PATH is missing: see longtail ports --help for examples")
    for name, unused in (("--network", wanted.network), ("--port", wanted.port)):
        if wanted.label and unused:
            raise click.UsageError(f"{name} goes with ports, not with --label")


def _request(wanted: Wanted) -> Any:
    from longtail.network import Options as Ownership
    from longtail.pipelines import PortsRequest
    from longtail.ports.judgement import Wanted as Which

    return PortsRequest(
        paths=wanted.telemetry,
        exports=wanted.network,
        options=reading_options(asdict(wanted), host=wanted.host),
        ownership=Ownership(wanted.tenant),
        wanted=Which(wanted.port or None, exceptions_of(wanted.exceptions)),
        processes=workers(asdict(wanted)),
        engine=wanted.engine,
        table=table_of(asdict(wanted)),
    )


def _summarise(found: Any, wanted: Wanted) -> None:
    if wanted.output in (None, "-") and wanted.format_out in (None, "table"):
        return
    from longtail.outputs.ports.wording import summary
    from longtail.text import clean

    for line in (
        *summary(found),
        *(clean(note, 400) for note in found.notes),
        *troubles(found.readings, wanted.verbose),
    ):
        click.echo(line, err=True)
    if wanted.output not in (None, "-"):
        click.echo(f"written to {wanted.output}", err=True)


def _tell_network(found: Any) -> None:
    from longtail.text import clean

    say: Callable[[str], None] = lambda line: click.echo(line, err=True)  # noqa: E731
    open_machines = len({(each.tenant, each.machine) for each in found.openings})
    say(f"{len(found.openings):,} openings on {open_machines:,} of {len(found.machines):,} machines")
    for each in found.orphans:
        say(f"governs no machine: {clean(each, 160)}")
    for note in found.notes:
        say(clean(note, 240))
    for reading in found.readings:
        for trouble in (*(f"{q.place}: {q.reason}" for q in reading.examples), *reading.notes):
            say(f"{clean(reading.path, 100)}: {clean(trouble, 240)}")
