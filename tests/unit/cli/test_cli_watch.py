"""``longtail watch`` where it cannot begin: said before anything is read. What it does is told in the stories."""

from pathlib import Path

import pytest
from cli_calls import Run


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("{there}/nowhere", "--model", "m"), 1, "no such file"),
        (("{there}", "--model", __file__), 1, "no model of Longtail"),
        (("{there}", "--model", "m", "--every", "soon"), 2, "is no time"),
        (("{there}", "--model", "m", "--format-in", "x"), 2, "no such format"),
        (("{there}",), 2, "--model"),
        (("{there}", "--model", "m", "-o", __file__), 2, "is there already"),
    ],
)
def test_what_cannot_be_watched_is_said(run: Run, tmp_path: Path, words: tuple[str, ...], code: int, said: str) -> None:
    found = run("watch", *(each.format(there=tmp_path) for each in words))
    assert (found.code, found.out) == (code, "")
    assert said in found.err
