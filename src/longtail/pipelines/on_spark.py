"""Paths or a table → the same sightings, on Spark: the waist runs in the executors, and only its sum comes back.

What each file gave comes back with it, as rows of their own: the text of a reading under the key of no sighting.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import polars as pl

from longtail import telemetry
from longtail.engines import spark as engine
from longtail.errors import InputError, UsageError
from longtail.executions.schema import EXAMPLE, SIGHTING, SIGHTING_KEY
from longtail.executions.sightings import TIE_BREAK, in_order
from longtail.files.discovery import STDIN, files
from longtail.pipelines.reading import SIGHTINGS, Fold, Narrowed, Progress, Source, Tell, bundles, narrowed
from longtail.readings import Quarantined, Reading
from longtail.telemetry.format import Format

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Bundle = TypeVar("Bundle")

PIECE = 32 << 20  # bytes of a big file that are one task
JOB = 20_000  # tasks of one job: the driver sends their list to every executor

RANK = "example_rank"
READING = "reading"
ROWS = pl.Schema({**SIGHTING, RANK: pl.Int64(), READING: pl.String()})
"""A sighting with the rank of its example among those of one moment; or a reading, and then nothing but runs."""

SUMMED = pl.Schema({name: dtype for name, dtype in ROWS.items() if name != RANK})

SUM = engine.Sum(
    key=(*SIGHTING_KEY, READING),
    added=("runs",),
    least=("first_seen",),
    greatest=("last_seen",),
    order=("example_time", RANK),
    kept=tuple(EXAMPLE),
)
"""What ``longtail.executions.sightings.merge`` does, as Spark is told it."""

Total = tuple[pl.DataFrame, list[Reading]]


def observed(source: Source, tell: Tell = lambda progress: None) -> tuple[pl.DataFrame, tuple[Reading, ...]]:
    """The sightings of everything under the paths and in the table, in one order, and what each of them gave.

    Raises:
        NothingToRead: no path matches.
        EngineError: Spark cannot be used, or an executor cannot see a file.
    """
    refuse_streams(source.paths)
    options = telemetry.dated(source.paths, source.options)
    work = bundles(list(_parts(source)))
    sizes = [sum(part.size for part in bundle) for bundle in work]
    folded, readings, done = Fold(), list[Reading](), 0
    for job in jobs(work, sizes, sum(sizes)):
        seen, gave = totals(source.engine, Files(Narrowed(options, SIGHTINGS)), job)
        folded.add(seen)
        readings.extend(gave)
        done += sum(part.size for bundle in job for part in bundle)
        tell(Progress(done, sum(sizes), sum(reading.process_starts for reading in readings)))
    if source.table is not None:
        seen, gave = split(engine.collected(table_rows(source.engine, source.table, source.options), SUMMED))
        folded.add(seen)
        readings.extend(gave)
    return in_order(folded.whole()), telemetry.readings_merged(readings)


def jobs(work: Sequence[Bundle], sizes: Sequence[int], most: int) -> Iterator[Sequence[Bundle]]:
    """The work in jobs of about ``most`` bytes, and of no more tasks than a driver can tell its executors of."""
    start, held = 0, 0
    for at, size in enumerate(sizes):
        if at > start and (held + size > most or at - start >= JOB):
            yield work[start:at]
            start, held = at, 0
        held += size
    if work:
        yield work[start:]


def refuse_streams(paths: Sequence[str]) -> None:
    """Standard input is here, and the executors are elsewhere.

    Raises:
        UsageError: it is among the paths.
    """
    if STDIN in paths:
        raise UsageError("standard input can be read on this machine only: give files, or leave out --engine")


def totals(
    master: str, work: "Callable[[Bundle], tuple[pl.DataFrame, Sequence[Reading]]]", bundles: Sequence[Bundle]
) -> Total:
    """The sum of what the work makes of every bundle, and the readings in the order of the bundles.

    Raises:
        EngineError: Spark cannot be used, or the work failed.
    """
    rows = engine.mapped(engine.session(master), _Rows(work), list(enumerate(bundles)), ROWS)
    return split(engine.collected(engine.summed(rows, SUM), SUMMED))


def table_rows(master: str, table: telemetry.Table, options: telemetry.Options) -> "DataFrame":
    """The summed rows (``ROWS`` without the rank) of a table.

    Raises:
        UsageError: the mapping does not fit.
        InputError: nothing is recognised by its columns.
        EngineError: there is no such table.
    """
    with engine.told(table.name):
        held = engine.table(engine.session(master), table.name)
        format = telemetry.table_format(table, held.columns, options)
        wanted = {field.path for field in format.fields.values()}
        paths = sorted(wanted & {*held.columns, *table.columns.values()})
        clocks = [path for path in (format.fields[name].path for name in format.clock) if path in paths]
        if len(clocks) == 1:
            held = engine.between(held, clocks[0], options.since, options.until)
        return engine.summed(engine.mapped_table(held, paths, _Table(table, format, options), ROWS), SUM)


def split(rows: pl.DataFrame) -> Total:
    """Summed rows as sightings and readings; equal readings are counted by ``runs``."""
    texts = rows.filter(pl.col(READING).is_not_null()).select(READING, "runs").sort(READING)
    told = [(json.loads(text), times) for text, times in texts.iter_rows()]
    told.sort(key=lambda each: each[0]["place"])
    seen = rows.filter(pl.col(READING).is_null()).select(list(SIGHTING))
    return seen, [_reading(**each) for each, times in told for _ in range(times)]


@dataclass(frozen=True, slots=True)
class _Rows(Generic[Bundle]):
    """A numbered bundle → the rows that Spark sums; in an executor."""

    work: "Callable[[Bundle], tuple[pl.DataFrame, Sequence[Reading]]]"

    def __call__(self, numbered: tuple[int, Bundle]) -> Iterator[pl.DataFrame]:
        number, bundle = numbered
        seen, readings = self.work(bundle)
        yield ranked(seen)
        yield told_as_rows(readings, number)


@dataclass(frozen=True, slots=True)
class Files:
    """Parts of files → their sightings and readings; in an executor, which has to see the files."""

    narrowed: Narrowed

    def __call__(self, parts: Sequence[telemetry.Part]) -> tuple[pl.DataFrame, Sequence[Reading]]:
        refuse_unseen(part.path for part in parts)
        _, seen, readings = self.narrowed(parts)
        return seen, readings


@dataclass(frozen=True, slots=True)
class _Table:
    """Batches of a table's partition → the rows that Spark sums; in an executor."""

    table: telemetry.Table
    format: Format
    options: telemetry.Options

    def __call__(self, batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        reader = telemetry.TableReader(self.table, self.format, self.options, batches)
        yield ranked(narrowed(reader))
        yield told_as_rows([reader.reading], 0)


def refuse_unseen(paths: Iterable[str]) -> None:
    """A file that the driver found and an executor does not is no empty file.

    Raises:
        InputError: one of them is not there.
    """
    for path in paths:
        if not Path(path).exists():
            raise InputError(f"{path}: an executor does not see it; give a path that every machine of the cluster sees")


def ranked(seen: pl.DataFrame) -> pl.DataFrame:
    """Sightings with the rank of their example, as ``merge`` ranks those of one moment; as a signed number."""
    rank = pl.struct(f"example_{name}" for name in TIE_BREAK).hash().reinterpret(signed=True)
    lowest = pl.lit(-(1 << 63), dtype=pl.Int64)
    return seen.with_columns(rank.xor(lowest).alias(RANK), pl.lit(None, dtype=pl.String).alias(READING))


def told_as_rows(readings: Sequence[Reading], number: int) -> pl.DataFrame:
    """Readings as rows; ``number`` puts those of several bundles in order."""
    texts = [json.dumps({"place": [number, at], **asdict(reading)}) for at, reading in enumerate(readings)]
    table = pl.DataFrame({READING: texts, "runs": [1] * len(texts)}, schema={READING: pl.String, "runs": pl.UInt64})
    missing = {name: dtype for name, dtype in ROWS.items() if name not in table.columns}
    return table.with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in missing.items())


def _reading(place: object, examples: Sequence[dict[str, str]], notes: Sequence[str], **told: Any) -> Reading:
    return Reading(**told, examples=tuple(Quarantined(**each) for each in examples), notes=tuple(notes))


def _parts(source: Source) -> Iterator[telemetry.Part]:
    """Big files in pieces of one size, whatever the number of processes."""
    for path, root in files(source.paths):
        pieces = -(-_work(path) // PIECE)
        yield from (replace(part, root=root) for part in telemetry.parts([path], source.options, pieces))


def _work(path: str) -> int:
    try:
        return telemetry.work_in(path)
    except OSError:
        return 0
