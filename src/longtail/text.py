"""Text an attacker may have written → text that is safe to print: every hidden or active character made visible.

`clean` is for people (terminals, titles, messages) and is not reversible: exact values live in the JSON outputs.
`csv_cell` is for spreadsheets and is undone by `csv_value`.
"""

import re
import unicodedata
from itertools import groupby

ELLIPSIS = "…"

# Printable by category, yet they draw nothing or restyle their neighbour: what is written in them is hidden.
BLANKS = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors
    (0x2800, 0x2800),  # Braille blank
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),  # half-width Hangul filler
    (0xE0100, 0xE01EF),  # variation selectors supplement
)

# Living scripts put one to three marks on a letter; piles of them draw over the lines above and below.
MARKS_IN_A_ROW = 4

FORMULA_STARTS = "=+-@＝＋－＠﹢﹣﹦﹫−"
GUARD = "'"

_ESCAPE = re.compile(r"\\(?:\\|x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4})")


def clean(value: object, limit: int | None = None) -> str:
    r"""``value`` as one line that a terminal, a log or a page shows as it is: never a control, never an order.

    Controls (ESC, CR, LF, tab, DEL, C1 …), bidirectional overrides, zero-width and tag characters, odd spaces,
    lone surrogates, private and unassigned code points become ``\x1b``, ``\u202e``, ``\U000e0041``. Printable text
    of any script stays. ``None`` is the empty string. With ``limit`` the middle gives way to ``…``, so that the
    program at the start and the argument at the end both survive; the result has at most ``limit`` characters.
    """
    text = "" if value is None else str(value)
    if limit is None:
        return _visible(text)
    ends = text if len(text) <= 2 * limit else text[:limit] + text[-limit:]
    return shortened(_visible(ends), limit)


def shortened(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters, the middle replaced by ``…`` where it is longer."""
    if len(text) <= limit:
        return text
    room = max(limit - 1, 0)
    tail = room // 3
    return (text[: room - tail] + ELLIPSIS + text[len(text) - tail :])[: max(limit, 0)]


def printable(text: str) -> bool:
    """Whether ``clean`` would leave ``text`` as it is."""
    return _visible(text) == text


def csv_cell(value: object) -> str:
    r"""``value`` as a cell that no spreadsheet runs and that stays on its own line.

    A cell that would begin a formula (``= + - @``, their full-width and small forms, with or without blanks before
    them), holds an unprintable character, or begins with ``'`` is *guarded*: ``'`` is put before it, and in it
    unprintable characters are written ``\x1b``, ``\u202e``. Numbers are not guarded. `csv_value` gives the text back.
    """
    text = "" if value is None else str(value)
    if isinstance(value, int | float) or not _needs_guard(text):
        return text
    doubled = "".join(
        "\\\\" if letter == "\\" and _reads_as_escape(text, at) else letter for at, letter in enumerate(text)
    )
    return GUARD + doubled.translate(_HIDDEN)


def csv_value(cell: str) -> str:
    """The text a guarded cell stands for; any other cell is its own text."""
    if not cell.startswith(GUARD):
        return cell
    return _ESCAPE.sub(lambda found: _character(found.group()), cell[1:])


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return _unpiled(text.translate(_HIDDEN))


class _Escapes(dict[int, int | str]):
    """Code point → itself, or the escape that shows it; filled as text is met."""

    def __missing__(self, code: int) -> int | str:
        shown: int | str = _escaped(code) if _hidden(code) else code
        self[code] = shown
        return shown


_HIDDEN = _Escapes()


def _hidden(code: int) -> bool:
    return not chr(code).isprintable() or any(first <= code <= last for first, last in BLANKS)


def _escaped(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _unpiled(text: str) -> str:
    if text.isascii():
        return text
    runs = (("".join(run), marked) for marked, run in groupby(text, lambda letter: unicodedata.combining(letter) > 0))
    return "".join(
        run if not marked else run[:MARKS_IN_A_ROW] + "".join(_escaped(ord(mark)) for mark in run[MARKS_IN_A_ROW:])
        for run, marked in runs
    )


def _needs_guard(text: str) -> bool:
    return text.startswith(GUARD) or text.lstrip()[:1] in tuple(FORMULA_STARTS) or text.translate(_HIDDEN) != text


def _reads_as_escape(text: str, at: int) -> bool:
    """Whether the backslash at ``at`` would be taken for an escape once the hidden characters are written as such."""
    following = text[at + 1 : at + 2]
    return bool(following) and (_hidden(ord(following)) or following == "\\" or bool(_ESCAPE.match(text, at)))


def _character(escape: str) -> str:
    return "\\" if escape == "\\\\" else chr(int(escape[2:], 16))
