"""Paths → what each source found in the files under them, and a reading of every file."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from longtail.files.containers import Member, members
from longtail.files.discovery import STDIN, files
from longtail.files.streams import Budget, Stream, as_utf8, standard_input
from longtail.files.tally import Tally
from longtail.network.csv_rows import csv_tables
from longtail.network.json_values import Damage, values
from longtail.network.source import Export, Source
from longtail.network.sources import SOURCES
from longtail.readings import Reading

SIZE_MOST = 512 << 20  # bytes of one file: the rules and interfaces of 100,000 machines are below
TOO_LARGE = f"larger than {SIZE_MOST >> 20} MiB: split the export"
NOT_NETWORK = "not a network export: nothing was read from it"
EMPTY = "empty"
UNREADABLE = "unreadable Parquet"
PARQUET_ERRORS = (pl.exceptions.PolarsError, OSError, ValueError, pl.exceptions.PanicException)

Found = tuple[Source, Export]


class Reader:
    """Iterate over it for what was found, source by source; ``readings`` tells afterwards what each file gave."""

    def __init__(self, paths: Sequence[str], sources: Sequence[Source] = SOURCES) -> None:
        self._paths = paths
        self._sources = sources
        self._tallies: list[Tally] = []

    @property
    def readings(self) -> tuple[Reading, ...]:
        """One a file, in the order of reading; members of archives are files of their own."""
        return tuple(tally.reading() for tally in self._tallies)

    def __iter__(self) -> Iterator[Found]:
        """What each document of each file gave.

        Raises:
            NothingToRead: a path matches no file.
        """
        for path in dict(files(self._paths)):
            yield from self._file(path)

    def _file(self, path: str) -> Iterator[Found]:
        if path == STDIN:
            yield from self._members(standard_input(), path, Budget(0))
            return
        try:
            with Path(path).open("rb") as file:
                yield from self._members(Stream(file.read), path, Budget(Path(path).stat().st_size))
        except OSError as error:
            self._tally(path).quarantine("file", f"cannot be opened: {error.strerror}")

    def _members(self, stream: Stream, path: str, budget: Budget) -> Iterator[Found]:
        for member in members(stream, path, budget):
            tally = self._tally(member.path)
            yield from self._member(member, tally)
            if member.stream.damage:
                tally.quarantine("end", member.stream.damage)

    def _member(self, member: Member, tally: Tally) -> Iterator[Found]:
        if member.refused:
            tally.quarantine("file", member.refused)
            return
        data = _whole(member.stream)
        if data is None:
            tally.quarantine("file", TOO_LARGE)
            return
        found = False
        for place, document in _documents(data, tally):
            for each in self._offered(document, place, tally):
                found = True
                yield each
        if not found:
            tally.note(NOT_NETWORK if data.strip() else EMPTY)

    def _offered(self, document: Any, place: str, tally: Tally) -> Iterator[Found]:
        """What the first source that knows the document finds in it."""
        for source in self._sources:
            if found := source.read(document, f"{tally.path}{place and ':'}{place}"):
                tally.format = source.name
                for lost in found.lost:
                    tally.quarantine(lost.place.removeprefix(tally.path).lstrip(":/"), lost.reason)
                yield source, found
                return
        tally.passed_over += 1

    def _tally(self, path: str) -> Tally:
        self._tallies.append(Tally(path))
        return self._tallies[-1]


def _whole(stream: Stream) -> bytes | None:
    """Everything in a stream; None if that is too much."""
    parts, size = [], 0
    text = as_utf8(stream)
    while part := text.read():
        size += len(part)
        if size > SIZE_MOST:
            return None
        parts.append(part)
    return b"".join(parts)


def _documents(data: bytes, tally: Tally) -> Iterator[tuple[str, Any]]:
    head = data[:64].lstrip()
    if data.startswith(b"PAR1"):
        yield from _parquet(data, tally)
    elif head[:1] in (b"{", b"["):
        for each in values(data):
            if not isinstance(each, Damage):
                yield each.where, each.value
            elif each.note:
                tally.note(each.reason)
            else:
                tally.quarantine(each.where or "file", each.reason)
    elif head:
        yield from csv_tables(data.decode("utf-8", "replace"))


def _parquet(data: bytes, tally: Tally) -> Iterator[tuple[str, Any]]:
    try:
        yield "", pl.read_parquet(io.BytesIO(data))
    except PARQUET_ERRORS:
        tally.quarantine("file", UNREADABLE)


def found(paths: Sequence[str]) -> tuple[dict[str, list[Export]], tuple[Reading, ...]]:
    """What each source found under the paths, by the source's name, and a reading of every file.

    Raises:
        NothingToRead: a path matches no file.
    """
    reader = Reader(paths)
    pooled: dict[str, list[Export]] = {source.name: [] for source in SOURCES}
    for source, export in reader:
        pooled[source.name].append(export)
    return pooled, reader.readings
