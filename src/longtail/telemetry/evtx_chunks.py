"""EVTX chunks → JSON records, a damaged chunk or record costing only itself.

A file is a header and chunks of 64 KiB that stand alone. A few chunks at a time are handed to the parser under a
header of our own, so that memory does not grow with the file, a file can be read from any chunk on, a damaged
header costs nothing, and what is lost is known by its chunk. The parser does not report truncation: the header's
count of chunks is held against the size.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator
from io import SEEK_CUR, SEEK_END, SEEK_SET

from evtx import PyEvtxParser

from longtail.files.streams import Stream
from longtail.files.tally import Tally

HEADER = 4096
CHUNK = 65_536
CHUNKS_AT_ONCE = 16
FILE_MAGIC = b"ElfFile\0"
CHUNK_MAGIC = b"ElfChnk\0"
BAD_CHUNK = "unreadable EVTX chunk"
BAD_RECORD = "unreadable EVTX record"


def is_evtx(head: bytes) -> bool:
    """By the magic of the file, or of its first chunk where the header is damaged."""
    return head.startswith(FILE_MAGIC) or head[HEADER : HEADER + 8] == CHUNK_MAGIC


def evtx_records(stream: Stream, first_chunk: int, promised: int, tally: Tally) -> Iterator[tuple[int, list[str]]]:
    """First chunk and JSON texts of a few chunks at a time; the stream starts at ``first_chunk``, past the header."""
    number = first_chunk
    while data := memoryview(stream.exactly(CHUNK * CHUNKS_AT_ONCE)):
        chunks = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
        sound = [(number + at, chunk) for at, chunk in enumerate(chunks) if _sound(chunk, number + at, promised, tally)]
        yield from _records(sound, tally)
        number += len(chunks)


def chunks_promised(header: bytes, tally: Tally) -> int:
    """How many chunks the file header says are used; 0 where the header is damaged, which is noted."""
    if len(header) < 128 or not header.startswith(FILE_MAGIC):
        tally.note("the file header is damaged; the chunks were read without it")
        return 0
    return int(struct.unpack_from("<H", header, 42)[0])


def note_truncation(size: int, promised: int, tally: Tally) -> None:
    """Says so where the file is shorter than its header promises: the parser itself never does."""
    if size < HEADER + CHUNK * promised:
        tally.note(f"truncated: the header promises {promised} chunks, {max(size - HEADER, 0) // CHUNK} are whole")


def _sound(chunk: memoryview, number: int, promised: int, tally: Tally) -> bool:
    """Whether a chunk can hold records. An empty one is space set aside, unless the header counts it as used."""
    begins = chunk[: len(CHUNK_MAGIC)] == CHUNK_MAGIC
    if begins and len(chunk) == CHUNK:
        return True
    if number >= promised and chunk.tobytes().count(0) == len(chunk):
        return False
    tally.quarantine(f"chunk {number}", BAD_CHUNK)
    tally.note("parts of the file are damaged: what is not in a readable chunk is lost")
    return begins


def _records(chunks: list[tuple[int, memoryview]], tally: Tally) -> Iterator[tuple[int, list[str]]]:
    """Records of sound chunks in one go; if any is refused, chunk by chunk, so that the place is known."""
    if not chunks:
        return
    texts, refused = _parsed([chunk for _, chunk in chunks])
    if refused and len(chunks) > 1:
        for each in chunks:
            yield from _records([each], tally)
        return
    number = chunks[0][0]
    for _ in range(refused):
        tally.quarantine(f"chunk {number}", BAD_RECORD)
    if texts:
        yield number, texts


def _parsed(chunks: list[memoryview]) -> tuple[list[str], int]:
    """JSON texts, and how many records or chunks the parser refused."""
    texts: list[str] = []
    with warnings.catch_warnings(record=True) as refused:
        warnings.simplefilter("always")
        try:
            parser = PyEvtxParser(_Log(chunks), number_of_threads=1, skip_errors=True)
            texts.extend(record["data"] for record in parser.records_json() if record)  # before an error: kept
        except (RuntimeError, ValueError, OSError):
            return texts, len(refused) + 1
    return texts, len(refused)


class _Log:
    """A file of some chunks, for the parser. They are not copied together: to fetch fresh memory costs more than that.

    A chunk that is cut short is filled up.
    """

    def __init__(self, chunks: list[memoryview]) -> None:
        self._pieces = [_header(len(chunks)), *(each if len(each) == CHUNK else _filled_up(each) for each in chunks)]
        self._at = 0

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        size = HEADER + CHUNK * (len(self._pieces) - 1)
        self._at = offset + {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: size}[whence]
        return self._at

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes of one piece: readers ask again until they have enough."""
        number, start = divmod(self._at - HEADER, CHUNK) if self._at >= HEADER else (-1, self._at)
        piece = self._pieces[number + 1] if number + 1 < len(self._pieces) else b""
        found = bytes(piece[start : start + size])
        self._at += len(found)
        return found


def _filled_up(chunk: memoryview) -> memoryview:
    return memoryview(chunk.tobytes().ljust(CHUNK, b"\0"))


def _header(chunks: int) -> bytes:
    fixed = struct.pack("<8sQQQIHHHH76xI", FILE_MAGIC, 0, max(chunks - 1, 0), 0, 128, 1, 3, HEADER, chunks, 0)
    return (fixed + struct.pack("<I", zlib.crc32(fixed[:120]))).ljust(HEADER, b"\0")
