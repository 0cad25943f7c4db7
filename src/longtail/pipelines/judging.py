"""What came into a store since it was judged last → alerts, each in the ledger once, and told when they are news."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import polars as pl

from longtail import models, store
from longtail.errors import UsageError
from longtail.ledger.incidents import Entry, State, numbered, recorded
from longtail.ledger.incidents import Kept as Recorded
from longtail.ledger.marks import judged_up_to, mark
from longtail.ledger.untold import ALERT, Debts
from longtail.outputs.plain import alert_object, dumps
from longtail.pipelines.hunting import unknown_accounts
from longtail.pipelines.learning import WINDOW, Kept, lessons, refuse_unknown
from longtail.pipelines.owing import NEWS, earlier, owe
from longtail.pipelines.scene import Asked, Scene, scene
from longtail.prevalence.findings import Alert, Hunt, most_alarming_first
from longtail.prevalence.grounds import GROUND
from longtail.prevalence.judgement import Judgement, judged
from longtail.readings import Reading
from longtail.settings import Settings
from longtail.store.commits import INGEST, commits
from longtail.store.reading import days_in

MOST_ALERTS = 10_000  # that one run keeps, where a hunt tells a thousand: what nobody is told of would be learnt


@dataclass(frozen=True, slots=True)
class DetectRequest:
    """What to judge: everything that came since the last time, or days from ``since``; against which model, or against
    the ``days`` before."""

    kept: Kept
    model: str | None = None
    since: datetime | None = None
    accounts: tuple[str, ...] = ("auto",)
    days: int = WINDOW
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Detected:
    """What is news as a hunt finds it (new alerts, those that went on), what is known, and which days were judged.

    ``earlier`` of the alerts were recorded by an earlier run that never told them. ``unjudged`` are the days before the
    model that were passed over though nobody ever judged them.
    """

    hunt: Hunt
    new: int
    updated: int
    known: int
    days: tuple[date, ...]
    earlier: int = 0
    unjudged: tuple[date, ...] = ()


def detect(
    request: DetectRequest, now: datetime | None = None, tell: Callable[[Detected], None] = lambda found: None
) -> Detected:
    """Judges what is new in a store, keeps each alert once, and has it told.

    Nobody waits while ``tell`` tells. What it fails to tell is news the next time, whoever found it.

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
    news = _news(request, model)
    look, found = _judged(request, model, news.days, moment)
    book = request.kept.ledger()
    debts = Debts(book.store, ALERT)
    with book.writing() as connection:
        entries, quiet = as_entries(found.alerts, found.grounds), timedelta(hours=request.settings.quiet_hours)
        kept = recorded(connection, book.store, entries, quiet, moment)
        owe(connection, book.store, zip(found.alerts, kept, strict=True), moment)
        mine = {each.id for each in kept}
        among = None if _everybody(request) else mine
        owed = debts.taken(connection, moment, request.kept.tenant, among)
        told = _Told(tuple(zip(found.alerts, kept, strict=True)), owed, earlier(connection, book.store, owed, mine))
    detected = _detected(request, look.seen, found, told, news)
    tell(detected)
    with book.writing() as connection:
        debts.settle(connection, owed)
        if news.whole and _everybody(request):
            mark(connection, book.store, request.kept.tenant, news.version, moment)
    return detected


def _everybody(request: DetectRequest) -> bool:
    """Whether nobody is left to judge who is judged by default: who asks for one account leaves it to the others."""
    return bool({"auto", "all"} & set(request.accounts))


def _judged(
    request: DetectRequest, model: models.Model | None, days: tuple[date, ...], now: datetime
) -> tuple[Scene, Judgement]:
    """What happened on some days, and what is found in it."""
    said = lessons(request.kept, now)
    look = scene(Asked(request.kept, days, request.days, request.settings.quiet_hours, model), said, now)
    settings = replace(request.settings, most_alerts=max(request.settings.most_alerts, MOST_ALERTS))
    memory = said.memory if model is None else replace(said.memory, meant=model.meant)
    return look, judged(look.seen, settings, request.accounts, look.past, memory)


