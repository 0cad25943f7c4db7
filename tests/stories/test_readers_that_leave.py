"""Recorded and told are two things: nothing waits for a reader, and what no reader got is told by the next run."""

import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from lake_days import ATTACK, TOOL, Lake, lake
from test_watch import EVERYONE, LONGTAIL, PATIENCE, starts

from longtail import models
from longtail.cli import longtail
from longtail.ledger.verdicts import Verdict
from longtail.pipelines.judging import Detected, DetectRequest, detect
from longtail.pipelines.learning import LearnRequest, learn
from longtail.pipelines.verdicts import say


@pytest.fixture
def made(tmp_path: Path) -> Lake:
    """Quiet days, all judged, and a model of them."""
    found = lake(tmp_path, judged=True)
    with (tmp_path / "model.longtail").open("wb") as stream:
        models.saved(learn(LearnRequest(found.kept), found.now), stream)
    return found


def watch(made: Lake, *lines: str, reader: bool = True) -> tuple[int, list[str], str]:
    """What a watch tells of some lines; without a ``reader`` nobody is there to be told."""
    model = Path(made.place).parent / "model.longtail"
    words = [LONGTAIL, "watch", "-", "--model", str(model), "--every", "100ms", "--store", made.place, "-q"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        if not reader:
            process.stdout.close()
            process.stdout = None
        told, said = process.communicate("".join(lines), timeout=PATIENCE)
        return process.returncode, (told or "").splitlines(), said


def test_a_watch_whose_reader_has_left_says_so_and_the_next_tells_what_it_found(made: Lake) -> None:
    code, _, said = watch(made, *EVERYONE, *starts("codb03", ATTACK), reader=False)
    assert code == 1
    assert said.startswith("longtail: the output cannot be written: nobody reads it any more; the ledger keeps 1 alert")
    code, told, said = watch(made)
    assert (code, [json.loads(each)["host"] for each in told], said) == (0, ["codb03"], "")
    assert watch(made)[1] == []
    assert made.detect().hunt.alerts == ()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_watch_that_has_no_room_to_write_keeps_all_that_it_read_for_the_next(made: Lake) -> None:
    model = Path(made.place).parent / "model.longtail"
    words = [LONGTAIL, "watch", "-", "--model", str(model), "--every", "100ms", "--store", made.place, "-q"]
    lines = "".join([*EVERYONE, *starts("codb03", ATTACK), *starts("codb05", ATTACK)])
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            words, input=lines, stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith("longtail: the output cannot be written: No space left on device; the ledger keeps")
    assert {json.loads(each)["host"] for each in watch(made)[1]} == {"codb03", "codb05"}


def test_a_watch_ends_as_soon_as_its_reader_has_left_though_there_is_nothing_to_tell(made: Lake) -> None:
    (logs := Path(made.place).parent / "logs").mkdir()
    words = [LONGTAIL, "watch", str(logs), "--model", str(logs.parent / "model.longtail"), "-q"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (1, "longtail: the output cannot be written: nobody reads it any more\n")


def test_what_a_watch_could_not_tell_detect_does_in_any_form(made: Lake, tmp_path: Path) -> None:
    """Of telemetry that is in no store."""
    watch(made, *EVERYONE, *starts("codb03", ATTACK), reader=False)
    for form in ("table", "json", "jsonl", "csv", "html", "ocsf"):
        book = shutil.copy(Path(made.place) / "ledger.sqlite", tmp_path / form)
        words = ["detect", "--store", made.place, "--ledger", f"sqlite:///{book}", "-f", form, "--fail-on", "high"]
        found, again = (CliRunner().invoke(longtail, words) for _ in range(2))
        assert found.exit_code == 3 and "codb03" in found.stdout
        assert "1 of them found by an earlier run, which could not tell" in found.stderr
        assert again.exit_code == 0 and "codb03" not in again.stdout


def test_what_detect_could_not_tell_is_told_whole_by_the_next_and_once(made: Lake) -> None:
    made.runs("codb03", ATTACK)
    made.days()

    def fails(found: Detected) -> None:
        raise BrokenPipeError(f"{len(found.hunt.alerts)} alerts, and nobody to read them")

    with pytest.raises(BrokenPipeError, match="1 alerts"):
        detect(DetectRequest(made.kept), made.now, fails)
    narrow = made.detect(accounts=("somebody else",))
    assert (narrow.hunt.alerts, len(narrow.hunt.notes)) == ((), 1)
    whole = made.detect()
    assert (whole.new, whole.earlier) == (1, 1)
    assert all(each.why for each in whole.hunt.alerts[0].executions if each.role == "anomaly")
    assert made.detect().hunt.alerts == ()


def test_nobody_waits_while_an_alert_is_told_and_what_is_judged_meanwhile_is_told_no_more(made: Lake) -> None:
    made.runs("codb03", TOOL)
    made.days()

    def dismisses(found: Detected) -> None:
        say(made.kept, Verdict(found.hunt.alerts[0].id, "benign", "host", "it syncs", made.now + timedelta(seconds=1)))
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        detect(DetectRequest(made.kept), made.now, dismisses)
    assert made.detect().hunt.alerts == ()


def test_judging_all_uses_up_what_is_new_as_judging_the_stable_ones_does(made: Lake) -> None:
    made.days()
    assert len(made.detect(accounts=("mssql",)).days) == 1
    assert len(made.detect(accounts=("all",)).days) == 1
    assert made.detect().days == ()
