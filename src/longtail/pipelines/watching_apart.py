"""A model → a judge in a process of its own: process starts in, alerts out, while the next are being read.

It holds the model and what was watched. It is given a batch when it is idle, so a batch is what came in the meantime:
little when little happens, much when it is behind.
"""

import gc
import signal
import time
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import polars as pl

from longtail import models
from longtail.errors import LongtailError, UsageError
from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import sightings
from longtail.prevalence.harmless import Harmless
from longtail.prevalence.moments import NOBODY_EXCUSED, Judged
from longtail.prevalence.standing import Chosen, Standing, standing
from longtail.prevalence.standing_harm import Watched
from longtail.prevalence.window import Window
from longtail.settings import Settings

if TYPE_CHECKING:  # without a ledger a judge begins a second sooner
    from longtail.pipelines.learning import Lessons

Starts = tuple[pl.DataFrame, pl.DataFrame]
"""Process starts that are judged, and those of whom is left that may mean harm."""

ENDED = "the process that judges has ended: it was stopped, or there was no memory left for it"


@dataclass(frozen=True, slots=True)
class Asked:
    """By which model to judge whom (``tenant`` is that of records that name none), and what the ledger teaches at the
    beginning, if there is one."""

    model: str
    tenant: str | None = None
    accounts: tuple[str, ...] = ("auto",)
    settings: Settings = field(default_factory=Settings)
    said: "Lessons | None" = None


@dataclass(frozen=True)
class _Begun:
    """Who is judged, and the one tenant that was learnt (None: all)."""

    chosen: Chosen
    tenant: str | None


@dataclass(frozen=True)
class _Batch:
    """Process starts to judge, and those of accounts that are only told harm (``left``); and what is ``dismissed`` from
    now on, where that has changed."""

    events: list[pl.DataFrame]
    left: list[pl.DataFrame]
    dismissed: pl.DataFrame | None


@dataclass(frozen=True)
class _Found:
    """What a batch came to, and which command lines of those ``left`` mean harm."""

    judged: Judged
    harmful: pl.Series


class Judge:
    """The judge as others see it: ``give`` it the process starts that are ``for_it`` when it is not ``busy``, and ask
    what it ``found``.

    Raises:
        ModelError: the model cannot be used.
        UsageError: it was learnt of another tenant.
        LongtailError: here and elsewhere: its process has ended.
    """

    def __init__(self, asked: Asked) -> None:
        context = get_context("spawn")
        self._connection, there = context.Pipe()
        self._process = context.Process(target=_judge, args=(there, asked), daemon=True)
        self.busy = False
        self._given = self._done = 0.0
        interrupted = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # it ends when its caller does
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, interrupted)
            there.close()
        try:
            begun = self._begun()
        except BaseException:
            self.close()
            raise
        self._chosen, self.tenant = begun.chosen, begun.tenant
        self._harmless = Harmless()

    @property
    def populations(self) -> int:
        """How many are judged."""
        return self._chosen.populations.height

    def for_it(self, events: pl.DataFrame) -> Starts:
        """Of process starts (``PROCESS_EVENT``) those that it has to see, which are few."""
        judged, left = self._chosen.of(events)
        return judged, left.filter(self._harmless.unknown(left["command_line"]))

    def give(self, events: list[Starts], dismissed: pl.DataFrame | None = None) -> None:
        """Process starts that are ``for_it``; what is ``dismissed`` (``EXCUSED``) holds until it is told anew."""
        judged, left = ([part for part in parts if part.height] for parts in zip(*events, strict=True))
        try:
            self._connection.send(_Batch(judged, left, dismissed))
        except OSError as wrong:
            raise LongtailError(ENDED) from wrong
        self._harmless.ask(part["command_line"] for part in left)
        self.busy, self._given = True, time.monotonic()

    def found(self, seconds: float = 0.0) -> Judged | None:
        """What it found in what it was given last, if it is done within so many seconds."""
        if not self.busy or not self._connection.poll(seconds):
            return None
        found = self._answer()
        self.busy, self._done = False, time.monotonic()
        assert isinstance(found, _Found)
        self._harmless.answered(found.harmful)
        return found.judged

    def rested(self, most: float) -> bool:
        """Whether it was idle for as long as it worked last, or for so many seconds."""
        return time.monotonic() - self._done >= min(self._done - self._given, most)

    def close(self) -> None:
        """Ends its process."""
        self._connection.close()
        self._process.join(1.0)
        self._process.kill()

    def _begun(self) -> _Begun:
        begun = self._answer()
        if isinstance(begun, Exception):
            raise begun
        assert isinstance(begun, _Begun)
        return begun

    def _answer(self) -> object:
        try:
            return self._connection.recv()
        except (EOFError, OSError) as wrong:
            raise LongtailError(ENDED) from wrong


def _judge(connection: Connection, asked: Asked) -> None:
    """The life of the process: it ends when nobody is there any more to give it anything."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        stands, tenant = _standing(asked)
    except LongtailError as wrong:
        connection.send(wrong)
        return
    gc.freeze()  # what was learnt stays: the collector need not look at it again
    connection.send(_Begun(stands.chosen, tenant))
    window, of_harm = Window(), Watched()
    dismissed = NOBODY_EXCUSED if asked.said is None else asked.said.memory.excused
    try:
        while True:
            batch: _Batch = connection.recv()
            dismissed = dismissed if batch.dismissed is None else batch.dismissed
            found = stands.judged(sightings(_together(batch.events)), window, dismissed)
            suspected = stands.harm.suspected(_together(batch.left), of_harm)
            found += stands.harm.judged(sightings(suspected), of_harm, dismissed)
            connection.send(_Found(found, suspected["command_line"].unique()))
    except (EOFError, OSError):
        return


def _together(events: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=PROCESS_EVENT), *events])


def _standing(asked: Asked) -> tuple[Standing, str | None]:
    """What was learnt, without what is no longer learnt from; and of which tenant alone."""
    learnt = models.loaded(asked.model)
    tenant = learnt.header.tenant
    if tenant is not None and asked.tenant not in (None, tenant):
        raise UsageError(f"{asked.model} was learnt of tenant {tenant} alone: --tenant {asked.tenant} is another")
    habits = learnt.habits
    if asked.said is not None:
        from longtail.ledger.memory import unlearnt
        from longtail.pipelines.learning import taught

        habits = taught(unlearnt(habits, asked.said.gone), asked.said)
    return standing(habits, asked.settings, asked.accounts, learnt.meant), tenant
