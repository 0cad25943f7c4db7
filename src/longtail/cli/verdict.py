"""``longtail verdict``: say what an alert was; it is learnt from, or never, and for whom that holds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from longtail.cli.keeping import Until, Words, kept, store_options
from longtail.cli.options import LEVELS

EXAMPLES = """\b
Examples:
  longtail verdict 5d41402abc4b2a76 benign --store lake/ --scope tenant --reason "backup agent" --expires 90d
  longtail verdict 5d41402abc4b2a76 true-positive --store lake/ --reason INC-7
  longtail verdict list --store lake/
"""


class AlertOrVerb(click.Group):
    """A group whose own work is to take a verdict: what names no verb is the id of an alert."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb, or ``give`` with all words."""
        given = args if args[0] in self.commands else ["give", *args]
        return super().resolve_command(ctx, given)


@click.group("verdict", cls=AlertOrVerb, epilog=EXAMPLES, subcommand_metavar="ALERT benign|true-positive | list")
def command() -> None:
    """Say what an alert was: benign, and it is learnt from; or a true positive, and it never is.

    Until somebody says so, what an alert rests on is not learnt, however often and wherever it is repeated.
    """


@command.command("give")
@click.argument("alert")
@click.argument("verdict", type=click.Choice(["benign", "true-positive"]))
@store_options
@click.option("--scope", type=click.Choice(["host", "account", "tenant", "all"]), default="host", show_default=True,
              help="For whom: this host, this account anywhere, its kind in the tenant, in all.")  # fmt: skip
@click.option("--reason", required=True, type=Words(), help="Why; it is kept.")
@click.option("--expires", type=Until(), metavar="WHEN", help="When a benign verdict ends: 90d, or a day.")
def give(alert: str, verdict: str, scope: str, reason: str, **given: Any) -> None:
    """Say what an alert was.

    Benign: the same program told the same by the same parent alarms no more in that scope, and is learnt from. True
    positive: what the alert rests on is never learnt in that scope.

    \b
    Example:
      longtail verdict 5d41402abc4b2a76 benign --store lake/ --scope tenant --reason "backup agent" --expires 90d
    """
    from longtail.ledger.verdicts import Verdict
    from longtail.pipelines.verdicts import say
    from longtail.text import clean

    expires = given.pop("expires")
    say(kept(given), Verdict(alert, verdict, scope, reason, datetime.now(UTC), expires))
    until = f" until {expires:%Y-%m-%d}" if expires else ""
    click.echo(f"{clean(alert, 40)}: {verdict} for {scope}{until}", err=True)


@command.command("list")
@store_options
@click.option("--open", "unsaid", is_flag=True, help="Only those that nobody has judged.")
@click.option("-f", "--format", "style", type=click.Choice(["table", "jsonl"]), default="table", show_default=True,
              help="Output format.")  # fmt: skip
def show(unsaid: bool, style: str, **given: Any) -> None:
    """The alerts of the ledger and what was said of them, first seen first.

    \b
    Example:
      longtail verdict list --store lake/ --open -f jsonl
    """
    from longtail.pipelines.verdicts import standing

    for each in standing(kept(given)):
        if not (unsaid and each.verdict):
            for line in _json(each) if style == "jsonl" else _table(each):
                click.echo(line)


def _json(each: Any) -> Iterator[str]:
    from longtail.outputs.plain import dumps, number, utc

    said = each.verdict
    names = ("id", "tenant", "account_class", "account", "host", "title")
    yield dumps(
        {
            **{name: getattr(each.alert, name) for name in names},
            "first_seen": utc(each.alert.first_seen),
            "last_seen": utc(each.alert.last_shown),
            "score": number(each.alert.score),
            "severity": LEVELS[each.alert.severity],
            "verdict": said and said.verdict,
            "scope": said and said.scope,
            "reason": said and said.reason,
            "at": said and utc(said.at),
            "expires": said and utc(said.expires),
        }
    )


def _table(each: Any) -> Iterator[str]:
    from longtail.outputs.wording import stamp
    from longtail.text import clean

    alert, said = each.alert, each.verdict
    yield f"{alert.id}  {LEVELS[alert.severity]:<13} {stamp(alert.first_seen)}  {clean(alert.host, 60)}"
    yield f"    {clean(alert.title, 200)}"
    until = f" until {said.expires:%Y-%m-%d}" if said and said.expires else ""
    yield f"    {said.verdict} for {said.scope}{until}: {clean(said.reason, 200)}" if said else "    open"
