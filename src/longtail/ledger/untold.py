"""What was recorded → what is still to be told, and by whom: recorded and told are two things.

Whoever records news owes it in the same transaction, and settles that when it was written and flushed: nothing is held
while somebody reads, and nothing is lost when he leaves. What was never settled is told by the next run, unless its
teller is still at it: a process that lives on this machine, or anybody for ten minutes.
"""

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from longtail.ledger.columns import batched
from longtail.ledger.tables import untold

ALERT, RECOMMENDATION = "alert", "recommendation"
NEW = "new"
AT_IT = timedelta(minutes=10)  # from another machine nobody can see whether a teller still lives


@dataclass(frozen=True, slots=True)
class Owed:
    """An alert or a recommendation that is news, by its id; ``state`` says as what."""

    id: str
    tenant: str
    state: str


@dataclass(frozen=True, slots=True)
class Debts:
    """All of one kind that is still to be told of a store."""

    store: str
    kind: str

    def owe(self, connection: Connection, news: Iterable[Owed], now: datetime) -> None:
        """Keeps that this process is about to tell something; what was new and never told stays new."""
        fresh = {row.id for row in self._rows(connection) if row.state == NEW}
        rows = {
            each.id: {
                "store": self.store, "kind": self.kind, "id": each.id, "tenant": each.tenant,
                "state": NEW if each.id in fresh else each.state, "by": _me(), "since": now,
            }
            for each in news
        }  # fmt: skip
        self.settle(connection, rows)
        if rows:
            connection.execute(insert(untold), list(rows.values()))

    def taken(
        self, connection: Connection, now: datetime, tenant: str | None = None, among: Collection[str] | None = None
    ) -> dict[str, str]:
        """What this process has to tell now, by id as what: its own, and what nobody is at any more.

        Of one ``tenant``, and only ``among`` some ids, where they are given.
        """
        rows = (row for row in self._rows(connection) if tenant in (None, row.tenant) and _is_free(row, now))
        mine = {row.id: str(row.state) for row in rows if among is None or row.id in among}
        for some in batched(mine):
            connection.execute(update(untold).where(self._about, untold.c.id.in_(some)).values(by=_me(), since=now))
        return mine

    def settle(self, connection: Connection, told: Iterable[str]) -> None:
        """What has these ids was told, or need not be."""
        for some in batched(told):
            connection.execute(delete(untold).where(self._about, untold.c.id.in_(some)))

    @property
    def _about(self) -> ColumnElement[bool]:
        return (untold.c.store == self.store) & (untold.c.kind == self.kind)

    def _rows(self, connection: Connection) -> Sequence[Row[Any]]:
        return connection.execute(select(untold).where(self._about).order_by(untold.c.since, untold.c.id)).all()


def _me() -> str:
    return f"{os.uname().nodename} {os.getpid()}"


def _is_free(row: Row[Any], now: datetime) -> bool:
    """Whether it is this process's to tell: of two runs at once, none tells what the other is about to."""
    host, _, process = row.by.rpartition(" ")
    if row.by == _me() or now - row.since >= AT_IT:
        return True
    return host == os.uname().nodename and not _lives(int(process))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
