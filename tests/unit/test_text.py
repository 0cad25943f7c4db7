"""What an attacker writes is shown, and does nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longtail.text import clean, csv_cell, csv_value, printable, shortened

ANY_TEXT = st.text(st.characters())  # lone surrogates included


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b31m", r"\x9b31m"),
        ("\x1b]52;c;aGk=\x07", r"\x1b]52;c;aGk=\x07"),
        ("\x1b]8;;http://x\x1b\\text", "\\x1b]8;;http://x\\x1b\\text"),
        ("safe\rEVIL", r"safe\x0dEVIL"),
        ("a\nb\tc", r"a\x0ab\x09c"),
        ("exe.\u202etxt", r"exe.\u202etxt"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("ad\u200bmin", r"ad\u200bmin"),
        ("\U000e0041\U000e007f", r"\U000e0041\U000e007f"),
        ("\ud800", r"\ud800"),
        ("a\xa0b\u3000c", r"a\xa0b\u3000c"),
        ("\u3164\u2800\ufe0f", r"\u3164\u2800\ufe0f"),
        ("\ue000\U000fffff", r"\ue000\U000fffff"),
        ("\x00\x7f\x85\u2028", r"\x00\x7f\x85\u2028"),
        ("[/x] [bold]", "[/x] [bold]"),
        (r"C:\Users\é\日本.exe", r"C:\Users\é\日本.exe"),
        ("e\u0301", "e\u0301"),
        ("", ""),
        (None, ""),
        (1433, "1433"),
    ],
)
def test_hidden_and_active_characters_become_visible(written: object, shown: str) -> None:
    assert clean(written) == shown


def test_a_pile_of_marks_does_not_draw_over_its_neighbours() -> None:
    assert clean("a" + "\u0301" * 40).count("\u0301") == 4


@given(ANY_TEXT)
def test_whatever_comes_out_can_be_printed_on_one_line_in_utf8(text: str) -> None:
    shown = clean(text)
    assert shown.isprintable()
    assert shown.encode().decode() == shown
    assert clean(shown) == shown
    assert printable(text) == (shown == text)


@given(ANY_TEXT, st.integers(0, 40))
def test_the_limit_holds(text: str, limit: int) -> None:
    assert len(clean(text, limit)) <= limit
    if len(clean(text)) <= limit:
        assert clean(text, limit) == clean(text)


def test_a_long_command_keeps_its_program_and_its_last_argument() -> None:
    shown = clean("powershell.exe " + " " * 5000 + "-enc SQBFAFgA", 60)
    assert shown.startswith("powershell.exe")
    assert shown.endswith("-enc SQBFAFgA")
    assert "…" in shown


def test_shortened_leaves_what_fits() -> None:
    assert shortened("svchost.exe", 11) == "svchost.exe"
    assert shortened("svchost.exe", 10) == "svchos…exe"


def test_ten_megabytes_with_a_limit_cost_nothing() -> None:
    start = time.perf_counter()
    clean("\x1b" * 10_000_000, 200)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("start", [*"=+-@\t\r\n\0＝＋－＠'", " =", "\t@", "\u200b="])
def test_no_cell_begins_a_formula(start: str) -> None:
    cell = csv_cell(start + "cmd|' /C calc'!A0")
    assert cell.startswith("'")
    assert csv_value(cell) == start + "cmd|' /C calc'!A0"


@pytest.mark.parametrize("plain", ["", "C:\\Windows\\x41.exe", "a,b", 'say "hi"', "\\\\server\\share", "é"])
def test_ordinary_cells_stay_as_they_are(plain: str) -> None:
    assert csv_cell(plain) == plain


def test_numbers_are_numbers() -> None:
    assert csv_cell(-1.5) == "-1.5"
    assert csv_cell(None) == ""


@given(ANY_TEXT | st.text("\\xuU0149a'=\n\x1b", max_size=30))
def test_every_cell_gives_its_text_back_and_stays_on_one_line(text: str) -> None:
    assert csv_value(csv_cell(text)) == text
    assert csv_cell(text).isprintable()


@given(ANY_TEXT | st.text("'\\xuU0149af", max_size=30))
def test_reading_a_cell_someone_else_wrote_never_fails(cell: str) -> None:
    csv_value("'" + cell)
