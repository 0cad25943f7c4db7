"""``longtail doctor``: what this telemetry can and cannot support."""

import sys
from collections.abc import Iterator
from typing import IO, Any

import click

from longtail.cli.ending import ending
from longtail.cli.options import (
    destination,
    output_options,
    reading_options,
    refuse_overwrite,
    telemetry_options,
    workers,
)
from longtail.cli.troubles import tenantless, troubles

ROWS_SHOWN = 20

EXAMPLES = """\b
Examples:
  longtail doctor logs/                    before the first hunt
  longtail doctor logs/ -v                 with every host that was silent, late or gone
  longtail doctor logs/ -f json | jq .limits
"""


@click.command("doctor", epilog=EXAMPLES)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@telemetry_options
@output_options(("table", "json"), "table")
def command(paths: tuple[str, ...], **given: Any) -> None:
    """What this telemetry can and cannot support.

    Says for each tenant and format how many process starts lack a command line, a parent or an account; which days
    and hosts are missing, late or have a clock far off; and which populations a hunt could judge, and for the others
    what is missing. Exits with 4 when some input had to be quarantined.
    """
    sys.exit(_doctor(paths, given))


def _doctor(paths: tuple[str, ...], given: dict[str, Any]) -> int:
    refuse_overwrite(given["output"], given["force"])
    from longtail.prevalence.coverage import coverage
    from longtail.settings import Settings

    seen, readings = _observed(paths, given)
    found = coverage(seen, readings, Settings())
    rows = _json(found) if given["format_out"] == "json" else _table(found, given["verbose"])
    with destination(given["output"]) as stream:
        _write(rows, stream)
    if not given["quiet"]:
        for line in (*troubles(readings, given["verbose"]), *tenantless(paths, given["tenant_from_path"])):
            click.echo(line, err=True)
    if given["output"] not in (None, "-") and not given["quiet"]:
        click.echo(f"written to {given['output']}", err=True)
    return ending(readings)


def _observed(paths: tuple[str, ...], given: dict[str, Any]) -> Any:
    from longtail.cli.progress import progress
    from longtail.pipelines import Source, observed

    with progress(given["quiet"]) as tell:
        return observed(Source(paths, reading_options(given), workers(given)), tell)


def _write(lines: Iterator[str], stream: IO[str]) -> None:
    stream.writelines(line.rstrip() + "\n" for line in lines)


def _json(found: Any) -> Iterator[str]:
    from dataclasses import asdict

    from longtail.outputs.plain import dumps, reading_object

    record = asdict(found)
    record["readings"] = [reading_object(each) for each in found.readings]
    yield dumps(_plain(record), indent=2)


def _plain(value: Any) -> Any:
    """Days as text, shares rounded; everything else as it is."""
    from datetime import date

    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return round(value, 6) if isinstance(value, float) else value


def _table(found: Any, verbose: bool) -> Iterator[str]:
    most = None if verbose else ROWS_SHOWN
    yield from _extent(found)
    yield from _section("What is sent", FEED_COLUMNS, [_feed_row(each) for each in found.feeds], None)
    yield from _section("Hosts to look at", HOST_COLUMNS, [_host_row(each) for each in found.troubled_hosts], most)
    judged = [_population_row(each) for each in found.populations if each.judged]
    others = [_population_row(each) for each in found.populations if not each.judged]
    yield from _section("A hunt would judge", POPULATION_COLUMNS, judged, most)
    yield from _section("A hunt would not judge", POPULATION_COLUMNS, others, most)
    yield from _limits(found)


def _extent(found: Any) -> Iterator[str]:
    from longtail.outputs.wording import count

    if found.first_day is None:
        yield f"No process starts in {count(len(found.readings), 'file')}."
        return
    starts, hosts, files = (
        count(found.process_starts, "process start"),
        count(found.hosts, "host"),
        count(len(found.readings), "file"),
    )
    yield f"{starts} on {hosts} from {files}"
    yield f"{count(found.days, 'day')} with telemetry, {found.first_day} to {found.last_day}"
    if found.empty_days:
        days = ", ".join(str(day) for day in found.empty_days[:7])
        yield f"{count(len(found.empty_days), 'day')} without any: {days}{' …' if len(found.empty_days) > 7 else ''}"


FEED_COLUMNS = ("tenant", "format", "#hosts", "#process starts", "#no command line", "#no parent", "#no account")
HOST_COLUMNS = ("tenant", "host", "first day", "last day", "#days", "what is odd")
POPULATION_COLUMNS = ("tenant", "account", "#hosts", "#days", "why")


def _feed_row(feed: Any) -> tuple[str, ...]:
    from longtail.outputs.wording import share

    lacking = (share(each) if each else "0 %" for each in feed.without.values())
    return (feed.tenant, feed.format, f"{feed.hosts:,}", f"{feed.process_starts:,}", *lacking)


def _host_row(gaps: Any) -> tuple[str, ...]:
    from longtail.outputs.wording import count

    odd = (
        (gaps.ahead, "after the fleet's last day: clock?"),
        (gaps.behind, "before the fleet's first day: clock?"),
        (gaps.silent, "silent"),
        (gaps.late, "late"),
        (gaps.ended, "missing at the end"),
    )
    told = ", ".join(f"{count(number, 'day')} {what}" for number, what in odd if number)
    return (gaps.tenant, gaps.host, str(gaps.first_day), str(gaps.last_day), f"{gaps.days:,}", told)


def _population_row(each: Any) -> tuple[str, ...]:
    return (each.tenant, each.account_class, f"{each.hosts:,}", f"{each.days:,}", each.reason)


def _section(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]], most: int | None) -> Iterator[str]:
    """A titled table of cleaned cells; columns whose name begins with ``#`` hold numbers."""
    if not rows:
        return
    from longtail.text import clean

    shown = [[clean(cell, 120) for cell in row] for row in rows[:most]]
    names = [column.removeprefix("#") for column in columns]
    widths = [max(len(row[at]) for row in (names, *shown)) for at in range(len(columns))]
    yield ""
    yield title
    for row in (names, *shown):
        cells = zip(row, widths, columns, strict=True)
        yield "  " + "  ".join(c.rjust(width) if column[0] == "#" else c.ljust(width) for c, width, column in cells)
    if len(rows) > len(shown):
        yield f"  and {len(rows) - len(shown):,} more: -v lists them, --format json has them all"


def _limits(found: Any) -> Iterator[str]:
    from longtail.text import clean

    yield ""
    yield "What it cannot support" if found.limits else "Nothing that a hunt needs is missing."
    for limit in found.limits:
        yield f"  {clean(limit.missing)}"
        yield f"    so   {clean(limit.cost)}"
        yield f"    mend {clean(limit.remedy)}"
