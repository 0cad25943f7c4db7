"""A watch's alerts ⇄ a ledger: each incident once, whoever found it first; and what people say of alerts meanwhile."""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import polars as pl

from longtail.ledger import Ledger
from longtail.ledger.incidents import Entry, recorded
from longtail.ledger.incidents import Kept as Recorded
from longtail.ledger.memory import remembered
from longtail.ledger.refusals import LedgerError
from longtail.ledger.untold import ALERT, Debts
from longtail.ledger.verdicts import first_end, said_so_far
from longtail.pipelines.judging import as_entries
from longtail.pipelines.learning import Kept, Lessons, lessons
from longtail.pipelines.owing import NEWS, earlier, owe
from longtail.prevalence.findings import Alert
from longtail.prevalence.moments import Judged

LOOK = 1.0  # seconds between two looks at what was said
MOST_UNKEPT = 10_000  # alerts that wait for a ledger that cannot be written


@dataclass
class Remembering:
    """A ledger that a watch keeps its alerts in, and reads what is said of alerts from, while it can.

    ``wrong`` is what was wrong with it last, ``unkept`` the alerts that it did not take: they are told all the same,
    and given to it again with the next. ``owed`` are the ids of those that it took and that were not told yet.

    Raises:
        StoreError: there is no store.
        LedgerError: the ledger cannot be used; later that is no error, but ``wrong``.
    """

    kept: Kept
    quiet: timedelta
    wrong: str | None = None
    unkept: list[Entry] = field(default_factory=list)
    owed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._book: Ledger = self.kept.ledger()
        self._debts = Debts(self._book.store, ALERT)
        self._written: set[str] = set()
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

    def before(self) -> tuple[Alert, ...]:
        """The alerts that were recorded before this watch began, and never told."""
        now = datetime.now(UTC)
        try:
            with self._book.writing() as connection:
                owed = self._debts.taken(connection, now)
                found = earlier(connection, self._book.store, owed, ())
        except LedgerError as wrong:
            self.wrong = str(wrong)
            return ()
        self.owed |= set(owed)
        return found

    def news(self, found: Judged, wanted: Collection[str]) -> dict[str, Alert]:
        """By their ids, of the ``wanted`` alerts those that the ledger did not know or that went on, under the ids it
        knows them by. They are owed until they are ``told``."""
        entries, now = [*self.unkept, *as_entries(found.alerts, found.grounds)], datetime.now(UTC)
        try:
            with self._book.writing() as connection:
                kept = recorded(connection, self._book.store, entries, self.quiet, now)[len(self.unkept) :]
                news = [(alert, each) for alert, each in zip(found.alerts, kept, strict=True) if alert.id in wanted]
                owe(connection, self._book.store, news, now)
        except LedgerError as wrong:
            self.wrong, self.unkept = str(wrong), entries[-MOST_UNKEPT:]
            return {each.id: each for each in found.alerts if each.id in wanted}
        self.unkept = []
        named = _named(found.alerts, kept)
        self.owed |= {named[alert.id].id for alert, each in news if each.state in NEWS}
        return {alert.id: named[alert.id] for alert, each in news if each.state in NEWS}

    def told(self, alerts: Iterable[Alert]) -> None:
        """These were written, and flushed: nobody need tell them again."""
        self._written |= {each.id for each in alerts} & self.owed
        if not self._written:
            return
        try:
            with self._book.writing() as connection:
                self._debts.settle(connection, self._written)
        except LedgerError as wrong:
            self.wrong = str(wrong)  # they are settled with the next
            return
        self.owed -= self._written
        self._written = set()


def _named(alerts: Sequence[Alert], kept: Sequence[Recorded]) -> dict[str, Alert]:
    """The alerts by their ids, each under the id by which the ledger knows it."""
    names = {alert.id: each.id for alert, each in zip(alerts, kept, strict=True)}
    return {
        alert.id: replace(alert, id=names[alert.id], similar=tuple(names.get(each, each) for each in alert.similar))
        for alert in alerts
    }
