"""CSV text → tables of text under the names of its first line, a bad row costing only itself."""

import csv
from collections.abc import Iterator
from itertools import islice, zip_longest

import polars as pl

ROWS = 65_536
LINES_MOST = 20  # lines that one quoted field may span; a quote never closed costs no more than its own line


def csv_tables(text: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows in tables of at most 65,536, each with where it begins; short rows are filled, long ones cut."""
    text = text.replace("\0", "")
    delimiter = max(",;\t", key=text.lstrip().split("\n", 1)[0].count)
    rows = (row for row in _rows(text, delimiter) if any(cell.strip() for cell in row))
    names = tuple(name.strip().lower() for name in next(rows, ()))
    if len(names) < 2 or len(set(names)) < len(names):
        return
    begin = 1
    while some := list(islice(rows, ROWS)):
        yield f"rows from {begin}", _table(names, some)
        begin += len(some)


def _table(names: tuple[str, ...], rows: list[list[str]]) -> pl.DataFrame:
    wide = len(names)
    columns = zip_longest(*((row if len(row) == wide else (row + [""] * wide)[:wide]) for row in rows))
    return pl.DataFrame(
        {name: list(column) for name, column in zip(names, columns, strict=True)},
        schema=dict.fromkeys(names, pl.String()),
    )


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    for record in _records(text.splitlines()):
        try:
            yield next(csv.reader(record, delimiter=delimiter), [])
        except csv.Error:
            yield record[0].split(delimiter)


def _records(lines: list[str]) -> Iterator[list[str]]:
    """Lines that belong together because a quote is open between them."""
    at = 0
    while at < len(lines):
        span = 1
        if lines[at].count('"') % 2:
            rest = range(at + 1, min(at + LINES_MOST, len(lines)))
            span = next((end - at + 1 for end in rest if lines[end].count('"') % 2), 1)
        yield [line + "\n" for line in lines[at : at + span]] if span > 1 else [lines[at]]
        at += span
