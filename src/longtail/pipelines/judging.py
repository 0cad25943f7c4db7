"""What came into a store since it was judged last → alerts, each in the ledger once, and told when they are news."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import polars as pl

from longtail import models, store
from longtail.errors import UsageError
from longtail.ledger.incidents import Entry, State, numbered, recorded
from longtail.ledger.incidents import Kept as Recorded
from longtail.ledger.marks import judged_up_to, mark
from longtail.outputs.plain import alert_object, dumps
from longtail.pipelines.learning import WINDOW, Kept, lessons, refuse_unknown
from longtail.pipelines.scene import Asked, scene
from longtail.prevalence.findings import Alert, Hunt
from longtail.prevalence.grounds import GROUND
from longtail.prevalence.judgement import Judgement, judged
from longtail.readings import Reading
from longtail.settings import Settings
from longtail.store.commits import INGEST, commits
from longtail.store.reading import days_in

MOST_ALERTS = 10_000  # that one run keeps, where a hunt tells a thousand: what nobody is told of would be learnt
DEFAULT_ACCOUNTS = ("auto",)  # only these use up what is new: whoever asks for one account leaves it to the others


@dataclass(frozen=True, slots=True)
class DetectRequest:
    """What to judge: everything that came since the last time, or days from ``since``; against which model, or against
    the ``days`` before."""

    kept: Kept
    model: str | None = None
    since: datetime | None = None
    accounts: tuple[str, ...] = DEFAULT_ACCOUNTS
    days: int = WINDOW
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Detected:
    """What is news as a hunt finds it (new alerts, those that went on), what is known, and which days were judged."""

    hunt: Hunt
    new: int
    updated: int
    known: int
    days: tuple[date, ...]


def detect(
    request: DetectRequest, now: datetime | None = None, tell: Callable[[Detected], None] = lambda found: None
) -> Detected:
    """Judges what is new in a store, keeps each alert once, and has it told.

    What ``tell`` fails to tell is not kept, and is news the next time.

    Days with anything new are judged whole, with what open incidents did before, so that an incident that goes on is
    the same incident. Judged twice, nothing is told twice.

    Raises:
        StoreError: there is no store, or it cannot be read.
        ModelError: the model cannot be used.
        UsageError: the model is of another tenant, or the store holds nothing of the one that is asked for.
        LedgerError: the ledger cannot be used; nothing was judged.
    """
    moment = now or datetime.now(UTC)
    refuse_unknown(request.kept)
    model = None if request.model is None else _model(request.model, request.kept.tenant)
    version, days, whole = _news(request, model)
    said = lessons(request.kept, moment)
    asked = Asked(request.kept, days, request.days, request.settings.quiet_hours, model)
    look = scene(asked, said, moment)
    settings = replace(request.settings, most_alerts=max(request.settings.most_alerts, MOST_ALERTS))
    memory = said.memory if model is None else replace(said.memory, meant=model.meant)
    found = judged(look.seen, settings, request.accounts, look.past, memory)
    book, quiet = request.kept.ledger(), timedelta(hours=request.settings.quiet_hours)
    with book.writing() as connection:
        kept = recorded(connection, book.store, as_entries(found.alerts, found.grounds), quiet, moment)
        if whole and request.accounts == DEFAULT_ACCOUNTS:
            mark(connection, book.store, request.kept.tenant, version, moment)
        told = _told(request, look.seen, found, kept, days)
        tell(told)
    return told


def _model(path: str, tenant: str | None) -> models.Model:
    """The model, if it knows those who are judged: to a model of one tenant everything of another is new."""
    found = models.loaded(path)
    if found.header.tenant not in (None, tenant):
        raise UsageError(f"{path} was learnt of one tenant alone, and not of all that is judged: --tenant names who is")
    return found


def _news(request: DetectRequest, model: models.Model | None) -> tuple[int, tuple[date, ...], bool]:
    """The version of the store, the days of it to judge, and whether nothing new is left to judge after them."""
    table = store.opened(request.kept.place)
    held = days_in(table)
    book = request.kept.ledger()
    with book.reading() as connection:
        last = judged_up_to(connection, book.store, request.kept.tenant)
    if request.since is not None:
        days = tuple(day for day in held if day >= request.since.date())
        return table.version(), days, last is None and len(days) == len(held)
    if last is None:
        learnt_until = date.min if model is None else model.header.until
        return table.version(), tuple(day for day in held if day >= learnt_until), True
    touched = {day for each in commits(table, last) if each.what == INGEST for day in each.starts}
    return table.version(), tuple(day for day in held if day in touched), True


def as_entries(alerts: Sequence[Alert], grounds: pl.DataFrame) -> list[Entry]:
    """Alerts as the ledger keeps them; ``grounds`` is what they rest on, as a judgement tells it."""
    parts = grounds.partition_by("alert", as_dict=True, include_key=False)
    resting = {str(key[0]): part for key, part in parts.items()}
    return [_entry(alert, resting.get(alert.id, grounds.clear())) for alert in alerts]


def _entry(alert: Alert, resting: pl.DataFrame) -> Entry:
    shown: datetime | None = resting["last"].max()  # type: ignore[assignment]
    return Entry(
        id=alert.id,
        tenant=alert.tenant,
        account_class=alert.account_class,
        account=alert.account,
        host=alert.host,
        hosts=len(alert.hosts),
        first_seen=alert.first_seen,
        last_seen=alert.last_seen,
        last_shown=max(alert.last_seen, shown or alert.last_seen),
        score=alert.score,
        severity=int(alert.severity),
        title=alert.title,
        told=dumps(alert_object(alert)),
        grounds=numbered(resting.select(list(GROUND)).to_dicts()),
    )


def _told(
    request: DetectRequest, seen: pl.DataFrame, found: Judgement, kept: Sequence[Recorded], days: tuple[date, ...]
) -> Detected:
    """What is news, each under the id by which the ledger knows it."""
    states = Counter(each.state for each in kept)
    names = {alert.id: each.id for alert, each in zip(found.alerts, kept, strict=True)}
    news = [
        replace(alert, id=each.id, similar=tuple(names.get(id, id) for id in alert.similar))
        for alert, each in zip(found.alerts, kept, strict=True)
        if each.state in (State.NEW, State.UPDATED)
    ]
    starts = int(seen.filter(pl.col("hosted_by").is_null())["runs"].sum())
    return Detected(
        Hunt(
            alerts=tuple(news),
            populations=found.populations,
            readings=(Reading(request.kept.place, "store", starts, 0, 0),),
            first_seen=seen["first_seen"].min() if seen.height else None,  # type: ignore[arg-type]
            last_seen=seen["last_seen"].max() if seen.height else None,  # type: ignore[arg-type]
            hosts=seen.select("tenant", "host").n_unique() if seen.height else 0,
            host_days=found.host_days,
            process_starts=starts,
            sightings=seen.height,
            budget=request.settings.budget,
            notes=found.notes,
        ),
        new=states[State.NEW],
        updated=states[State.UPDATED],
        known=states[State.KNOWN],
        days=days,
    )
