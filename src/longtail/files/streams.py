"""Anything readable → a stream of bytes that can be looked ahead into, is bounded, and ends instead of raising."""

import codecs
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from zipfile import BadZipFile

from zstandard import ZstdError

DAMAGE = (OSError, EOFError, zlib.error, ZstdError, BadZipFile, RuntimeError, NotImplementedError, ValueError)
"""What decompressors and disks raise on damaged, encrypted or unreadable input."""

BLOCK = 1 << 20
UNPACKED_MOST = 16 << 30  # bytes of one input: a day's log of a large domain controller is far below
RATIO_MOST = 200  # logs pack 10–60 times; a bomb 1,000 times and more
RATIO_FROM = 64 << 20  # below this a ratio says nothing and hurts nobody


@dataclass(slots=True)
class Budget:
    """What one input may still unpack to, over all its members and layers."""

    packed: int
    unpacked: int = 0

    def overrun(self, size: int) -> str | None:
        """Charges ``size`` unpacked bytes; the reason to stop, if it is too much."""
        self.unpacked += size
        if self.unpacked > UNPACKED_MOST:
            return f"unpacks to more than {UNPACKED_MOST >> 30} GiB"
        if self.unpacked > max(RATIO_FROM, RATIO_MOST * self.packed):
            return f"unpacks to more than {RATIO_MOST} times its size"
        return None


UNMARKED = ("utf-16-be", "utf-16-le")  # by the half of each letter that is empty in plain text: the first, the second
UNMARKED_FROM = 16  # bytes that tell it


class Stream:
    """Bytes to be read once. ``damage`` says why it ended early, if it did."""

    def __init__(self, read: Callable[[int], bytes], budget: Budget | None = None) -> None:
        self._read = read
        self._budget = budget
        self._ahead = b""
        self._ended = False
        self.damage: str | None = None

    def read(self, size: int = BLOCK) -> bytes:
        """At least one byte and at most about ``size``; empty at the end."""
        if self._ahead:
            given, self._ahead = self._ahead[:size], self._ahead[size:]
            return given
        return self._pull(size)

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes (fewer at the end), still to be read."""
        while len(self._ahead) < size:
            pulled = self._pull(max(size - len(self._ahead), 1 << 16))
            if not pulled:
                break
            self._ahead += pulled
        return self._ahead[:size]

    def push_back(self, data: bytes) -> None:
        """Puts bytes back in front."""
        self._ahead = data + self._ahead

    def exactly(self, size: int) -> bytes:
        """``size`` bytes, fewer only at the end."""
        parts, missing = [], size
        while missing and (part := self.read(min(missing, BLOCK))):
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def skip(self, size: int) -> None:
        """Reads ``size`` bytes and forgets them."""
        while size and (part := self.read(min(size, BLOCK))):
            size -= len(part)

    def _pull(self, size: int) -> bytes:
        if self._ended:
            return b""
        try:
            pulled = self._read(size)
        except DAMAGE as error:
            return self._end(f"damaged or unreadable: {type(error).__name__}")
        if not pulled:
            self._ended = True
        elif self._budget and (reason := self._budget.overrun(len(pulled))):
            return self._end(reason)
        return pulled

    def _end(self, reason: str) -> bytes:
        self._ended = True
        self.damage = reason
        return b""


def standard_input() -> Stream:
    """What the path ``-`` stands for; it can be read once."""
    return Stream(sys.stdin.buffer.read)


def standard_descriptor() -> int:
    """The same for whoever waits for what arrives; nothing of it is read ahead."""
    return sys.stdin.fileno()


def as_utf8(stream: Stream) -> Stream:
    """The stream without its byte order mark; UTF-16 is turned into UTF-8."""
    head = stream.peek(3)
    if head.startswith(codecs.BOM_UTF8):
        stream.exactly(3)
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _transcoded(stream, "utf-16")
    elif encoding := _unmarked(stream.peek(UNMARKED_FROM)):
        return _transcoded(stream, encoding)
    return stream


def _unmarked(head: bytes) -> str | None:
    """The encoding of UTF-16 that does not say so: of its first letters one half is always empty, the other never."""
    halves = head[0::2], head[1::2]
    whole = len(head) == UNMARKED_FROM and all(b"\0" not in half or not half.strip(b"\0") for half in halves)
    empty = [name for name, half in zip(UNMARKED, halves, strict=True) if not half.strip(b"\0")]
    return empty[0] if whole and len(empty) == 1 else None


def _transcoded(stream: Stream, encoding: str) -> Stream:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")

    def read(size: int) -> bytes:
        while part := stream.read(size):
            if text := decoder.decode(part):
                return text.encode("utf-8", "replace")
        return decoder.decode(b"", final=True).encode("utf-8", "replace")

    return Stream(read)
