"""``longtail fleet``: a fleet's telemetry, with benign life, attacks, and the truth beside it."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

FORMATS = ("parquet", "csv", "jsonl", "nxlog", "winlogbeat", "ecs", "sentinel", "defender", "defender-json")
PRESETS = ("mixed", "sql", "windows", "linux", "services")
EXAMPLES = """\b
Examples:
  longtail fleet -o fleet/                              300 machines, 14 days, 23 attacks
  longtail fleet -o quiet/ --machines 50 --quiet        the same life, no attack
  longtail fleet -o one/ --attacks 1 --attack article   one attack, as the article tells it
  longtail fleet -o hard/ --attack certutil+padding --attack miner+poison --attack mshta+early
  longtail fleet -o logs/ --format-out nxlog && longtail hunt logs/ --tenant-from-path
"""


def _list_attacks(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from longtail.fleet.attacks import ATTACKS
    from longtail.fleet.incidents import MODIFIERS

    width = max(len(attack.name) for attack in ATTACKS)
    for attack in ATTACKS:
        click.echo(f"{attack.name:{width}}  {', '.join(attack.seats)}: {attack.note}")
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
@click.option("--preset", type=click.Choice(PRESETS), default="mixed", show_default=True, help="Which hosts.")
@click.option(
    "--intensity", type=click.FloatRange(0.01, 100), default=1.0, show_default=True, help="How busy hosts are."
)
@click.option("--format-out", type=click.Choice(FORMATS), default="parquet", show_default=True, help="As which logs.")
@click.option("--force", is_flag=True, help="Replace a fleet that is in DIR.")
@click.option("--list-attacks", is_flag=True, is_eager=True, expose_value=False, callback=_list_attacks,
              help="Name the attacks and exit.")  # fmt: skip
def command(output: Path, format_out: str, force: bool, recipes: tuple[str, ...], **given: object) -> None:
    """Generate a fleet's telemetry with benign life, attacks and the truth.

    Writes one folder a tenant into DIR, one file a day (Parquet: parts), and truth.json: every attack with its process
    starts, and the patch nights, roll-outs and odd hosts that look like one. EVTX cannot be written. Formats without
    a tenant (nxlog, defender) want `--tenant-from-path` when they are read.
    """
    from longtail.fleet.incidents import placed
    from longtail.fleet.plan import Plan
    from longtail.fleet.writers import remove_fleet, write

    plan = Plan(recipes=recipes or ("standard",), **given)  # type: ignore[arg-type]
    placed(plan)  # says no to the name of an attack before anything is removed
    if force:
        remove_fleet(output)
    written = write(plan, output, format_out, _teller(plan.machines))
    hosts, incidents = plan.machines, len(written.truth.incidents)
    click.echo(
        f"{output}: {written.starts:,} process starts of {hosts:,} hosts in {len(written.files):,} files, "
        f"{incidents:,} incidents (truth.json)",
        err=True,
    )


def _teller(machines: int) -> Callable[[int, int], None]:
    """A line on stderr that grows, where a person is looking."""
    if not sys.stderr.isatty():
        return lambda hosts, starts: None

    def tell(hosts: int, starts: int) -> None:
        end = "\r" if hosts < machines else "\r\x1b[K"
        click.echo(f"{hosts:,} of {machines:,} hosts, {starts:,} process starts{end}", nl=False, err=True)

    return tell
