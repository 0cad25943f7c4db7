"""A format and a size → log files to read: a generated fleet, or real samples repeated where none can be generated."""

import os
import shutil
import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from longtail.fleet import Plan
from longtail.fleet.writers import write

SHARED = Path(os.environ.get("LONGTAIL_SHARED") or Path(__file__).parents[1] / ".." / "shared" / "data")
EVTX_COPIES = 10  # of every real sample at 1×
HEADER, CHUNK, CHUNK_MAGIC = 4096, 65_536, b"ElfChnk\0"
MOST_CHUNKS = 0xFFFF  # that the header of an event log can count


class NoSamplesError(Exception):
    """There are no real samples of a format that cannot be generated."""


def inputs(kind: str, scale: int, plan: Plan, folder: Path) -> list[Path]:
    """The files of a format at so many times its size, made in ``folder`` unless they are there.

    ``evtx`` is one growing event log, ``evtx-files`` a growing number of small ones.

    Raises:
        NoSamplesError: it is EVTX, and no sample of it was found.
    """
    place = folder / f"{kind}-{scale}x"
    if not place.exists():
        unfinished = place.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        if kind in EVTX:
            samples = _samples()
            unfinished.mkdir(parents=True)
            EVTX[kind](samples, scale * EVTX_COPIES, unfinished)
        else:
            write(replace(plan, machines=plan.machines * scale), unfinished, kind)
        unfinished.rename(place)
    return sorted(path for path in place.rglob("*") if path.is_file() and path.name != "truth.json")


def _samples() -> list[Path]:
    found = sorted(SHARED.glob("telemetry/evtx-to-mitre/*.evtx")) + sorted(SHARED.glob("telemetry/**/sysmon.evtx"))
    if not found:
        raise NoSamplesError(f"no EVTX under {SHARED} and none can be generated: EVTX is left out")
    return found


def _files(samples: Sequence[Path], copies: int, folder: Path) -> None:
    for number in range(copies):
        for sample in samples:
            shutil.copyfile(sample, folder / f"{number:05d}-{sample.name}")


def _one_log(samples: Sequence[Path], copies: int, folder: Path) -> None:
    """The chunks of all samples, again and again, under one header that counts them."""
    chunks = [chunk for sample in samples for chunk in _chunks(sample.read_bytes())]
    count = min(copies * len(chunks), MOST_CHUNKS)
    with (folder / "log.evtx").open("wb") as log:
        log.write(_header(samples[0].read_bytes()[:HEADER], count))
        for number in range(count):
            log.write(chunks[number % len(chunks)])


def _chunks(data: bytes) -> list[bytes]:
    whole = [data[start : start + CHUNK] for start in range(HEADER, len(data) - CHUNK + 1, CHUNK)]
    return [chunk for chunk in whole if chunk.startswith(CHUNK_MAGIC)]


def _header(of_sample: bytes, chunks: int) -> bytes:
    header = bytearray(of_sample)
    struct.pack_into("<Q", header, 16, chunks - 1)
    struct.pack_into("<H", header, 42, chunks)
    struct.pack_into("<I", header, 124, zlib.crc32(header[:120]))
    return bytes(header)


EVTX = {"evtx": _one_log, "evtx-files": _files}
