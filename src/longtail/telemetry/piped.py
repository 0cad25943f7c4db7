"""A descriptor that others write to (standard input) → batches of process events as they arrive, until it ends."""

import os
import select
import time
from collections.abc import Iterator

import polars as pl

from longtail.files.discovery import STDIN
from longtail.readings import Reading
from longtail.telemetry.appended import Appended, Unfit
from longtail.telemetry.options import Options

PIECE = 1 << 20
TOGETHER = 4 << 20  # bytes that are read together: a pipe gives little at a time, and each reading has its price
SOON = 0.1  # seconds that the first of them may wait for more
NOT_LINES = "no text of lines, which is all that can be followed: give it to `longtail hunt -`"


class Piped:
    """What arrives at a descriptor; ``ended`` once nobody writes to it any more."""

    def __init__(self, descriptor: int, options: Options, name: str = STDIN) -> None:
        self._descriptor = descriptor
        self._lines = Appended(name, name, options)
        self._unfit = False
        self.ended = False

    def news(self, seconds: float) -> Iterator[pl.DataFrame]:
        """Batches of process events that arrive within so many seconds."""
        until = time.monotonic() + seconds
        while not self.ended and (left := until - time.monotonic()) > 0:
            if data := self._arrived(left):
                yield from self._taken(data)

    def rest(self) -> Iterator[pl.DataFrame]:
        """A last line that has no end."""
        try:
            if not self._unfit:
                yield from self._lines.rest()
        except Unfit:
            self._unfit = True

    def told(self) -> tuple[Reading, ...]:
        """What it gave so far."""
        read = self._lines.reading()
        return (Reading(read.path, read.format, 0, 0, 1, {NOT_LINES: 1}),) if self._unfit else (read,)

    def _taken(self, data: bytes) -> Iterator[pl.DataFrame]:
        try:
            if not self._unfit:
                yield from self._lines.take(data)
        except Unfit:
            self._unfit = True

    def _arrived(self, seconds: float) -> bytes:
        """What arrives within so many seconds; of what arrives at once, enough to be read together."""
        parts: list[bytes] = []
        size, until = 0, time.monotonic() + seconds
        while size < TOGETHER and select.select([self._descriptor], [], [], max(until - time.monotonic(), 0.0))[0]:
            part = os.read(self._descriptor, PIECE)
            if not part:
                self.ended = True
                break
            until = until if parts else min(until, time.monotonic() + SOON)
            parts.append(part)
            size += len(part)
        return b"".join(parts)
