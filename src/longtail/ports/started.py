"""Starts → what started where: all that ports asks of them, and far less than there are sightings."""

from collections.abc import Iterable

import polars as pl

from longtail.executions.executable import Zone
from longtail.executions.schema import UTC_TIME
from longtail.executions.sightings import sightings
from longtail.ports.boots import MANAGERS, day_bit
from longtail.ports.running import SERVICE, SVCHOST

STARTED = pl.Schema(
    {**dict.fromkeys(("tenant", "host", "name", "zone", "location"), pl.String()),
     **dict.fromkeys(("first_seen", "last_seen"), UTC_TIME),
     "days": pl.UInt64(),
     "managed": pl.Boolean()}
)  # fmt: skip
"""One row a machine and executable that started there, hosted executions and services of ``svchost.exe`` included.

``days`` are those on which it started (see `boots.day_bit`); ``managed``: what keeps services running started it once.
"""

_SHARED = r"(?i)(?:^|[\\/])svchost\.exe$"
KEY = [name for name, kind in STARTED.items() if kind == pl.String]


def started(events: pl.DataFrame) -> pl.DataFrame:
    """What started where, of one batch of process starts (``PROCESS_EVENT``)."""
    shared = pl.col("image").str.contains(_SHARED)
    lines = events.filter(shared & pl.col("host").is_not_null() & pl.col("time").is_not_null()).select(
        pl.col("tenant").fill_null("default"),
        pl.col("host").str.to_lowercase(),
        pl.col("command_line").alias("line"),
        pl.col("time").alias("first_seen"),
        pl.col("time").alias("last_seen"),
        pl.col("time").dt.date().alias("day"),
    )
    return merged([_of(sightings(events)), _services(lines)])


def started_of(seen: pl.DataFrame) -> pl.DataFrame:
    """The same of sightings (``SIGHTING``): of services those that examples tell, one line a day."""
    lines = seen.filter(pl.col("name") == SVCHOST).with_columns(pl.col("example_command_line").alias("line"))
    return merged([_of(seen), _services(lines)])


def merged(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The sum of such tables (``STARTED``), associative and commutative, in no particular order."""
    rows = pl.concat([pl.DataFrame(schema=STARTED), *tables])
    times = (pl.col("first_seen").min(), pl.col("last_seen").max())
    return rows.group_by(KEY).agg(*times, pl.col("days").bitwise_or(), pl.col("managed").any())


def _of(seen: pl.DataFrame) -> pl.DataFrame:
    """Sightings as rows of ``STARTED``, several a machine and executable."""
    managed = pl.col("parent").str.contains(MANAGERS).fill_null(False)
    return seen.with_columns(day_bit(pl.col("day")).alias("days"), managed.alias("managed")).select(list(STARTED))


def _services(lines: pl.DataFrame) -> pl.DataFrame:
    """The services that lines of the shared process tell."""
    told = lines.with_columns(pl.col("line").str.extract(SERVICE).str.to_lowercase().alias("service"))
    return (
        told.filter(pl.col("service").is_not_null())
        .with_columns(
            pl.concat_str(pl.lit(f"{SVCHOST} -s "), "service").alias("name"),
            pl.lit("").alias("location"),
            pl.lit(Zone.BUILTIN.value).alias("zone"),
            day_bit(pl.col("day")).alias("days"),
            pl.lit(True).alias("managed"),
        )
        .select(list(STARTED))
    )
