"""``longtail ingest``: telemetry into a store, each file counted once."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from longtail.cli.ending import ending
from longtail.cli.options import (
    destination,
    engine_options,
    output_options,
    reading_options,
    refuse_overwrite,
    table_of,
    telemetry_options,
    workers,
)
from longtail.cli.troubles import tenantless, troubles

EXAMPLES = """\b
Examples:
  longtail ingest logs/ --store lake/                    what is new in a folder; the rest counts already
  longtail ingest 'today/*.evtx.gz' --store s3://soc/lake  into an object store
  longtail ingest --engine spark --table soc.logs.starts --since 7d --store abfss://lake@soc/longtail
  zcat events.jsonl.gz | longtail ingest - --store lake/ --tenant contoso
"""


@click.command("ingest", epilog=EXAMPLES)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--store", "place", required=True, metavar="DIR", help="The store: a folder, or s3://, abfss://, gs://.")
@telemetry_options
@engine_options
@output_options(("table", "json"), "table")
def command(paths: tuple[str, ...], place: str, **given: Any) -> None:
    """Add telemetry to a store, each file once.

    A file is known by its content: renamed, sent again, or sent by two at once, it counts once. Interrupted, run it
    again: it goes on after what was committed. Of a table, each day that is over counts once. Exits with 4 when some
    input had to be quarantined.
    """
    sys.exit(_ingest(paths, place, given))


def _ingest(paths: tuple[str, ...], place: str, given: dict[str, Any]) -> int:
    refuse_overwrite(given["output"], given["force"])
    done = _ingested(paths, place, given)
    lines = _json(done) if given["format_out"] == "json" else _table(done, place)
    with destination(given["output"]) as stream:
        stream.writelines(f"{line}\n" for line in lines)
    if not given["quiet"]:
        for line in (*_troubles(done, given["verbose"]), *tenantless(paths, given["tenant_from_path"])):
            click.echo(line, err=True)
    return ending(done.readings)


def _ingested(paths: tuple[str, ...], place: str, given: dict[str, Any]) -> Any:
    from longtail.cli.progress import progress
    from longtail.pipelines import Source, ingest, ingest_table

    table = table_of(given)
    if not paths and table is None:
        raise click.MissingParameter(param_hint="'PATH...'", param_type="argument")
    source = Source(paths, reading_options(given), workers(given), given["engine"], table)
    with progress(given["quiet"]) as tell:
        return (ingest_table if table and given["engine"] != "local" else ingest)(source, place, tell)


def _json(done: Any) -> Iterator[str]:
    from longtail.outputs.plain import dumps, reading_object

    yield dumps(
        {
            "files": done.inputs,
            "files_known": len(done.known),
            "commits": done.commits,
            "process_starts": done.process_starts,
            "sightings": done.rows,
            "notes": list(done.notes),
            "readings": [reading_object(each) for each in done.readings],
        },
        indent=2,
    )


def _table(done: Any, place: str) -> Iterator[str]:
    from longtail.outputs.wording import count
    from longtail.text import clean

    starts, rows = count(done.process_starts, "process start"), count(done.rows, "sighting")
    files, commits = count(done.inputs, "file"), count(done.commits, "commit")
    yield f"{starts} from {files} added to {clean(place)} as {rows} in {commits}"
    if done.known:
        yield f"{count(len(done.known), 'file')} counted already and not again"


def _troubles(done: Any, verbose: bool) -> Iterator[str]:
    """What a person should know of single files: what was quarantined and why, the notes, what changed meanwhile."""
    from longtail.outputs.wording import count
    from longtail.text import clean

    quarantined = [each.quarantined for each in done.readings if each.quarantined]
    if quarantined:
        yield f"{count(sum(quarantined), 'record')} quarantined in {count(len(quarantined), 'file')}"
    yield from troubles(done.readings, verbose)
    yield from (clean(note, 300) for note in done.notes)
