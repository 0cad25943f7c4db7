"""Blocks of CSV → raw columns of a format: whole blocks at once where they are clean, row by row where not.

A block ends where no quote is open. A quote that stays open beyond the cap costs its own line and no other.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import polars as pl

from longtail.files.tally import Tally
from longtail.telemetry.format import Format
from longtail.telemetry.json_text import REPAIRED
from longtail.telemetry.lines import LINE_MOST, TOO_LONG, Block, lines_in
from longtail.telemetry.parquet import table_frame

DELIMITERS = (",", ";", "\t", "|")
UTC_SUFFIX = " [UTC]"  # what Azure's portal appends to the names of times
SEPARATOR = re.compile(rb"(?i)(?:\xef\xbb\xbf)?(?:sep=[,;\t|]|#TYPE [^\r\n]{0,512})\r?\n")
"""What stands before the header: for Excel, or by Windows PowerShell's ``Export-Csv``."""
NO_NAME = re.compile(r'["<=]')  # in the first name of what is no header, but a record, or a line of a log
OPEN_QUOTE = "quote never closed"
RAGGED = "wrong number of fields"


def header_of(line: bytes, delimiter: str) -> tuple[str, ...]:
    """The names in a header line; none where it is another line. The first may be empty: an index without a name.

    A command line may hold the names of columns, parted by commas: that makes no header of the line of a log.
    """
    text = line.decode("utf-8", "replace").strip("\ufeff\r\n")
    try:
        names = next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return ()
    return () if NO_NAME.search("".join(names[:1])) else tuple(name.strip().removesuffix(UTC_SUFFIX) for name in names)


def csv_frames(
    blocks: Iterable[Block], header: tuple[str, ...], layout: tuple[Format, str], tally: Tally
) -> Iterator[pl.DataFrame]:
    """Raw columns of rows under ``header``; ``layout`` is the format and the delimiter; places are line numbers."""
    format, delimiter = layout
    for rows, places in csv_rows(blocks, header, delimiter, tally):
        yield table_frame(rows, 0, format).with_columns(_place=places)


def csv_rows(
    blocks: Iterable[Block], header: tuple[str, ...], delimiter: str, tally: Tally
) -> Iterator[tuple[pl.DataFrame, pl.Series]]:
    """Rows under ``header`` as columns of text, and the line that each begins at."""
    table = _Table(header, delimiter, tally)
    for first, data, last in _with_carry(blocks, table):
        yield from (_without_headers(rows, lines, header) for rows, lines in table.read(first, data, last))


def _without_headers(rows: pl.DataFrame, lines: pl.Series, header: tuple[str, ...]) -> tuple[pl.DataFrame, pl.Series]:
    """The rows less those that are the header again: tables are joined end to end."""
    told = next((at for at, name in enumerate(header) if name), 0)
    if not rows.height or not rows.to_series(told).str.contains(header[told], literal=True).any():
        return rows, lines
    names = [
        pl.nth(at).str.strip_chars("\ufeff \t").str.strip_suffix(UTC_SUFFIX) == name for at, name in enumerate(header)
    ]
    left = ~rows.select(pl.all_horizontal(names)).to_series()
    return rows.filter(left), lines.filter(left)


def without_header(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks less their first line that is not blank."""
    pending = True
    for block in blocks:
        if not pending or block.too_long:
            yield block
            continue
        told = SEPARATOR.match(block.data)
        blank = len(block.data) - len(block.data[told.end() if told else 0 :].lstrip())
        cut = block.data.find(b"\n", blank) + 1 or len(block.data)
        pending = blank == len(block.data)
        if cut < len(block.data):
            yield Block(block.first + block.data.count(b"\n", 0, cut), block.data[cut:])


def _with_carry(blocks: Iterable[Block], table: "_Table") -> Iterator[tuple[int, bytes, bool]]:
    """First line, bytes, and whether nothing follows: each block behind what the table left of the one before."""
    first = 1
    for block in blocks:
        if block.too_long:
            table.tally.quarantine(block.first, TOO_LONG)
            continue
        first = first if table.rest else block.first
        data = table.rest + block.data
        yield first, data, False
        first += lines_in(data) - lines_in(table.rest)
        if len(table.rest) > LINE_MOST:
            yield first, table.rest, True
    yield first, table.rest, True


def closed_end(data: bytes) -> int:
    """The end of the last line at which as many quotes have been closed as opened; 0 if there is none."""
    if data.count(b'"') % 2 == 0 and data.endswith(b"\n"):
        return len(data)
    end, open_quotes = len(data), data.count(b'"')
    while end:
        newline = data.rfind(b"\n", 0, end)
        open_quotes -= data.count(b'"', newline + 1, end)
        if newline < 0 or open_quotes % 2 == 0:
            return newline + 1
        end = newline
    return 0


def _record_lines(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The line, counted from 0, at which each record begins: a newline inside quotes begins none."""
    held = np.frombuffer(data, dtype=np.uint8)
    newlines, quotes = np.flatnonzero(held == ord("\n")), np.flatnonzero(held == ord('"'))
    ends = np.flatnonzero(np.searchsorted(quotes, newlines) % 2 == 0)
    return np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)


