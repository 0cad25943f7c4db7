"""A path to write → a stream: a file appears whole or not at all, a pipe or a device is written to as it stands."""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

OPEN_STREAMS = "/proc/"
"""Where the streams that a process has open are named: /dev/stdout and /dev/fd/63 lead there."""

LINKS = 40  # as many as Linux follows


def led_to(path: str | Path) -> Path:
    """Where links lead to, at last: what is no link, whether it is there or not, or a stream that a process has open.

    Raises:
        OSError: links lead in a circle.
    """
    place = os.fspath(path)
    for _ in range(LINKS):
        folder, name = os.path.realpath(Path(place).parent), Path(place).name
        place = str(Path(folder, name))
        if folder.startswith(OPEN_STREAMS) or not Path(place).is_symlink():
            return Path(place)
        place = str(Path(folder, Path(place).readlink()))
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), os.fspath(path))


def is_stream(place: Path) -> bool:
    """Whether it is a pipe, a device or an open stream: nothing is lost by writing to it, and nothing may replace it.

    ``place`` is where links lead to (`led_to`).
    """
    if not place.exists():
        return False
    mode = place.stat().st_mode
    return str(place).startswith(OPEN_STREAMS) or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def whole_file(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """A file that takes the place of ``path`` when all is written, and is gone when that fails.

    Until then it has a name of its own beside it, which no other file had; it has the rights of the file that it
    replaces. A link is replaced like a file: who wants what it leads to asks `led_to`.
    """
    partial = path.with_name(f".longtail-{secrets.token_hex(8)}.partial")
    try:
        with _opened(partial, mode.replace("w", "x")) as stream:
            if path.is_file() and not path.is_symlink():
                partial.chmod(stat.S_IMODE(path.stat().st_mode))
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def running_stream(path: str | Path) -> IO[str]:
    """A stream whose readers see each line as it is flushed: a file anew, or a pipe or device as it stands."""
    place = led_to(path)
    return _as_it_stands(place, "a") if is_stream(place) else _opened(place, "w")


@contextmanager
def written(path: str | Path, mode: str = "w") -> Iterator[IO[Any]]:
    """A stream of characters (``mode`` "w") or of bytes ("wb") to ``path``, or to what it leads to if it is a link."""
    place = led_to(path)
    if is_stream(place):
        with _as_it_stands(place, mode.replace("w", "a")) as stream:
            yield stream
        return
    with whole_file(place, mode) as stream:
        yield stream


def _opened(path: Path, mode: str) -> IO[Any]:
    return path.open(mode) if "b" in mode else path.open(mode, encoding="utf-8", newline="")


def _as_it_stands(place: Path, mode: str) -> IO[Any]:
    """To the end of what is there: a shell's ``>> file`` keeps what it had. Nothing is made, nothing is cut off."""

    def there(path: str, flags: int) -> int:
        return os.open(path, flags & ~(os.O_CREAT | os.O_TRUNC))

    if "b" in mode:
        return open(place, mode, opener=there)
    return open(place, mode, encoding="utf-8", newline="", opener=there)
