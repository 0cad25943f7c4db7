"""A folder or a stream that grows → batches of process events as they are written, none lost to rotation or deletion.

Lines are read as they are appended, once each. What is no text of lines (EVTX, Parquet, packed files, one big JSON
document) is read whole when it has come to rest, and again when it has changed. A file is known by its place on the
disk, not by its name: renamed it goes on where it was, made anew it begins again.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import polars as pl

from longtail.files.discovery import files
from longtail.files.tally import readings_merged
from longtail.readings import Reading
from longtail.telemetry.appended import Appended, Unfit
from longtail.telemetry.options import Options
from longtail.telemetry.parts import Part, named
from longtail.telemetry.reader import read

TAIL = 256  # bytes before a place that are looked at again: other bytes there are another text, of whatever length
PIECE = 4 << 20  # bytes that are read of one file at a time: a batch stays small, and the files get their turn
HELD_OPEN = 256  # files that grew last are held open, so that they may vanish and what they got is read all the same
Identity = tuple[int, int]


@dataclass(slots=True)
class _File:
    """What was read of one file, and what it is read with: lines as they come, or the whole at rest."""

    path: str
    root: str
    lines: Appended | None
    handle: IO[bytes] | None = None
    offset: int = 0
    tail: bytes = b""
    size: int = -1
    changed: int = 0
    looked: tuple[int, int] = (-1, 0)
    seen: float = 0.0
    taken: tuple[int, int] = (-1, 0)

    def close(self) -> None:
        """Lets go of the file."""
        if self.handle is not None:
            self.handle.close()
            self.handle = None


@dataclass
class Folder:
    """What is written under a folder (or to one file): ``news`` gives what came since it was last asked.

    What is read whole has come to rest when it did not change for ``rests`` seconds, from one look to another.
    """

    path: str
    options: Options
    rests: float = 0.0
    readings: tuple[Reading, ...] = ()
    _known: dict[Identity, _File] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named(self.options.format_in)
        list(files([self.path] if not Path(self.path).is_dir() else []))

    def news(self) -> Iterator[pl.DataFrame]:
        """Batches of process events that were appended, at most about 4 MiB of telemetry each."""
        there = self._there()
        for identity in [each for each in self._known if each not in there]:
            yield from self._ended(self._known.pop(identity))
        for file in there.values():
            yield from self._grown(file)
        self._bound()

    def rest(self) -> Iterator[pl.DataFrame]:
        """What came since, and last lines without an end: nobody will write them any more."""
        yield from self.news()
        for file in self._known.values():
            yield from self._ended(file)
        self._known.clear()

    def told(self) -> tuple[Reading, ...]:
        """What each file gave so far."""
        live = [each.lines.reading() for each in self._known.values() if each.lines is not None and each.offset]
        return readings_merged([*self.readings, *live])

    def _there(self) -> dict[Identity, _File]:
        """The files that are there now, those new among them included, in the order of their names."""
        found: dict[Identity, _File] = {}
        for path in _paths(self.path):
            try:
                state = os.stat(path)  # noqa: PTH116 (a Path for each file and second costs more than the look)
            except OSError:
                continue
            identity = (state.st_dev, state.st_ino)
            file = self._known.setdefault(identity, _File(path, self.path, self._lines(path)))
            file.path = path
            if state.st_size < file.offset:
                self._again(file)
            file.size, file.changed = state.st_size, state.st_mtime_ns
            found[identity] = file
        return found

    def _lines(self, path: str) -> Appended:
        return Appended(path, self.path, self.options)

    def _again(self, file: _File) -> None:
        """A file that became shorter was begun anew."""
        self._keep(file)
        file.close()
        file.lines, file.offset, file.tail = self._lines(file.path), 0, b""

    def _grown(self, file: _File) -> Iterator[pl.DataFrame]:
        if file.lines is None:
            yield from self._at_rest(file)
            return
        try:
            while file.lines is not None and file.size > file.offset and (data := self._read(file)):
                yield from file.lines.take(data)
        except Unfit:
            file.close()
            file.lines, file.offset = None, 0

    def _read(self, file: _File) -> bytes:
        """The next piece; nothing where it cannot be read now. A text that is another than it was is begun anew."""
        try:
            data = self._after_tail(file)
            if data is None:
                self._again(file)
                data = self._after_tail(file) or b""
        except OSError:
            file.close()
            return b""
        file.offset += len(data)
        file.tail = (file.tail + data)[-TAIL:]
        return data

    def _after_tail(self, file: _File) -> bytes | None:
        """What follows on what was read of a file, if that still stands there."""
        if file.handle is None:
            file.handle = Path(file.path).open("rb", buffering=0)  # noqa: SIM115 (held open)
        file.handle.seek(file.offset - len(file.tail))
        data = file.handle.read(len(file.tail) + PIECE)
        return data[len(file.tail) :] if data.startswith(file.tail) else None

    def _ended(self, file: _File) -> Iterator[pl.DataFrame]:
        """What is still to be read of a file that is gone: it is open, or nobody wrote to it."""
        if file.lines is None:
            if file.taken[0] != file.size:
                yield from self._whole(file)
            return
        try:
            while file.handle is not None and (data := self._read(file)):
                yield from file.lines.take(data)
            yield from file.lines.rest()
        except Unfit:
            yield from self._whole(file)
        self._keep(file)
        file.close()

    def _at_rest(self, file: _File) -> Iterator[pl.DataFrame]:
        """A file that is read whole, when it looks as it did for a while and was not read as it is."""
        state, now = (file.size, file.changed), time.monotonic()
        if file.taken == state:
            return
        if file.looked != state:
            file.looked, file.seen = state, now
        elif now - file.seen >= self.rests:
            file.taken = state
            yield from self._whole(file)

    def _whole(self, file: _File) -> Iterator[pl.DataFrame]:
        reader = read(Part(file.path, file.root, size=max(file.size, 0)), self.options)
        yield from reader
        self.readings = readings_merged([*self.readings, *reader.readings])

    def _keep(self, file: _File) -> None:
        if file.lines is not None and file.offset:
            self.readings = readings_merged([*self.readings, file.lines.reading()])

    def _bound(self) -> None:
        """Closes files beyond the most that are held open, those that grew last excepted."""
        open_ = sorted((each for each in self._known.values() if each.handle), key=lambda each: each.changed)
        for each in open_[: max(len(open_) - HELD_OPEN, 0)]:
            each.close()


def _paths(path: str) -> list[str]:
    if not Path(path).is_dir():
        return [path]
    return sorted(str(Path(where, name)) for where, _, names in os.walk(path) for name in names)
