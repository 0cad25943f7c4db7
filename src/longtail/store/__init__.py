"""Sightings → a lake that counts each input once: a Delta table by day, kept, read, checked and trimmed."""

from longtail.store.commits import Commit, Conflict, appended, commits, content_of, units_in
from longtail.store.lake import created, opened
from longtail.store.reading import Window, daily, sightings
from longtail.store.refusals import FutureStore, NoStore, StoreError, StoreFull
from longtail.store.status import Status, status
from longtail.store.upkeep import Compacted, Vacuumed, compact, vacuum
from longtail.store.verification import verify

__all__ = [
    "Commit",
    "Compacted",
    "Conflict",
    "FutureStore",
    "NoStore",
    "Status",
    "StoreError",
    "StoreFull",
    "Vacuumed",
    "Window",
    "appended",
    "commits",
    "compact",
    "content_of",
    "created",
    "daily",
    "opened",
    "sightings",
    "status",
    "units_in",
    "vacuum",
    "verify",
]
