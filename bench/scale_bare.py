"""Parquet telemetry → a count of the keys of a sighting by a bare group-by: the limit of what reading can cost.

python -m bench.scale_bare polars|duckdb FOLDER
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from bench.bare import KEY, parquet_scan


def by_duckdb(paths: list[Path]) -> int:
    """DuckDB's reader and group-by, on all cores."""
    keys = ", ".join(name for name in KEY if name != "day")
    grouped = f"SELECT count(*) AS runs FROM read_parquet(?) GROUP BY CAST(time AS DATE), {keys}"
    found = duckdb.execute(f"SELECT sum(runs) FROM ({grouped})", [[str(path) for path in paths]]).fetchone()
    return int(found[0]) if found else 0


def by_polars(paths: list[Path]) -> int:
    """Polars' lazy reader and group-by, on all cores."""
    return parquet_scan(paths)


BARE: Mapping[str, Callable[[list[Path]], int]] = {"polars": by_polars, "duckdb": by_duckdb}

if __name__ == "__main__":
    print(BARE[sys.argv[1]](sorted(Path(sys.argv[2]).rglob("*.parquet"))))
