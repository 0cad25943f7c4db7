"""A tar stream → its regular files, one after the other, in memory that does not depend on what headers claim."""

from collections.abc import Iterator

from longtail.files.streams import Stream

RECORD = 512
NAME_MOST = 1 << 16
REGULAR = {b"0", b"\0", b"7"}
LONG_NAME = b"L"


def is_tar(head: bytes) -> bool:
    """POSIX and GNU archives carry their magic at a fixed place."""
    return head[257:262] == b"ustar"


def tar_members(stream: Stream) -> Iterator[tuple[str, Stream]]:
    """Name and content of each regular file; what is left of one is skipped before the next. Nothing is extracted."""
    long_name: str | None = None
    while header := _header(stream):
        name, size, kind = header
        padded = -size % RECORD
        if kind == LONG_NAME:
            long_name = _text(stream.exactly(min(size, NAME_MOST)))
            stream.skip(max(size - NAME_MOST, 0) + padded)
            continue
        content = _Window(stream, size)
        if kind in REGULAR:
            yield long_name or name, Stream(content.read)
            long_name = None
        content.drain()
        stream.skip(padded)


class _Window:
    """The next ``left`` bytes of a stream."""

    def __init__(self, stream: Stream, left: int) -> None:
        self._stream = stream
        self._left = left

    def read(self, size: int) -> bytes:
        part = self._stream.read(min(size, self._left)) if self._left else b""
        self._left -= len(part)
        if not part and self._left:
            raise EOFError
        return part

    def drain(self) -> None:
        self._stream.skip(self._left)
        self._left = 0


def _header(stream: Stream) -> tuple[str, int, bytes] | None:
    block = stream.exactly(RECORD)
    size = _size(block[124:136])
    if len(block) < RECORD or not is_tar(block) or size is None:
        return None
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    name = _text(block[:100])
    return f"{prefix}/{name}" if prefix else name, size, block[156:157]


def _size(field: bytes) -> int | None:
    if field[:1] == b"\x80":  # GNU: too large for octal
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if digits and all(48 <= each <= 55 for each in digits) else (0 if not digits else None)


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")
