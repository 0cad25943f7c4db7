"""What programs print into a cell of a table, as Python or JSON would write it → the value.

Notebooks and scripts write the answers of APIs into tables, lists as they print them.
"""

import ast
import re
import warnings
from typing import Any

import polars as pl

LITERAL_MOST = 1 << 18  # characters of a value that are read: nothing that is told of one event is as long
NO_LITERAL = (ValueError, SyntaxError, RecursionError, MemoryError)
LIST = r"""^\s*\[\s*["'](?s:.)*["']\s*,?\s*\]\s*$"""  # of texts; `[ -f x ]` is a command


def literal(written: str) -> Any:
    """The value, or None where it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of backslashes that stand for themselves
        try:
            return ast.literal_eval(written[:LITERAL_MOST])
        except NO_LITERAL:
            return None


def unlisted(cells: pl.Series, between: str | None) -> pl.Series:
    """Cells with what printed lists of texts hold in their place: all of it, parted by a text, or the first of it."""
    listed = cells.str.contains(LIST).fill_null(False)
    if not listed.any():
        return cells
    held = {each: _told(each, between) for each in cells.filter(listed).unique()}
    return pl.select(pl.when(listed).then(cells.replace(held)).otherwise(cells)).to_series()


def _told(written: str, between: str | None) -> str | None:
    values = literal(re.sub(r"^\s+", "", written))
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        return written
    return values[0] if between is None else between.join(values)
