"""Process starts → sightings: the waist. Distinct raw rows are counted first, then given meaning once each.

``sightings(events)`` is a pure function from one batch (``PROCESS_EVENT``) to one table (``SIGHTING``) and ``merge``
sums such tables. ``merge`` is associative and commutative, so any cutting of the input, on any engine, in any order,
ends in the same table.
"""

from collections.abc import Iterable

import polars as pl

from longtail.executions.accounts import account_class
from longtail.executions.hosted import hosted
from longtail.executions.paths import executable
from longtail.executions.schema import EXAMPLE, SIGHTING, SIGHTING_KEY
from longtail.executions.shapes import shape

RAW_KEY = ("tenant", "host", "account", "image", "command_line", "parent_image")
EXAMPLE_FIELDS = tuple(name.removeprefix("example_") for name in EXAMPLE)
EXAMPLE_ORDER = ("example_time", "example_pid", "example_record_id", "example_source", "example_command_line")
KEY = list(SIGHTING_KEY)


def sightings(events: pl.DataFrame) -> pl.DataFrame:
    """The sightings of one batch of process starts.

    ``events`` has the columns of ``PROCESS_EVENT``; rows without a time, a host or an image say nothing about what
    ran where and are left out. The result has the columns of ``SIGHTING``, one row a key, in no particular order.
    A hosted execution (``rundll32 x.dll``) gives a row for the host and a row for each file that really ran.
    """
    raw = _counted(events)
    direct = (
        raw.join(_executables(raw["image"]), on="image", how="left")
        .join(_parents(raw["parent_image"]), on="parent_image", how="left", nulls_equal=True)
        .join(_classes(raw), on=["account", "image", "parent_image"], how="left", nulls_equal=True)
        .join(_shapes(raw), on=["image", "command_line"], how="left", nulls_equal=True)
        .with_columns(pl.lit(None, pl.String).alias("hosted_by"))
    )
    inner = _hosted(raw)
    carried = direct.drop("location", "name", "zone", "hosted_by", "shape").join(
        inner, on=["image", "command_line"], how="inner", nulls_equal=True
    )
    return merge([direct.select(SIGHTING), carried.select(SIGHTING)])


def merge(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The sum of sighting tables: runs add up, first and last seen widen, the smallest example is kept."""
    together = pl.concat([empty(), *tables], rechunk=False)
    return _summed(together)


def empty() -> pl.DataFrame:
    """A sighting table with no row: what merging starts from."""
    return pl.DataFrame(schema=SIGHTING)


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.lazy()
        .sort(EXAMPLE_ORDER)
        .group_by(KEY, maintain_order=False)
        .agg(
            pl.col("runs").sum(),
            pl.col("first_seen").min(),
            pl.col("last_seen").max(),
            *(pl.col(name).first() for name in EXAMPLE),
        )
        .collect()
    )


def _counted(events: pl.DataFrame) -> pl.DataFrame:
    """Equal raw rows of a day as one row with its count, span and smallest example."""
    day = pl.col("time").dt.date().alias("day")
    usable = events.lazy().filter(
        pl.col("time").is_not_null() & pl.col("host").is_not_null() & pl.col("image").is_not_null()
    )
    examples = [pl.col(name).first().alias(f"example_{name}") for name in EXAMPLE_FIELDS if name not in RAW_KEY]
    return (
        usable.with_columns(
            pl.col("tenant").fill_null("default"),
            pl.col("account").fill_null(""),
            pl.col("host").str.to_lowercase(),
        )
        .sort("time", "pid", "record_id", "source")
        .group_by(day, *RAW_KEY)
        .agg(
            pl.len().cast(pl.UInt64).alias("runs"),
            pl.col("time").min().alias("first_seen"),
            pl.col("time").max().alias("last_seen"),
            *examples,
        )
        .with_columns(pl.col(name).alias(f"example_{name}") for name in ("image", "command_line", "parent_image"))
        .collect()
    )


def _executables(images: pl.Series) -> pl.DataFrame:
    distinct = images.unique()
    meant = [executable(each) for each in distinct.to_list()]
    return pl.DataFrame(
        {
            "image": distinct,
            "location": pl.Series([each.location for each in meant], dtype=pl.String),
            "name": pl.Series([each.name for each in meant], dtype=pl.String),
            "zone": pl.Series([each.zone.value for each in meant], dtype=pl.String),
        }
    )


def _parents(images: pl.Series) -> pl.DataFrame:
    distinct = images.unique()
    named = ["" if each is None else str(executable(each)) for each in distinct.to_list()]
    return pl.DataFrame({"parent_image": distinct, "parent": pl.Series(named, dtype=pl.String)})


def _classes(raw: pl.DataFrame) -> pl.DataFrame:
    distinct = raw.select("account", "image", "parent_image").unique()
    classes = [account_class(*row).value for row in distinct.iter_rows()]
    return distinct.with_columns(pl.Series("account_class", classes, dtype=pl.String))


def _shapes(raw: pl.DataFrame) -> pl.DataFrame:
    distinct = raw.select("image", "command_line").unique()
    shapes = [shape(line, executable(image).name) for image, line in distinct.iter_rows()]
    return distinct.with_columns(pl.Series("shape", shapes, dtype=pl.String))


def _hosted(raw: pl.DataFrame) -> pl.DataFrame:
    """One row for each file that an (image, command line) carries, with its own location, name and shape."""
    rows = [
        (image, line, each.executable.location, each.executable.name, each.executable.zone.value, each.hosted_by,
         shape(each.command, each.executable.name))
        for image, line in raw.select("image", "command_line").unique().iter_rows()
        for each in hosted(image, line)
    ]  # fmt: skip
    columns = ("image", "command_line", "location", "name", "zone", "hosted_by", "shape")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
