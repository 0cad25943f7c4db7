"""What was alerted on, what people said of it, and what was judged up to when: kept beside a store, in SQLite or
PostgreSQL."""

from longtail.ledger.connecting import Ledger, opened
from longtail.ledger.refusals import FutureLedger, LedgerError

__all__ = ["FutureLedger", "Ledger", "LedgerError", "opened"]
