"""A store's window and what people said of its alerts → what may be learnt from it, and the model that keeps that."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta

import polars as pl

from longtail import __version__, ledger, store
from longtail.errors import UsageError
from longtail.executions.claims import reclassified
from longtail.ledger.memory import is_host, remembered, without
from longtail.ledger.verdicts import Unlearned, no_longer_learnt
from longtail.models import Header, Model
from longtail.prevalence.grounds import Memory, learnable
from longtail.prevalence.habits import habits, in_order, sightings_in
from longtail.prevalence.judgement import meant
from longtail.settings import Settings
from longtail.store.reading import days_in, holds

DAY = timedelta(days=1)
WINDOW = 30  # days that are learnt from unless told otherwise


@dataclass(frozen=True, slots=True)
class Kept:
    """A store and the ledger beside it: its place, the ledger's URL (None: a file in the store), and one tenant or all.

    With a tenant nothing of any other is read: not its counts, not its names.
    """

    place: str
    url: str | None = None
    tenant: str | None = None

    def ledger(self) -> ledger.Ledger:
        """The open ledger.

        Raises:
            StoreError: there is no store.
            LedgerError: the ledger cannot be used.
        """
        return ledger.opened(self.place, identity(self.place), self.url)


@dataclass(frozen=True, slots=True)
class LearnRequest:
    """What to learn from: days from ``since`` to ``until`` (exclusive), else the last ``days`` that the store holds."""

    kept: Kept
    since: date | None = None
    until: date | None = None
    days: int = WINDOW
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True)
class Lessons:
    """What a ledger says at one moment: the memory of its alerts, and what is no longer learnt from."""

    memory: Memory
    gone: tuple[Unlearned, ...]


def identity(place: str) -> str:
    """By which name a ledger knows the store, wherever it lies."""
    return str(store.opened(place).metadata().id)


def refuse_unknown(kept: Kept, host: str | None = None) -> None:
    """A tenant or a host that the store does not hold is a slip of the pen: silence about it would look like peace.

    Raises:
        UsageError: the store has nothing of it.
        StoreError: there is no store, or it cannot be read.
    """
    if kept.tenant is None and host is None:
        return
    if not holds(store.opened(kept.place), kept.tenant, None if host is None else is_host(host)):
        what = f"--tenant {kept.tenant}" if host is None else f"--host {host}"
        raise UsageError(f"{what}: {kept.place} holds nothing of it; `longtail store status` tells what it holds")


def lessons(kept: Kept, now: datetime) -> Lessons:
    """What the ledger of a store says now."""
    book = kept.ledger()
    with book.reading() as connection:
        gone = tuple(no_longer_learnt(connection, book.store))
        return Lessons(remembered(connection, book.store, now), gone)


def learn(request: LearnRequest, now: datetime | None = None) -> Model:
    """The model of a window, without what was alerted on and not dismissed.

    Raises:
        StoreError: there is no store, or it cannot be read.
        LedgerError: what was alerted on cannot be known.
        UsageError: the window holds no day of the store, or the store nothing of the tenant.
    """
    refuse_unknown(request.kept)
    said = lessons(request.kept, now or datetime.now(UTC))
    days = window(request)
    found = _window_habits(request.kept, days, said)
    learnt = taught(found.habits, said)
    header = Header(
        since=days[0],
        until=days[1] + DAY,
        tenant=request.kept.tenant,
        sightings=sightings_in(learnt),
        hosts=learnt.select("tenant", "host").n_unique(),
        left_out=found.sightings - sightings_in(learnt),
        settings=asdict(request.settings),
        longtail=__version__,
    )
    return Model(header, learnt, meant(learnt, request.settings))


@dataclass(frozen=True, slots=True)
class _Found:
    """The habits of a window, and in how many sightings they were found, those that were unlearnt among them."""

    habits: pl.DataFrame
    sightings: int


def left_out(kept: Kept, days: tuple[date, date], said: Lessons) -> int:
    """How many sightings of some days, the last of them included, a ledger keeps out of learning."""
    found = _window_habits(kept, days, said)
    return found.sightings - sightings_in(taught(found.habits, said))


def _window_habits(kept: Kept, days: tuple[date, date], said: Lessons) -> _Found:
    table = store.opened(kept.place)
    wanted = [day for day in days_in(table) if days[0] <= day <= days[1]]
    heights: list[int] = []

    def pieces() -> Iterator[pl.DataFrame]:
        for piece in store.daily(table, wanted, kept.tenant):
            heights.append(piece.height)
            yield without(piece, said.gone)

    return _Found(in_order(habits(pieces())), sum(heights))


def taught(found: pl.DataFrame, said: Lessons) -> pl.DataFrame:
    """Of habits those that may be learnt from, classed as they came."""
    left = learnable(reclassified(found.with_row_index("place_in_table")), said.memory.left_out)
    return found.filter(pl.int_range(pl.len(), dtype=pl.UInt32).is_in(left["place_in_table"].implode()))


def window(request: LearnRequest) -> tuple[date, date]:
    """The first and the last day to learn from.

    Raises:
        UsageError: the store holds none of them.
    """
    held = days_in(store.opened(request.kept.place))
    last = newest(held)
    until = request.until or last + DAY
    since = request.since or until - request.days * DAY
    chosen = [day for day in held if since <= day < until]
    if not chosen:
        raise UsageError(
            f"{request.kept.place} holds no day from {since} to {until}: `longtail store status` lists them"
        )
    return since, until - DAY


def newest(held: list[date]) -> date:
    """The last day that is not in the future: some clocks are broken."""
    today = datetime.now(UTC).date()
    return max((day for day in held if day <= today), default=today)
