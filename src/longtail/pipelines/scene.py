"""A store, the incidents that are still open, and perhaps a model → what is judged and what is learnt from."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl
from deltalake import DeltaTable

from longtail import models, store
from longtail.executions.sightings import KEY, empty, in_order
from longtail.ledger.incidents import entries
from longtail.ledger.memory import unlearnt, without
from longtail.ledger.verdicts import Unlearned, listed
from longtail.pipelines.learning import DAY, Kept, Lessons
from longtail.prevalence.habits import Past, added, habits, without_sightings
from longtail.store.reading import days_in

ACTORS = pl.Schema({"tenant": pl.String(), "host": pl.String(), "account": pl.String(), "began": pl.Date()})


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which store the ``days`` are judged, by which ``model`` or else the ``window`` of days before them, and after
    how many ``quiet_hours`` an incident has ended."""

    kept: Kept
    days: Sequence[date]
    window: int
    quiet_hours: float
    model: models.Model | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What is judged, as sightings, and the past that it is judged by."""

    seen: pl.DataFrame
    past: Past


@dataclass(frozen=True, slots=True)
class _Learnt:
    """What is learnt from beside a model: days of a store, but for what is judged and what was unlearnt.

    Of the days ``known`` to the model the store has the sightings, where it still holds them.
    """

    table: DeltaTable
    tenant: str | None
    days: Sequence[date]
    known: Sequence[date]
    seen: pl.DataFrame
    gone: Sequence[Unlearned]

    def pieces(self) -> Iterator[pl.DataFrame]:
        """All of it, a piece at a time."""
        return map(self._learnable, store.daily(self.table, self.days, self.tenant))

    def sightings(self, wanted: pl.DataFrame) -> pl.DataFrame:
        """Those of some ``tenant, host, day``, those of the model's days among them."""
        days = set(wanted["day"].to_list()) & {*self.days, *self.known}
        read = store.daily(self.table, days, self.tenant, wanted["host"].unique().to_list())
        mine = (piece.join(wanted, on=wanted.columns, how="semi") for piece in read)
        return pl.concat([empty(), *map(self._learnable, mine)])

    def _learnable(self, piece: pl.DataFrame) -> pl.DataFrame:
        """Nothing speaks for itself."""
        judged = self.seen.filter(pl.col("day").is_in(piece["day"].unique().implode()))
        left = piece.join(judged.select(KEY), on=KEY, how="anti", nulls_equal=True) if judged.height else piece
        return without(left, self.gone)


def scene(asked: Asked, said: Lessons, now: datetime) -> Scene:
    """The days that are judged, whole, with what open incidents did before; and what was before them.

    Raises:
        StoreError: the store cannot be read.
        LedgerError: which incidents are open cannot be known.
    """
    table = store.opened(asked.kept.place)
    if not asked.days:
        return Scene(empty(), Past(habits([]), lambda wanted: empty()))
    earlier = _earlier(asked, days_in(table))
    parts = [*store.daily(table, asked.days, asked.kept.tenant), *_going_on(asked, table, earlier, now)]
    seen = in_order(pl.concat([empty(), *parts]))
    learnt = _Learnt(table, asked.kept.tenant, earlier, _of_model(asked, days_in(table)), seen, said.gone)
    model = unlearnt(without_sightings(_habits_of_model(asked), seen), said.gone)
    return Scene(seen, Past(added([model, habits(learnt.pieces())]), learnt.sightings))


def past_before(day: date, asked: Asked, gone: Sequence[Unlearned]) -> Past:
    """What the days of the window before a day teach.

    Raises:
        StoreError: the store cannot be read.
    """
    table = store.opened(asked.kept.place)
    days = [each for each in days_in(table) if day - asked.window * DAY <= each < day]
    learnt = _Learnt(table, asked.kept.tenant, days, (), empty(), gone)
    return Past(habits(learnt.pieces()), learnt.sightings)


def _earlier(asked: Asked, held: Sequence[date]) -> list[date]:
    """The days that are learnt from beside the model: since it, or those of the window where there is none."""
    first = min(asked.days) - asked.window * DAY if asked.model is None else asked.model.header.until
    return [day for day in held if first <= day <= max(asked.days) and day not in asked.days]


def _of_model(asked: Asked, held: Sequence[date]) -> list[date]:
    """The days that a model learnt and the store holds."""
    if asked.model is None:
        return []
    header = asked.model.header
    return [day for day in held if header.since <= day < header.until and day not in asked.days]


def _habits_of_model(asked: Asked) -> pl.DataFrame:
    if asked.model is None:
        return habits([])
    learnt, tenant = asked.model.habits, asked.kept.tenant
    return learnt if tenant is None else learnt.filter(pl.col("tenant") == tenant)


def _going_on(asked: Asked, table: DeltaTable, earlier: Collection[date], now: datetime) -> Iterator[pl.DataFrame]:
    """What actors with open incidents did since these began, on days that are not judged anyway."""
    actors = _open_actors(asked, now)
    days = {*earlier, *actors["began"].to_list()} - set(asked.days)
    since = min(actors["began"].to_list(), default=date.max)
    held = [day for day in days_in(table) if day in days and day >= since]
    for piece in store.daily(table, held, asked.kept.tenant, actors["host"].unique().to_list()):
        began = piece.join(actors, on=["tenant", "host", "account"])
        yield began.filter(pl.col("day") >= pl.col("began")).drop("began")


def _open_actors(asked: Asked, now: datetime) -> pl.DataFrame:
    """``ACTORS``: whose incidents may go on, and since which day they do."""
    since = datetime.combine(min(asked.days), datetime.min.time(), UTC) - timedelta(hours=asked.quiet_hours)
    book = asked.kept.ledger()
    with book.reading() as connection:
        said = {each.alert for each in listed(connection, book.store) if each.holds(now)}
        found = [each for each in entries(connection, book.store, asked.kept.tenant, since) if not each.hosts]
    rows = [(each.tenant, each.host, each.account, each.first_seen.date()) for each in found if each.id not in said]
    actors = pl.DataFrame(rows, schema=ACTORS, orient="row")
    return actors.group_by("tenant", "host", "account").agg(pl.col("began").min())
