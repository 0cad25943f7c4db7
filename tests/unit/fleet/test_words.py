"""The vocabulary."""

import re

from longtail.fleet.chance import stream
from longtail.fleet.vocabulary import CHOICES
from longtail.fleet.words import GENERATED, TOKEN, expanded, known, words


def test_every_kind_gives_as_many_words_as_are_asked_for_and_leaves_no_token() -> None:
    facts = {"web"}  # of the seat, filled in later
    for kind in [*CHOICES, *GENERATED]:
        drawn = words(kind, stream(1, kind), 40)
        assert len(drawn) == 40
        left = {match[1] for text in drawn for match in TOKEN.finditer(text)}
        assert left <= facts, (kind, left)


def test_no_kind_is_named_like_a_token_with_a_number() -> None:
    assert all(re.fullmatch("[a-z_]+", kind) for kind in [*CHOICES, *GENERATED])


def test_the_same_stream_gives_the_same_words() -> None:
    assert words("url", stream(3, "a"), 5) == words("url", stream(3, "a"), 5)
    assert words("url", stream(3, "a"), 5) != words("url", stream(4, "a"), 5)


def test_what_is_no_token_stays() -> None:
    text = "bcdedit /set {default} {E10F6C3A-F1AE} awk {print $2} {unknownkind}"
    assert expanded(text, stream(1, "x")) == text
    assert not known("unknownkind")
