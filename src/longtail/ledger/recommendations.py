"""Openings as they were just judged → the same openings in the ledger: new, changed, as they were, or closed since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, insert, select, update

from longtail.ledger.tables import recommendations
from longtail.ledger.untold import RECOMMENDATION, Debts, Owed

COLUMNS = ("id", "tenant", "machine", "port", "protocol", "verdict", "score", "told")


class Change(StrEnum):
    """What a recommendation is to the ledger: not seen before, judged otherwise, there again after it was closed, or as
    it was and told."""

    NEW = "new"
    CHANGED = "changed"
    REOPENED = "reopened"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation as the ledger keeps it; ``told`` is its line of JSON."""

    id: str
    tenant: str
    machine: str
    port: int
    protocol: str
    verdict: str
    score: float
    told: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look was at: machines (tenant, name), and which of their ports (None: all); of others nothing is known."""

    machines: Collection[tuple[str, str]]
    ports: Collection[int] | None = None

    def at(self, machine: tuple[str, str], port: int) -> bool:
        """Whether an opening there would have been seen."""
        return machine in self.machines and (self.ports is None or port in self.ports)


def advised(
    connection: Connection, store: str, found: Sequence[Advice], looked: Looked, now: datetime
) -> tuple[list[Change], int]:
    """Keeps what was found; gives for each what is to be told of it, and how many openings are there no more.

    What is to be told stays news until it is settled (``untold``).
    """
    known, debts = _known(connection, store), Debts(store, RECOMMENDATION)
    changes = {each.id: _kept(connection, store, each, known.get(each.id), now) for each in found}
    news = (each for each in found if changes[each.id] is not Change.KNOWN)
    debts.owe(connection, [Owed(each.id, each.tenant, changes[each.id]) for each in news], now)
    here = set(changes)
    closed = [id for id, (_, gone, where) in known.items() if gone is None and id not in here and looked.at(*where)]
    for id in closed:
        connection.execute(update(recommendations).where(_is(store, id)).values(gone=now))
    debts.settle(connection, closed)
    owed = debts.taken(connection, now, among=here)
    return [Change(owed.get(each.id, Change.KNOWN)) for each in found], len(closed)


def _known(connection: Connection, store: str) -> dict[str, tuple[str, datetime | None, tuple[tuple[str, str], int]]]:
    """By id the verdict, since when it is gone, and of which machine and port it is."""
    columns = (recommendations.c[name] for name in ("id", "verdict", "gone", "tenant", "machine", "port"))
    rows = connection.execute(select(*columns).where(recommendations.c.store == store))
    return {id: (verdict, gone, ((tenant, machine), port)) for id, verdict, gone, tenant, machine, port in rows}


def _is(store: str, id: str) -> ColumnElement[bool]:
    return (recommendations.c.store == store) & (recommendations.c.id == id)


def _kept(
    connection: Connection, store: str, each: Advice, known: tuple[str, datetime | None, object] | None, now: datetime
) -> Change:
    values = {name: getattr(each, name) for name in COLUMNS}
    if known is None:
        connection.execute(insert(recommendations).values(store=store, **values, first_told=now, last_told=now))
        return Change.NEW
    verdict, gone, _ = known
    changed = update(recommendations).where(_is(store, each.id)).values(**values, last_told=now, gone=None)
    connection.execute(changed)
    if gone is not None:
        return Change.REOPENED
    return Change.KNOWN if verdict == each.verdict else Change.CHANGED
