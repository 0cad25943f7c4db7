"""Process trees and the times they run at → the events of one host, as columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.executions.schema import PROCESS_EVENT
from longtail.fleet.chance import Rng
from longtail.fleet.estate import Machine
from longtail.fleet.rhythm import Times
from longtail.fleet.script import Step
from longtail.fleet.seat import Process, Seat
from longtail.fleet.words import TOKEN, known, words

Ids = NDArray[np.int64]
TEXT_COLUMNS = ("account", "image", "command_line", "parent_image", "parent_command_line")
CLOCK = {"{today!}": "%Y%m%d", "{now!}": "%Y%m%d_%H%M"}
SECONDS_TO_CHILD = 0.12  # how long a child of a tree follows its elder, on average


@dataclass(slots=True)
class Timeline:
    """The events of one host while they are being laid down: texts are kept once and columns hold their numbers."""

    start: datetime
    texts: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[Ids]] = field(default_factory=lambda: {name: [] for name in TEXT_COLUMNS})
    times: list[Times] = field(default_factory=list)
    pids: list[Ids] = field(default_factory=list)
    parent_pids: list[Ids] = field(default_factory=list)


def lay(line: Timeline, who: Seat, what: tuple[Step, ...], when: tuple[Times, Rng]) -> None:
    """Let a seat run a process tree at each of the times. What is left of tokens is drawn anew for each."""
    times, rng = when
    if not len(times):
        return
    spelling = _Spelling(line, times, rng)
    own = rng.integers(300, 16_000, (len(what), len(times))) * 4
    at = times + np.cumsum(rng.exponential(SECONDS_TO_CHILD, (len(what), len(times))), axis=0)
    for index, step in enumerate(what):
        parent: Step | Process
        if isinstance(step.parent, int):
            parent, parent_pids = what[step.parent], own[step.parent]
        else:
            parent = who.roots[step.parent]
            parent_pids = np.full(len(times), _long_lived_pid(parent))
        line.times.append(at[index])
        line.pids.append(own[index])
        line.parent_pids.append(parent_pids)
        account = who.facts[step.account] if step.account else who.account
        texts = (account, step.image, step.command_line, parent.image, parent.command_line)
        for name, text in zip(TEXT_COLUMNS, texts, strict=True):
            line.columns[name].append(spelling.column(text))


def _long_lived_pid(process: Process) -> int:
    return 600 + crc32(process.command_line.encode()) % 1500 * 4


class _Spelling:
    """Texts with tokens of every run → the numbers of the texts they become, one for each run."""

    def __init__(self, line: Timeline, times: Times, rng: Rng) -> None:
        self.line, self.times, self.rng = line, times, rng
        self.drawn: dict[str, list[str]] = {}
        self.done: dict[str, Ids] = {}

    def column(self, text: str) -> Ids:
        if text not in self.done:
            self.done[text] = self._numbers(text)
        return self.done[text]

    def _numbers(self, text: str) -> Ids:
        pattern, tokens = _pattern(text) if "{" in text else ("", ())
        texts, count = self.line.texts, len(self.times)
        if not tokens:
            number = self.line.numbers.setdefault(text, len(texts))
            if number == len(texts):
                texts.append(text)
            return np.full(count, number)
        first = len(texts)
        texts.extend(map(pattern.format, *(self._words(token) for token in tokens)))
        return np.arange(first, first + count)

    def _words(self, token: str) -> list[str]:
        if token not in self.drawn:
            self.drawn[token] = self._stamps(CLOCK[token]) if token in CLOCK else self._draw(token)
        return self.drawn[token]

    def _draw(self, token: str) -> list[str]:
        kind = TOKEN.fullmatch(token)
        assert kind is not None  # it was found by the same pattern
        return words(kind[1], self.rng, len(self.times))

    def _stamps(self, form: str) -> list[str]:
        return [(self.line.start + timedelta(seconds=time)).strftime(form) for time in self.times.tolist()]


def _pattern(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as a format with numbered places, and the token of each place."""
    order: dict[str, int] = {}
    parts, last = [], 0
    for match in TOKEN.finditer(text):
        if known(match[1]) or match[0] in CLOCK:
            parts += [_literal(text[last : match.start()]), f"{{{order.setdefault(match[0], len(order))}}}"]
            last = match.end()
    return "".join([*parts, _literal(text[last:])]), tuple(order)


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def frame(host: Machine, line: Timeline) -> pl.DataFrame:
    """The host's events as a table of PROCESS_EVENT, in the order of time, within its window and by its own clock."""
    if not line.times:
        return pl.DataFrame(schema=PROCESS_EVENT)
    times = np.concatenate(line.times)
    inside = np.flatnonzero((times >= host.window.first) & (times < host.window.last))
    order = inside[np.argsort(times[inside], kind="stable")]
    texts = pl.Series(line.texts, dtype=pl.String)
    columns = {name: texts.gather(np.concatenate(ids)[order]) for name, ids in line.columns.items()}
    start = int(line.start.timestamp() * 1e6)
    made = pl.DataFrame(
        {
            "time": ((times[order] + host.skew) * 1e6).astype(np.int64) + start,
            **columns,
            "pid": np.concatenate(line.pids)[order],
            "parent_pid": np.concatenate(line.parent_pids)[order],
        }
    )
    return made.select(_as_logged(host))


def _as_logged(host: Machine) -> Iterable[pl.Expr]:
    constant: Mapping[str, str | None] = {"tenant": host.tenant.name, "host": host.name, "source": f"{host.name}.log"}
    hidden = _not_logged(host)
    for name, kind in PROCESS_EVENT.items():
        if name == "record_id":
            yield pl.int_range(1, pl.len() + 1).cast(pl.String).alias(name)
        elif name in constant or name in hidden:
            yield pl.lit(constant.get(name), dtype=pl.String).alias(name)
        else:
            yield pl.col(name).cast(kind)


def _not_logged(host: Machine) -> set[str]:
    hidden = set[str]()
    if host.oddity == "no command lines":
        hidden |= {"command_line", "parent_command_line"}
    if host.oddity == "no parents":
        hidden |= {"parent_image", "parent_command_line"}
    if host.tenant.style == "security" and not host.linux:
        hidden.add("parent_command_line")  # 4688 has no such field
    return hidden
