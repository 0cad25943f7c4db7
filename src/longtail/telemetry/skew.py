"""Sysmon's own times beside the shipper's, at the head of a file → by how much the shipper's are off, host by host.

Shippers write local time as if it were UTC, which stands events of other channels hours away from Sysmon's of the
same start. Sysmon tells its time twice, in ``UtcTime`` and as the shipper wrote it: where the two differ by the same
number of quarters of an hour in all its records, the shipper's times of that host are moved by it. Only the head is
looked at, so that it is the same for every range of a file.
"""

from collections.abc import Iterable, Mapping

import polars as pl

from longtail.files.tally import Tally
from longtail.telemetry.format import Format

OWN, HOST = "utc", "computer"  # the raw columns of Sysmon's time and of the machine
QUARTER = 15 * 60
FARTHEST = 26 * 60 * 60  # seconds: from UTC-12 to UTC+14
APART = 60  # seconds between an event and its shipping; more is no clock that is off but a queue
FEWEST = 3  # records of a host that must agree
MOVED = "times that the shipper wrote {hours:+g} h off, told by Sysmon's own beside them, and moved"

Skews = Mapping[str, Mapping[str, int]]
"""Raw column of a time → host → seconds to be added. Zero is told too: it says that a local time is UTC."""


def tells_twice(format: Format) -> bool:
    """Whether records of the format may tell Sysmon's time beside another."""
    return {OWN, HOST} <= format.fields.keys() and not format.unfolds and format.clock[0] == OWN


def skews(frames: Iterable[pl.DataFrame], format: Format) -> Skews:
    """What raw rows from the head of a file tell of its shipper's clock, for the columns of time after Sysmon's."""
    seen = [frame.select(HOST, *format.clock) for frame in frames]
    return _told(pl.concat(seen), format.clock[1:]) if seen else {}


def _told(seen: pl.DataFrame, columns: tuple[str, ...]) -> Skews:
    known = seen.filter(pl.col(OWN).is_not_null(), pl.col(HOST).is_not_null())
    told = {name: _by_host(known, name) for name in columns}
    return {name: hosts for name, hosts in told.items() if hosts}


def _by_host(known: pl.DataFrame, column: str) -> dict[str, int]:
    """The hosts whose records agree, and by how many seconds."""
    off = (pl.col(OWN) - pl.col(column)).dt.total_seconds(fractional=True)
    rounded = (off / QUARTER).round() * QUARTER
    agreed = (
        known.filter(pl.col(column).is_not_null())
        .select(HOST, rounded.alias("off"), (off - rounded).abs().alias("apart"))
        .group_by(HOST)
        .agg(pl.len(), pl.col("off").first(), pl.col("off").n_unique().alias("kinds"), pl.col("apart").max())
        .filter(
            pl.col("len") >= FEWEST, pl.col("kinds") == 1, pl.col("apart") <= APART, pl.col("off").abs() <= FARTHEST
        )
    )
    return {host: int(seconds) for host, seconds in agreed.select(HOST, "off").iter_rows()}


def moved(raw: pl.DataFrame, format: Format, known: Skews, tally: Tally) -> pl.DataFrame:
    """Raw rows with the shipper's times put right; a local time whose zone is told counts as one with a zone."""
    for name, hosts in known.items():
        off = pl.col(HOST).replace_strict(hosts, default=None, return_dtype=pl.Int64)
        earlier = [pl.col(other).is_null() for other in format.clock[: format.clock.index(name)]]
        times = raw.select(off=off, used=pl.all_horizontal(*earlier, pl.col(name).is_not_null(), off.is_not_null()))
        for (seconds,), rows in times.filter("used").group_by("off"):
            if seconds:
                tally.repair(MOVED.format(hours=-int(str(seconds)) / 3600), rows.height)
        there = pl.when(off.is_not_null()).then(pl.col(name) + pl.duration(seconds=off))
        if name in format.local:
            raw = raw.with_columns(pl.coalesce(format.clock[1], there).alias(format.clock[1]))
        else:
            raw = raw.with_columns(there.otherwise(name).alias(name))
    return raw
