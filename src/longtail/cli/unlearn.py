"""``longtail unlearn``: leave something out of what is learnt, and see which alerts that changes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from longtail.cli.keeping import Days, Words, kept, store_options
from longtail.cli.options import Moment

EXAMPLES = """\b
Examples:
  longtail unlearn 5d41402abc4b2a76 --store lake/ --reason "not benign after all"
  longtail unlearn --host db7 --before 2026-11-20 --store lake/ --reason INC-7     a host that was compromised
  longtail unlearn --before 2026-10-01 --store lake/ --reason migration --rehearse
"""


@click.command("unlearn", epilog=EXAMPLES)
@click.argument("alert", required=False)
@store_options
@click.option("--host", metavar="NAME", help="What this host did.")
@click.option("--before", type=Moment(), help="What was before this day.  [default, with --host: until now]")
@click.option("--reason", required=True, type=Words(), help="Why; it is kept.")
@click.option("--rehearse", is_flag=True, help="Only tell what would change.")
@click.option("--replay", "days", type=Days(), default="3d", show_default=True, help="Days to judge again.")
@click.option("--window", type=Days(), default="30d", show_default=True, help="Days to learn from.")
@click.option("--account", multiple=True, metavar="WHO",
              help="auto (the stable ones), all, an account or a class; repeatable.  [default: auto]")  # fmt: skip
@click.option("-f", "--format", "style", type=click.Choice(["table", "jsonl"]), default="table", show_default=True,
              help="Output format.")  # fmt: skip
def command(alert: str | None, host: str | None, before: datetime | None, **given: Any) -> None:
    """Leave an alert, a host, or all before a day out of what is learnt, for good.

    Judges the last days again, by what was learnt before and by what is learnt now, and tells which alerts appear and
    which disappear. A verdict on an alert so named is revoked.
    """
    if (alert is None) == (host is None and before is None):
        raise click.UsageError("name an alert, or --host, or --before (a host and a day may go together)")
    from longtail.ledger.verdicts import Unlearned
    from longtail.outputs.wording import count
    from longtail.pipelines.verdicts import Replay, unlearn

    store = kept(given)
    what = Unlearned(given["reason"], datetime.now(UTC), alert, store.tenant, host, before)
    accounts = given["account"] or ("auto",)
    found = unlearn(Replay(store, what, given["rehearse"], given["days"], given["window"], accounts))
    for line in _json(found) if given["style"] == "jsonl" else _table(found):
        click.echo(line)
    done = "would be" if given["rehearse"] else "is" if len(found.appear) == 1 else "are"
    told = f"{count(len(found.appear), 'alert')} {done} there now, {len(found.disappear):,} no longer"
    click.echo(f"{told}; {count(len(found.days), 'day')} judged again", err=True)
    click.echo(_left_out(found, given), err=True)


def _left_out(found: Any, given: dict[str, Any]) -> str:
    from longtail.outputs.wording import count

    before, after = found.left_out
    would = "would be" if given["rehearse"] else "are"
    window = count(given["window"], "day")
    return f"{count(after, 'sighting')} of the last {window} {would} left out of what is learnt; {before:,} before"


def _changes(found: Any) -> Iterator[tuple[str, Any]]:
    yield from (("appears", each) for each in found.appear)
    yield from (("disappears", each) for each in found.disappear)


def _json(found: Any) -> Iterator[str]:
    from longtail.outputs.plain import alert_object, dumps

    yield from (dumps({"change": change, "alert": alert_object(each)}) for change, each in _changes(found))


def _table(found: Any) -> Iterator[str]:
    from longtail.outputs.wording import stamp
    from longtail.text import clean

    for change, each in _changes(found):
        yield f"{change:<11} {each.severity!s:<13} {stamp(each.first_seen)}  {clean(each.host, 60)}"
        yield f"    {clean(each.title, 200)}"
