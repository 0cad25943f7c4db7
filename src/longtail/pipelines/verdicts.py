"""What somebody says of an alert → the ledger; what is learnt otherwise then, and which alerts that changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from longtail import store
from longtail.errors import UsageError
from longtail.ledger import verdicts
from longtail.ledger.incidents import Entry, entries
from longtail.ledger.memory import remembered
from longtail.ledger.verdicts import TRUE_POSITIVE, Unlearned, Verdict, listed, no_longer_learnt
from longtail.pipelines.learning import DAY, WINDOW, Kept, Lessons, left_out, newest, refuse_unknown
from longtail.pipelines.scene import Asked, past_before
from longtail.prevalence.findings import Alert
from longtail.prevalence.judgement import judged
from longtail.settings import Settings
from longtail.store.reading import days_in

REPLAYED = 3  # days that are judged again, one after the other, to see what unlearning changes


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert of the ledger, and the verdict that holds on it (None while it is open)."""

    alert: Entry
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Replay:
    """What to leave out, whether only to try it, and on how many of the last days to see what changes."""

    kept: Kept
    what: Unlearned
    rehearse: bool = False
    days: int = REPLAYED
    window: int = WINDOW
    accounts: tuple[str, ...] = ("auto",)
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Changed:
    """The alerts that are there only without what was left out, and those that are there only with it.

    ``left_out`` is how many sightings of the window were kept out of learning before, and how many are now.
    """

    appear: tuple[Alert, ...]
    disappear: tuple[Alert, ...]
    days: tuple[date, ...]
    left_out: tuple[int, int]


def say(kept: Kept, verdict: Verdict) -> None:
    """Keeps a verdict on an alert; what was said of it before is revoked.

    Raises:
        NotInLedger: there is no such alert (of that tenant).
        UsageError: a true positive is never learnt, so it cannot expire.
    """
    if verdict.verdict == TRUE_POSITIVE and verdict.expires is not None:
        raise UsageError("a true positive is kept out of learning for good: --expires goes with benign")
    book = kept.ledger()
    with book.writing() as connection:
        verdicts.refuse_unknown(connection, book.store, verdict.alert, kept.tenant)
        verdicts.given(connection, book.store, verdict)


def standing(kept: Kept, now: datetime | None = None) -> list[Standing]:
    """Every alert of the ledger with what holds on it now, first seen first."""
    book, moment = kept.ledger(), now or datetime.now(UTC)
    with book.reading() as connection:
        said = {each.alert: each for each in listed(connection, book.store, kept.tenant) if each.holds(moment)}
        return [Standing(each, said.get(each.id)) for each in entries(connection, book.store, kept.tenant)]


def unlearn(replay: Replay, now: datetime | None = None) -> Changed:
    """Leaves something out of what is learnt, for good unless it is a rehearsal, and replays the last days.

    Raises:
        NotInLedger: it names an alert that is not there.
        UsageError: the store holds nothing of the host or the tenant that it names.
        StoreError: there is no store, or it cannot be read.
    """
    refuse_unknown(replay.kept, replay.what.host)
    before, after = _lessons(replay, now or datetime.now(UTC))
    held = days_in(store.opened(replay.kept.place))
    days = tuple(day for day in held if day <= newest(held))[-replay.days :]
    appear: dict[str, Alert] = {}
    disappear: dict[str, Alert] = {}
    for day in days:
        with_it, without_it = (_alerts(replay, day, said) for said in (before, after))
        appear |= _only(without_it, with_it)
        disappear |= _only(with_it, without_it)
    span = (newest(held) - (replay.window - 1) * DAY, newest(held))
    counts = left_out(replay.kept, span, before), left_out(replay.kept, span, after)
    return Changed(tuple(appear.values()), tuple(disappear.values()), days, counts)


def _lessons(replay: Replay, now: datetime) -> tuple[Lessons, Lessons]:
    """What the ledger teaches before and after; a rehearsal is undone."""
    book = replay.kept.ledger()
    with book.writing() as connection:
        if replay.what.alert is not None:
            verdicts.refuse_unknown(connection, book.store, replay.what.alert, replay.kept.tenant)
        before = Lessons(remembered(connection, book.store, now), tuple(no_longer_learnt(connection, book.store)))
        attempt = connection.begin_nested()
        verdicts.unlearn(connection, book.store, replay.what)
        after = Lessons(remembered(connection, book.store, now), tuple(no_longer_learnt(connection, book.store)))
        if replay.rehearse:
            attempt.rollback()
    return before, after


def _alerts(replay: Replay, day: date, said: Lessons) -> tuple[Alert, ...]:
    """What a day alarms about when it is judged by the days before it."""
    kept = replay.kept
    seen = store.sightings(kept.place, store.Window(day, day + DAY, kept.tenant))
    asked = Asked(kept, (day,), replay.window, replay.settings.quiet_hours)
    return judged(seen, replay.settings, replay.accounts, past_before(day, asked, said.gone), said.memory).alerts


def _only(alerts: Sequence[Alert], others: Iterable[Alert]) -> dict[str, Alert]:
    """The alerts by actor and day that are not among the others."""
    known = {_who(each) for each in others}
    return {each.id: each for each in alerts if _who(each) not in known}


def _who(alert: Alert) -> tuple[object, ...]:
    return (alert.tenant, alert.host, alert.account, bool(alert.hosts), alert.first_seen.date())
