"""A store and perhaps a URL → its ledger, made where there is none: in SQLite beside the store, unless told where."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from longtail.errors import UsageError
from longtail.ledger.refusals import FutureLedger, LedgerError, told
from longtail.ledger.tables import METADATA, VERSION, about

FILE = "ledger.sqlite"
"""The ledger's file in a store that is a folder."""

BACKENDS = ("sqlite", "postgresql")
PATIENCE = 60  # seconds that one writer waits for another
VERSION_KEY = "schema"
LOCK = 0x6C6F6E67  # of PostgreSQL's advisory locks: writers of a ledger come one after another


@dataclass(frozen=True)
class Ledger:
    """An open ledger: ``place`` as a person names it (no password), ``store`` the identity of the store it is about."""

    engine: Engine
    place: str
    store: str

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees what was committed.

        Raises:
            LedgerError: the database says no.
        """
        with told(self.place), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose changes are all there afterwards, or none; writers come one after another.

        Raises:
            LedgerError: the database says no; nothing was changed.
        """
        with told(self.place), self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            else:
                connection.execute(text("BEGIN IMMEDIATE"))
            yield connection


def opened(store: str, identity: str, url: str | None = None) -> Ledger:
    """The ledger of a store (its place and the identity of its table); its tables are made where there are none.

    Raises:
        UsageError: the URL is none, or the store is no folder and no URL is given.
        FutureLedger: a later version wrote it.
        LedgerError: it cannot be used.
    """
    engine, place = _engine(store, url)
    ledger = Ledger(engine, place, identity)
    with ledger.writing() as connection:
        about.create(connection, checkfirst=True)
        _refuse_others(place, connection)
        METADATA.create_all(connection)
    return ledger


def _engine(store: str, url: str | None) -> tuple[Engine, str]:
    try:
        if url is not None:
            address = make_url(url)
            if address.get_backend_name() not in BACKENDS:
                raise UsageError(
                    f"--ledger: a ledger lives in SQLite or PostgreSQL, not in {address.get_backend_name()}: write"
                    " sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
                )
            engine, place = create_engine(address, pool_pre_ping=True), address.render_as_string(hide_password=True)
        elif "://" in store:
            raise UsageError(
                f"{store}: a store that is no folder needs --ledger postgresql+psycopg://… or sqlite:///FILE"
            )
        else:
            place = str(Path(store) / FILE)
            engine = create_engine(
                URL.create("sqlite", database=str(Path(store).absolute() / FILE)), poolclass=NullPool
            )
    except (ArgumentError, NoSuchModuleError) as wrong:
        raise UsageError(
            f"--ledger: {wrong}; write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
        ) from wrong
    except ModuleNotFoundError as wrong:
        raise UsageError(f"--ledger: {wrong.name} is not installed: pip install 'longtail[postgres]'") from wrong
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _careful)
    return engine, place


def _careful(connection: object, _record: object) -> None:
    """SQLite as a ledger wants it: readers beside a writer, and what was acknowledged survives a crash."""
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for setting in (f"busy_timeout = {PATIENCE * 1000}", "journal_mode = WAL", "synchronous = FULL"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _refuse_others(place: str, connection: Connection) -> None:
    version = connection.execute(select(about.c.value).where(about.c.key == VERSION_KEY)).scalar()
    if version is None:
        connection.execute(insert(about).values(key=VERSION_KEY, value=str(VERSION)))
    elif not version.isdecimal():
        raise LedgerError(f"{place}: no ledger of Longtail")
    elif int(version) > VERSION:
        raise FutureLedger(f"{place}: a ledger of schema {version}, this version reads up to {VERSION}")
