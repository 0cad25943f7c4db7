"""What a source of network facts is: which documents it understands, and what they come down to when pooled.

A document is one decoded JSON value (a top-level list, or a page's ``value`` or ``data``, comes element by element) or
one table (CSV, Parquet) as a Polars frame of text. To add a source: one file in ``sources/`` (helpers beside it begin
with its name), one line in the ordered tuple of ``sources/__init__.py``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from longtail.ports.openings import Network


@dataclass(frozen=True, slots=True)
class Options:
    """How exports are to be read. ``tenant`` is the owner of everything in them, whatever they say themselves."""

    tenant: str | None = None


class Lost(Protocol):
    """A part of a document that could not be used: where it stands and why."""

    @property
    def place(self) -> str:
        """The file and the way to it."""

    @property
    def reason(self) -> str:
        """Why, as a person reads it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The plainest ``Lost``."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Export:
    """What a source found in one document: resources of its own making, and what it had to leave."""

    resources: Sequence[Any] = ()
    lost: Sequence[Lost] = ()

    def __bool__(self) -> bool:
        return bool(self.resources or self.lost)


NOTHING = Export()


@dataclass(frozen=True, slots=True)
class Source:
    """One platform's exports.

    ``read`` takes a document and its place, and gives ``NOTHING`` when it is not of this source; it never raises.
    ``network`` evaluates everything that was read, from all files together; readings are added by the caller.
    """

    name: str
    title: str
    read: Callable[[Any, str], Export]
    network: Callable[[Iterable[Export], Options], Network]
