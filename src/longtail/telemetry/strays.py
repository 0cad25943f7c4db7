"""Records that tell nothing in the format of their file → those of them that are of another format, and their rows.

People join files (``cat a/* b/*``), and collectors write what several programs send into one stream. What a record is
depends on the record alone, so that it is the same wherever a file is cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from longtail.files.tally import Tally
from longtail.telemetry.format import Format, Record, spelt
from longtail.telemetry.json_records import document_frames
from longtail.telemetry.json_text import Unreadable, record
from longtail.telemetry.recognition import Recognised, by_kin, known, unwrapped
from longtail.telemetry.shapes import dig, shape_of
from longtail.telemetry.unfolded import unfolded_frames

Framed = tuple[Format, pl.DataFrame]
"""Raw columns and the format that they are of."""

Key = tuple[str, tuple[str, ...], tuple[tuple[str, bool], ...]]
MOST_KINDS = 64  # of formats, envelopes and spellings in one file: each costs the compiling of a shape
READ_AS = "records of another format than the first ones, read as {name}"


@dataclass(slots=True)
class _Kept:
    """Texts of one format, under one envelope, spelt alike."""

    format: Format
    envelope: tuple[str, ...]
    texts: list[tuple[int, bytes]] = field(default_factory=list)


class Strays:
    """What was found of other formats in one file, until it is asked for."""

    def __init__(self, found: Recognised, tally: Tally) -> None:
        self._found = found
        self._tally = tally
        self._own = next((each for each in found.beside if each.name == found.format.name), found.format)
        self._kept: dict[Key, _Kept] = {}

    def takes(self, place: int, text: bytes) -> bool:
        """Whether the text is a record of another format; it is kept then."""
        try:
            values, _ = record(text)
        except Unreadable:
            return False
        kept = None if self._is_own(values) else self._kind(values)
        if kept is None:
            return False
        kept.texts.append((place, text))
        self._tally.repair(READ_AS.format(name=kept.format.name))
        return True

    def frames(self) -> Iterator[Framed]:
        """Raw columns of what was kept since it was last asked for."""
        for kept in self._kept.values():
            texts, kept.texts = kept.texts, []
            read = unfolded_frames if kept.format.unfolds else document_frames
            for frame in read(texts, shape_of(kept.format, kept.envelope), self._tally):
                yield kept.format, frame

    def _is_own(self, values: Record) -> bool:
        """Whether the file's format knows the record, under the names by which it is read."""
        inner = dig(values, self._found.envelope)
        if not isinstance(inner, dict):
            return False
        if self._own.kin is not None and self._own.kin(inner):
            return True
        return self._own.recognises(inner) and not self._is_spelt_otherwise(inner)

    def _is_spelt_otherwise(self, inner: Record) -> bool:
        """Whether fields stand there under other names than those that are read."""
        read = self._found.format.fields
        there = spelt(self._own, inner).fields if self._own.loose else self._own.fields
        return any(
            each.keys != read[name].keys and _has(inner, each.keys, read[name].keys) for name, each in there.items()
        )

    def _kind(self, values: Record) -> _Kept | None:
        """Where texts of its format, or of what else its program writes, are kept; None where it is of none."""
        for formats in (self._found.beside, self._kin):
            for envelope, inner in unwrapped(values):
                if found := known(inner, formats):
                    format = spelt(found, inner) if found.loose else found
                    return self._place(format, envelope)
        return None

    @cached_property
    def _kin(self) -> tuple[Format, ...]:
        return by_kin(self._found.beside)

    def _place(self, format: Format, envelope: tuple[str, ...]) -> _Kept | None:
        key = _key(format, envelope)
        if key == _key(self._found.format, self._found.envelope):
            return None
        if key not in self._kept and len(self._kept) >= MOST_KINDS:
            return None
        return self._kept.setdefault(key, _Kept(format, envelope))


def _key(format: Format, envelope: tuple[str, ...]) -> Key:
    return format.name, envelope, tuple((each.path, each.flat) for each in format.fields.values())


def _has(inner: Record, told: tuple[str, ...], read: tuple[str, ...]) -> bool:
    return dig(inner, told) is not None and dig(inner, read) is None
