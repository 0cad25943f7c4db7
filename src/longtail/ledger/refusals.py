"""What a ledger says no to, as errors a person can act on.

LedgerError                   the ledger cannot be used: the command exits with 1
├── FutureLedger              a later version of Longtail wrote it
└── NotInLedger               there is no such alert in it
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from longtail.errors import LongtailError


class LedgerError(LongtailError):
    """The ledger cannot be used."""


class FutureLedger(LedgerError):  # noqa: N818
    """A later version wrote the ledger."""


class NotInLedger(LedgerError):  # noqa: N818
    """There is no such alert."""


@contextmanager
def told(place: str) -> Iterator[None]:
    """Errors of the database as a ``LedgerError`` that names the ledger, never the statement with its values."""
    try:
        yield
    except SQLAlchemyError as error:
        said = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
        raise LedgerError(f"{place}: {said or type(error).__name__}") from error
