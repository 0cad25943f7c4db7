"""What a hunt reads beside what it judges: a baseline's troubles are told, and no bound on the judged cuts it off."""

import json
from pathlib import Path

import pytest
from cli_calls import Run, lines, story


@pytest.fixture
def apart(tmp_path: Path) -> tuple[Path, Path]:
    """The last day of the story, and the days before it."""
    judged, learnt = tmp_path / "judged", tmp_path / "learnt"
    for folder in (judged, learnt):
        folder.mkdir()
    last = [each for each in story() if each["time"] >= "2026-03-06"]
    (judged / "a.jsonl").write_text(lines(*last), "utf-8")
    (learnt / "b.jsonl").write_text(lines(*(each for each in story() if each["time"] < "2026-03-06")), "utf-8")
    return judged, learnt


def test_what_is_wrong_with_a_baseline_is_told_and_is_4(run: Run, apart: tuple[Path, Path]) -> None:
    judged, learnt = apart
    (learnt / "c.jsonl").write_text((learnt / "b.jsonl").read_text("utf-8") + "garbage\n", "utf-8")
    (learnt / "d.bin").write_bytes(bytes(range(128, 256)) * 40)
    done = run("hunt", judged, "--baseline", learnt, "-f", "json", "-j", "1")
    assert done.code == 4
    found = json.loads(done.out)
    told = {Path(each["path"]).name: each for each in found["readings"]}
    assert set(told) == {"a.jsonl", "b.jsonl", "c.jsonl", "d.bin"}
    assert [name for name, each in told.items() if any("baseline" in note for note in each["notes"])] == [
        "b.jsonl", "c.jsonl", "d.bin"
    ]  # fmt: skip
    assert told["c.jsonl"]["quarantined"] == 1
    table = run("hunt", judged, "--baseline", learnt, "-j", "1").out
    assert "52 process starts on 12 hosts from 1 file," in table and "b.jsonl: of the baseline" not in table


def test_bounds_hold_for_what_is_judged_and_not_for_its_baseline(run: Run, apart: tuple[Path, Path]) -> None:
    judged, learnt = apart
    words = ("hunt", judged, "--baseline", learnt, "-q", "-f", "jsonl", "-j", "1")
    whole = run(*words)
    assert whole.out and run(*words, "--since", "2026-03-06", "--until", "2026-03-07").out == whole.out