class _Table:
    """Rows under one header. ``rest`` is what was not read of the last bytes: a record that is not complete yet."""

    def __init__(self, header: tuple[str, ...], delimiter: str, tally: Tally) -> None:
        self.names = [name if header.index(name) == at else f"{name}#{at}" for at, name in enumerate(header)]
        self.delimiter = delimiter
        self.tally = tally
        self.rest = b""

    def read(self, first: int, data: bytes, last: bool) -> Iterator[tuple[pl.DataFrame, pl.Series]]:
        """Rows as text columns, and the line that each begins at."""
        cut = closed_end(data)
        found = self._at_once(data[:cut]) if cut else None
        if found is not None:
            self.rest = data[cut:]
            yield found[0], pl.Series(found[1] + first)
            if not (last and self.rest):
                return
            first, data = first + lines_in(data[:cut]), self.rest
        kept = list(self._one_by_one(first, data, last))
        columns = list(zip(*(fields for _, fields in kept), strict=True)) or [()] * len(self.names)
        table = {name: pl.Series(values, dtype=pl.String) for name, values in zip(self.names, columns, strict=True)}
        yield pl.DataFrame(table), pl.Series([line for line, _ in kept], dtype=pl.Int64)

    def _at_once(self, data: bytes) -> tuple[pl.DataFrame, np.ndarray[tuple[int], np.dtype[np.int64]]] | None:
        """All rows by Polars and their lines; None where it refuses a row, a row is short or lines are in doubt."""
        try:
            rows = pl.read_csv(
                data,
                has_header=False,
                schema=dict.fromkeys(self.names, pl.String),
                separator=self.delimiter,
                empty_string_is_null=False,
            )
        except (pl.exceptions.PolarsError, ValueError):
            return None
        if rows[self.names[-1]].has_nulls():
            return None
        plain = rows.height == lines_in(data)
        lines = np.arange(rows.height) if plain else _record_lines(data)
        return (rows, lines) if len(lines) == rows.height else None

    def _one_by_one(self, first: int, data: bytes, last: bool) -> Iterator[tuple[int, list[str]]]:
        lines = io.BytesIO(data).readlines()
        at = 0
        while at < len(lines):
            taken, closed = _lines_of_record(lines, at)
            if not closed and not last:
                break
            fields = self._fields(b"".join(lines[at : at + taken])) if closed else None
            if fields:
                yield first + at, fields
                at += taken
                continue
            if fields is None:
                self.tally.quarantine(first + at, RAGGED if closed and taken == 1 else OPEN_QUOTE)
            at += 1
        self.rest = b"".join(lines[at:])

    def _fields(self, record: bytes) -> list[str] | None:
        """The fields of a record, none for a blank line; None where they are not as many as the header's."""
        text = record.decode("utf-8", "replace").rstrip("\r\n")
        if not text.strip():
            return []
        try:
            fields = next(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True))
        except (csv.Error, StopIteration):
            return None
        if len(fields) != len(self.names):
            return None
        if "\ufffd" in text and b"\xef\xbf\xbd" not in record:
            self.tally.repair(REPAIRED)
        return fields


def _lines_of_record(lines: list[bytes], at: int) -> tuple[int, bool]:
    """How many lines a record takes, and whether its quotes are closed within them and the cap."""
    quotes = size = 0
    for taken, line in enumerate(islice(lines, at, None), 1):
        quotes += line.count(b'"')
        size += len(line)
        if quotes % 2 == 0:
            return taken, True
        if size > LINE_MOST:
            return taken, False
    return len(lines) - at, False
