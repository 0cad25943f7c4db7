"""``longtail detect``: what came into a store since the last time, judged; each alert told once."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

from longtail.cli.ending import ending, severe_alerts
from longtail.cli.keeping import Days, Since, kept, store_options
from longtail.cli.options import LEVELS, output_options, refuse_overwrite, teller

FORMATS = ("table", "json", "jsonl", "csv", "html", "ocsf")

EXAMPLES = """\b
Examples:
  longtail detect --store lake/                                 what is new, judged by the 30 days before
  longtail detect --store lake/ --model model.longtail -f jsonl     … by a model, and what hosts did since it was learnt
  longtail detect --store lake/ --since 7d -f html -o week.html  judge the last 7 days again
"""


@click.command("detect", epilog=EXAMPLES)
@store_options
@click.option("--model", metavar="MODEL", help="Judge by this model and what came since it.  [default: by the window]")
@click.option("--since", type=Since(), default="LAST", show_default=True,
              help="Judge what came since the last time, or days from then on.")  # fmt: skip
@click.option(
    "--window", "days", type=Days(), default="30d", show_default=True, help="Days to learn from, if no model."
)
@click.option("--account", multiple=True, metavar="WHO",
              help="auto (the stable ones), all, an account or a class; repeatable.  [default: auto]")  # fmt: skip
@click.option("--budget", type=float, metavar="N",
              help="False alerts at medium or above per 1,000 host-days you can live with.  [default: 2]")  # fmt: skip
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit with 3 when an alert that is told is that severe.")
@output_options(FORMATS, "table")
def command(**given: Any) -> None:
    """Find what is new in a store and almost never runs.

    Tells alerts that are new, and those that went on since; each stands once in the ledger, under one id, until
    somebody says what it was (longtail verdict). What is not dismissed does not become normal.

    Judging some accounts or the days --since leaves what is new to the next run; auto and all use it up. What could not
    be told, because its reader left or the disk was full, is told by the next run.
    """
    sys.exit(_detect(given))


def _detect(given: dict[str, Any]) -> int:
    refuse_overwrite(given["output"], given["force"])
    from longtail.outputs.output import output
    from longtail.pipelines.judging import detect

    tell = teller(output(given["format_out"] or "table").write, given)
    found = detect(_request(given), tell=lambda found: tell(found.hunt))
    if not given["quiet"]:
        table = given["format_out"] in (None, "table") and given["output"] in (None, "-")
        for line in (*_summary(found), *(() if table else _notes(found))):
            click.echo(line, err=True)
    return ending((), severe=severe_alerts(found.hunt.alerts, given["fail_on"]))


def _request(given: dict[str, Any]) -> Any:
    from longtail.pipelines.judging import DetectRequest
    from longtail.settings import Settings

    return DetectRequest(
        kept=kept(given),
        model=given["model"],
        since=given["since"],
        accounts=given["account"] or ("auto",),
        days=given["days"],
        settings=Settings() if given["budget"] is None else Settings(budget=given["budget"]),
    )


def _summary(found: Any) -> Iterator[str]:
    from longtail.outputs.wording import count

    if found.days:
        yield f"{count(len(found.days), 'day')} judged, {found.days[0]} to {found.days[-1]}"
    elif not found.unjudged:
        yield "nothing new since the last time"
    if found.unjudged:
        yield (
            f"{count(len(found.unjudged), 'day')} before the end of what the model learnt {_were(found.unjudged)} never"
            f" judged: --since {found.unjudged[0]} judges them"
        )
    if found.days or found.hunt.alerts:
        yield f"{count(found.new, 'new alert')}, {found.updated:,} gone on, {found.known:,} as they were"
    if found.earlier:
        yield f"{found.earlier:,} of them found by an earlier run, which could not tell"


def _notes(found: Any) -> Iterator[str]:
    """What a table says of itself, and other forms do not show a person."""
    from longtail.text import clean

    return (clean(note, 300) for note in found.hunt.notes)


def _were(days: Sequence[Any]) -> str:
    return "was" if len(days) == 1 else "were"
