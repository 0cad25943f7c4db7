"""Alerts as they were just judged → the same incidents in the ledger, each once: new, gone on, or known already.

The id of an alert says who, where and what came first. What came first may look otherwise tomorrow (a place gets
another name, an earlier log arrives late), so an incident is known by more than its id: by its actor and what it rests
on, or by its actor and its time.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from longtail.ledger.columns import batched
from longtail.ledger.tables import alerts, grounds
from longtail.ledger.verdicts import BENIGN, Verdict, listed

ASPECT = ("location", "name", "kind", "what")
ACT = ("location", "name", "shape")
COLUMNS = ("id", "tenant", "account_class", "account", "host", "hosts", "first_seen", "last_seen", "last_shown",
           "score", "severity", "title", "told")  # fmt: skip
GROWING = ("last_seen", "last_shown", "severity", "score")

Ground = Mapping[str, Any]


class State(StrEnum):
    """What an alert is to the ledger: not seen before, gone on since, as it was, or dismissed."""

    NEW = "new"
    UPDATED = "updated"
    KNOWN = "known"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Entry:
    """An alert as the ledger keeps it. ``told`` is its line of JSON, ``hosts`` how many a card is about (0: one),
    ``last_shown`` when anything that it rests on was seen last."""

    id: str
    tenant: str
    account_class: str
    account: str
    host: str
    hosts: int
    first_seen: datetime
    last_seen: datetime
    last_shown: datetime
    score: float
    severity: int
    title: str
    told: str
    grounds: Mapping[str, Ground]

    @property
    def actor(self) -> tuple[object, ...]:
        """Who did it where; a card's programs may be found on more hosts tomorrow."""
        where = (True,) if self.hosts else (self.host, self.account.lower())
        return (self.tenant, *where)

    @property
    def aspects(self) -> frozenset[tuple[Any, ...]]:
        """What it rests on, whoever showed it."""
        return frozenset(tuple(each[name] for name in ASPECT) for each in self.grounds.values())

    @property
    def acts(self) -> frozenset[tuple[Any, ...]]:
        """What was done: by which aspects it surprises may look otherwise another day, and is no news."""
        return frozenset(tuple(each[name] for name in ACT) for each in self.grounds.values())


@dataclass(frozen=True, slots=True)
class Kept:
    """Under which id an alert is kept, and what it is to the ledger."""

    id: str
    state: State


def numbered(rows: Sequence[Ground]) -> dict[str, Ground]:
    """Grounds by a stable name of each."""
    return {hashlib.sha256(json.dumps(list(row.values())).encode()).hexdigest(): row for row in rows}


def entries(
    connection: Connection, store: str, tenant: str | None = None, since: datetime | None = None
) -> list[Entry]:
    """The alerts of a store, first seen first: of one tenant, and last shown since a moment, where that is told."""
    about = alerts.c.store == store
    about = about if tenant is None else about & (alerts.c.tenant == tenant)
    return _entries(connection, store, [about if since is None else about & (alerts.c.last_shown >= since)])


def named(connection: Connection, store: str, ids: Iterable[str]) -> list[Entry]:
    """The alerts of a store that have these ids, first seen first."""
    return _entries(connection, store, [(alerts.c.store == store) & alerts.c.id.in_(some) for some in batched(ids)])


def _near(connection: Connection, store: str, judged: Sequence[Entry]) -> list[Entry]:
    """The entries that could be what was judged: of the same id, of the same host, and every card."""
    hosts, ids = sorted({each.host for each in judged}), sorted({each.id for each in judged})
    near = [alerts.c.hosts > 0, *(alerts.c.host.in_(part) for part in batched(hosts))]
    near += [alerts.c.id.in_(part) for part in batched(ids)]
    return _entries(connection, store, [(alerts.c.store == store) & each for each in near])


def _entries(connection: Connection, store: str, wanted: Sequence[ColumnElement[bool]]) -> list[Entry]:
    chosen = select(*(alerts.c[name] for name in COLUMNS))
    rows = {row.id: row for each in wanted for row in connection.execute(chosen.where(each))}
    resting = _grounds(connection, store, list(rows))
    found = [Entry(**dict(row._mapping), grounds=resting.get(id, {})) for id, row in rows.items()]
    return sorted(found, key=lambda each: (each.first_seen, each.id))


