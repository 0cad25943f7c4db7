"""Process starts → sightings: the waist. Distinct raw rows are counted first, then given meaning once each.

``sightings(events)`` is a pure function from one batch (``PROCESS_EVENT``) to one table (``SIGHTING``) and ``merge``
sums such tables. ``merge`` is associative and commutative, so any cutting of the input, on any engine, in any order,
ends in the same table.
"""

from collections.abc import Iterable
from functools import lru_cache

import polars as pl

from longtail.executions.accounts import account_class
from longtail.executions.hosted import hosted
from longtail.executions.paths import executable
from longtail.executions.schema import EXAMPLE, SIGHTING, SIGHTING_KEY
from longtail.executions.shapes import shape
from longtail.executions.volatile import stood_in

RAW_KEY = ("tenant", "host", "account", "image", "line", "parent_image")
RAW_TEXTS = ("tenant", "host", "account", "image", "command_line", "parent_image")
STOOD_IN = {"image": "image", "parent_image": "parent_image", "command_line": "line"}
EXAMPLE_FIELDS = tuple(name.removeprefix("example_") for name in EXAMPLE)
TIE_BREAK = tuple(name for name in EXAMPLE_FIELDS if name != "time")
KEY = list(SIGHTING_KEY)
COLUMNS = list(SIGHTING)
MEANING = pl.Schema(dict.fromkeys(("image", "line", "location", "name", "zone", "hosted_by", "shape"), pl.String))


def sightings(events: pl.DataFrame) -> pl.DataFrame:
    """The sightings of one batch of process starts.

    ``events`` has the columns of ``PROCESS_EVENT``; rows without a time, a host or an image say nothing about what
    ran where and are left out. The result has the columns of ``SIGHTING``, one row a key, in no particular order.
    A hosted execution (``rundll32 x.dll``) gives a row for the host and a row for each file that really ran.
    """
    raw = _counted(events)
    meant = (
        raw.lazy()
        .join(_meanings(raw).lazy(), on=["image", "line"], how="left", nulls_equal=True)
        .join(_parents(raw["parent_image"]).lazy(), on="parent_image", how="left", nulls_equal=True)
        .join(_classes(raw).lazy(), on=["account", "image", "parent_image"], how="left", nulls_equal=True)
        .select(COLUMNS)
        .collect()
    )
    return _summed(meant)


def merge(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The sum of sighting tables: runs add up, first and last seen widen, the smallest example is kept."""
    return _summed(pl.concat([empty(), *tables], rechunk=False))


def in_order(table: pl.DataFrame) -> pl.DataFrame:
    """The same sightings in one order, whatever order their parts came in."""
    return table.sort(KEY, nulls_last=False)


def empty() -> pl.DataFrame:
    """A sighting table with no row: what merging starts from."""
    return pl.DataFrame(schema=SIGHTING)


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    summed = (
        rows.lazy()
        .with_row_index("row")
        .with_columns(_order("example_time", *(f"example_{name}" for name in TIE_BREAK)))
        .group_by(KEY)
        .agg(
            pl.col("runs").sum(),
            pl.col("first_seen").min(),
            pl.col("last_seen").max(),
            pl.col("row").min_by("order"),
        )
        .collect()
    )
    return summed.drop("row").hstack(rows[summed["row"]].select(list(EXAMPLE)))


def _order(time: str, *tie_break: str) -> pl.Expr:
    """One integer that puts events in the order of time, and those of one moment in an order of their own."""
    moment = pl.col(time).cast(pl.Int64).cast(pl.Int128) * 2**64
    rank = pl.struct(tie_break).hash() if tie_break else pl.lit(0)
    return (moment + rank.cast(pl.Int128)).alias("order")


def _counted(events: pl.DataFrame) -> pl.DataFrame:
    """Equal starts of a day as one row with their count, span and smallest example; volatile values do not count.

    Texts are counted by their numbers in a dictionary: they are long, and repeat.
    """
    usable = events.filter(pl.col("time").is_not_null() & pl.col("host").is_not_null() & pl.col("image").is_not_null())
    counted = (
        _with_stand_ins(
            _ordered(usable.with_row_index("row")).with_columns(pl.col(RAW_TEXTS).cast(pl.Categorical)).collect()
        )
        .group_by(pl.col("time").dt.date().alias("day"), *RAW_KEY)
        .agg(
            pl.len().cast(pl.UInt64).alias("runs"),
            pl.col("time").min().alias("first_seen"),
            pl.col("time").max().alias("last_seen"),
            pl.col("row").min_by("order"),
        )
        .with_columns(pl.col(RAW_KEY).cast(pl.String))
        .with_columns(
            pl.col("tenant").fill_null("default"), pl.col("account").fill_null(""), pl.col("host").str.to_lowercase()
        )
        .collect()
    )
    examples = usable[counted["row"]].select(pl.col(name).alias(f"example_{name}") for name in EXAMPLE_FIELDS)
    return counted.drop("row").hstack(examples)


def _ordered(events: pl.DataFrame) -> pl.LazyFrame:
    """The events with their ``order``; what breaks ties, which is dear, is looked at only where there is a tie."""
    alone = events["time"].is_unique()
    moments = events.lazy().filter(alone).with_columns(_order("time"))
    return pl.concat([moments, events.lazy().filter(~alone).with_columns(_order("time", *TIE_BREAK))])


def _with_stand_ins(events: pl.DataFrame) -> pl.LazyFrame:
    """The events with stand-ins in their paths, and the ``line`` that has them for the command line."""
    replaced = events.lazy()
    for column, stands in STOOD_IN.items():
        distinct = events[column].unique()
        stand_ins = pl.LazyFrame({column: distinct, "stands": stood_in(distinct.cast(pl.String)).cast(pl.Categorical)})
        joined = replaced.join(stand_ins, on=column, how="left", nulls_equal=True)
        replaced = joined.drop(column).rename({"stands": stands})
    return replaced


def _meanings(raw: pl.DataFrame) -> pl.DataFrame:
    """What each (image, line) means: a row for the process itself and one for each file that it carries."""
    distinct = raw.select("image", "line").unique()
    rows = [(image, line, *meaning) for image, line in distinct.iter_rows() for meaning in _meant(image, line)]
    return pl.DataFrame(rows, schema=MEANING, orient="row")


@lru_cache(maxsize=1 << 16)
def _meant(image: str, line: str | None) -> tuple[tuple[str, str, str, str | None, str], ...]:
    """(location, name, zone, hosted by, shape) of the process itself and of each file that it carries."""
    itself = executable(image)
    carried = hosted(image, line)
    return (
        (itself.location, itself.name, str(itself.zone), None, shape(line, itself.name)),
        *(
            (each.executable.location, each.executable.name, str(each.executable.zone), each.hosted_by,
             shape(each.command, each.executable.name))
            for each in carried
        ),
    )  # fmt: skip


def _parents(images: pl.Series) -> pl.DataFrame:
    distinct = images.unique()
    named = ["" if each is None else str(executable(each)) for each in distinct.to_list()]
    return pl.DataFrame({"parent_image": distinct, "parent": pl.Series(named, dtype=pl.String)})


def _classes(raw: pl.DataFrame) -> pl.DataFrame:
    distinct = raw.select("account", "image", "parent_image").unique()
    classes = [account_class(*row).value for row in distinct.iter_rows()]
    return distinct.with_columns(pl.Series("account_class", classes, dtype=pl.String))
