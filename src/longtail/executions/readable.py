"""A text → whether a person chose it as a word, or a machine wrote it down in base64."""

import re
from string import digits

from longtail.executions.randomness import made_up

LONGEST_WORD = 24
SHORTEST_ENCODED = 20
"""Characters of base64 below which a word is not taken for it."""
SHORTEST_SLASHED = 40
"""Characters of base64 with slashes below which a word is not taken for it: a path has those letters too."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_CODED = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])")
_WORD = re.compile(r"[.+]?[a-z][a-z]*(?:[-_.:/,+][a-z]+)*[.,:;!?]?", re.IGNORECASE)
_PIECES = re.compile(r"[a-z]+", re.IGNORECASE)


def is_word(text: str) -> bool:
    """Whether a text reads as a word a person chose: letters, pronounceable, not too long."""
    if len(text) > LONGEST_WORD or not _WORD.fullmatch(text):
        return False
    return not any(made_up(piece) for piece in _PIECES.findall(text))


def encoded(text: str) -> bool:
    """Whether a text is long base64 where it might be a path: most of what slashes part in it reads like no name."""
    if len(text) < SHORTEST_SLASHED or not _BASE64.fullmatch(text):
        return False
    coded = (len(piece) for piece in text.split("/") if _CODED.match(piece) and not is_word(piece.rstrip(digits)))
    return sum(coded) * 2 >= len(text)
