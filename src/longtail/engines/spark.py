"""Work → one sum, on Spark: items mapped in the executors by ``mapInArrow``, rows of one key made one by their sum.

Only what is left after summing comes back. Spark is asked for nothing but DataFrames, so a cluster that is reached
through Spark Connect (``sc://…``) does as well as one of one's own.
"""

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from longtail.errors import LongtailError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

Item = TypeVar("Item")

CONNECT = "sc://"
CONFIGURED = "spark"
"""The session that is there already (a notebook's, a job's), or whatever ``spark-submit`` and the environment say."""

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
}
OWN_SETTINGS = {
    **SETTINGS,
    "spark.app.name": "longtail",
    "spark.driver.maxResultSize": "0",  # sightings are the result, and they are many
    "spark.executorEnv.POLARS_MAX_THREADS": "1",  # a task is given one core
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""Of a session that is started here; one that is there already keeps its own."""

WAREHOUSE = f"{tempfile.gettempdir()}/longtail-spark-warehouse"
"""Where a session on this machine would keep tables of its own: it keeps none, but makes the folder."""

OURS = re.compile(r"^longtail\.errors\.\w+: (.+)$", re.MULTILINE)
"""What an executor refused, in the traceback that Spark hands on."""

_LOCAL = "local"
_TYPES: dict[pl.DataType, str] = {pl.String(): "string", pl.Int64(): "long", pl.UInt64(): "long", pl.Date(): "date"}


class EngineError(LongtailError):
    """Spark cannot be started or reached, or gave up."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How rows of one ``key`` become one: columns added, the least and the greatest of columns, and ``kept``.

    ``kept`` are the columns of the row that comes first by ``order``; what orders need not be kept.
    """

    key: tuple[str, ...]
    added: tuple[str, ...]
    least: tuple[str, ...]
    greatest: tuple[str, ...]
    order: tuple[str, ...]
    kept: tuple[str, ...]


def session(master: str) -> "SparkSession":
    """The session that ``master`` names: ``spark``, ``local[N]``, ``spark://…``, ``yarn``, ``k8s://…`` or ``sc://…``.

    Raises:
        EngineError: Spark is not installed, or cannot be started or reached.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise EngineError("Spark is not installed: pip install 'longtail[spark]'") from missing
    with told(master):
        if master.startswith(CONNECT):
            return _set(SparkSession.builder.remote(master).getOrCreate(), SETTINGS)
        there = SparkSession.getActiveSession()
        if there is not None and master == CONFIGURED:
            return _set(there, SETTINGS)
        return _started(SparkSession.builder, master)


def _started(builder: Any, master: str) -> "SparkSession":
    if master != CONFIGURED:
        builder = builder.master(master)
    if master.startswith(_LOCAL):
        os.environ["PYSPARK_PYTHON"] = sys.executable  # else the workers are whatever `python3` is on the path
        builder = builder.config("spark.driver.host", "localhost")
        builder = builder.config("spark.sql.warehouse.dir", WAREHOUSE)
    for key, value in OWN_SETTINGS.items():
        builder = builder.config(key, value)
    started: SparkSession = builder.getOrCreate()
    return started


def _set(there: "SparkSession", settings: Mapping[str, str]) -> "SparkSession":
    for key, value in settings.items():
        there.conf.set(key, value)
    return there


def mapped(
    spark: "SparkSession", work: Callable[[Item], Iterable[pl.DataFrame]], items: Sequence[Item], schema: pl.Schema
) -> "DataFrame":
    """The rows of ``work`` for every item, each item a task of its own; ``work`` and items must be picklable."""

    def worked(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield from _sent(work(items[number]), schema)

    return spark.range(0, len(items), 1, len(items)).mapInArrow(worked, ddl(schema))


def table(spark: "SparkSession", name: str) -> "DataFrame":
    """A table by its name in a catalog, or by its path: Delta Lake where there is a log of it, else Parquet."""
    if "/" not in name and "\\" not in name:
        return spark.table(name)
    if "://" not in name and Path(name, "_delta_log").is_dir():
        return spark.read.format("delta").load(name)
    return spark.read.parquet(name)


def contents(spark: "SparkSession", urls: Sequence[str]) -> "DataFrame":
    """Every file under the URLs: its ``path`` and its ``content``."""
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(list(urls))
    return files.select("path", "content")


def between(of: "DataFrame", moments: str, since: datetime | None, until: datetime | None) -> "DataFrame":
    """The rows of a window, and those without a time; all of them where the column is no timestamp."""
    from pyspark.sql import functions as F  # noqa: N812

    if dict(of.dtypes).get(moments) != "timestamp":
        return of
    time = F.col(f"`{moments}`")
    for bound, inside in ((since, time.__ge__), (until, time.__lt__)):
        if bound is not None:
            of = of.where(time.isNull() | inside(F.lit(bound)))
    return of


def mapped_table(
    table: "DataFrame",
    paths: Sequence[str],
    work: Callable[[Iterator[pl.DataFrame]], Iterable[pl.DataFrame]],
    schema: pl.Schema,
) -> "DataFrame":
    """The rows that ``work`` makes of each partition of a table, which it is given in batches.

    ``paths`` are the columns it wants, or fields within them (``process.name``); they are given under these names.
    """

    def worked(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        yield from _sent(work(_framed(batch, paths) for batch in batches), schema)

    return _columns(table, paths).mapInArrow(worked, ddl(schema))


def _columns(of: "DataFrame", paths: Sequence[str]) -> "DataFrame":
    """The columns, numbered: a dot in a name is no name to Spark."""
    from pyspark.sql import functions as F  # noqa: N812

    quoted = ("`" + path.replace("`", "``") + "`" if path in of.columns else path for path in paths)
    return of.select(*(F.col(path).alias(f"column{number}") for number, path in enumerate(quoted)))


def summed(rows: "DataFrame", how: Sum) -> "DataFrame":
    """The rows with those of one key as one; keys may be null. The order of columns is that of ``Sum``."""
    from pyspark.sql import functions as F  # noqa: N812

    first = F.min_by(F.struct(*how.kept), F.struct(*how.order))
    aggregates = chain(
        (F.sum(name).alias(name) for name in how.added),
        (F.min(name).alias(name) for name in how.least),
        (F.max(name).alias(name) for name in how.greatest),
        [first.alias("_first")],
    )
    named = (*how.key, *how.added, *how.least, *how.greatest)
    return rows.groupBy(*how.key).agg(*aggregates).select(*named, "_first.*")


def collected(rows: "DataFrame", schema: pl.Schema) -> pl.DataFrame:
    """The rows, here, in the columns and types of ``schema``.

    Raises:
        EngineError: the work failed.
    """
    with told(CONFIGURED):
        table = pl.DataFrame(pl.from_arrow(rows.select(*schema).toArrow()))
    return table.select(_retyped(name, dtype) for name, dtype in schema.items())


@contextmanager
def kept(rows: "DataFrame") -> "Iterator[DataFrame]":
    """The rows, worked out once however often they are asked for; on the executors' disks where memory is short."""
    with told(CONFIGURED):
        held = rows.persist()
    try:
        yield held
    finally:
        held.unpersist()


def where(rows: "DataFrame", column: str, value: object) -> "DataFrame":
    """The rows that have the value in the column; None is a value like others."""
    from pyspark.sql import functions as F  # noqa: N812

    return rows.where(F.col(column).eqNullSafe(F.lit(value)))


def counted(rows: "DataFrame", column: str) -> dict[Any, int]:
    """How many rows have each value of the column.

    Raises:
        EngineError: the work failed.
    """
    with told(CONFIGURED):
        return {row[0]: row[1] for row in rows.groupBy(column).count().collect()}


def ddl(schema: pl.Schema) -> str:
    """The columns as Spark declares them: it has no unsigned numbers, and its times are UTC in µs."""
    return ", ".join(f"`{name}` {_TYPES.get(dtype, 'timestamp')}" for name, dtype in schema.items())


@contextmanager
def told(master: str) -> Iterator[None]:
    """What Spark and its gateway raise, as an ``EngineError`` that says the first line of it."""
    try:
        yield
    except Exception as error:
        if not _of_spark(error):
            raise
        raise EngineError(f"{master}: {_said(error)}") from error


def _of_spark(error: Exception) -> bool:
    """Whether Spark or what it speaks through raised it; which of them is there depends on how it is reached."""
    origins = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    return isinstance(error, OSError) or bool(origins & {"pyspark", "py4j", "grpc"})


def _said(error: Exception) -> str:
    text = str(error).strip()
    if "JAVA_GATEWAY_EXITED" in text or isinstance(error, FileNotFoundError):
        return "Spark could not start: it needs Java 17 or later (apt-get install openjdk-17-jre-headless)"
    if raised := OURS.findall(text):
        return str(raised[-1])
    return text.partition("\n")[0] or type(error).__name__


def _sent(tables: Iterable[pl.DataFrame], schema: pl.Schema) -> "Iterator[pa.RecordBatch]":
    """Tables as Spark takes them: in the oldest form of Arrow, without what it has no type for."""
    signed = {name: pl.Int64() for name, dtype in schema.items() if dtype == pl.UInt64()}
    for table in tables:
        arrow = table.select(list(schema)).cast(signed).to_arrow(compat_level=pl.CompatLevel.oldest())  # type: ignore[arg-type]
        yield from arrow.to_batches()


def _framed(batch: "pa.RecordBatch", names: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(batch), schema=list(names))


def _retyped(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return column.cast(pl.Datetime("us", "UTC"))
    return column.cast(dtype)
