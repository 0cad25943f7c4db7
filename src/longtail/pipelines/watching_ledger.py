"""A watch's alerts ⇄ a ledger: each incident once, whoever found it first; and what people say of alerts meanwhile."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import polars as pl

from longtail.ledger import Ledger
from longtail.ledger.incidents import Entry, State, recorded
from longtail.ledger.memory import remembered
from longtail.ledger.refusals import LedgerError
from longtail.ledger.verdicts import first_end, said_so_far
from longtail.pipelines.judging import as_entries
from longtail.pipelines.learning import Kept, Lessons, lessons
from longtail.prevalence.findings import Alert
from longtail.prevalence.standing import Judged

LOOK = 1.0  # seconds between two looks at what was said
MOST_UNKEPT = 10_000  # alerts that wait for a ledger that cannot be written


@dataclass
class Remembering:
    """A ledger that a watch keeps its alerts in, and reads what is said of alerts from, while it can.

    ``wrong`` is what was wrong with it last, ``unkept`` the alerts that it did not take: they are told all the same,
    and given to it again with the next.

    Raises:
        StoreError: there is no store.
        LedgerError: the ledger cannot be used; later that is no error, but ``wrong``.
    """

    kept: Kept
    quiet: timedelta
    wrong: str | None = None
    unkept: list[Entry] = field(default_factory=list)
    passed_over: int = 0

    def __post_init__(self) -> None:
        self._book: Ledger = self.kept.ledger()
        self.lessons: Lessons = lessons(self.kept, datetime.now(UTC))
        self._looked = time.monotonic()
        with self._book.reading() as connection:
            self._said = said_so_far(connection, self._book.store)
            self._until = first_end(connection, self._book.store, datetime.now(UTC))

    def dismissed(self) -> pl.DataFrame | None:
        """What is dismissed now (``EXCUSED``), where that may have changed since it was asked last; else None."""
        if time.monotonic() - self._looked < LOOK:
            return None
        self._looked, now = time.monotonic(), datetime.now(UTC)
        try:
            with self._book.reading() as connection:
                said = said_so_far(connection, self._book.store)
                if said == self._said and (self._until is None or now < self._until):
                    return None
                until = first_end(connection, self._book.store, now)
                excused = remembered(connection, self._book.store, now).excused
        except LedgerError as wrong:
            self.wrong = str(wrong)
            return None
        self._said, self._until = said, until
        return excused

    def news(self, found: Judged) -> dict[str, Alert]:
        """By their ids, the alerts that the ledger did not know or that went on, under the ids it knows them by."""
        entries = [*self.unkept, *as_entries(found.alerts, found.grounds)]
        try:
            with self._book.writing() as connection:
                kept = recorded(connection, self._book.store, entries, self.quiet, datetime.now(UTC))
        except LedgerError as wrong:
            self.wrong, self.unkept = str(wrong), entries[-MOST_UNKEPT:]
            return {each.id: each for each in found.alerts}
        mine = kept[len(self.unkept) :]
        self.unkept = []
        self.passed_over += sum(each.state is State.DISMISSED for each in mine)
        return _named(found.alerts, [(each.id, each.state) for each in mine])


def _named(alerts: Sequence[Alert], kept: Sequence[tuple[str, State]]) -> dict[str, Alert]:
    names = {alert.id: id for alert, (id, _) in zip(alerts, kept, strict=True)}
    return {
        alert.id: replace(alert, id=id, similar=tuple(names.get(each, each) for each in alert.similar))
        for alert, (id, state) in zip(alerts, kept, strict=True)
        if state in (State.NEW, State.UPDATED)
    }
