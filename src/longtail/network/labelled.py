"""A CSV of machines and what somebody calls them (a subnet, a role, a tag) → a table of labels."""

from pathlib import Path

import polars as pl

from longtail.errors import InputError
from longtail.network.csv_rows import csv_tables
from longtail.ports.neighbours import LABELS

LARGEST = 256 << 20  # bytes; a list of a million machines is a tenth of that
NEEDED = ("machine", "label")


def labelled(path: str, tenant: str | None = None) -> pl.DataFrame:
    """The rows of ``machine,label`` and optionally ``tenant`` (schema ``LABELS``); rows without either are left out.

    ``tenant`` is the owner of rows that name none.

    Raises:
        InputError: the file cannot be read, is too large, or has not these columns.
    """
    frames = [pl.DataFrame(schema=LABELS)]
    for _, table in csv_tables(_text(Path(path))):
        if not set(NEEDED) <= set(table.columns):
            raise InputError(f"{path}: the first line must name the columns machine and label, as in machine,label")
        owner = pl.col("tenant") if "tenant" in table.columns else pl.lit("")
        frames.append(table.select(owner.alias("tenant"), *NEEDED))
    rows = pl.concat(frames).with_columns(pl.all().str.strip_chars())
    if rows.is_empty():
        raise InputError(f"{path}: no row says which machine has which label")
    owned = pl.when(pl.col("tenant") == "").then(pl.lit(tenant, dtype=pl.String)).otherwise("tenant")
    return (
        rows.with_columns(owned.alias("tenant")).filter(pl.all_horizontal(pl.col(NEEDED) != "")).unique().sort(NEEDED)
    )


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: larger than {LARGEST >> 20} MiB: labels are one line a machine")
        return path.read_text("utf-8-sig", errors="replace")
    except OSError as wrong:
        raise InputError(f"{path} cannot be read: {wrong.strerror}") from wrong
