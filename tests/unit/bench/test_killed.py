"""An ingest that is killed at random moments leaves stores that are sound and end the same; and the proof can tell."""

from pathlib import Path

import polars as pl
from bench.killed import different, proof, small_logs

from longtail import store
from longtail.pipelines import Source, ingest, observed
from longtail.telemetry import Options


def test_killed_at_random_moments_and_started_again_it_counts_once(tmp_path: Path) -> None:
    found = proof(small_logs(tmp_path / "logs"), tmp_path / "lakes", times=3, seed=3)
    assert found.kills == 3 and found.finished >= 1
    assert found.wrong == ()


def test_the_proof_sees_what_is_lost_or_counted_twice(tmp_path: Path) -> None:
    logs = small_logs(tmp_path / "logs")
    truth = observed(Source((str(logs),), Options()))[0]
    first, *others = sorted(map(str, logs.rglob("*.jsonl")))
    ingest(Source(tuple(others), Options()), str(tmp_path / "lake"))
    assert different(tmp_path / "lake", truth) == ["lake: not what a reading without a store sees"]
    ingest(Source((first,), Options()), str(tmp_path / "lake"))
    assert different(tmp_path / "lake", truth) == []
    store.appended(store.opened(str(tmp_path / "lake")), truth.filter(pl.col("day") == truth["day"][0]), ["x:1/1"], [])
    assert different(tmp_path / "lake", truth) == ["lake: not what a reading without a store sees"]
