"""A source → its sightings, on the engine that it names: this machine, or Spark. They are the same, row for row."""

import polars as pl

from longtail.errors import UsageError
from longtail.pipelines import reading
from longtail.pipelines.reading import LOCAL, Source, Tell
from longtail.readings import Reading


def observed(source: Source, tell: Tell = lambda progress: None) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """The sightings of everything the source names, in one order, and what each file or table gave.

    Raises:
        NothingToRead: no path matches.
        UsageError: a table, and no Spark to read it.
        EngineError: Spark cannot be used.
    """
    if source.engine == LOCAL:
        refuse_table(source)
        return reading.observed(source, tell)
    from longtail.pipelines import on_spark

    return on_spark.observed(source, tell)


def refuse_table(source: Source) -> None:
    """Tables are read by Spark.

    Raises:
        UsageError: there is one to read.
    """
    if source.table is not None:
        raise UsageError("a table is read by Spark: add --engine spark (or local[2], spark://…, sc://…)")
