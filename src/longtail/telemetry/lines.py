"""A stream of bytes → blocks of whole lines, each line bounded, whatever its sender wrote."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from longtail.files.streams import Stream

LINE_MOST = 1 << 20
BLOCK = 4 << 20
TOO_LONG = "line longer than 1 MiB"


def lines_in(data: bytes) -> int:
    """How many newlines there are: numpy counts them ten times as fast as ``bytes.count``."""
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n")))


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines. ``first`` is the number of its first line, from 1. A last line may lack its newline.

    ``too_long`` says that this is no text but one line that was longer than the cap, and was dropped.
    """

    first: int
    data: bytes
    too_long: bool = False


def blocks(stream: Stream, first: int = 1) -> Iterator[Block]:
    """Blocks of about 4 MiB. A line over the cap is dropped as it streams by and stands as a block of its own."""
    number, held = first, b""
    while part := stream.exactly(BLOCK):
        data = held + part
        cut = data.rfind(b"\n") + 1
        for block in _bounded(data[:cut], number):
            yield block
            number += 1 if block.too_long else lines_in(block.data)
        held = data[cut:]
        if len(held) > LINE_MOST:
            yield Block(number, b"", too_long=True)
            number += 1
            held = rest_after_line(stream)
    yield from _bounded(held, number)


def rest_after_line(stream: Stream) -> bytes:
    """Reads past the next newline; what was read beyond it."""
    while part := stream.read(BLOCK):
        cut = part.find(b"\n")
        if cut >= 0:
            return part[cut + 1 :]
    return b""


def _bounded(data: bytes, number: int) -> Iterator[Block]:
    """The block, cut around lines over the cap."""
    start = 0
    for begin, end in _long_lines(data):
        if begin > start:
            yield Block(number, data[start:begin])
            number += data.count(b"\n", start, begin)
        yield Block(number, b"", too_long=True)
        number += 1
        start = end
    if start < len(data):
        yield Block(number, data[start:] if start else data)


def _long_lines(data: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of each line over the cap, found by hopping from newline to newline a cap at a time."""
    begin = 0
    while len(data) - begin > LINE_MOST:
        last = data.rfind(b"\n", begin, begin + LINE_MOST + 1)
        if last >= 0:
            begin = last + 1
            continue
        end = data.find(b"\n", begin) + 1 or len(data)
        yield begin, end
        begin = end
