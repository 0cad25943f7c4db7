"""A store is small, and a plain Delta table: tools that know nothing of Longtail read from it what Longtail does."""

from pathlib import Path

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable
from polars.testing import assert_frame_equal

from longtail import store
from longtail.fleet import Plan
from longtail.fleet.writers import write
from longtail.pipelines import Source, ingest
from longtail.telemetry import Options

PLAN = Plan(machines=24, days=3, seed=6, preset="mixed", attacks=1)
COUNTED = ["day", "tenant", "host", "name"]


def _size(folder: Path, kind: str) -> int:
    return sum(path.stat().st_size for path in folder.rglob(f"*.{kind}"))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    for kind in ("parquet", "jsonl"):
        write(PLAN, folder / kind, kind)
    return folder


@pytest.fixture(scope="module")
def lake(fleet: Path) -> Path:
    """A store of several commits, some of whose files nothing refers to any more."""
    for file in sorted((fleet / "parquet").rglob("*.parquet")):
        ingest(Source((str(file),), Options()), str(fleet / "lake"))
    store.compact(str(fleet / "lake"))
    return fleet / "lake"


def test_a_store_takes_a_twentieth_of_json_lines_and_half_of_parquet(fleet: Path) -> None:
    ingest(Source((str(fleet / "parquet"),), Options()), str(fleet / "whole"))
    held = _size(fleet / "whole", "parquet")
    assert 20 * held <= _size(fleet / "jsonl", "jsonl")
    assert 2 * held <= _size(fleet / "parquet", "parquet")


def _expected(lake: Path) -> pl.DataFrame:
    seen = store.sightings(str(lake)).group_by(COUNTED).agg(pl.col("runs").sum().cast(pl.Int64), *_extremes())
    return seen.sort(COUNTED)


def _extremes() -> list[pl.Expr]:
    return [pl.col("first_seen").min(), pl.col("last_seen").max()]


def test_polars_reads_it(lake: Path) -> None:
    table = pl.scan_delta(str(lake / "sightings"))
    found = table.group_by(COUNTED).agg(pl.col("runs").sum(), *_extremes()).sort(COUNTED).collect()
    assert_frame_equal(found, _expected(lake))


def test_duckdb_reads_it(lake: Path) -> None:
    files = DeltaTable(str(lake / "sightings")).file_uris()
    assert len(files) < len(list(lake.rglob("*.parquet")))
    rows = duckdb.execute(
        "SELECT day, tenant, host, name, sum(runs)::BIGINT, epoch_us(min(first_seen)), epoch_us(max(last_seen))"
        " FROM read_parquet(?, hive_partitioning = true) GROUP BY ALL",
        [files],
    ).fetchall()
    found = pl.DataFrame(rows, schema=_expected(lake).schema, orient="row").sort(COUNTED)
    assert_frame_equal(found, _expected(lake))
