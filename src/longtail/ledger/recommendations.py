"""Openings as they were just judged → the same openings in the ledger: new, changed, as they were, or closed since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, insert, select, update

from longtail.ledger.tables import recommendations

COLUMNS = ("id", "tenant", "machine", "port", "protocol", "verdict", "score", "told")


class Change(StrEnum):
    """What a recommendation is to the ledger."""

    NEW = "new"
    CHANGED = "changed"
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
    """Keeps what was found; gives for each whether that is news, and how many openings are there no more."""
    known = _known(connection, store)
    changes = [_kept(connection, store, each, known.get(each.id), now) for each in found]
    here = {each.id for each in found}
    closed = [id for id, (_, gone, where) in known.items() if gone is None and id not in here and looked.at(*where)]
    for id in closed:
        connection.execute(update(recommendations).where(_is(store, id)).values(gone=now))
    return changes, len(closed)


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
    return Change.KNOWN if verdict == each.verdict and gone is None else Change.CHANGED
