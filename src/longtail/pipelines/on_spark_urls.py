"""URLs that Spark reads and nobody mounts (``s3://``, ``abfss://``, ``gs://``, ``hdfs://``) → the same sightings.

Each file comes whole to an executor, which reads it as a file of its own and tells of it by its URL.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import polars as pl

from longtail import telemetry
from longtail.engines import spark as engine
from longtail.pipelines.on_spark import ROWS, SUM, SUMMED, Total, ranked, split, told_as_rows
from longtail.pipelines.reading import narrowed
from longtail.readings import Quarantined, Reading

NAME = 60  # characters of a name, which a file system holds whatever they are; keys of object stores may be longer
_SLASHES = re.compile(r":/+")  # Spark tells file:///x as file:/x


def observed_urls(master: str, urls: Sequence[str], options: telemetry.Options) -> Total:
    """The sightings of every file under the URLs, and what each gave.

    Raises:
        EngineError: there is nothing, Spark cannot read it, or a file is over 2 GiB, which it cannot hand over.
    """
    with engine.told(urls[0]):
        files = engine.contents(engine.session(master), urls)
        rows = engine.mapped_table(files, ("path", "content"), _Urls(tuple(urls), options), ROWS)
        return split(engine.collected(engine.summed(rows, SUM), SUMMED))


@dataclass(frozen=True, slots=True)
class _Urls:
    """Batches of files with their content → the rows that Spark sums; in an executor."""

    roots: tuple[str, ...]
    options: telemetry.Options

    def __call__(self, batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        readings: list[Reading] = []
        yield ranked(narrowed(self._events(batches, readings)))
        yield told_as_rows(readings, 0)

    def _events(self, batches: Iterator[pl.DataFrame], readings: list[Reading]) -> Iterator[pl.DataFrame]:
        for batch in batches:
            for url, content in batch.iter_rows():
                with tempfile.TemporaryDirectory(prefix="longtail-") as folder:
                    place = Path(folder, beneath(url, self.roots))
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(content)
                    reader = telemetry.read(telemetry.Part(str(place), folder, size=len(content)), self.options)
                    yield from (_events_of(events, str(place), url) for events in reader)
                    readings.extend(_reading_of(reading, str(place), url) for reading in reader.readings)


def beneath(url: str, roots: Sequence[str]) -> PurePosixPath:
    """The file's way below the URL that it was found under: its first folder may be its tenant.

    What a key of an object store says of folders is no path here: it never leads upwards.
    """
    told = _SLASHES.sub(":/", url)
    tops = (_SLASHES.sub(":/", root).rstrip("/") + "/" for root in roots)
    way = next((told.removeprefix(top) for top in tops if told.startswith(top)), told.rpartition("/")[2])
    return PurePosixPath(*([each[-NAME:] for each in way.split("/") if each.strip(".")] or ["file"]))


def _events_of(events: pl.DataFrame, path: str, url: str) -> pl.DataFrame:
    return events.with_columns(pl.col("source").str.replace(path, url, literal=True))


def _reading_of(reading: Reading, path: str, url: str) -> Reading:
    examples = tuple(Quarantined(each.place.replace(path, url, 1), each.reason) for each in reading.examples)
    return replace(reading, path=reading.path.replace(path, url, 1), examples=examples)
