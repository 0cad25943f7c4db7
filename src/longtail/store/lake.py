"""The place of a store (a folder, or a URL of an object store) → its Delta table, made where there is none."""

from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from longtail.store.layout import CONFIGURATION, PARTITION, SCHEMA, TABLE, VERSION, VERSION_KEY
from longtail.store.refusals import FutureStore, NoStore, StoreError, told


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
    return f"{store.rstrip('/')}/{TABLE}" if "://" in store else str(Path(store).absolute() / TABLE)


def _refuse_others(store: str, version: str) -> None:
    if not version.isdecimal():
        raise StoreError(f"{store}: a Delta table that Longtail did not make; choose another place for the store")
    if int(version) > VERSION:
        raise FutureStore(
            f"{store}: a store of schema {version}, this version reads up to {VERSION}: use the Longtail that wrote it"
        )
