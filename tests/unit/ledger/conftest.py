"""The two databases that a ledger may live in: every test of a ledger runs on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import program, server
from sqlalchemy import create_engine, text

from longtail.ledger import Ledger, opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL of one's own."""
    if program("initdb") is None:
        pytest.skip("no PostgreSQL here: `make setup` installs it where it may")
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """Where a ledger is kept; None for the file beside the store."""
    if request.param == "sqlite":
        return None
    address = request.getfixturevalue("postgres")
    with create_engine(address).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return str(address)


@pytest.fixture
def book(url: str | None, tmp_path: Path) -> Ledger:
    """An empty ledger."""
    return opened(str(tmp_path), "store-1", url)