def _model(path: str, tenant: str | None) -> models.Model:
    """The model, if it knows those who are judged: to a model of one tenant everything of another is new."""
    found = models.loaded(path)
    if found.header.tenant not in (None, tenant):
        raise UsageError(f"{path} was learnt of one tenant alone, and not of all that is judged: --tenant names who is")
    return found


@dataclass(frozen=True, slots=True)
class _News:
    """The version of the store, the days of it to judge, whether nothing new is left to judge after them, and the days
    that were never judged and are passed over."""

    version: int
    days: tuple[date, ...]
    whole: bool
    unjudged: tuple[date, ...] = ()


def _news(request: DetectRequest, model: models.Model | None) -> _News:
    version, held, fresh = _fresh(request.kept)
    if request.since is not None:
        days = tuple(day for day in held if day >= request.since.date())
        return _News(version, days, fresh is None and len(days) == len(held))
    if fresh is not None:
        return _News(version, fresh, True)
    learnt_until = date.min if model is None else model.header.until
    passed = tuple(day for day in held if day < learnt_until)
    return _News(version, tuple(held[len(passed) :]), True, passed)


def _fresh(kept: Kept) -> tuple[int, tuple[date, ...], tuple[date, ...] | None]:
    """The version of a store, the days it holds, and those of them that something came for since it was judged last;
    None where it never was."""
    table = store.opened(kept.place)
    held = tuple(days_in(table))
    book = kept.ledger()
    with book.reading() as connection:
        last = judged_up_to(connection, book.store, kept.tenant)
    if last is None:
        return table.version(), held, None
    touched = {day for each in commits(table, last) if each.what == INGEST for day in each.starts}
    return table.version(), held, tuple(day for day in held if day in touched)


def unjudged(kept: Kept, since: date, until: date) -> tuple[date, ...]:
    """The days from ``since`` to ``until`` (exclusive) that `detect` would still judge: what is learnt of them was not
    looked at.

    Raises:
        StoreError: there is no store, or it cannot be read.
        LedgerError: the ledger cannot be used.
    """
    _, held, fresh = _fresh(kept)
    return tuple(day for day in (held if fresh is None else fresh) if since <= day < until)


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


@dataclass(frozen=True, slots=True)
class _Told:
    """What was judged with what it is to the ledger, what is ``owed`` of it, by id as what, and what is from before."""

    judged: tuple[tuple[Alert, Recorded], ...]
    owed: Mapping[str, str]
    earlier: tuple[Alert, ...]

    def alerts(self) -> tuple[Alert, ...]:
        """What is to be told, each alert under the id by which the ledger knows it."""
        names = {alert.id: each.id for alert, each in self.judged}
        news = {
            each.id: replace(alert, id=each.id, similar=tuple(names.get(id, id) for id in alert.similar))
            for alert, each in self.judged
            if each.id in self.owed
        }
        return most_alarming_first((*news.values(), *self.earlier))

    def found_before(self) -> int:
        """How many of them an earlier run recorded and never told."""
        fresh = {each.id for _, each in self.judged if each.state in NEWS}
        return sum(id not in fresh for id in self.owed)


def _detected(request: DetectRequest, seen: pl.DataFrame, found: Judgement, told: _Told, news: _News) -> Detected:
    """What is news as a hunt finds it."""
    states = Counter(told.owed.values())
    starts = int(seen.filter(pl.col("hosted_by").is_null())["runs"].sum())
    return Detected(
        Hunt(
            alerts=told.alerts(),
            populations=found.populations,
            readings=(Reading(request.kept.place, "store", starts, 0, 0),),
            first_seen=seen["first_seen"].min() if seen.height else None,  # type: ignore[arg-type]
            last_seen=seen["last_seen"].max() if seen.height else None,  # type: ignore[arg-type]
            hosts=seen.select("tenant", "host").n_unique() if seen.height else 0,
            host_days=found.host_days,
            process_starts=starts,
            sightings=seen.height,
            budget=request.settings.budget,
            notes=(*found.notes, *(unknown_accounts(request.accounts, found.populations) if news.days else ())),
        ),
        new=states[State.NEW],
        updated=states[State.UPDATED],
        known=sum(each.state is State.KNOWN and each.id not in told.owed for _, each in told.judged),
        days=news.days,
        earlier=told.found_before(),
        unjudged=news.unjudged,
    )
