"""A model and telemetry as it is written → alerts, each within moments of the start that makes it.

What a host did before, in the model or while it was watched, is dropped by looking it up; only what is new to its host
is judged, in a process of its own. Telemetry is not stored: what was watched is forgotten when the watch ends, or when
there is too much of it. Alerts are kept where there is a ledger, and then told once, however often a watch begins.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import polars as pl

from longtail import telemetry
from longtail.files.discovery import STDIN
from longtail.files.streams import standard_descriptor
from longtail.pipelines.watching_apart import Asked, Judge, Starts
from longtail.prevalence.findings import Alert, Severity
from longtail.prevalence.moments import Judged
from longtail.readings import Reading
from longtail.settings import Settings
from longtail.telemetry.following import Folder
from longtail.telemetry.piped import Piped

if TYPE_CHECKING:  # without a ledger a watch begins a second sooner
    from longtail.pipelines.learning import Kept
    from longtail.pipelines.watching_ledger import Remembering

MOST_WAITING = 1 << 17  # process starts that wait for the judge: then reading waits, too
MOST_TOLD = 100_000  # incidents whose severity is remembered, the last ones
SOON = 0.1  # seconds from one look to the next while telemetry grows
SPARING = 20  # times what a look in vain took from one to the next: a twentieth of a core at most
MANY_WAITING = 1 << 11  # process starts that the judge does not rest for: they share the price of a judgement
REST = 0.2  # seconds that the judge is left idle at most: what comes meanwhile is judged together, for one price
NAP = 0.2  # seconds that are slept through: to be ended, or to be answered, is noticed as soon


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """What to follow (a folder, a file or ``-``), by which model, whom to judge, how often to look, in seconds; and the
    ledger to keep alerts in, if any."""

    path: str
    model: str
    options: telemetry.Options = field(default_factory=telemetry.Options)
    accounts: tuple[str, ...] = ("auto",)
    settings: Settings = field(default_factory=Settings)
    every: float = 1.0
    kept: "Kept | None" = None


class Growing(Protocol):
    """Telemetry that grows."""

    ended: bool

    def news(self, seconds: float) -> Iterator[pl.DataFrame]:
        """What is there, or comes within so many seconds."""

    def rest(self) -> Iterator[pl.DataFrame]:
        """What is left when nobody writes any more."""

    def told(self) -> tuple[Reading, ...]:
        """What it gave so far."""


class Watch:
    """One watch: iterate over ``beats`` for the alerts of each moment; the other attributes say how it stands.

    ``tenant`` is the one that the model was learnt of (None: all), ``foreign`` are starts of others, not judged.

    Raises:
        ModelError: the model cannot be used.
        UsageError: it was learnt of another tenant.
        NothingToRead: there is nothing to follow.
        StoreError, LedgerError: the ledger cannot be used.
        LongtailError: while it watches: the process that judges was stopped.
    """

    def __init__(self, request: WatchRequest) -> None:
        self.source: Growing = _growing(request)
        quiet = timedelta(hours=request.settings.quiet_hours)
        self.ledger = None if request.kept is None else _remembering(request.kept, quiet)
        said = None if self.ledger is None else self.ledger.lessons
        asked = Asked(request.model, request.options.tenant, request.accounts, request.settings, said)
        self._judge = Judge(asked)
        self._waiting: list[Starts] = []
        self._told: dict[str, Severity] = {}
        self._dismissed: set[tuple[str | None, ...]] = set()
        self._over = False
        self.populations = self._judge.populations
        self.tenant = self._judge.tenant
        self.process_starts = self.foreign = self.alerts = 0
        self.worst: Severity | None = None

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self._judge.close()

    def end(self) -> None:
        """Ends the watch: what was written until now is still judged."""
        self._over = True

    @property
    def ended_by_itself(self) -> bool:
        """Whether the telemetry ended, and nobody interrupted."""
        return not self._over

    @property
    def reads_again(self) -> bool:
        """Whether the next watch can read what this one leaves unread: a folder stays, a stream does not."""
        return isinstance(self.source, _Looked)

    @property
    def dismissed(self) -> int:
        """How many different things would have alarmed, had nobody dismissed them."""
        return len(self._dismissed)

    def beats(self) -> Iterator[tuple[Alert, ...]]:
        """The alerts of each moment, mostly none, until telemetry ends (a folder never does) or ``end`` is called.

        First those that the ledger has and nobody told. Say which were ``told``: the others are told by the next watch.
        """
        if self.ledger is not None:
            yield self._counted(self.ledger.before())
        while not self._ending:
            for events in self.source.news(SOON if self._judge.busy or self._waiting else NAP):
                self._take(events)
                yield self._moment()
                while self._full():
                    yield self._moment(NAP)  # reading waits for the judge
            yield self._moment()
        for events in self.source.rest():
            self._take(events)
        while self._waiting or self._judge.busy:
            yield self._moment(NAP)

    def told(self, alerts: tuple[Alert, ...]) -> None:
        """These alerts were written where they belong, and flushed."""
        if self.ledger is not None:
            self.ledger.told(alerts)

    def readings(self) -> tuple[Reading, ...]:
        """What each input gave so far."""
        return self.source.told()

    def _take(self, events: pl.DataFrame) -> None:
        self.process_starts += events.height
        if self.tenant is not None:
            self.foreign += int((events["tenant"] != self.tenant).sum())
        judged, left = self._judge.for_it(events)
        if judged.height or left.height:
            self._waiting.append((judged, left))

    def _full(self) -> bool:
        return self._many(MOST_WAITING)

    def _many(self, enough: int = MANY_WAITING) -> bool:
        return sum(each.height for parts in self._waiting for each in parts) >= enough

    def _moment(self, seconds: float = 0.0) -> tuple[Alert, ...]:
        """The alerts that the judge found, if it is done; then it is given what waits."""
        found = self._judge.found(seconds)
        if self._waiting and not self._judge.busy and (self._many() or self._ending or self._judge.rested(REST)):
            waiting, self._waiting = self._waiting, []
            self._judge.give(waiting, None if self.ledger is None else self.ledger.dismissed())
        return () if found is None else self._news(found)

    @property
    def _ending(self) -> bool:
        return self._over or self.source.ended

    def _news(self, found: Judged) -> tuple[Alert, ...]:
        """New alerts, and those that became worse."""
        if len(self._dismissed) < MOST_TOLD:
            self._dismissed |= found.dismissed
        wanted = {each.id: each for each in found.alerts if self._is_news(each)}
        news = self.ledger.news(found, wanted) if self.ledger and found.alerts else wanted
        return self._counted(tuple(news.values()))

    def _counted(self, news: tuple[Alert, ...]) -> tuple[Alert, ...]:
        self.alerts += len(news)
        for each in news:
            self.worst = each.severity if self.worst is None else max(self.worst, each.severity)
        return news

    def _is_news(self, alert: Alert) -> bool:
        before = self._told.pop(alert.id, None)
        self._told[alert.id] = alert.severity if before is None else max(before, alert.severity)
        if len(self._told) > MOST_TOLD:
            del self._told[next(iter(self._told))]
        return before is None or alert.severity > before


def _remembering(kept: "Kept", quiet: timedelta) -> "Remembering":
    from longtail.pipelines.watching_ledger import Remembering

    return Remembering(kept, quiet)


class _Looked:
    """A folder that is looked at: soon again while it grows or a look takes little, else every so many seconds.

    It never ends.
    """

    ended = False

    def __init__(self, folder: Folder, every: float) -> None:
        self.folder = folder
        self.every = every
        self.next = 0.0
        self.rest = folder.rest
        self.told = folder.told

    def news(self, seconds: float) -> Iterator[pl.DataFrame]:
        """What is there, if it is time to look within so many seconds."""
        time.sleep(max(0.0, min(self.next - time.monotonic(), seconds)))
        began = time.monotonic()
        if began < self.next:
            return
        grew = False
        for events in self.folder.news():
            grew = True
            yield events
        pause = SOON if grew else max(SOON, SPARING * (time.monotonic() - began))
        self.next = began + min(pause, self.every)


def _growing(request: WatchRequest) -> Growing:
    if request.path == STDIN:
        return Piped(standard_descriptor(), request.options)
    return _Looked(Folder(str(Path(request.path)), request.options, request.every), request.every)
