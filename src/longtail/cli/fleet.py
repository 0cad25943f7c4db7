"""``longtail fleet``: a fleet's telemetry, with benign life, attacks, and the truth beside it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

FORMATS = ("parquet", "csv", "jsonl", "nxlog", "winlogbeat", "ecs", "sentinel", "defender", "defender-json")
PRESETS = ("mixed", "sql", "windows", "linux", "services")
ARTICLE = "article-2"
EXAMPLES = """\b
Examples:
  longtail fleet -o fleet/                              300 machines, 14 days, 23 attacks
  longtail fleet -o quiet/ --machines 50 --quiet        the same life, no attack
  longtail fleet -o one/ --attacks 1 --attack article   one attack, as the article tells it
  longtail fleet -o hard/ --attack certutil+padding --attack miner+poison --attack mshta+early
  longtail fleet -o logs/ --format-out nxlog && longtail hunt logs/ --tenant-from-path
  longtail fleet -o cloud/ --preset services --machines 500 --quiet --inventory
  longtail fleet -o article/ --preset article-2         30,000 machines, five forgotten rules
"""


def _list_attacks(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from longtail.fleet.attacks import SETS
    from longtail.fleet.incidents import MODIFIERS

    attacks = {attack.name: attack for attacks in SETS.values() for attack in attacks}.values()
    width = max(len(attack.name) for attack in attacks)
    for attack in attacks:
        click.echo(f"{attack.name:{width}}  {', '.join(attack.seats)}: {attack.note}")
    click.echo(f"\nSeveral at once: {', '.join(SETS)}")
    click.echo("\nAdd to any of them, as in certutil+padding:")
    for name, meaning in MODIFIERS.items():
        click.echo(f"{'+' + name:{width}}  {meaning}")
    ctx.exit()


@click.command("fleet", epilog=EXAMPLES)
@click.option("-o", "--output", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Folder to write.")
@click.option("--machines", type=click.IntRange(1, 1_000_000), default=300, show_default=True, help="Hosts.")
@click.option("--days", type=click.IntRange(1, 3660), default=14, show_default=True, help="Days of telemetry.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed, the same fleet.")
@click.option("--tenants", type=click.IntRange(min=1), help="Owners of hosts.  [default: by size]")
@click.option("--attacks", type=click.IntRange(min=0), help="Incidents.  [default: one in 13 machines]")
@click.option("--attack", "recipes", multiple=True, metavar="NAME", help="Only this kind of attack; repeatable.")
@click.option("--quiet", is_flag=True, help="No attack at all.")
@click.option(
    "--preset", type=click.Choice((*PRESETS, ARTICLE)), default="mixed", show_default=True, help="Which hosts."
)
@click.option(
    "--intensity", type=click.FloatRange(0.01, 100), default=1.0, show_default=True, help="How busy hosts are."
)
@click.option("--format-out", type=click.Choice(FORMATS), default="parquet", show_default=True, help="As which logs.")
@click.option("--network", is_flag=True, help="Also write rules, sockets, snapshots, attacked ports and their truth.")
@click.option("--inventory", is_flag=True, help="As --network, with what runs where instead of process starts.")
@click.option("--force", is_flag=True, help="Replace a fleet that is in DIR.")
@click.option("--list-attacks", is_flag=True, is_eager=True, expose_value=False, callback=_list_attacks,
              help="Name the attacks and exit.")  # fmt: skip
def command(output: Path, **given: Any) -> None:
    """Generate a fleet's telemetry with benign life, attacks and the truth.

    Writes one folder a tenant into DIR, one file a day (Parquet: parts), and truth.json: every attack with its process
    starts, and the patch nights, roll-outs and odd hosts that look like one. EVTX cannot be written. Formats without
    a tenant (nxlog, defender) want `--tenant-from-path` when they are read.

    With --network the starts are in DIR/telemetry, and beside them DIR/network holds the inbound rules as Azure, AWS
    and a plain CSV export them, DIR/listening and DIR/snapshots what tools print on some of the hosts,
    DIR/attacked.csv brute force, and DIR/truth-ports.jsonl what stands behind each open port. With --inventory,
    DIR/inventory.parquet stands for the starts. The preset article-2 is an inventory of 30,000 machines (its network
    a plain CSV) with five forgotten rules for port 1433.
    """
    if given["quiet"] and (given["recipes"] or given["attacks"]):
        raise click.UsageError("--quiet means no attack at all: leave it out, or --attack and --attacks")
    force, preset = given.pop("force"), given["preset"]
    told = _article(output, force, given) if preset == ARTICLE else _fleet(output, force, given)
    click.echo(f"{output}: {told}", err=True)


def _fleet(output: Path, force: bool, given: dict[str, Any]) -> str:
    from longtail.fleet.incidents import placed
    from longtail.fleet.plan import Plan
    from longtail.fleet.ports import ports_fleet
    from longtail.fleet.ports.writers import Wanted, write_ports
    from longtail.fleet.writers import remove_fleet, write

    form, network, inventory = (given.pop(name) for name in ("format_out", "network", "inventory"))
    plan = Plan(**{**given, "recipes": given["recipes"] or ("standard",)})
    placed(plan)  # says no to the name of an attack before anything is removed
    if force:
        remove_fleet(output)
    teller = _teller(plan.machines)
    if network or inventory:
        written = write_ports(ports_fleet(plan), output, Wanted(form, inventory), teller)
    else:
        written = write(plan, output, form, teller)
    _tell_unplaced(plan)
    return (
        f"{written.starts:,} process starts of {plan.machines:,} hosts in {len(written.files):,} files, "
        f"{len(written.truth.incidents):,} incidents (truth.json)"
    )


def _tell_unplaced(plan: Any) -> None:
    """Which attacks are not in the fleet although they were asked for, and what they would have needed."""
    from longtail.fleet.incidents import unplaced

    missing = unplaced(plan)
    if missing:
        click.echo(
            f"{sum(missing.values()):,} of {plan.incidents:,} attacks did not fit: each wants a host of its own",
            err=True,
        )
    for attack, times in missing.items():
        click.echo(
            f"  {times:,} × {attack.name}: no host is left with an account of {' or '.join(attack.seats)}", err=True
        )


def _article(output: Path, force: bool, given: dict[str, Any]) -> str:
    from longtail.fleet.ports.article import MACHINES, article_fleet
    from longtail.fleet.ports.article_writers import write_article
    from longtail.fleet.writers import remove_fleet

    asked = click.get_current_context().get_parameter_source("machines")
    machines = given["machines"] if asked is click.core.ParameterSource.COMMANDLINE else MACHINES
    if force:
        remove_fleet(output)
    fleet = article_fleet(given["seed"], machines)
    files = write_article(fleet, output)
    return (
        f"{fleet.inventory.height:,} pairs of {machines:,} machines and {fleet.executables:,} executables, "
        f"{fleet.forgotten} forgotten rules, in {len(files)} files (truth-ports.jsonl)"
    )


def _teller(machines: int) -> Callable[[int, int], None]:
    """A line on stderr that grows, where a person is looking."""
    if not sys.stderr.isatty():
        return lambda hosts, starts: None

    def tell(hosts: int, starts: int) -> None:
        end = "\r" if hosts < machines else "\r\x1b[K"
        click.echo(f"{hosts:,} of {machines:,} hosts, {starts:,} process starts{end}", nl=False, err=True)

    return tell
