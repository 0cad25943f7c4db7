"""What the tests of telemetry share: reading files whole, the golden pairs, packing."""

import gzip
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import zstandard

from longtail.executions.schema import PROCESS_EVENT
from longtail.readings import Reading
from longtail.telemetry import Options, parts, read, readings_merged
from longtail.telemetry.format import Format
from longtail.telemetry.formats import FORMATS

REPOSITORY = Path(__file__).parents[2]
GOLDEN = REPOSITORY / "tests" / "golden" / "telemetry"
SHARED = Path(os.environ.get("LONGTAIL_SHARED", REPOSITORY.parent / "shared")) / "data" / "telemetry"


@dataclass(frozen=True)
class Result:
    """All events of some paths, and the readings."""

    events: pl.DataFrame
    readings: tuple[Reading, ...]

    def rows(self, *without: str) -> list[dict[str, Any]]:
        return self.events.drop("source", *without).to_dicts()


def read_all(*paths: Path | str, options: Options | None = None, pieces: int = 1) -> Result:
    """Everything under the paths, in order; starts that name no host ran ``here``, whatever a file is called."""
    options = options or Options()
    options = replace(options, host=options.host or "here")
    batches, readings = [pl.DataFrame(schema=PROCESS_EVENT)], []
    for part in parts([str(path) for path in paths], options, pieces):
        reader = read(part, options)
        for batch in reader:
            assert batch.schema == PROCESS_EVENT
            assert 0 < batch.height <= options.batch_rows
            batches.append(batch)
        readings += reader.readings
    return Result(pl.concat(batches), readings_merged(readings))


def golden_input(format: Format) -> Path:
    """The format's own sample."""
    return next((GOLDEN / format.name).glob("input.*"))


def golden_events(format: Format) -> list[dict[str, Any]]:
    """What the sample must give."""
    lines = (GOLDEN / format.name / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [{**json.loads(line), "time": _moment(json.loads(line)["time"])} for line in lines]


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


def as_gzip(name: str, content: bytes) -> bytes:
    return gzip.compress(content, 1)


def as_zstd(name: str, content: bytes) -> bytes:
    return zstandard.compress(content)


def as_zip(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/" + name, content)
    return buffer.getvalue()


def as_tar(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("a/rather/long/path/" * 8 + name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def as_tar_gz(name: str, content: bytes) -> bytes:
    return as_gzip(name, as_tar(name, content))


def as_gz_in_zip(name: str, content: bytes) -> bytes:
    return as_zip(name + ".gz", as_gzip(name, content))


PACKINGS: tuple[Callable[[str, bytes], bytes], ...] = (as_gzip, as_zstd, as_zip, as_tar, as_tar_gz, as_gz_in_zip)

__all__ = ["FORMATS", "PACKINGS", "SHARED", "Result", "golden_events", "golden_input", "read_all", "replace"]
