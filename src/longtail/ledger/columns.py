"""Texts and moments ↔ what both databases keep exactly: no NUL for PostgreSQL, UTC for SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeDecorator

ESCAPE = "\ue000"
"""A character that no alphabet has: what follows it says what it stands for."""

AT_ONCE = 500  # values of one statement


class Exact(TypeDecorator[str]):
    """Text that comes back as it was, NUL too, which PostgreSQL does not keep."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """As it is kept."""
        return value if value is None else escaped(value)

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        """As it was."""
        return value if value is None else unescaped(value)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, with its zone in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """As it is kept: SQLite knows no zones."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """As it was."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def escaped(text: str) -> str:
    """Without NUL and without halves of surrogate pairs."""
    kept = text.replace(ESCAPE, ESCAPE + "e").replace("\0", ESCAPE + "0")
    return kept if kept.isascii() else kept.encode("utf-8", "replace").decode()


def unescaped(text: str) -> str:
    """The inverse."""
    return text.replace(ESCAPE + "0", "\0").replace(ESCAPE + "e", ESCAPE)


def batched(values: Iterable[str]) -> Iterator[Sequence[str]]:
    """The values, so many at a time as one statement may have."""
    listed = list(values)
    yield from (listed[at : at + AT_ONCE] for at in range(0, len(listed), AT_ONCE))
