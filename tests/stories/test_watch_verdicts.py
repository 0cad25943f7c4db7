"""``longtail watch --store`` beside ``detect`` and ``verdict``: each incident once, and what is dismissed no more."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from lake_days import ATTACK, TOOL, Lake, lake
from test_watch import EVERYONE, LONGTAIL, Watched, hosts, starts

from longtail import models
from longtail.cli import longtail
from longtail.pipelines.learning import LearnRequest, learn

MINDED = 1.5  # seconds after which a verdict is minded


@pytest.fixture
def made(tmp_path: Path) -> Lake:
    return lake(tmp_path)


@pytest.fixture
def watched(made: Lake, tmp_path: Path) -> Iterator[Watched]:
    with (tmp_path / "model.longtail").open("wb") as stream:
        models.saved(learn(LearnRequest(made.kept), made.now), stream)
    (tmp_path / "logs").mkdir()
    watch = begun(made, tmp_path / "alerts.jsonl")
    watch.write("a.jsonl", EVERYONE)
    yield watch
    watch.process.kill()
    watch.process.wait()


def begun(made: Lake, out: Path) -> Watched:
    folder, model = out.parent / "logs", out.parent / "model.longtail"
    words = [LONGTAIL, "watch", folder, "--model", model, "--every", "100ms", "--store", made.place, "-o", out]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline().startswith("watching")
    return Watched(process, folder, out)


def say(made: Lake, *words: str) -> str:
    """What ``longtail verdict`` answers; and it is minded."""
    called = CliRunner().invoke(longtail, ["verdict", *words, "--store", made.place])
    assert called.exit_code == 0, called.output
    time.sleep(MINDED)
    return called.output


def test_what_is_dismissed_while_it_runs_alarms_no_more_until_that_is_revoked(made: Lake, watched: Watched) -> None:
    watched.write("a.jsonl", starts("codb03", TOOL))
    (first,) = watched.until(lambda told: hosts(told) == {"codb03"})
    assert first["id"] in say(made, "list", "--open")
    say(made, first["id"], "benign", "--scope", "tenant", "--reason", "it syncs")
    # the same elsewhere is passed over; beside an attack it does not hide the attack
    watched.write("a.jsonl", starts("codb05", TOOL))
    watched.write("a.jsonl", [*starts("codb06", TOOL), *starts("codb06", ATTACK, hour=22)])
    told = watched.until(lambda told: "codb06" in hosts(told))
    assert hosts(told) == {"codb03", "codb06"}
    alarming = {each["executable"] for each in told[-1]["executions"] if each["role"] == "anomaly"}
    assert len(alarming) >= len(ATTACK) and not any("syncagent" in each for each in alarming)
    # somebody thinks better of it
    say(made, first["id"], "true-positive", "--scope", "tenant", "--reason", "it was not")
    watched.write("a.jsonl", starts("codb07", TOOL))
    watched.until(lambda told: "codb07" in hosts(told))
    assert "codb05" not in hosts(watched.told())
    # a ledger that breaks ends no watch
    with sqlite3.connect(Path(made.place) / "ledger.sqlite") as book:
        book.execute("DROP TABLE grounds")
    watched.write("a.jsonl", starts("codb08", ATTACK))
    watched.until(lambda told: "codb08" in hosts(told))
    code, said = watched.stopped()
    assert code == 130
    assert "2 executions passed over: dismissed by a verdict" in said
    assert "ledger.sqlite: no such table: grounds: 1 alert not kept there, told all the same" in said
    assert "Traceback" not in said


def test_begun_again_it_tells_what_came_in_between_and_nothing_twice(
    made: Lake, watched: Watched, tmp_path: Path
) -> None:
    watched.write("a.jsonl", starts("codb03", ATTACK))
    (first,) = watched.until(lambda told: hosts(told) == {"codb03"})
    watched.process.kill()
    watched.process.wait()
    watched.write("a.jsonl", starts("codb04", ATTACK))
    again = begun(made, tmp_path / "again.jsonl")
    again.until(lambda told: "codb04" in hosts(told))
    again.write("a.jsonl", starts("codb05", ATTACK))
    told = again.until(lambda told: "codb05" in hosts(told))
    assert again.stopped()[0] == 130
    assert [each["host"] for each in told] == ["codb04", "codb05"]
    # what it told is known to who judges the whole day, and is not learnt
    made.runs("codb03", ATTACK)
    made.days()
    found = made.detect(model=str(tmp_path / "model.longtail"))
    assert (found.new, found.known + found.updated) == (0, 1)
    assert {each.id for each in found.hunt.alerts} <= {first["id"]}
    assert learn(LearnRequest(made.kept), made.now).header.left_out >= len(ATTACK)


def test_a_ledger_needs_its_store(tmp_path: Path) -> None:
    called = CliRunner().invoke(longtail, ["watch", str(tmp_path), "--model", "m", "--ledger", "sqlite:///x"])
    assert called.exit_code == 2 and "--store" in called.output
