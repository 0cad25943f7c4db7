"""``longtail recommend``: a store and inbound rules in, openings that nothing needs out, each told once."""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from longtail.cli.ending import ports_ending
from longtail.cli.keeping import Days, kept, store_options
from longtail.cli.options import LEVELS, ManyPaths, Moment, exceptions_of, output_options, refuse_overwrite, teller

FORMATS = ("table", "json", "jsonl", "csv", "html", "markdown")

EXAMPLES = """\b
Examples:
  longtail recommend --store lake/ --network nsgs/                   what is new or changed since the last time
  longtail recommend --store lake/ --network nsgs/ --all -f html -o ports.html
  longtail recommend --store lake/ --network nsgs/ --exceptions keep.toml --fail-on high
  longtail recommend --store lake/ --network sgs/ --telemetry sockets.json --port 1433 --tenant contoso
"""


@click.command("recommend", cls=ManyPaths, many=("--network", "--telemetry"), epilog=EXAMPLES)
@store_options
@click.option("--network", multiple=True, required=True, metavar="PATH...",
              help="Exports of inbound rules: Azure, AWS, or plain CSV.")  # fmt: skip
@click.option("--telemetry", multiple=True, metavar="PATH...",
              help="What a store does not hold: process listings, sockets, lists of attacked ports.")  # fmt: skip
@click.option("--port", multiple=True, type=click.IntRange(0, 65_535), metavar="N",
              help="Only this port; repeatable.  [default: every port that a rule names]")  # fmt: skip
@click.option("--window", "days", type=Days(), default="30d", show_default=True, help="How many days to look at.")
@click.option("--since", type=Moment(), help="Look at the days from this one on, instead of the last days.")
@click.option("--until", type=Moment(), help="Look at the days before this one.")
@click.option("--exceptions", metavar="FILE", help="TOML of openings that are meant to be: reason, owner, expiry.")
@click.option("--all", "everything", is_flag=True, help="Tell what was told before, too.")
@click.option("--fail-on", type=click.Choice(LEVELS),
              help="Exit with 3 on a finding scored at least low 0, medium .25, high .5, critical .75.")  # fmt: skip
@output_options(FORMATS, "table")
def command(**given: Any) -> None:
    """Recommend closing openings that nothing on the machine needs, from a store.

    The same as `longtail ports` over what the store holds. Each recommendation stands once in the ledger; what is told
    is new, has another verdict than the last time, or is open again. An opening that is there no more is marked as
    closed.
    """
    sys.exit(_recommend(given))


def _recommend(given: dict[str, Any]) -> int:
    refuse_overwrite(given["output"], given["force"])
    from longtail.outputs.ports import output
    from longtail.pipelines.recommending import recommend

    tell = teller(output(given["format_out"] or "table").write, given)
    found = recommend(_request(given), tell=lambda found: tell(found.ports))
    if not given["quiet"]:
        for line in _summary(found):
            click.echo(line, err=True)
    return ports_ending(found.ports, given["fail_on"])


def _request(given: dict[str, Any]) -> Any:
    from longtail.pipelines.recommending import RecommendRequest
    from longtail.ports.judgement import Wanted

    return RecommendRequest(
        kept=kept(given),
        exports=given["network"],
        paths=given["telemetry"],
        since=_day(given["since"]),
        until=_day(given["until"]),
        days=given["days"],
        wanted=Wanted(given["port"] or None, exceptions_of(given["exceptions"])),
        everything=given["everything"],
    )


def _day(moment: datetime | None) -> Any:
    return moment.date() if moment else None


def _summary(found: Any) -> Iterator[str]:
    from longtail.outputs.wording import count

    news = f"{count(found.new, 'new recommendation')}, {found.changed:,} with another verdict"
    reopened = f", {found.reopened:,} open again" if found.reopened else ""
    yield f"{news}{reopened}, {found.known:,} as before"
    if found.closed:
        yield f"{count(found.closed, 'opening')} closed since"
