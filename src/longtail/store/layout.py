"""The waist ↔ the columns of the lake: what is written in a store's table, and which version of that this is."""

import polars as pl
from deltalake import DeltaTable, Field, Schema
from deltalake.schema import PrimitiveType

from longtail.executions.schema import SIGHTING

TABLE = "sightings"
"""The Delta table's folder in a store: other things are kept beside it."""

VERSION = 1
VERSION_KEY = "longtail.schema"
CONFIGURATION: dict[str, str | None] = {
    VERSION_KEY: str(VERSION),
    "delta.enableExpiredLogCleanup": "false",  # the commits are the account of what was counted: they stay
    "delta.dataSkippingStatsColumns": "tenant,host",  # extremes of the other columns would swell each commit
    "delta.checkpointInterval": "50",
    "delta.targetFileSize": str(1 << 30),  # a compacted day is one file, so that compacting again finds nothing to do
}
PARTITION = "day"
ORDER = ("tenant", "location", "name", "shape", "parent", "account", "host", "hosted_by")
"""Rows of a file: what repeats over hosts stands together, which takes a tenth less than host by host (measured)."""

TOLD_BY = {"example_time": "first_seen"}
"""What is not written, because another column says the same: the example is the first start."""

PLAIN = ("first_seen", "last_seen", "example_pid", "example_parent_pid", "example_command_line", "example_record_id")
"""Columns of which hardly two rows have the same: a sixth fewer bytes without a dictionary (measured)."""

_TYPES = {pl.String(): "string", pl.Int64(): "long", pl.Date(): "date"}
STORED = pl.Schema(
    {name: pl.Int64() if dtype == pl.UInt64() else dtype for name, dtype in SIGHTING.items() if name not in TOLD_BY}
)
"""The sighting as the lake keeps it: no unsigned numbers, so ``runs`` is a long."""

SCHEMA = Schema([Field(name, PrimitiveType(_TYPES.get(dtype, "timestamp"))) for name, dtype in STORED.items()])
"""The same in Delta's types; every time is a UTC timestamp in µs."""


def stored(table: pl.DataFrame) -> pl.DataFrame:
    """Sightings as the lake keeps them, in its order."""
    return table.select(list(STORED)).cast(dict(STORED)).sort(ORDER)  # type: ignore[arg-type]


def stored_in(table: DeltaTable, sightings: pl.DataFrame) -> pl.DataFrame:
    """The same for a table that is there: the first stores also have the columns of ``TOLD_BY``, which stay filled."""
    held = {each.name for each in table.schema().fields}
    told = (pl.col(other).alias(name) for name, other in TOLD_BY.items() if name in held)
    return stored(sightings).with_columns(told)


def from_store(table: pl.DataFrame) -> pl.DataFrame:
    """What the lake keeps as sightings."""
    told = (pl.col(other).alias(name) for name, other in TOLD_BY.items())
    return table.with_columns(told).select(list(SIGHTING)).cast(dict(SIGHTING))  # type: ignore[arg-type]
