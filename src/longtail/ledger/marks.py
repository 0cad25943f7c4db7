"""A store and whom it was judged for → up to which of its versions everything was judged."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from longtail.ledger.tables import marks

EVERYBODY = ""


def judged_up_to(connection: Connection, store: str, tenant: str | None) -> int | None:
    """The version of the store up to which everything (of the tenant, where one is judged alone) was judged."""
    about = marks.c.about == (tenant or EVERYBODY)
    return connection.execute(select(marks.c.version).where(marks.c.store == store, about)).scalar()


def mark(connection: Connection, store: str, tenant: str | None, version: int, now: datetime) -> None:
    """Remembers that everything up to the version was judged; an earlier version than is known changes nothing."""
    known = judged_up_to(connection, store, tenant)
    if known is not None and known >= version:
        return
    about = tenant or EVERYBODY
    connection.execute(delete(marks).where(marks.c.store == store, marks.c.about == about))
    connection.execute(insert(marks).values(store=store, about=about, version=version, at=now))
