"""What could not be read is said on the terminal, whatever the output: why, of which file, and all of it with -v."""

import gzip
from pathlib import Path

import pytest
from cli_calls import Run, lines, start, story

from longtail.cli.troubles import TOLD

AS_LINES = ("-f", "jsonl", "-j", "1")


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A folder with sound starts, and more files with a broken record than are told."""
    folder = tmp_path / "logs"
    folder.mkdir()
    for number in range(TOLD + 2):
        (folder / f"{number}.jsonl").write_text(lines(start()) + '{"time": "2026-03-02\n', "utf-8")
    return folder


def test_the_reasons_for_quarantine_are_told_beside_data(run: Run, damaged: Path) -> None:
    done = run("hunt", damaged, *AS_LINES)
    told = [line for line in done.err.splitlines() if ".jsonl: " in line]
    assert done.code == 4 and len(told) == TOLD and all("(1)" in line for line in told)
    assert "and 2 more files: -v lists them" in done.err
    whole = run("hunt", damaged, *AS_LINES, "-v").err
    assert sum(".jsonl: " in line for line in whole.splitlines()) == TOLD + 2 and "more file" not in whole


@pytest.mark.parametrize("verb", [("hunt",), ("doctor",), ("backtest", "rule.yml", "--telemetry")])
def test_files_that_are_no_telemetry_are_named(run: Run, tmp_path: Path, verb: tuple[str, ...]) -> None:
    rule = tmp_path / "rule.yml"
    rule.write_text("title: t\nlogsource: {category: process_creation}\ndetection: {a: {Image: b}, condition: a}\n")
    (tmp_path / "hi.gz").write_bytes(gzip.compress(b"hi\n"))
    (tmp_path / "empty.jsonl").write_bytes(b"")
    words = [rule if word == "rule.yml" else word for word in verb]
    err = run(*words, tmp_path / "hi.gz", *(["--telemetry"] if len(verb) > 1 else []), tmp_path / "empty.jsonl",
              "-f", "json", "-j", "1").err  # fmt: skip
    assert "hi.gz: no known telemetry format" in err and "empty.jsonl: no known telemetry format" in err


def test_a_file_that_was_cut_is_4(run: Run, tmp_path: Path) -> None:
    head = b"ElfFile\0" + bytes(8) + (1).to_bytes(8, "little") * 2 + (128).to_bytes(4, "little")
    cut = head + (1).to_bytes(2, "little") + (3).to_bytes(2, "little") + (4096).to_bytes(2, "little")
    (tmp_path / "cut.evtx").write_bytes((cut + (2).to_bytes(2, "little")).ljust(4096, b"\0"))
    done = run("hunt", tmp_path / "cut.evtx", *AS_LINES)
    assert done.code == 4 and "cut.evtx: truncated: the header promises 2 chunks" in done.err


def test_a_table_gives_all_rows_when_more_is_asked_for(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(43):
        Path(f"{number}.jsonl").write_text(lines(*story(1, 1)), "utf-8")
    short, long = (run("hunt", ".", "-j", "1", *more).out for more in ((), ("-v",)))
    assert "and 3 more: -v lists them" in short and "more:" not in long
    assert long.count(".jsonl") == 43
