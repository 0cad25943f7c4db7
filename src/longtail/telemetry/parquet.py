"""A Parquet file → raw columns of a format, a slice of rows at a time, whatever types its writer chose."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from longtail.files.streams import Stream
from longtail.files.tally import Tally
from longtail.telemetry.events import PLACE
from longtail.telemetry.format import Format
from longtail.telemetry.kinds import DTYPE, typed

MAGIC = b"PAR1"
SLICE_ROWS = 65_536  # read at once: no slower than more, and whoever writes has larger groups of rows
UNREADABLE = "unreadable Parquet"
PARQUET_ERRORS = (pl.exceptions.PolarsError, OSError, ValueError, pl.exceptions.PanicException)


def parquet_names(path: Path) -> list[str]:
    """The names of its columns, dotted where they lie in others; none where it cannot be read."""
    return list(_leaves(path))


def _leaves(path: Path) -> dict[str, pl.Expr]:
    """Each column that holds values itself, by its dotted name."""
    try:
        schema = pl.scan_parquet(path, glob=False).collect_schema()
    except PARQUET_ERRORS:
        return {}
    return dict(leaf for name, dtype in schema.items() for leaf in _within(name, pl.col(name), dtype))


def _within(name: str, column: pl.Expr, dtype: pl.DataType) -> Iterator[tuple[str, pl.Expr]]:
    if not isinstance(dtype, pl.Struct):
        yield name, column.alias(name)
        return
    for field in dtype.fields:
        held = field.dtype() if isinstance(field.dtype, type) else field.dtype
        yield from _within(f"{name}.{field.name}", column.struct.field(field.name), held)


def parquet_rows(path: Path) -> int:
    """How many rows it holds, from its footer; 0 where it cannot be read."""
    try:
        return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    except PARQUET_ERRORS:
        return 0


def parquet_frames(path: Path, rows: tuple[int, int], format: Format, tally: Tally) -> Iterator[pl.DataFrame]:
    """Raw columns of the rows from ``rows[0]`` up to ``rows[1]``; places are row numbers from 1."""
    leaves, wanted = _leaves(path), {field.path for field in format.fields.values()}
    held = pl.scan_parquet(path, glob=False).select(leaves[name] for name in sorted(wanted & leaves.keys()))
    for start in range(rows[0], rows[1], SLICE_ROWS):
        wide = min(SLICE_ROWS, rows[1] - start)
        try:
            table = held.slice(start, wide).collect()
        except PARQUET_ERRORS:
            tally.quarantine(f"rows {start + 1}–{start + wide}", UNREADABLE)
            continue
        yield table_frame(table, start + 1, format)


def parquet_texts(path: Path, names: Iterable[str]) -> Iterator[list[pl.Series]]:
    """Of a slice of rows after the other, those of the columns that are text; none where it cannot be read."""
    try:
        leaves = _leaves(path)
        held = pl.scan_parquet(path, glob=False).select(leaves[name] for name in sorted({*names} & leaves.keys()))
        texts = [name for name, dtype in held.collect_schema().items() if dtype == pl.String]
        for start in range(0, parquet_rows(path) if texts else 0, SLICE_ROWS):
            yield held.select(texts).slice(start, SLICE_ROWS).collect().get_columns()
    except PARQUET_ERRORS:
        return


def table_frame(table: pl.DataFrame, first: int, format: Format) -> pl.DataFrame:
    """Any table with the format's column names → raw columns of the right types; what is not there is null."""
    place = pl.Series(PLACE, range(first, first + table.height), dtype=pl.Int64)
    columns = {
        name: typed(table[field.path], field.kind)
        if field.path in table.columns
        else pl.Series([None], dtype=DTYPE[field.kind]).new_from_index(0, table.height)
        for name, field in format.fields.items()
    }
    return pl.DataFrame({**columns, PLACE: place})


def spooled(stream: Stream) -> "tempfile._TemporaryFileWrapper[bytes]":
    """The stream as a file of its own, gone when closed: the footer stands at the end."""
    file = tempfile.NamedTemporaryFile(suffix=".parquet")  # noqa: SIM115
    while part := stream.read():
        file.write(part)
    file.flush()
    return file