def _grounds(connection: Connection, store: str, ids: Sequence[str]) -> dict[str, dict[str, Ground]]:
    names = [each.name for each in grounds.columns if each.name not in ("store", "alert", "ground", "since")]
    found: dict[str, dict[str, Ground]] = {}
    for part in batched(ids):
        chosen = select(grounds).where(grounds.c.store == store, grounds.c.alert.in_(part))
        for row in connection.execute(chosen).mappings():
            found.setdefault(row["alert"], {})[row["ground"]] = {name: row[name] for name in names}
    return found


def recorded(
    connection: Connection, store: str, judged: Sequence[Entry], quiet: timedelta, now: datetime
) -> list[Kept]:
    """Keeps what was judged, each incident once; gives for each under which id and whether that is news.

    ``quiet`` is how long an actor must be quiet before another incident begins.
    """
    said = {each.alert: each for each in listed(connection, store) if each.holds(now)}
    of_actor: dict[tuple[object, ...], list[Entry]] = {}
    for entry in _near(connection, store, judged):
        of_actor.setdefault(entry.actor, []).append(entry)
    ids = {entry.id for own in of_actor.values() for entry in own}
    kept: dict[int, Kept] = {}
    for number, each in sorted(enumerate(judged), key=lambda one: one[1].id not in ids):
        own = of_actor.get(each.actor, [])
        same = _same(each, own, said, quiet)
        state = _state(each, same, said)
        merged = each if same is None else replace(each, id=same.id)
        own[:] = [entry for entry in own if entry is not same]
        _write(connection, store, merged, same, now)
        kept[number] = Kept(merged.id, state)
    return [kept[number] for number in range(len(judged))]


def _same(each: Entry, own: Sequence[Entry], said: Mapping[str, Verdict], quiet: timedelta) -> Entry | None:
    """Of an actor's entries the one that is this incident: by its id; by what it rests on, while nothing was said of
    it; else by its time."""
    by_id = next((entry for entry in own if entry.id == each.id), None)
    if by_id is not None:
        return by_id
    unsaid = (entry for entry in reversed(own) if entry.id not in said and entry.aspects & each.aspects)
    near = (entry for entry in reversed(own) if not _benign(entry, said) and _adjoin(entry, each, quiet))
    return next(unsaid, None) or (None if each.hosts else next(near, None))


def _adjoin(one: Entry, other: Entry, quiet: timedelta) -> bool:
    return one.first_seen - quiet <= other.last_shown and other.first_seen - quiet <= one.last_shown


def _benign(entry: Entry, said: Mapping[str, Verdict]) -> bool:
    return entry.id in said and said[entry.id].verdict == BENIGN


def _state(each: Entry, same: Entry | None, said: Mapping[str, Verdict]) -> State:
    if same is None:
        return State.NEW
    if each.acts - same.acts:
        return State.UPDATED
    if _benign(same, said):
        return State.DISMISSED
    gone_on = each.last_seen > same.last_seen or each.last_shown.date() > same.last_shown.date()
    worse = each.severity > same.severity and each.score > same.score  # the same score may weigh more on another day
    return State.UPDATED if gone_on or worse else State.KNOWN


def _write(connection: Connection, store: str, each: Entry, same: Entry | None, now: datetime) -> None:
    """Keeps an incident; of one that is known what is wider, worse or longer."""
    values = {name: getattr(each, name) for name in COLUMNS}
    if same is None:
        connection.execute(insert(alerts).values(store=store, **values, first_told=now, last_told=now))
    else:
        values |= {name: max(getattr(each, name), getattr(same, name)) for name in GROWING}
        values["first_seen"] = min(each.first_seen, same.first_seen)
        values |= {} if each.score >= same.score else {"told": same.told, "title": same.title}
        changed = update(alerts).where(alerts.c.store == store, alerts.c.id == same.id)
        connection.execute(changed.values(**values, last_told=now))
    fresh = [{"store": store, "alert": each.id, "ground": number, "since": now, **row}
             for number, row in each.grounds.items() if same is None or number not in same.grounds]  # fmt: skip
    if fresh:
        connection.execute(insert(grounds), fresh)
