"""Raw columns → process events: what is a start, in the one schema; the rest passed over or quarantined."""

from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from longtail.executions.schema import PROCESS_EVENT, UTC_TIME
from longtail.files.tally import Tally
from longtail.telemetry.format import Format
from longtail.telemetry.hostnames import host_told_by
from longtail.telemetry.options import Options

PLACE = "_place"  # raw column, Int64: the line, row or record number in its file

ODD_BEFORE = datetime(1990, 1, 1, tzinfo=UTC)
ODD_AFTER = datetime(2100, 1, 1, tzinfo=UTC)
LOCAL_TIME = "local times without a zone, read as UTC"
ODD_TIME = "times before 1990 or after 2100, kept as they are"
NO_TIME = "time missing or unreadable"
NO_IMAGE = "image missing"
NAMELESS = "unnamed"  # the host of starts that name none, where the file and its folders do not either
ONE_HOST = f"the records name no host, nor does the file or its folder: they count as one called {NAMELESS}"


@dataclass(frozen=True, slots=True)
class Context:
    """What every record of one file shares: the name of the file, the tenant of records that name none, the root."""

    source: str
    tenant: str
    options: Options
    root: str = ""

    def host(self) -> str | None:
        """The host of records that name none: the one that was given, else what the file or its folder tells."""
        return self.options.host or host_told_by(self.source, self.root)


def process_events(raw: pl.DataFrame, format: Format, context: Context, tally: Tally) -> pl.DataFrame:
    """The process starts among raw rows (columns ``format.fields`` and ``_place``), in the PROCESS_EVENT schema."""
    clocked = _clocked(raw, format)
    tally.passed_over += raw.height - clocked.height
    if clocked.is_empty():
        return pl.DataFrame(schema=PROCESS_EVENT)
    usable = _usable(clocked, format, tally)
    events = _placed(usable.select(*_columns(format, context)), context, tally)
    within = _within(events, context.options)
    tally.passed_over += events.height - within.height
    tally.process_starts += within.height
    return within


def _clocked(raw: pl.DataFrame, format: Format) -> pl.DataFrame:
    """The process starts among raw rows, with their ``_time`` and ``_image``."""
    rows = raw.lazy()
    starts = rows if format.starts is None else rows.filter(format.starts)
    return starts.with_columns(_time=pl.coalesce(*format.clock), _image=format.columns["image"]).collect()


_GOOD = pl.col("_time").is_not_null() & pl.col("_image").is_not_null()
_BAD = (~_GOOD).sum()
_ODD = ((pl.col("_time") < ODD_BEFORE) | (pl.col("_time") > ODD_AFTER)).sum()


def _usable(clocked: pl.DataFrame, format: Format, tally: Tally) -> pl.DataFrame:
    """Those with a time and an image; the others are quarantined. Odd times are noted.

    Everything is counted at once: a file may hold a handful of starts, and each look at them costs as much as they do.
    """
    time = pl.col("_time")
    zoned = [name for name in format.clock if name not in format.local]
    local = time.is_not_null() & pl.all_horizontal([pl.col(name).is_null() for name in zoned])
    locally = local.sum() if format.local else pl.lit(0)
    local_times, odd_times, bad = clocked.select(locally.alias("local"), _ODD.alias("odd"), _BAD.alias("bad")).row(0)
    for what, times in ((LOCAL_TIME, local_times), (ODD_TIME, odd_times)):
        if times:
            tally.repair(what, times)
    if not bad:
        return clocked
    for place, moment in _telling(clocked.filter(~_GOOD), format, tally).select(PLACE, "_time").iter_rows():
        tally.quarantine(place, NO_TIME if moment is None else NO_IMAGE)
    return clocked.filter(_GOOD)


def _telling(bad: pl.DataFrame, format: Format, tally: Tally) -> pl.DataFrame:
    """Without rows in which no field of the format stands: other things lie between the records of some exports."""
    told = bad.filter(pl.any_horizontal(pl.col(*format.fields).is_not_null()))
    tally.passed_over += bad.height - told.height
    return told


def _columns(format: Format, context: Context) -> list[pl.Expr]:
    given = {**format.columns, "time": pl.col("_time"), "image": pl.col("_image")}
    known = {name: given.get(name, pl.lit(None, dtype=dtype)) for name, dtype in PROCESS_EVENT.items()}
    known["tenant"] = pl.coalesce(known["tenant"], pl.lit(context.tenant))
    known["source"] = pl.coalesce(known["source"], pl.lit(context.source))
    known["record_id"] = pl.coalesce(known["record_id"], pl.col(PLACE).cast(pl.String))
    return [expression.cast(PROCESS_EVENT[name]).alias(name) for name, expression in known.items()]


def _placed(events: pl.DataFrame, context: Context, tally: Tally) -> pl.DataFrame:
    """With a host on every start: nothing can be learnt of one that ran nowhere."""
    if not events["host"].has_nulls():
        return events
    host = context.host()
    tally.note(ONE_HOST if host is None else told_elsewhere(host))
    return events.with_columns(pl.col("host").fill_null(host or NAMELESS))


def _within(events: pl.DataFrame, options: Options) -> pl.DataFrame:
    if options.since is not None:
        events = events.filter(pl.col("time") >= pl.lit(moment_in_utc(options.since), dtype=UTC_TIME))
    if options.until is not None:
        events = events.filter(pl.col("time") < pl.lit(moment_in_utc(options.until), dtype=UTC_TIME))
    return events


def told_elsewhere(host: str) -> str:
    """The note that a host's name was not in the records."""
    return f"the records name no host: {host} is the name of the file or its folder, or was given"


def moment_in_utc(moment: datetime) -> datetime:
    """A moment in UTC; without a zone it is UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
