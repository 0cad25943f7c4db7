"""The place of a store (a folder, or a URL of an object store) → its Delta table, made where there is none."""

import re
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from longtail.store.layout import CONFIGURATION, PARTITION, SCHEMA, TABLE, VERSION, VERSION_KEY
from longtail.store.refusals import FutureStore, NoStore, StoreError, told

ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")


def created(store: str) -> DeltaTable:
    """The table of a store; a new one where there is none yet.

    Raises:
        StoreError: it cannot be made or used there; ``FutureStore`` where a later version wrote it.
    """
    try:
        return opened(store)
    except NoStore:
        return _made(store)


def opened(store: str) -> DeltaTable:
    """The table of a store that is there.

    Raises:
        NoStore: there is none.
        FutureStore: a later version wrote it.
        StoreError: it cannot be read.
    """
    with told(store):
        try:
            table = DeltaTable(_uri(store))
        except TableNotFoundError:
            raise NoStore(f"{store}: no store there; `longtail ingest PATH --store {store}` makes one") from None
    _refuse_others(store, table.metadata().configuration.get(VERSION_KEY, ""))
    return table


def place_of(table: DeltaTable) -> str:
    """The store of a table as a person names it: the path of a folder, else the URL."""
    url = table.table_uri.rstrip("/").removesuffix(f"/{TABLE}")
    if not url.startswith("file://"):
        return url
    path = ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), url.removeprefix("file://").encode())
    return path.decode("utf-8", "surrogateescape")


def _made(store: str) -> DeltaTable:
    try:
        with told(store):
            if "://" not in store:
                Path(_uri(store)).mkdir(parents=True, exist_ok=True)
            return DeltaTable.create(
                _uri(store),
                SCHEMA,
                partition_by=[PARTITION],
                configuration=CONFIGURATION,
                raise_if_key_not_exists=False,
            )
    except (DeltaError, StoreError) as error:
        try:
            return opened(store)  # another process made it in the meantime
        except NoStore:
            raise error from None


def _uri(store: str) -> str:
    if "://" in store:
        return f"{store.rstrip('/')}/{TABLE}"
    path = str(Path(store).absolute() / TABLE)
    if "%" in path:  # the library takes it for an escape, and looks elsewhere for what it wrote
        raise StoreError(f"{store}: a store cannot lie under a path with a percent sign; choose another place")
    return path


def _refuse_others(store: str, version: str) -> None:
    if not version.isdecimal():
        raise StoreError(f"{store}: a Delta table that Longtail did not make; choose another place for the store")
    if int(version) > VERSION:
        raise FutureStore(
            f"{store}: a store of schema {version}, this version reads up to {VERSION}: use the Longtail that wrote it"
        )
