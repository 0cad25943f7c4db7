"""One piece of work → batches of process events (or raw columns of any kind), and the readings of what was in it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import polars as pl

from longtail.files.containers import Member, members
from longtail.files.discovery import STDIN, tenant_of
from longtail.files.streams import Budget, Stream, as_utf8, standard_input
from longtail.files.tally import Tally
from longtail.readings import OF_PORTS, Reading
from longtail.telemetry.carriers import Source, raw_frames
from longtail.telemetry.dates import in_order
from longtail.telemetry.events import Context, process_events
from longtail.telemetry.format import Carrier, Format, Rows
from longtail.telemetry.options import Options
from longtail.telemetry.parquet import SLICE_ROWS, parquet_frames, parquet_names, parquet_rows, spooled
from longtail.telemetry.parts import Part, named
from longtail.telemetry.recognition import HEADS, Recognised, is_parquet, recognised, recognised_table
from longtail.telemetry.skew import moved, skews, tells_twice
from longtail.telemetry.unknown import what_it_looks_like, what_its_columns_are
from longtail.telemetry.wrapped import unwrapped

UNKNOWN = "no known telemetry format, nothing was read from it"
NO_LINES = "all of it is lines that are too long to be read"
DEFAULT_TENANT = "default"
STARTS = frozenset({Rows.STARTS})


@dataclass(frozen=True, slots=True)
class Raw:
    """Raw columns of some records of one file, and what is needed to make rows of them."""

    frame: pl.DataFrame
    format: Format
    context: Context
    tally: Tally


class PartReader:
    """Iterate over it for batches; ``readings`` says afterwards (or so far) what each inner file gave."""

    def __init__(self, part: Part, options: Options, kinds: frozenset[Rows] = STARTS) -> None:
        self.part = part
        self.options = options
        self.kinds = kinds
        self._formats = named(options.format_in)
        self._tallies: list[Tally] = []

    @property
    def readings(self) -> tuple[Reading, ...]:
        """One a file; members of archives are files of their own."""
        return tuple(tally.reading() for tally in self._tallies)

    @property
    def events_read(self) -> int:
        """Process starts so far."""
        return sum(tally.process_starts for tally in self._tallies)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Batches in the PROCESS_EVENT schema, at most ``options.batch_rows`` rows each, none empty."""
        for raw in self.raws():
            events = process_events(raw.frame, raw.format, raw.context, raw.tally)
            yield from (batch for batch in events.iter_slices(self.options.batch_rows) if batch.height)

    def raws(self) -> Iterator[Raw]:
        """Raw columns of the files in it that may hold rows of the wanted kinds."""
        if self.part.path == STDIN:
            yield from self._members(standard_input(), None)
            return
        path = Path(self.part.path)
        try:
            with path.open("rb") as file:
                is_range = (self.part.start, self.part.stop) != (0, None)
                yield from self._range(file, path) if is_range else self._members(Stream(file.read), path)
        except OSError as error:
            self._tally(self.part.path).quarantine("file", f"cannot be opened: {error.strerror}")

    def _members(self, stream: Stream, file: Path | None) -> Iterator[Raw]:
        """Everything in a whole file, packed or not."""
        budget = Budget(file.stat().st_size if file else 0)
        for member in members(stream, self.part.path, budget):
            tally = self._tally(member.path)
            if member.refused:
                tally.quarantine("file", member.refused)
                continue
            yield from self._member(member, file if member.stream is stream else None, tally)
            if member.stream.damage:
                tally.quarantine("end", member.stream.damage)

    def _member(self, member: Member, file: Path | None, tally: Tally) -> Iterator[Raw]:
        if is_parquet(member.stream.peek(8)):
            yield from self._parquet(Source(member.stream, file), tally)
            return
        text = unwrapped(as_utf8(member.stream), tally)
        found = recognised(text, tally, self._formats)
        yield from self._from(Source(text, file), found, tally)

    def _parquet(self, source: Source, tally: Tally) -> Iterator[Raw]:
        """Parquet is read from a file: its footer stands at the end."""
        if source.file is None:
            with spooled(source.stream) as file:
                yield from self._parquet(Source(source.stream, Path(file.name)), tally)
            return
        found = recognised_table(parquet_names(source.file), self._formats)
        if found is not None and tells_twice(found.format):
            first = parquet_frames(
                source.file, (0, min(parquet_rows(source.file), SLICE_ROWS)), found.format, Tally("")
            )
            found = replace(found, skews=skews(first, found.format))
        yield from self._from(source, found, tally)

    def _range(self, file: IO[bytes], path: Path) -> Iterator[Raw]:
        """A range of a plain file: recognised from the file's head, read from the range's start."""
        tally = self._tally(self.part.path)
        part = self.part
        head = Stream(file.read)
        if is_parquet(head.peek(8)):
            yield from self._parquet(Source(head, path, part.start, part.stop), tally)
            return
        found = recognised(as_utf8(head), Tally(part.path), self._formats)
        file.seek(part.start)
        source = Source(_limited(file, part), path, part.start, part.stop, part.first_line)
        yield from self._from(source, found, tally)

    def _from(self, source: Source, found: Recognised | None, tally: Tally) -> Iterator[Raw]:
        if found is None:
            tally.note(f"{UNKNOWN}: {_looks(source, tally)}")
            return
        tally.format = found.format.name
        found = in_order(found, source, self.options, tally)
        if not found.format.kinds & self.kinds:
            if found.format.fuller is not None and Rows.STARTS in self.kinds:
                yield from self._raws(source, replace(found, format=found.format.fuller), tally)
                tally.repair(_used_elsewhere(found.format), tally.passed_over)
            elif Rows.STARTS in self.kinds:
                _count(source, found, tally)
            return
        yield from self._raws(source, found, tally)

    def _raws(self, source: Source, found: Recognised, tally: Tally) -> Iterator[Raw]:
        context = Context(tally.path, self._tenant(), self.options, self.part.root)
        for format, frame in raw_frames(source, found, tally):
            skews = found.skews if format is found.format else {}
            yield Raw(moved(frame, format, skews, tally), format, context, tally)

    def _tenant(self) -> str:
        from_path = tenant_of(self.part.path, self.part.root) if self.options.tenant_from_path else None
        return self.options.tenant or from_path or DEFAULT_TENANT

    def _tally(self, path: str) -> Tally:
        self._tallies.append(Tally(path))
        return self._tallies[-1]


