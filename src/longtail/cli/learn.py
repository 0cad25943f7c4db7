"""``longtail learn``: a window of a store into a model that can be copied and judged against."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from longtail.cli.keeping import Days, kept, store_options
from longtail.cli.options import Moment, refuse_overwrite
from longtail.files.written import written

EXAMPLES = """\b
Examples:
  longtail learn --store lake/ -o model.longtail                 the last 30 days that the store holds
  longtail learn --store lake/ --window 90d -o model.longtail
  longtail learn --store lake/ --until 2026-11-01 --tenant contoso -o contoso.longtail
"""


@click.command("learn", epilog=EXAMPLES)
@store_options
@click.option("--window", "days", type=Days(), default="30d", show_default=True, help="How many days to learn from.")
@click.option("--since", type=Moment(), help="Learn from this day on, instead of the last days.")
@click.option("--until", type=Moment(), help="Learn from the days before this one.")
@click.option("-o", "--output", required=True, metavar="MODEL", help="Write the model there.")
@click.option("--force", is_flag=True, help="Overwrite an existing MODEL.")
@click.option("-q", "--quiet", is_flag=True, help="No summary.")
def command(output: str, force: bool, quiet: bool, **given: Any) -> None:
    """Learn from a window of a store what its accounts run.

    What was alerted on and not dismissed is left out, however often it was repeated and on however many hosts: judge
    first (longtail detect), learn afterwards. The model is one file: what it was learnt from, when and how, its hash,
    and the sightings that judging needs.
    """
    refuse_overwrite(output, force)
    from longtail.pipelines.learning import LearnRequest, learn

    store = kept(given)
    model = learn(LearnRequest(store, _day(given["since"]), _day(given["until"]), given["days"]))
    header = _written(model, output)
    if not quiet:
        for line in (*_summary(header, output), *_unjudged(store, header)):
            click.echo(line, err=True)


def _day(moment: datetime | None) -> Any:
    return moment.date() if moment else None


def _unjudged(store: Any, header: Any) -> Iterator[str]:
    """A warning where what was learnt was not looked at before: an attack in it is normal now."""
    from longtail.outputs.wording import count
    from longtail.pipelines.judging import unjudged

    if days := unjudged(store, header.since, header.until):
        yield (
            f"{count(len(days), 'day')} of them not judged yet: an attack in them counts as normal;"
            " longtail detect without --model judges them, then learn again"
        )


def _written(model: Any, output: str) -> Any:
    """The model as a file that is there whole or not at all."""
    from longtail.models import saved

    with written(output, "wb") as stream:
        return saved(model, stream)


def _summary(header: Any, output: str) -> list[str]:
    from longtail.outputs.wording import count

    of = f" of tenant {header.tenant}" if header.tenant else ""
    left = f"; {count(header.left_out, 'sighting')} left out" if header.left_out else ""
    learnt = f"{count(header.sightings, 'sighting')} on {count(header.hosts, 'host')}{of}"
    return [
        f"learnt {header.since} to {header.until} (exclusive): {learnt}{left}",
        f"written to {output}, sha256 {header.sha256}",
    ]
