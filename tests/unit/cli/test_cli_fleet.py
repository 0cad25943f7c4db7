"""What a fleet is asked for and cannot have is said, and what can be asked for is listed."""

from pathlib import Path

import pytest
from cli_calls import Run

from longtail.fleet.attacks import SETS


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--machines", "1", "--attacks", "5", "--preset", "sql"), "of 5 attacks did not fit"),
        (("--machines", "2", "--attacks", "1", "--preset", "linux", "--attack", "article"), "1 × article: no host"),
    ],
)
def test_attacks_that_do_not_fit_are_named(run: Run, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    done = run("fleet", "-o", tmp_path / "f", "--days", "1", "--intensity", "0.05", *words)
    assert done.code == 0 and told in done.err and "with an account of" in done.err


def test_attacks_that_fit_give_no_word(run: Run, tmp_path: Path) -> None:
    words = ("--machines", "3", "--attacks", "1", "--preset", "sql", "--attack", "article", "--days", "1")
    assert "did not fit" not in run("fleet", "-o", tmp_path / "f", "--intensity", "0.05", *words).err


@pytest.mark.parametrize("words", [("--attack", "certutil"), ("--attacks", "2")])
def test_no_attack_and_an_attack_is_wrong_usage(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run("fleet", "-o", tmp_path / "f", "--quiet", *words)
    assert done.code == 2 and "--quiet" in done.err and not (tmp_path / "f").exists()


def test_every_attack_that_can_be_asked_for_is_listed(run: Run) -> None:
    listed = {line.split(" ")[0] for line in run("fleet", "--list-attacks").out.splitlines()}
    assert {attack.name for attacks in SETS.values() for attack in attacks} <= listed
