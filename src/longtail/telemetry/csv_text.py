"""Blocks of CSV → raw columns of a format: whole blocks at once where they are clean, row by row where not.

A block ends where no quote is open. A quote that stays open beyond the cap costs its own line and no other.
"""

import csv
import io
from collections.abc import Iterable, Iterator

import polars as pl

from longtail.telemetry.format import Format
from longtail.telemetry.json_text import REPAIRED
from longtail.telemetry.lines import LINE_MOST, TOO_LONG, Block
from longtail.telemetry.parquet import table_frame
from longtail.telemetry.tally import Tally

DELIMITERS = (",", ";", "\t")
UTC_SUFFIX = " [UTC]"  # what Azure's portal appends to the names of times
OPEN_QUOTE = "quote never closed"
RAGGED = "wrong number of fields"


def header_of(line: bytes, delimiter: str) -> tuple[str, ...]:
    """The names in a header line. The first may be empty: an index without a name."""
    text = line.decode("utf-8", "replace").strip("\ufeff\r\n")
    try:
        names = next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return ()
    return tuple(name.strip().removesuffix(UTC_SUFFIX) for name in names)


def csv_frames(
    blocks: Iterable[Block], header: tuple[str, ...], layout: tuple[Format, str], tally: Tally
) -> Iterator[pl.DataFrame]:
    """Raw columns of rows under ``header``; ``layout`` is the format and the delimiter; places are line numbers."""
    format, delimiter = layout
    table = _Table(header, delimiter, tally)
    for first, data in _whole_records(blocks, tally):
        for rows, places in table.read(first, data):
            yield table_frame(rows, 0, format).with_columns(_place=places)


def without_header(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks less their first line that is not blank."""
    pending = True
    for block in blocks:
        if not pending or block.too_long:
            yield block
            continue
        blank = len(block.data) - len(block.data.lstrip())
        cut = block.data.find(b"\n", blank) + 1 or len(block.data)
        pending = blank == len(block.data)
        if cut < len(block.data):
            yield Block(block.first + block.data.count(b"\n", 0, cut), block.data[cut:])


def _whole_records(blocks: Iterable[Block], tally: Tally) -> Iterator[tuple[int, bytes]]:
    """First line and bytes of runs of lines that end where no quote is open."""
    first, held = 0, b""
    for block in blocks:
        if block.too_long:
            tally.quarantine(block.first, TOO_LONG)
        first, held = (first, held + block.data) if held else (block.first, block.data)
        cut = closed_end(held)
        if cut:
            yield first, held[:cut]
            first, held = first + held.count(b"\n", 0, cut), held[cut:]
        if len(held) > LINE_MOST:
            yield first, held
            held = b""
    if held:
        yield first, held


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


class _Table:
    """Rows under one header."""

    def __init__(self, header: tuple[str, ...], delimiter: str, tally: Tally) -> None:
        self.names = [f"{name}" if header.index(name) == at else f"{name}#{at}" for at, name in enumerate(header)]
        self.delimiter = delimiter
        self.tally = tally

    def read(self, first: int, data: bytes) -> Iterator[tuple[pl.DataFrame, pl.Series]]:
        """Rows as text columns, and the line that each begins at."""
        rows = self._at_once(data)
        if rows is not None and rows.height == data.count(b"\n") + (not data.endswith(b"\n")):
            yield rows, pl.Series(range(first, first + rows.height), dtype=pl.Int64)
            return
        kept = list(self._one_by_one(first, data))
        columns = list(zip(*(fields for _, fields in kept), strict=True)) or [()] * len(self.names)
        table = {name: pl.Series(values, dtype=pl.String) for name, values in zip(self.names, columns, strict=True)}
        yield pl.DataFrame(table), pl.Series([line for line, _ in kept], dtype=pl.Int64)

    def _at_once(self, data: bytes) -> pl.DataFrame | None:
        """All rows by Polars, which refuses a block for one bad row; None then, and where a row is short."""
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
        return None if rows[self.names[-1]].has_nulls() else rows

    def _one_by_one(self, first: int, data: bytes) -> Iterator[tuple[int, list[str]]]:
        lines = data.splitlines(keepends=True) if b"\r" not in data.replace(b"\r\n", b"") else data.split(b"\n")
        at = 0
        while at < len(lines):
            if not lines[at].strip():
                at += 1
                continue
            taken = _lines_of_record(lines, at)
            fields = self._fields(b"".join(lines[at : at + taken]))
            if fields is not None:
                yield first + at, fields
                at += taken
                continue
            self.tally.quarantine(first + at, RAGGED if taken == 1 else OPEN_QUOTE)
            at += 1

    def _fields(self, record: bytes) -> list[str] | None:
        text = record.decode("utf-8", "replace").rstrip("\r\n")
        try:
            fields = next(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True))
        except (csv.Error, StopIteration):
            return None
        if len(fields) != len(self.names):
            return None
        if "\ufffd" in text and b"\xef\xbf\xbd" not in record:
            self.tally.repair(REPAIRED)
        return fields


def _lines_of_record(lines: list[bytes], at: int) -> int:
    """How many lines a record takes: until its quotes are closed, within the cap; 2 says that they never are."""
    quotes = size = 0
    for taken, line in enumerate(lines[at:], 1):
        quotes += line.count(b'"')
        size += len(line)
        if quotes % 2 == 0:
            return taken
        if size > LINE_MOST:
            break
    return 2 if at + 1 < len(lines) else 1
