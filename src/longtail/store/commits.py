"""Batches of sightings → commits that count once, each with an account of what it added; and that account read back.

A *unit* is what is counted once: a file's content, or a piece of it. Its name is the application id of a Delta
transaction, so the table itself refuses a second commit of it, whoever sends it and when.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime

import polars as pl
from deltalake import ColumnProperties, CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError

from longtail import __version__
from longtail.store.lake import place_of
from longtail.store.layout import PLAIN, stored_in
from longtail.store.refusals import StoreError, refuse_without_room, told

ACCOUNT = "longtail"
"""The key of a commit's information under which its account stands, as JSON."""

INGEST, COMPACT, DROP = "ingest", "compact", "drop"
ROW_GROUP = 1 << 18
WRITER = WriterProperties(
    compression="ZSTD",
    compression_level=9,
    max_row_group_size=ROW_GROUP,
    column_properties={name: ColumnProperties(dictionary_enabled=False, encoding="PLAIN") for name in PLAIN},
)


@dataclass(frozen=True, slots=True)
class Commit:
    """What one commit did. ``version`` and ``time`` (UTC) are given by the table.

    ``starts`` are the process starts it added, by day. ``units`` are what must never count again, ``aliases`` those of
    them that are other names of another, ``files`` the files they came from. ``before``: a drop took the days before
    this one.
    """

    what: str
    units: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    starts: Mapping[date, int] = field(default_factory=dict)
    before: date | None = None
    by: str = __version__
    version: int = -1
    time: datetime | None = None


class Conflict(Exception):  # noqa: N818
    """Another writer committed first what this one builds on: open the table again and see what is left to do."""


def appended(
    table: DeltaTable,
    seen: pl.DataFrame,
    units: Collection[str],
    files: Collection[str],
    aliases: Collection[str] = (),
) -> Commit:
    """Adds sightings and marks their units as counted, in one commit: both are there afterwards, or neither.

    ``aliases`` are names by which the units are known besides: they are marked, too.

    Raises:
        Conflict: one of the units was counted since the table was opened, or another piece of what it is a piece of;
            nothing was added.
        StoreError: nothing was added either; ``StoreFull`` when there is no room.
    """
    every = tuple(sorted({*units, *aliases}))
    commit = Commit(INGEST, every, tuple(sorted(aliases)), tuple(sorted(files)), starts_by_day(seen))
    claims = sorted({*every, *filter(None, map(_whole, every))})
    properties = CommitProperties(
        custom_metadata=noted(commit), app_transactions=[Transaction(each, 1) for each in claims]
    )
    refuse_without_room(place_of(table), seen)
    with lost_races(table):
        write_deltalake(
            table,
            stored_in(table, seen),
            mode="append",
            commit_properties=properties,
            writer_properties=WRITER,
        )
    return commit


def content_of(unit: str) -> str:
    """The input of a unit: pieces of one file have it in common."""
    return unit.partition(":")[0]


def _whole(unit: str) -> str | None:
    """The name that the content of a piece has where it is not cut: who commits it in pieces claims that, too, so that
    of two who cut it otherwise at once one comes first. None for what is no piece."""
    content, _, place = unit.partition(":")
    return f"{content}:1/1" if "/" in place and not place.endswith("/1") else None


@contextmanager
def lost_races(table: DeltaTable) -> Iterator[None]:
    """What goes wrong while committing as the errors of a store, and a lost race as ``Conflict``."""
    try:
        with told(place_of(table)):
            yield
    except CommitFailedError as error:
        raise Conflict(str(error)) from error


def starts_by_day(seen: pl.DataFrame) -> dict[date, int]:
    """Process starts of each day: what hosts carried is no start of its own."""
    starts = seen.filter(pl.col("hosted_by").is_null()).group_by("day").agg(pl.col("runs").sum())
    return dict(sorted(starts.iter_rows()))


def commits(table: DeltaTable, after: int = -1) -> list[Commit]:
    """Every commit of Longtail later than version ``after``, oldest first.

    Raises:
        StoreError: the log cannot be read, or is not whole.
    """
    newer = table.version() - after
    with told(place_of(table)):
        history = table.history(newer) if newer else []
    if len(history) < newer:
        gone = newer - len(history)
        raise StoreError(f"{place_of(table)}: {gone:,} commits are gone from its log, so what counted cannot be told")
    found = [_commit(entry) for entry in reversed(history) if ACCOUNT in entry]
    return [each for each in found if each is not None]


def units_in(table: DeltaTable, after: int = -1) -> frozenset[str]:
    """The units that count already, or those of them that were counted later than version ``after``."""
    return frozenset(unit for commit in commits(table, after) for unit in commit.units)


def noted(commit: Commit) -> dict[str, str]:
    """A commit's account as the table keeps it."""
    record = asdict(commit)
    record["starts"] = {day.isoformat(): number for day, number in commit.starts.items()}
    record["before"] = commit.before and commit.before.isoformat()
    return {ACCOUNT: json.dumps({key: record[key] for key in record if key not in ("version", "time")})}


def _commit(entry: Mapping[str, object]) -> Commit | None:
    """None for an account that nobody can read: verifying says so, reading goes on."""
    try:
        record = json.loads(str(entry[ACCOUNT]))
        return Commit(
            what=str(record["what"]),
            units=tuple(map(str, record["units"])),
            aliases=tuple(map(str, record.get("aliases", ()))),
            files=tuple(map(str, record["files"])),
            starts={date.fromisoformat(day): int(number) for day, number in record["starts"].items()},
            before=date.fromisoformat(record["before"]) if record["before"] else None,
            by=str(record["by"]),
            version=int(str(entry["version"])),
            time=datetime.fromtimestamp(int(str(entry["timestamp"])) / 1000, UTC),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
