"""What a store says no to, as errors a person can act on; and what its library raises, turned into them.

StoreError                    the store cannot be used: the command exits with 1
├── NoStore                   there is no store at that place
├── FutureStore               a later version of Longtail wrote it
└── StoreFull                 there is no room left; what was committed before stands
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from deltalake.exceptions import CommitFailedError, DeltaError, DeltaProtocolError

from longtail.errors import LongtailError

FULL = ("no space left", "disk quota exceeded", f"os error {errno.ENOSPC})", f"os error {errno.EDQUOT})")

PACKED = 4  # Parquet takes between a fifth and a twentieth of what sightings take in memory
LOG_BYTES = 64 << 10  # a commit's entry in the log


class StoreError(LongtailError):
    """The store cannot be used."""


class NoStore(StoreError):  # noqa: N818
    """There is no store at that place."""


class FutureStore(StoreError):  # noqa: N818
    """A later version wrote the store."""


class StoreFull(StoreError):  # noqa: N818
    """There is no room left for what was to be written."""


def refuse_without_room(store: str, rows: pl.DataFrame) -> None:
    """Says no before anything is written to a full disk: the library's writer panics, noisily, in the middle of it.

    Raises:
        StoreFull: the disk has less room than the rows take at least.
    """
    if "://" in store:
        return
    try:
        free = shutil.disk_usage(store).free
    except OSError:
        return
    if free < LOG_BYTES + rows.estimated_size() // PACKED:
        raise StoreFull(_full(store))


def _full(store: str) -> str:
    return f"{store}: no room left; what was committed before stands. Make room, then run again"


@contextmanager
def told(store: str) -> Iterator[None]:
    """Errors of the library and of the disk as a ``StoreError`` that names the store; a lost race is let through.

    Raises:
        CommitFailedError: another writer came first; nothing was written, and it may be tried again.
        StoreFull: there is no room left.
        FutureStore: the table needs features that this version does not have.
        StoreError: anything else that was wrong.
    """
    try:
        yield
    except (OSError, DeltaError) as error:
        said = _first_line(error)
        if any(sign in str(error).lower() for sign in FULL):
            raise StoreFull(
                f"{store}: no room left; what was committed before stands. Make room, then run again"
            ) from error
        if isinstance(error, CommitFailedError):
            raise
        if isinstance(error, DeltaProtocolError):
            raise FutureStore(f"{store}: {said}; a later version of Longtail or another tool wrote it") from error
        raise StoreError(f"{store}: {said}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
