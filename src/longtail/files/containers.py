"""A file that may be packed → the plain streams in it, recognised by their magic bytes, nothing written by name."""

import gzip
import io
import struct
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

import zstandard

from longtail.files.streams import Budget, Stream
from longtail.files.tar import is_tar, tar_members

DEPTH_MOST = 4  # a zip that holds a tar.gz is three layers
MEMBERS_MOST = 10_000
DIRECTORY_MOST = 4 << 20  # bytes of a zip's table of contents: 10,000 ordinary names need 1.3 MiB
SPOOLED = 32 << 20
WINDOW_MOST = 1 << 27  # zstd's own limit for frames that do not ask for more

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
FOREIGN = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\x00": "an xz file",
    b"Rar!": "a rar archive",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One plain stream. ``path`` names it (``outer.zip!inner.json``); ``refused`` says why it cannot be read."""

    path: str
    stream: Stream
    refused: str | None = None


def members(stream: Stream, path: str, budget: Budget, depth: int = 0) -> Iterator[Member]:
    """Every plain stream inside, depth first, in the archive's order. What cannot be opened is refused by name."""
    head = stream.peek(512)
    unpack = _layer(head)
    if unpack is None:
        yield Member(path, stream, _foreign(head))
    elif depth >= DEPTH_MOST:
        yield _refused(path, "packed too deep")
    else:
        yield from unpack(stream, path, budget, depth + 1)


def is_packed(head: bytes) -> bool:
    """Whether what begins like this is a container that is unpacked here."""
    return _layer(head) is not None


def is_packed_alone(head: bytes) -> bool:
    """Whether what begins like this is one stream that was packed, not an archive of some."""
    return _layer(head) in (_gzip, _zstd)


Unpack = Callable[[Stream, str, Budget, int], Iterator[Member]]


def _layer(head: bytes) -> Unpack | None:
    if head.startswith(b"\x1f\x8b"):
        return _gzip
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return _zstd
    if head.startswith(ZIP_MAGIC):
        return _zip
    return _tar if is_tar(head) else None


def _foreign(head: bytes) -> str | None:
    return next((f"{what}: unpack it first" for magic, what in FOREIGN.items() if head.startswith(magic)), None)


def _refused(path: str, reason: str) -> Member:
    return Member(path, Stream(io.BytesIO().read), reason)


class _Raw(io.RawIOBase):
    """A stream as the file object that decompressors expect."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._stream.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


def _gzip(stream: Stream, path: str, budget: Budget, depth: int) -> Iterator[Member]:
    with gzip.GzipFile(fileobj=cast(IO[bytes], io.BufferedReader(_Raw(stream), 1 << 17))) as unpacked:
        yield from members(Stream(unpacked.read1, budget), path, budget, depth)


def _zstd(stream: Stream, path: str, budget: Budget, depth: int) -> Iterator[Member]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=WINDOW_MOST)
    with decompressor.stream_reader(cast(IO[bytes], _Raw(stream)), read_across_frames=True) as unpacked:
        yield from members(Stream(unpacked.read, budget), path, budget, depth)


def _tar(stream: Stream, path: str, budget: Budget, depth: int) -> Iterator[Member]:
    for number, (name, content) in enumerate(tar_members(stream)):
        if number >= MEMBERS_MOST:
            yield _refused(path, f"holds more than {MEMBERS_MOST} files")
            return
        yield from members(content, f"{path}!{name}", budget, depth)
    if stream.damage:
        yield _refused(path, stream.damage)


def _zip(stream: Stream, path: str, budget: Budget, depth: int) -> Iterator[Member]:
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED) as spool:
        while part := stream.read():
            spool.write(part)
        if reason := stream.damage or _directory_too_large(spool):
            yield _refused(path, reason)
            return
        try:
            archive = ZipFile(spool)
        except (BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
            yield _refused(path, f"damaged or unreadable: {type(error).__name__}")
            return
        with archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield from _zip_member(archive, info, f"{path}!{info.filename}", budget, depth)


def _zip_member(archive: ZipFile, info: ZipInfo, path: str, budget: Budget, depth: int) -> Iterator[Member]:
    try:
        content = archive.open(info)
    except (BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, struct.error) as error:
        yield _refused(path, "encrypted" if info.flag_bits & 1 else f"damaged or unreadable: {type(error).__name__}")
        return
    with content:
        yield from members(Stream(content.read, budget), path, budget, depth)


def _directory_too_large(file: Any) -> str | None:
    """The table of contents is read whole by ``zipfile``: its size is looked at first."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    file.seek(0)
    if at < 0 or at + 22 > len(tail):
        return None
    entries, directory = struct.unpack_from("<HI", tail, at + 10)
    if entries == 0xFFFF or directory == 0xFFFFFFFF or entries > MEMBERS_MOST or directory > DIRECTORY_MOST:
        return f"holds more than {MEMBERS_MOST} files"
    return None
