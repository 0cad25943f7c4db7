"""A source → its sightings, on the engine that it names: this machine, or Spark. They are the same, row for row."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from longtail.errors import UsageError
from longtail.executions.sightings import in_order, merge
from longtail.pipelines import reading
from longtail.pipelines.reading import LOCAL, Source, Tell
from longtail.readings import Reading
from longtail.telemetry import readings_merged


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

    urls = [path for path in source.paths if is_url(path)]
    seen, readings = on_spark.observed(replace(source, paths=files_here(source.paths)), tell)
    if not urls:
        return seen, readings
    from longtail.pipelines.on_spark_urls import observed_urls

    more, gave = observed_urls(source.engine, urls, source.options)
    return in_order(merge([seen, more])), readings_merged([*readings, *gave])


def is_url(path: str) -> bool:
    """Whether only Spark can read it: ``s3://``, ``abfss://``, ``gs://``, ``hdfs://`` and others like them."""
    return "://" in path


def files_here(paths: Sequence[str]) -> tuple[str, ...]:
    """The paths that are no URLs."""
    return tuple(path for path in paths if not is_url(path))


def refuse_table(source: Source) -> None:
    """Tables are read by Spark.

    Raises:
        UsageError: there is one to read.
    """
    if source.table is not None:
        raise UsageError("a table is read by Spark: add --engine spark (or local[2], spark://…, sc://…)")
