"""A rule's text: YAML that reads back to the same values whatever an attacker wrote, and Sigma's own escapes."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from longtail.detections import block
from longtail.detections.rules import escaped

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc: -#'\"", min_size=1), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.text("abcXYZ_|:- '", min_size=1), VALUES, max_size=4))
def test_what_is_written_reads_back(value: dict[str, block.Value]) -> None:
    assert (yaml.safe_load(block.yaml(value)) or {}) == value


@pytest.mark.parametrize("text", ["\x1b[31m", "a\nb", "\u202egpj.exe", "\u2028", "\x00", "\U000e0041"])
def test_nothing_hidden_reaches_a_terminal(text: str) -> None:
    written = block.yaml({"a": text})
    assert written.count("\n") == 1 and written.isascii()
    assert yaml.safe_load(written) == {"a": text}


def test_half_a_character_does_not_break_the_file() -> None:
    assert yaml.safe_load(block.yaml({"a": "x\ud800"}).encode()) == {"a": "x\ufffd"}


@pytest.mark.parametrize(
    ("text", "sigma"),
    [
        ("\\users\\public", "\\users\\public"),
        ("\\temp\\", "\\temp\\\\"),
        ("\\\\", "\\\\\\\\"),
        ("a*b?", "a\\*b\\?"),
        ("\\*", "\\\\\\*"),
    ],
)
def test_a_plain_text_as_sigma_writes_it(text: str, sigma: str) -> None:
    assert escaped(text) == sigma


@settings(deadline=None)
@given(st.text("\\*?ab", max_size=8))
def test_sigma_reads_the_plain_text_back(text: str) -> None:
    types = pytest.importorskip("sigma.types")
    read = types.SigmaString(escaped(text))
    assert read.s == ((text,) if text else ("",)) or "".join(map(str, read.s)) == text
