"""The command line as a user calls it, without starting a process for each call, and a small fleet to call it on."""

import io
import sys
from pathlib import Path

import pytest
from cli_calls import Done, Run, lines, story

from longtail.cli import main
from longtail.fleet.plan import Plan
from longtail.fleet.writers import write


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``run("hunt", path, text="…")``: what ``longtail hunt path`` gives, with ``text`` piped in."""

    def called(*words: object, text: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["longtail", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        return Done(int(left.value.code or 0), told.out, told.err)

    return called


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of generated logs: 14 SQL Server hosts of several tenants over 4 days."""
    folder = tmp_path_factory.mktemp("fleet") / "logs"
    write(Plan(14, 4, seed=5, attacks=1, recipes=("article",), preset="sql", intensity=0.15), folder, "jsonl")
    (folder / "truth.json").unlink()
    return folder


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a few SQL Servers' everyday life and one plain attack."""
    file = tmp_path_factory.mktemp("attacked") / "starts.jsonl"
    file.write_text(lines(*story()), "utf-8")
    return file
