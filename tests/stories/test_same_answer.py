"""The same telemetry gives the same answer: in any order, in any pieces, told twice, on any number of processes."""

import io
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from longtail import pipelines
from longtail.executions.schema import SIGHTING_KEY
from longtail.executions.sightings import in_order, merge, sightings
from longtail.fleet import Plan, events
from longtail.fleet.writers import write
from longtail.outputs.output import output
from longtail.pipelines import reading
from longtail.prevalence.findings import Alert
from longtail.prevalence.judgement import judged
from longtail.settings import Settings
from longtail.telemetry import Options

PLAN = Plan(
    machines=16, days=8, seed=2, tenants=1, preset="sql", attacks=2, recipes=("article", "certutil"), intensity=0.3
)
KEY = list(SIGHTING_KEY)


@cache
def telemetry() -> pl.DataFrame:
    return pl.concat(events(PLAN))


def told(seen: pl.DataFrame) -> tuple[Alert, ...]:
    return judged(in_order(seen), Settings(), ("all",)).alerts


@cache
def once() -> tuple[Alert, ...]:
    return told(sightings(telemetry()))


def gist(alerts: tuple[Alert, ...]) -> list[tuple[object, ...]]:
    return [(each.id, each.score, each.severity, each.title) for each in alerts]


def test_there_is_something_to_tell() -> None:
    assert len(once()) >= 5
    assert any(alert.executions for alert in once())


def test_neither_order_nor_pieces_matter() -> None:
    shuffled = telemetry().sample(fraction=1.0, shuffle=True, seed=7)
    pieces = [sightings(piece) for piece in shuffled.iter_slices(telemetry().height // 9)]
    in_two = merge([merge(pieces[5:]), merge(pieces[:5])])
    assert told(in_two) == once()


def test_what_is_told_three_times_alarms_no_more_and_no_less() -> None:
    again = told(merge([sightings(telemetry())] * 3))
    assert gist(again) == gist(once())


@pytest.mark.parametrize("row", [0, 1234, 5678])
def test_one_more_event_lowers_no_count(row: int) -> None:
    seen = in_order(sightings(telemetry()))
    one = telemetry()[row]
    other = one.with_columns(host=pl.lit("elsewhere"), image=pl.lit(r"C:\Temp\new.exe"))
    for added in (one, other):
        after = merge([seen, sightings(added)])
        both = seen.join(after, on=KEY, how="left", suffix="_after", nulls_equal=True, maintain_order="left")
        assert both["runs_after"].null_count() == 0
        assert (both["runs_after"] >= both["runs"]).all()
        assert (both["first_seen_after"] <= both["first_seen"]).all()
        assert (both["last_seen_after"] >= both["last_seen"]).all()
        assert after["runs"].sum() > seen["runs"].sum()


def test_one_more_host_lowers_no_prevalence() -> None:
    seen = sightings(telemetry())
    joined = seen.filter(pl.col("host") == pl.col("host").min()).with_columns(host=pl.lit("one-more"))
    before, after = (_prevalence(table) for table in (seen, merge([seen, joined])))
    both = before.join(after, on=["account_class", "location", "name", "shape"], how="left", suffix="_after")
    assert all((both[f"{count}_after"] >= both[count]).all() for count in ("hosts", "days", "runs"))


def _prevalence(seen: pl.DataFrame) -> pl.DataFrame:
    return seen.group_by("account_class", "location", "name", "shape").agg(
        pl.col("host").n_unique().alias("hosts"), pl.col("day").n_unique().alias("days"), pl.col("runs").sum()
    )


def test_one_process_and_two_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(replace(PLAN, machines=6, days=5), tmp_path / "logs", "nxlog")
    monkeypatch.setattr(reading, "SMALL", 0)
    first, second = (_bytes(tmp_path / "logs", processes) for processes in (1, 2))
    assert first == second
    assert len(first) > 1000


def test_standard_input_is_read_by_the_process_that_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(replace(PLAN, machines=6, days=3), tmp_path / "logs", "jsonl")
    first, *others = sorted(str(path) for path in tmp_path.rglob("*.jsonl"))
    monkeypatch.setattr(reading, "SMALL", 0)
    monkeypatch.setattr(reading, "LEAST_SHARED", 1)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(first).read_bytes())))
    given = reading.Source((others[0], "-", *others[1:]), Options(), processes=2)
    assert {each.path: each.process_starts for each in reading.observed(given)[1]}["-"] > 0


def _bytes(logs: Path, processes: int) -> bytes:
    request = pipelines.Request((str(logs),), accounts=("all",), processes=processes)
    stream = io.StringIO()
    output("jsonl").write(pipelines.hunt(request), stream)
    return stream.getvalue().encode()
