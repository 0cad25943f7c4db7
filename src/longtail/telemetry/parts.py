"""Paths → pieces of work: whole files, and ranges of big plain ones, so that several processes can share one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path

from longtail.errors import UsageError
from longtail.files.containers import is_packed
from longtail.files.discovery import STDIN, files
from longtail.telemetry.format import Format
from longtail.telemetry.formats import EVERY
from longtail.telemetry.options import Options
from longtail.telemetry.ranges import ranges_of
from longtail.telemetry.recognition import is_parquet

CUT_FROM = 16 << 20  # bytes of work: less is not worth a second process
DENSE = 8  # bytes of text that a byte of Parquet, or of a packed file, stands for at least
HEAD = 512


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of work.

    ``start`` and ``stop`` are bytes for text and EVTX, rows for Parquet; ``stop`` None is the end of the file.
    ``first_line`` is the number of the first line in the range. ``size`` is bytes of work, as ``work_in`` tells them.
    The path ``-`` is standard input and can be read only by the process that owns it.
    """

    path: str
    root: str
    start: int = 0
    stop: int | None = None
    first_line: int = 1
    size: int = 0


def parts(paths: Sequence[str], options: Options, pieces: int = 1) -> list[Part]:
    """The work that ``paths`` stand for, in order; what is 16 MiB of work and more in about ``pieces`` ranges.

    Raises:
        NothingToRead: a path matches no file.
        UsageError: ``options.format_in`` names no format.
    """
    named(options.format_in)
    return [part for path, root in files(paths) for part in _parts_of(path, root, options, pieces)]


def work_in(path: str) -> int:
    """How many bytes of text a file is about worth: its own, several times that where it is packed or Parquet.

    A pipe is worth nothing, and is not opened.

    Raises:
        OSError: it cannot be opened.
    """
    if not Path(path).is_file():
        return 0
    with Path(path).open("rb") as file:
        head = file.read(HEAD)
        size = file.seek(0, SEEK_END)
    return size * DENSE if is_parquet(head) or is_packed(head) else size


def named(format_in: str | None) -> tuple[Format, ...]:
    """The formats to try: all, or the one that is forced."""
    wanted = tuple(format for format in EVERY if format_in in (None, format.name))
    if not wanted:
        raise UsageError(f"{format_in}: no such format; it is one of {', '.join(format.name for format in EVERY)}")
    return wanted


def _parts_of(path: str, root: str, options: Options, pieces: int) -> list[Part]:
    try:
        work = 0 if path == STDIN else work_in(path)
        cut = path != STDIN and work >= CUT_FROM and pieces > 1
        ranges = list(ranges_of(path, named(options.format_in), pieces)) if cut else []
    except OSError:
        ranges, work = [], 0
    if len(ranges) < 2:
        return [Part(path, root, size=work)]
    return [Part(path, root, start, stop, line, work // len(ranges)) for start, stop, line in ranges]
