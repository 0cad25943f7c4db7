"""What people say of alerts → rows that are never deleted: a later verdict revokes the earlier, a revoked one stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from longtail.ledger.refusals import NotInLedger
from longtail.ledger.tables import alerts, unlearned, verdicts
from longtail.ledger.untold import ALERT, Debts

BENIGN, TRUE_POSITIVE = "benign", "true-positive"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict: on which alert, for whom it holds (``scope``), why, since when, and until when (None: for good)."""

    alert: str
    verdict: str
    scope: str
    reason: str
    at: datetime
    expires: datetime | None = None
    revoked: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it counts at a moment."""
        return self.revoked is None and (self.expires is None or self.expires > now)


@dataclass(frozen=True, slots=True)
class Unlearned:
    """What is no longer learnt from: an alert's grounds, a host, or (of either, or of all) what was before a day."""

    reason: str
    at: datetime
    alert: str | None = None
    tenant: str | None = None
    host: str | None = None
    before: datetime | None = None


def given(connection: Connection, store: str, verdict: Verdict) -> None:
    """Adds a verdict; an earlier one on the same alert is revoked. Who says what it was need not be told of it."""
    revoked(connection, store, verdict.alert, verdict.at)
    Debts(store, ALERT).settle(connection, [verdict.alert])
    columns = ("alert", "verdict", "scope", "reason", "at", "expires")
    connection.execute(insert(verdicts).values(store=store, **{name: getattr(verdict, name) for name in columns}))


def revoked(connection: Connection, store: str, alert: str, at: datetime) -> int:
    """Revokes whatever was said of an alert; how many verdicts that were."""
    of_alert = (verdicts.c.store == store) & (verdicts.c.alert == alert) & verdicts.c.revoked.is_(None)
    return connection.execute(update(verdicts).where(of_alert).values(revoked=at)).rowcount


def refuse_unknown(connection: Connection, store: str, alert: str, tenant: str | None = None) -> None:
    """Says no to an alert that is not there, or not of the tenant where one is named.

    Raises:
        NotInLedger: it is not.
    """
    chosen = select(alerts.c.id).where(alerts.c.store == store, alerts.c.id == alert)
    chosen = chosen if tenant is None else chosen.where(alerts.c.tenant == tenant)
    if connection.execute(chosen).first() is None:
        raise NotInLedger(f"{alert}: no such alert in the ledger of this store; `longtail verdict list` shows them")


def listed(connection: Connection, store: str, tenant: str | None = None) -> list[Verdict]:
    """Every verdict ever given, oldest first; of one tenant's alerts where it is named."""
    columns = (getattr(verdicts.c, name) for name in Verdict.__dataclass_fields__)
    chosen = (
        select(*columns)
        .join(alerts, (alerts.c.store == verdicts.c.store) & (alerts.c.id == verdicts.c.alert))
        .where(verdicts.c.store == store)
        .order_by(verdicts.c.number)
    )
    chosen = chosen if tenant is None else chosen.where(alerts.c.tenant == tenant)
    return [Verdict(*row) for row in connection.execute(chosen)]


Said = tuple[int, int]
"""How many verdicts were given, and how many of them revoked: another one where anything was said in between."""


def first_end(connection: Connection, store: str, now: datetime) -> datetime | None:
    """When the first of what was said and holds now ends to hold."""
    ends = (each.expires for each in listed(connection, store) if each.expires and each.holds(now))
    return min(ends, default=None)


def said_so_far(connection: Connection, store: str) -> Said:
    """Whether anything was said since, for the price of a count: nothing is ever deleted."""
    given_or_revoked = select(func.count(), func.count(verdicts.c.revoked)).where(verdicts.c.store == store)
    return tuple(connection.execute(given_or_revoked).one())  # type: ignore[return-value]


def unlearn(connection: Connection, store: str, what: Unlearned) -> None:
    """Adds something that is no longer learnt from; what was said of an alert so named is revoked."""
    if what.alert is not None:
        revoked(connection, store, what.alert, what.at)
    values = {name: getattr(what, name) for name in Unlearned.__dataclass_fields__}
    connection.execute(insert(unlearned).values(store=store, **values))


def no_longer_learnt(connection: Connection, store: str) -> Sequence[Unlearned]:
    """All that is no longer learnt from, oldest first."""
    columns = (getattr(unlearned.c, name) for name in Unlearned.__dataclass_fields__)
    chosen = select(*columns).where(unlearned.c.store == store).order_by(unlearned.c.number)
    return [Unlearned(*row) for row in connection.execute(chosen)]
