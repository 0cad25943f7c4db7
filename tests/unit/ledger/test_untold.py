"""What was recorded and not told stays owed: to whoever comes next, and not to who comes while another is at it."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from longtail.ledger import Ledger
from longtail.ledger.tables import untold
from longtail.ledger.untold import ALERT, AT_IT, RECOMMENDATION, Debts, Owed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def owe(book: Ledger, *news: Owed) -> None:
    with book.writing() as connection:
        Debts(book.store, ALERT).owe(connection, news, NOON)


def taken(book: Ledger, now: datetime = NOON, **part: object) -> dict[str, str]:
    with book.writing() as connection:
        return Debts(book.store, ALERT).taken(connection, now, **part)  # type: ignore[arg-type]


def is_told_by(book: Ledger, who: str) -> None:
    with book.writing() as connection:
        connection.execute(update(untold).values(by=who))


@pytest.fixture
def ended() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_what_is_owed_is_so_until_it_is_settled(book: Ledger) -> None:
    owe(book, *(Owed(f"a{number}", "contoso", "new") for number in range(1200)), Owed("b", "fabrikam", "updated"))
    assert len(taken(book)) == 1201
    assert taken(book, tenant="fabrikam") == {"b": "updated"}
    assert taken(book, among={"a7", "zz"}) == {"a7": "new"}
    with book.writing() as connection:
        assert Debts(book.store, RECOMMENDATION).taken(connection, NOON) == {}
        assert Debts("another store", ALERT).taken(connection, NOON) == {}
        Debts(book.store, ALERT).settle(connection, [f"a{number}" for number in range(1200)])
    assert taken(book) == {"b": "updated"}


def test_what_is_new_stays_new_until_somebody_was_told(book: Ledger) -> None:
    owe(book, Owed("a", "contoso", "new"), Owed("b", "contoso", "updated"))
    owe(book, Owed("a", "contoso", "updated"), Owed("b", "contoso", "reopened"))
    assert taken(book) == {"a": "new", "b": "reopened"}


def test_who_lives_is_left_to_tell_and_who_has_ended_is_not(book: Ledger, ended: int) -> None:
    host = os.uname().nodename
    for who, later, mine in (
        (f"{host} {os.getppid()}", timedelta(0), False),
        (f"{host} {os.getppid()}", AT_IT, True),
        (f"{host} {ended}", timedelta(0), True),
        ("a name with blanks 4", timedelta(0), False),
        ("a name with blanks 4", AT_IT, True),
    ):
        owe(book, Owed("a", "contoso", "new"))
        is_told_by(book, who)
        assert bool(taken(book, NOON + later)) == mine, who


def test_what_was_taken_is_the_takers(book: Ledger, ended: int) -> None:
    owe(book, Owed("a", "contoso", "new"))
    is_told_by(book, f"{os.uname().nodename} {ended}")
    assert taken(book)
    with book.reading() as connection:
        assert connection.execute(untold.select()).one().by.endswith(f" {os.getpid()}")
