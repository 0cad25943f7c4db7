"""A model and telemetry as it is written → alerts, each within moments of the start that makes it.

What a host did before, in the model or while it was watched, is dropped by looking it up; only what is new to its host
is judged. Nothing is stored: what was watched is forgotten when the watch ends, or when there is too much of it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import polars as pl

from longtail import models, telemetry
from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import sightings
from longtail.files.discovery import STDIN
from longtail.files.streams import standard_descriptor
from longtail.prevalence.findings import Alert, Severity
from longtail.prevalence.standing import Standing, standing
from longtail.prevalence.window import Window
from longtail.readings import Reading
from longtail.settings import Settings
from longtail.telemetry.following import Folder
from longtail.telemetry.piped import Piped

MOST_WAITING = 1 << 17  # process starts that are given meaning together, sooner than the time is up
MOST_TOLD = 100_000  # incidents whose severity is remembered, the last ones


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """What to follow (a folder, a file or ``-``), by which model, whom to judge, and how often to look, in seconds."""

    path: str
    model: str
    options: telemetry.Options = field(default_factory=telemetry.Options)
    accounts: tuple[str, ...] = ("auto",)
    settings: Settings = field(default_factory=Settings)
    every: float = 1.0


class Growing(Protocol):
    """Telemetry that grows."""

    ended: bool

    def news(self, seconds: float) -> Iterator[pl.DataFrame]:
        """What comes within so many seconds."""

    def rest(self) -> Iterator[pl.DataFrame]:
        """What is left when nobody writes any more."""

    def told(self) -> tuple[Reading, ...]:
        """What it gave so far."""


class Watch:
    """One watch: iterate over ``beats`` for the alerts of each moment; the other attributes say how it stands.

    Raises:
        ModelError: the model cannot be used.
        NothingToRead: there is nothing to follow.
    """

    def __init__(self, request: WatchRequest) -> None:
        self.every = request.every
        self.source: Growing = _growing(request)
        learnt = models.loaded(request.model)
        self._standing: Standing = standing(learnt.habits, request.settings, request.accounts, learnt.meant)
        self._window = Window()
        self._waiting: list[pl.DataFrame] = []
        self._told: dict[str, Severity] = {}
        self.populations = self._standing.populations.height
        self.process_starts = self.alerts = 0
        self.worst: Severity | None = None

    def beats(self) -> Iterator[tuple[Alert, ...]]:
        """The alerts of each moment, mostly none, until the telemetry ends (a folder never does)."""
        while not self.source.ended:
            until = time.monotonic() + self.every
            for events in self.source.news(self.every):
                if self._full(events) or time.monotonic() >= until:
                    yield self._news()
                    until = time.monotonic() + self.every
            yield self._news()
        yield self.rest()

    def rest(self) -> tuple[Alert, ...]:
        """The alerts of what is left when nobody writes any more."""
        for events in self.source.rest():
            self._full(events)
        return self._news()

    def readings(self) -> tuple[Reading, ...]:
        """What each input gave so far."""
        return self.source.told()

    def _full(self, events: pl.DataFrame) -> bool:
        self._waiting.append(events)
        self.process_starts += events.height
        return sum(each.height for each in self._waiting) >= MOST_WAITING

    def _news(self) -> tuple[Alert, ...]:
        """The alerts of what waits: new ones, and those that became worse."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return ()
        judged = self._standing.of_judged(pl.concat([pl.DataFrame(schema=PROCESS_EVENT), *waiting]))
        found = self._standing.alerts(sightings(judged), self._window)
        news = tuple(each for each in found if self._is_news(each))
        self.alerts += len(news)
        return news

    def _is_news(self, alert: Alert) -> bool:
        before = self._told.pop(alert.id, None)
        self._told[alert.id] = alert.severity if before is None else max(before, alert.severity)
        if len(self._told) > MOST_TOLD:
            del self._told[next(iter(self._told))]
        self.worst = alert.severity if self.worst is None else max(self.worst, alert.severity)
        return before is None or alert.severity > before


class _Looked:
    """A folder that is looked at, and never ends."""

    ended = False

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.looked = 0.0
        self.rest = folder.rest
        self.told = folder.told

    def news(self, seconds: float) -> Iterator[pl.DataFrame]:
        """What is there, so many seconds after the last look."""
        time.sleep(max(0.0, self.looked + seconds - time.monotonic()))
        self.looked = time.monotonic()
        yield from self.folder.news()


def _growing(request: WatchRequest) -> Growing:
    if request.path == STDIN:
        return Piped(standard_descriptor(), request.options)
    return _Looked(Folder(str(Path(request.path)), request.options))