def read(part: Part, options: Options) -> PartReader:
    """A reader of one piece of work. Never raises on what is in the files."""
    return PartReader(part, options)


def _looks(source: Source, tally: Tally) -> str:
    head = source.stream.peek(HEADS[0])
    if source.file is not None and is_parquet(head):
        return what_its_columns_are(parquet_names(source.file))
    return what_it_looks_like(head) if head or not tally.reasons else NO_LINES


def _count(source: Source, found: Recognised, tally: Tally) -> None:
    """Counts and passes over the rows of a format that has no process starts."""
    if found.carrier is Carrier.PARQUET and source.file is not None:
        rows = (parquet_rows(source.file) if source.stop is None else source.stop) - source.start
    else:
        rows = sum(frame.height for _, frame in raw_frames(source, found, tally))
    tally.passed_over += rows
    tally.repair(_used_elsewhere(found.format), rows)


def _used_elsewhere(format: Format) -> str:
    return f"{' and '.join(sorted(format.kinds))}, {OF_PORTS}"


def _limited(file: IO[bytes], part: Part) -> Stream:
    left = [-1 if part.stop is None else part.stop - part.start]

    def read(size: int) -> bytes:
        data = file.read(size if left[0] < 0 else min(size, left[0]))
        left[0] -= len(data) if left[0] > 0 else 0
        return data

    return Stream(read)
