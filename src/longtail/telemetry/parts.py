"""Paths → pieces of work: whole files, and ranges of big plain ones, so that several processes can share one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from longtail.errors import UsageError
from longtail.files.discovery import STDIN, files
from longtail.telemetry.format import Format
from longtail.telemetry.formats import EVERY
from longtail.telemetry.options import Options
from longtail.telemetry.ranges import ranges_of

CUT_FROM = 16 << 20  # a smaller file is not worth a second process


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of work.

    ``start`` and ``stop`` are bytes for text and EVTX, rows for Parquet; ``stop`` None is the end of the file.
    ``first_line`` is the number of the first line in the range. ``size`` is bytes of work, for progress.
    The path ``-`` is standard input and can be read only by the process that owns it.
    """

    path: str
    root: str
    start: int = 0
    stop: int | None = None
    first_line: int = 1
    size: int = 0


def parts(paths: Sequence[str], options: Options, pieces: int = 1) -> list[Part]:
    """The work that ``paths`` stand for, in order; files of 16 MiB and more in about ``pieces`` ranges.

    Raises:
        NothingToRead: a path matches no file.
        UsageError: ``options.format_in`` names no format.
    """
    named(options.format_in)
    return [part for path, root in files(paths) for part in _parts_of(path, root, options, pieces)]


def named(format_in: str | None) -> tuple[Format, ...]:
    """The formats to try: all, or the one that is forced."""
    wanted = tuple(format for format in EVERY if format_in in (None, format.name))
    if not wanted:
        raise UsageError(f"{format_in}: no such format; it is one of {', '.join(format.name for format in EVERY)}")
    return wanted


def _parts_of(path: str, root: str, options: Options, pieces: int) -> list[Part]:
    try:
        size = 0 if path == STDIN else Path(path).stat().st_size
        cut = path != STDIN and size >= CUT_FROM and pieces > 1
        ranges = list(ranges_of(path, size, named(options.format_in), pieces)) if cut else []
    except OSError:
        ranges, size = [], 0
    if len(ranges) < 2:
        return [Part(path, root, size=size)]
    return [Part(path, root, start, stop, line, size // len(ranges)) for start, stop, line in ranges]
