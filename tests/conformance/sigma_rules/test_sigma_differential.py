"""Our matcher and the query that pySigma's SQLite backend makes of the same rule, on the same rows, row for row.

The full comparison, 100,000 rows, is ``python -m bench.factory_backtest --differential``. Where the two are known to
differ, a test says how and who is right.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

pytest.importorskip("sigma.backends.sqlite", reason="the [sigma] extra is not installed")

from bench.factory_backtest import COLUMNS, Peer, disagreements, rules_of, tricky_rows
from bench.factory_backtest_rules import rule, styled, systematic

from longtail.detections.matching import Matcher
from longtail.detections.sigma import parsed

HAND_WRITTEN = sorted(Path(__file__).parent.glob("*.yml"))
ROWS = tricky_rows(1500)
SYSTEMATIC = list(systematic())


def _documents(file: Path) -> list[str]:
    return [each for each in file.read_text("utf-8").split("\n---\n") if each.strip()]


def test_each_modifier_and_each_condition_agrees_on_every_row() -> None:
    assert len(SYSTEMATIC) >= 300
    assert disagreements(SYSTEMATIC[::2], ROWS) == []


def test_rules_in_the_style_of_public_ones_agree_on_every_row() -> None:
    assert disagreements(list(styled(40, seed=7)), ROWS) == []


@pytest.mark.parametrize("file", HAND_WRITTEN, ids=lambda file: file.stem)
def test_hand_written_rules_agree_on_every_row(file: Path) -> None:
    assert disagreements(_documents(file), ROWS) == []


def test_the_rows_tell_rules_apart() -> None:
    """A comparison of rules that match nothing, or everything, compares nothing."""
    sizes = [len(each) for each in Matcher(rules_of(SYSTEMATIC)).hits(ROWS)]
    assert sum(0 < size < ROWS.height for size in sizes) > 0.85 * len(sizes)


def _both(
    detection: dict[str, object], values: list[str | None], field: str = "CommandLine"
) -> tuple[list[int], list[int]]:
    text = rule("deviation", {"one": detection, "condition": "one"})
    rows = pl.DataFrame({name: values if name == field else [None] * len(values) for name in COLUMNS},
                        schema=dict.fromkeys(COLUMNS, pl.String))  # fmt: skip
    return np.asarray(Matcher(rules_of([text])).hits(rows)[0]).tolist(), Peer(rows).hits(text)


def test_case_beyond_ascii_is_no_case_to_us_and_is_to_sqlite() -> None:
    ours, theirs = _both({"CommandLine|contains": "MÜLLER"}, ["c:\\müller\\a", "c:\\MÜLLER\\a", "c:\\muller"])
    assert (ours, theirs) == ([0, 1], [1])


def test_a_zero_byte_ends_a_text_for_sqlite_only() -> None:
    ours, theirs = _both({"CommandLine|contains": "whoami"}, ["cmd\0whoami", "whoami"])
    assert (ours, theirs) == ([0, 1], [1])


def test_a_network_holds_addresses_only_and_for_sqlite_what_begins_like_one() -> None:
    ours, theirs = _both({"SourceIp|cidr": "10.0.0.0/8"}, ["10.1.2.3", "10.example.com", "10.1.2.3.4"], "SourceIp")
    assert (ours, theirs) == ([0], [0, 1, 2])


def test_numbers_written_as_text_are_numbers_to_us() -> None:
    ours, theirs = _both({"CommandLine|gt": 5}, ["10", "6", "x"])
    assert ours == [0, 1] and theirs != ours


def test_a_detection_named_like_an_operator_is_its_name_to_us() -> None:
    """pySigma's grammar reads ``notepad`` as *not epad*."""
    given = parsed(rule("names", {"notepad": {"Image|endswith": "pad.exe"}, "condition": "notepad"}), "x")
    rows = pl.DataFrame({"Image": ["c:\\notepad.exe", "c:\\cmd.exe"]})
    assert Matcher(given.rules).hits(rows)[0].tolist() == [0]
