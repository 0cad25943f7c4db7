"""Alerts ⇄ the ledger's account of what is still to be told: owed when recorded, settled when somebody has them."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from longtail.ledger.incidents import Entry, Kept, State, named
from longtail.ledger.untold import ALERT, Debts, Owed
from longtail.prevalence.findings import Alert, Execution, NormalAt, Prevalence, Severity

NEWS = (State.NEW, State.UPDATED)


def owe(connection: Connection, store: str, kept: Iterable[tuple[Alert, Kept]], now: datetime) -> None:
    """Keeps which of the alerts that were just recorded are news, and to be told."""
    news = [Owed(each.id, alert.tenant, each.state) for alert, each in kept if each.state in NEWS]
    Debts(store, ALERT).owe(connection, news, now)


def earlier(connection: Connection, store: str, owed: Collection[str], judged: Collection[str]) -> tuple[Alert, ...]:
    """Of the alerts that are owed those that were not judged now, as the ledger keeps them."""
    return tuple(map(_alert, named(connection, store, [id for id in owed if id not in judged])))


def _alert(entry: Entry) -> Alert:
    """An alert again from its line; why each execution surprises is not in it."""
    told = json.loads(entry.told)
    return Alert(
        id=entry.id,
        tenant=entry.tenant,
        account=entry.account,
        account_class=entry.account_class,
        host=entry.host,
        first_seen=entry.first_seen,
        last_seen=entry.last_seen,
        score=entry.score,
        severity=Severity(entry.severity),
        title=entry.title,
        reason=told["reason"],
        executions=tuple(map(_execution, told["executions"])),
        techniques=tuple(told["techniques"]),
        similar=tuple(told["similar"]),
        hosts=tuple(told.get("hosts", ())),
    )


def _execution(told: Mapping[str, Any]) -> Execution:
    price = told["normal_at"]
    values = {
        "time": datetime.fromisoformat(told["time"]),
        "prevalence": Prevalence(**told["prevalence"]),
        "normal_at": None if price["hosts"] is None else NormalAt(**price),
    }
    return Execution(**{**told, **values})
