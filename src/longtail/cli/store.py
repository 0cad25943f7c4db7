"""``longtail store``: what is in a store, whether it is sound, and how it is made smaller."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from longtail.cli.options import Moment

UNSOUND = 1
DAYS_SHOWN = 14


@click.group("store")
def command() -> None:
    """What is in a store, whether it is sound; make it smaller."""


def _of_a_store(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The store may be named as an argument or as ``--store``, as the other verbs name it."""
    named = click.option("--store", "named", metavar="DIR", help="The same as DIR, as the other verbs name it.")
    return click.argument("place", required=False, metavar="[DIR]")(named(verb))


_as_json = click.option("-f", "--format", "style", type=click.Choice(["table", "json"]), default="table",
                        show_default=True, help="Output format.")  # fmt: skip


def _place(place: str | None, named: str | None) -> str:
    if (place is None) == (named is None):
        raise click.UsageError("name one store: a folder, or s3://, abfss://, gs://")
    return place or named or ""


@command.command("status")
@_of_a_store
@_as_json
@click.option(
    "--tenant", metavar="NAME", help="Only this tenant's days, hosts and starts, and nothing that others have part in."
)
def status(place: str | None, named: str | None, style: str, tenant: str | None) -> None:
    """Days, tenants, rows, bytes and files, and what was ingested last.

    \b
    Example:
      longtail store status lake/
    """
    from longtail.store import status

    found = status(_place(place, named), tenant)
    for line in _status_json(found) if style == "json" else _status_table(found):
        click.echo(line)


@command.command("verify")
@_of_a_store
@_as_json
def verify(place: str | None, named: str | None, style: str) -> None:
    """Check the schema, every row, and that the rows are what was committed; exits with 1 when something is wrong.

    \b
    Example:
      longtail store verify lake/
    """
    from longtail.outputs.plain import dumps
    from longtail.store import verify
    from longtail.text import clean

    wrong = verify(_place(place, named))
    if style == "json":
        click.echo(dumps({"sound": not wrong, "wrong": wrong}, indent=2))
    else:
        for line in wrong or ["sound: the rows are what was committed"]:
            click.echo(clean(line))
    sys.exit(UNSOUND if wrong else 0)


@command.command("compact")
@_of_a_store
def compact(place: str | None, named: str | None) -> None:
    """Merge the files and the sightings of each day; others may read and ingest meanwhile.

    What the old files take is given back by `vacuum`, when no reader can be at them any more.

    \b
    Example:
      longtail store compact lake/
    """
    from longtail.outputs.wording import count
    from longtail.store import compact

    done = compact(_place(place, named))
    click.echo(f"{count(done.days, 'day')} rewritten")
    for told, extent in (("before", done.before), ("after", done.after)):
        click.echo(f"  {told:<7} {count(extent.files, 'file')}, {count(extent.rows, 'row')}, {extent.bytes:,} bytes")


@command.command("vacuum")
@_of_a_store
@click.option(
    "--keep", type=Moment(), metavar="AGE", help="Drop the days before that (90d, or a day such as 2026-03-02)."
)
@click.option("--grace", type=Moment(), metavar="AGE", default="7d", show_default=True,
              help="Files nothing refers to stay that long: a reader or writer may be at them.")  # fmt: skip
def vacuum(place: str | None, named: str | None, keep: datetime | None, grace: datetime) -> None:
    """Drop old days, and delete files that nothing refers to any more.

    What was counted stays known: a dropped day does not come back when its telemetry is sent again.

    \b
    Examples:
      longtail store vacuum lake/ --keep 90d
      longtail store vacuum lake/ --grace 0h      when nobody else is at the store
    """
    from longtail.outputs.wording import count
    from longtail.store import vacuum

    hours = max(0, -((grace - datetime.now(UTC)) // timedelta(hours=1)) - 1)
    done = vacuum(_place(place, named), keep.date() if keep else None, hours)
    span = f": {done.days[0]} to {done.days[-1]}" if done.days else ""
    click.echo(f"{count(len(done.days), 'day')} dropped{span}; {count(done.files, 'unreferenced file')} deleted")


def _status_json(found: Any) -> Iterator[str]:
    from dataclasses import asdict

    from longtail.outputs.plain import dumps, utc

    record = {**asdict(found), "files": found.files, "rows": found.rows, "bytes": found.bytes}
    record["days"] = [{**day, "day": day["day"].isoformat()} for day in record["days"]]
    record["last_commit"] = utc(found.last_commit)
    yield dumps(record, indent=2)


def _status_table(found: Any) -> Iterator[str]:
    from longtail.outputs.wording import count
    from longtail.text import clean

    days = found.days
    span = f", {days[0].day} to {days[-1].day}" if days else ""
    yield f"{count(len(days), 'day')}{span}"
    yield from _totals(found)
    yield ""
    for tenant in found.tenants:
        yield f"  {clean(tenant.tenant, 60):<30} {count(tenant.hosts, 'host')}, {count(tenant.starts, 'process start')}"
    if len(days) > DAYS_SHOWN:
        yield f"  … {len(days) - DAYS_SHOWN:,} earlier days: --format json lists them"
    for day in days[-DAYS_SHOWN:]:
        held = "" if day.files is None else f"  {day.files:>6,} files  {day.bytes:>14,} bytes"
        yield f"  {day.day}  {day.rows:>12,} rows{held}"
    if found.last_files:
        yield ""
        yield "ingested last"
        yield from (f"  {clean(name, 120)}" for name in found.last_files)


def _totals(found: Any) -> Iterator[str]:
    """Of one tenant less: what others have part in is not told."""
    from longtail.outputs.wording import count, stamp

    starts, rows = count(found.starts, "process start"), count(found.rows, "row")
    if found.batches is None:
        yield f"{rows}; schema {found.schema}"
        yield starts
        return
    yield f"{rows} in {count(found.files, 'file')}, {found.bytes:,} bytes; schema {found.schema}"
    last = f", the last {stamp(found.last_commit)}" if found.last_commit else ""
    yield f"{starts} from {count(found.inputs, 'input')} in {count(found.batches, 'commit')}{last}"
