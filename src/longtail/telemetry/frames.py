"""Events of a shape, as they come → frames of raw columns, without the records that are somebody else's to read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from longtail.files.tally import Tally
from longtail.telemetry.events import PLACE
from longtail.telemetry.lines import Block
from longtail.telemetry.shapes import Shape

FRAME_ROWS = 16_384  # larger frames fall out of the processor's cache, smaller ones cost Polars' overhead
HELD_MOST = 32 << 20  # bytes of text that wait for the frame of what was read from them

Places = NDArray[np.int64]
Takes = Callable[[int, bytes], bool]
"""Whether the text of a record that tells nothing, at its place, is somebody else's to read."""


def nobody(place: int, text: bytes) -> bool:
    """Takes no record."""
    return False


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of records that are together, by their places; ``first`` is the first place."""

    first: int
    size: int
    at: Callable[[int], bytes]


def lines_of(block: Block) -> Texts:
    """Those of a block of lines, which is taken apart only if one of them is asked for."""
    lines = cache(lambda: block.data.split(b"\n"))
    return Texts(block.first, len(block.data), lambda place: lines()[place - block.first])


def texts_of(run: list[tuple[int, bytes]]) -> Texts:
    """Those of texts that are numbered one by one."""
    return Texts(run[0][0], sum(len(text) for _, text in run), dict(run).__getitem__)


class Gathered:
    """Events of a shape, gathered until they are worth a frame; ``takes`` is asked about those that tell nothing."""

    def __init__(self, shape: Shape, tally: Tally, takes: Takes = nobody) -> None:
        self._shape = shape
        self._tally = tally
        self._takes = takes
        self._events: list[Any] = []
        self._places: list[Places] = []
        self._texts: list[Texts] = []

    def add(self, events: list[Any], places: ArrayLike, texts: Texts | None = None) -> None:
        """Keeps the events that the format's ``only`` lets through; the rest is passed over, or taken."""
        numbers = np.asarray(places, dtype=np.int64)
        if texts is not None and self._takes is not nobody:
            self._texts.append(texts)
        if (sifted := self._shape.sifted(events)) is not None:
            wanted, unnumbered = sifted
            taken = sum(self._is_taken(int(numbers[position])) for position in unnumbered)
            self._tally.passed_over += len(events) - len(wanted) - taken
            events, numbers = [events[position] for position in wanted], numbers[wanted]
        self._events += events
        self._places.append(numbers)

    def frames(self, least: int = FRAME_ROWS) -> Iterator[pl.DataFrame]:
        """A frame of raw columns, if at least so many events wait, or the texts they were read from are too much."""
        if len(self._events) < least and sum(each.size for each in self._texts) < HELD_MOST:
            return
        if self._events:
            yield self._own(self._shape.frame(self._events, pl.Series(np.concatenate(self._places))))
        self._events, self._places, self._texts = [], [], []

    def _own(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame without the rows that are somebody else's to read."""
        if not self._texts:
            return frame
        taken = [place for place in frame.filter(self._shape.dubious)[PLACE] if self._is_taken(place)]
        return frame.filter(~pl.col(PLACE).is_in(taken)) if taken else frame

    def _is_taken(self, place: int) -> bool:
        """Whether somebody else reads the record at a place; texts come in the order of their places."""
        held = next((each for each in reversed(self._texts) if each.first <= place), None)
        return held is not None and self._takes(place, held.at(place))
