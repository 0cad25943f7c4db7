"""What scripts rely on: exit codes, what goes to stdout and what to stderr, files never overwritten by accident."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_calls import Run, lines, start, story

from longtail import pipelines
from longtail.cli import VERBS
from longtail.cli.options import LEVELS, Moment

ESC = "\x1b"
BROKEN = '{"time": "2026-03-02T10:00:00Z", "host": "db1"\n'


def test_fine_is_0(run: Run, attacked: Path) -> None:
    done = run("hunt", attacked)
    assert done.code == 0
    assert "Summary" in done.out and "12 hosts" in done.out
    assert done.err == ""


def test_a_failure_is_1_and_says_what_to_do(run: Run, tmp_path: Path) -> None:
    done = run("hunt", tmp_path / "nowhere")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("longtail: ") and "no such file" in done.err and "give a file" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("hunt",),
        ("hunt", ".", "--nonsense"),
        ("hunt", ".", "-f", "yaml"),
        ("hunt", ".", "--fail-on", "terrible"),
        ("hunt", ".", "--budget", "-1"),
        ("hunt", ".", "--since", "yesterday"),
        ("nonsense",),
    ],
)
def test_wrong_usage_is_2_and_gives_no_data(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err and "Traceback" not in done.err


def test_an_unknown_format_is_told_with_those_there_are(run: Run, attacked: Path) -> None:
    done = run("hunt", attacked, "--format-in", "syslog")
    assert done.code == 2
    assert "syslog" in done.err and "windows-event" in done.err and "plain" in done.err


def test_findings_at_or_above_the_level_are_3_whatever_the_level_below(run: Run, attacked: Path) -> None:
    words = ("hunt", attacked, "-q", "-f", "jsonl")
    found = run(*words)
    levels = [json.loads(line)["severity"] for line in found.out.splitlines()]
    assert found.code == 0 and "critical" in levels
    assert [run(*words, "--fail-on", level).code for level in LEVELS] == [3] * len(LEVELS)
    quiet = run("hunt", attacked, "-q", "--until", "2026-03-06", "--fail-on", "informational")
    assert quiet.code == 0 and "No alerts." in quiet.out


def test_quarantined_input_is_4_and_the_neighbours_are_read(run: Run) -> None:
    text = lines(start()) + BROKEN + lines(start(time="2026-03-02T11:00:00Z"))
    done = run("hunt", "-", text=text)
    assert done.code == 4
    assert "2 process starts" in done.out and "1 record quarantined" in done.out


def test_findings_come_before_quarantine(run: Run) -> None:
    done = run("hunt", "-", "-q", "--fail-on", "low", text=lines(*story()) + BROKEN)
    assert done.code == 3
    assert run("hunt", "-", "-q", text=lines(*story()) + BROKEN).code == 4


def test_an_interruption_is_130(run: Run, attacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipelines, "hunt", interrupted)
    done = run("hunt", attacked)
    assert (done.code, done.out) == (130, "")
    assert "Traceback" not in done.err


def test_control_c_while_waiting_for_input_is_130() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "from longtail.cli import main; main()", "hunt", "-", "-q"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        more_than_a_pipe_holds = lines(start()).encode() * 2_000
        process.stdin.write(more_than_a_pipe_holds)  # returns when the process has begun to read
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err


def test_a_reader_that_leaves_early_is_no_failure(attacked: Path) -> None:
    command = (
        f"{sys.executable} -c 'from longtail.cli import main; main()' hunt {attacked} -q -f json -j 1 | head -c 10"
    )
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, timeout=60)
    assert (done.returncode, len(done.stdout), done.stderr) == (0, 10, b"")


@pytest.mark.parametrize("verb", ["hunt", "doctor"])
def test_an_existing_file_is_overwritten_only_by_force(run: Run, attacked: Path, tmp_path: Path, verb: str) -> None:
    kept = tmp_path / "report.json"
    kept.write_text("mine")
    refused = run(verb, attacked, "-f", "json", "-o", kept)
    assert (refused.code, kept.read_text()) == (2, "mine")
    assert "--force" in refused.err
    forced = run(verb, attacked, "-f", "json", "-o", kept, "--force")
    assert forced.code == 0 and json.loads(kept.read_text())["hosts"] == 12
    assert forced.out == ""
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


def test_a_folder_that_is_missing_is_told_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    done = run("hunt", tmp_path / "nowhere", "-o", tmp_path / "missing" / "report.json")
    assert done.code == 2 and "make it first" in done.err


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "html", "ocsf"])
def test_stdout_holds_the_data_and_nothing_else(run: Run, attacked: Path, form: str) -> None:
    done = run("hunt", attacked, "-f", form)
    assert done.code == 0
    if form in ("jsonl", "ocsf"):
        assert all(isinstance(json.loads(line), dict) for line in done.out.splitlines())
    elif form == "json":
        assert json.loads(done.out)["hosts"] == 12
    elif form == "csv":
        widths = {len(row) for row in csv.reader(io.StringIO(done.out))}
        assert len(widths) == 1
    else:
        assert done.out.startswith("<!doctype html>") and done.out.rstrip().endswith("</html>")
    assert "host-days" in done.err and "judged" in done.err
    assert run("hunt", attacked, "-f", form, "-q").err == ""


@pytest.mark.parametrize("words", [("hunt",), ("doctor",), ("model", "show"), ("model", "places")])
def test_a_pipe_gets_no_escape_sequences(run: Run, fleet: Path, words: tuple[str, ...]) -> None:
    done = run(*words, fleet, "--tenant-from-path", "-j", 1)
    assert done.code == 0 and done.out + done.err
    assert ESC not in done.out + done.err


def test_no_color_beats_a_wish_for_colour(run: Run, attacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run("hunt", attacked)
    assert ESC in coloured.out
    assert ESC not in run("hunt", attacked, "--no-color").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert ESC not in run("hunt", attacked).out


def test_since_is_inclusive_and_until_is_not(run: Run, fleet: Path) -> None:
    def starts(*words: str) -> int:
        done = run("hunt", fleet, "-j", 1, "-q", "-f", "json", *words)
        return int(json.loads(done.out)["process_starts"])

    early = starts("--until", "2026-03-03")
    late = starts("--since", "2026-03-03T00:00:00Z")
    assert early > 0 and late > 0
    assert early + late == starts()
    assert starts("--since", "2030-01-01") == 0


def test_a_moment_without_a_zone_is_refused_with_the_way_to_write_it(run: Run, attacked: Path) -> None:
    done = run("hunt", attacked, "--since", "2026-03-02T10:00:00")
    assert done.code == 2 and "2026-03-02T10:00:00Z" in done.err
    assert Moment().convert("2026-03-02T10:00:00+02:00", None, None).isoformat() == "2026-03-02T08:00:00+00:00"


def test_standard_input_is_read(run: Run) -> None:
    done = run("hunt", "-", "-q", "-f", "json", "--tenant", "contoso", text=lines(start(), start(host="db2")))
    told = json.loads(done.out)
    assert (done.code, told["process_starts"], told["hosts"]) == (0, 2, 2)
    assert {each["tenant"] for each in told["populations"]} == {"contoso"}


def test_a_baseline_is_learnt_from_and_not_judged(run: Run, fleet: Path, tmp_path: Path) -> None:
    today = tmp_path / "today.jsonl"
    today.write_text(lines(start(command_line="cmd /c echo x>y.ps1", host="sqltest")))
    done = run("hunt", today, "--baseline", fleet, "-j", 1, "-q", "-f", "json")
    told = json.loads(done.out)
    assert told["process_starts"] == 1
    assert {alert["host"] for alert in told["alerts"]} <= {"sqltest"}


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_has_help_with_a_sentence_and_its_options(run: Run, verb: str) -> None:
    done = run(verb, "--help")
    assert done.code == 0 and done.err == ""
    assert f"Usage: longtail {verb}" in done.out and "Options:" in done.out


def test_the_same_hunt_gives_the_same_bytes_on_any_number_of_processes(run: Run, fleet: Path) -> None:
    words = ("hunt", fleet, "--tenant-from-path", "-f", "json", "-q")
    assert run(*words, "-j", 1).out == run(*words, "-j", 2).out


def test_errors_quote_hostile_names_harmlessly(run: Run) -> None:
    done = run("hunt", f"no{ESC}[2Jsuch")
    assert done.code == 1 and ESC not in done.err and "\\x1b" in done.err


def test_the_environment_is_left_as_it_was() -> None:
    assert "NO_COLOR" not in os.environ
