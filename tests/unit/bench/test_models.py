"""Every model of the benchmark on one small fleet: the same contract, made once, kept."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from bench import fleets
from bench.fleets import Fleet, fingerprint, fleet
from bench.peers import RANKED
from bench.quality import MODELS, seeds

from longtail.fleet import Plan

PLAN = Plan(machines=12, days=4, seed=3, preset="sql", attacks=2, recipes=("article", "miner"), intensity=0.3)


@cache
def small() -> Fleet:
    return fleet(PLAN, None)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_ranks_alerts_that_have_a_host_a_span_and_an_order(name: str) -> None:
    found = MODELS[name](small())
    assert dict(found.select(RANKED.names()).schema) == dict(RANKED)
    assert found["score"].is_sorted(descending=True)
    assert (found["start"] <= found["end"]).all()
    assert found.select("tenant", "host").unique().height <= PLAN.machines


@pytest.mark.parametrize("name", [name for name in MODELS if name != "longtail"])
def test_every_peer_sees_the_article_somewhere(name: str) -> None:
    (article,) = (each for each in small().truth.incidents if each.recipe == "article")
    there = MODELS[name](small()).filter(pl.col("host") == article.host.lower())
    assert there.filter((pl.col("start") <= article.last_seen) & (pl.col("end") >= article.first_seen)).height


def test_a_fleet_is_made_once_and_comes_back_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fleet(PLAN, tmp_path)
    monkeypatch.setattr(fleets, "_made", None)
    kept = fleet(PLAN, tmp_path)
    assert made.sightings.equals(kept.sightings)
    assert made.starts.equals(kept.starts)
    assert made.buckets.equals(kept.buckets)
    assert made.truth == kept.truth


def test_another_plan_or_another_source_is_another_fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(PLAN)
    assert fingerprint(replace(PLAN, seed=4)) != before
    source = tmp_path / "source.py"
    source.write_text("1")
    monkeypatch.setattr(fleets, "SOURCES", (source,))
    first = fingerprint(PLAN)
    source.write_text("2")
    assert len({before, first, fingerprint(PLAN)}) == 3


@pytest.mark.parametrize(("text", "found"), [("1-3,7", (1, 2, 3, 7)), ("5", (5,)), ("", ())])
def test_seeds_are_named_one_by_one_or_as_ranges(text: str, found: tuple[int, ...]) -> None:
    assert seeds(text) == found
