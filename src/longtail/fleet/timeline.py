"""Process trees and the times they run at → the events of one host, as columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.executions.schema import PROCESS_EVENT
from longtail.fleet.chance import Rng
from longtail.fleet.estate import Machine
from longtail.fleet.plan import Plan
from longtail.fleet.rhythm import Times
from longtail.fleet.script import Step
from longtail.fleet.seat import Process, Seat
from longtail.fleet.words import TOKEN, known, words

Ids = NDArray[np.int64]
SECONDS_TO_CHILD = 0.12  # how long a child of a tree follows its elder, on average


@dataclass(slots=True)
class Timeline:
    """The events of one host while they are being laid down: texts are kept once and columns hold their numbers."""

    texts: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[Ids]] = field(default_factory=lambda: {name: [] for name in TEXT_COLUMNS})
    times: list[Times] = field(default_factory=list)
    pids: list[Ids] = field(default_factory=list)
    parent_pids: list[Ids] = field(default_factory=list)


TEXT_COLUMNS = ("account", "image", "command_line", "parent_image", "parent_command_line")


def lay(line: Timeline, seat: Seat, tree: tuple[Step, ...], times: Times, rng: Rng) -> None:
    """Let a seat run a process tree at each of the times. What is left of tokens is drawn anew for each."""
    count = len(times)
    if not count:
        return
    drawn: dict[str, list[str]] = {}
    spelled: dict[str, Ids] = {}

    def column(text: str) -> Ids:
        if text not in spelled:
            spelled[text] = _numbers(line, text, drawn, (rng, count))
        return spelled[text]

    own = rng.integers(300, 16_000, (len(tree), count)) * 4
    at = times + np.cumsum(rng.exponential(SECONDS_TO_CHILD, (len(tree), count)), axis=0)
    for index, step in enumerate(tree):
        parent: Step | Process
        if isinstance(step.parent, int):
            parent, parent_pids = tree[step.parent], own[step.parent]
        else:
            parent = seat.roots[step.parent]
            parent_pids = np.full(count, _long_lived_pid(parent))
        line.times.append(at[index])
        line.pids.append(own[index])
        line.parent_pids.append(parent_pids)
        texts = (step.account or seat.account, step.image, step.command_line, parent.image, parent.command_line)
        for name, text in zip(TEXT_COLUMNS, texts, strict=True):
            line.columns[name].append(column(text))


def _long_lived_pid(process: Process) -> int:
    return 600 + crc32(process.command_line.encode()) % 1500 * 4


def _numbers(line: Timeline, text: str, drawn: dict[str, list[str]], by: tuple[Rng, int]) -> Ids:
    rng, count = by
    tokens = [m[0] for m in TOKEN.finditer(text) if known(m[1])] if "{" in text else []
    if not tokens:
        number = line.numbers.setdefault(text, len(line.texts))
        if number == len(line.texts):
            line.texts.append(text)
        return np.full(count, number)
    for token in tokens:
        if token not in drawn:
            kind = TOKEN.fullmatch(token)
            assert kind is not None  # it was found by the same pattern
            drawn[token] = words(kind[1], rng, count)
    first = len(line.texts)
    line.texts.extend(map(_format(text).format, *(drawn[token] for token in dict.fromkeys(tokens))))
    return np.arange(first, first + count)


def _format(text: str) -> str:
    order: dict[str, int] = {}
    parts, last = [], 0
    for match in TOKEN.finditer(text):
        if known(match[1]):
            parts += [_literal(text[last : match.start()]), f"{{{order.setdefault(match[0], len(order))}}}"]
            last = match.end()
    return "".join([*parts, _literal(text[last:])])


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def frame(plan: Plan, host: Machine, line: Timeline) -> pl.DataFrame:
    """The host's events as a table of PROCESS_EVENT, in the order of time, within its window and by its own clock."""
    if not line.times:
        return pl.DataFrame(schema=PROCESS_EVENT)
    times = np.concatenate(line.times)
    inside = (times >= host.window.first) & (times < host.window.last)
    order = np.flatnonzero(inside)[np.argsort(times[inside], kind="stable")]
    texts = pl.Series(line.texts, dtype=pl.String)
    columns = {name: texts.gather(np.concatenate(ids)[order]) for name, ids in line.columns.items()}
    start = int(plan.start.timestamp() * 1e6)
    made = pl.DataFrame(
        {
            "time": pl.Series(((times[order] + host.skew) * 1e6).astype(np.int64) + start),
            **columns,
            "pid": pl.Series(np.concatenate(line.pids)[order]),
            "parent_pid": pl.Series(np.concatenate(line.parent_pids)[order]),
        }
    )
    return made.select(_spelled(host)).cast(dict(PROCESS_EVENT))


def _spelled(host: Machine) -> Iterable[pl.Expr]:
    constant: Mapping[str, str | None] = {"tenant": host.tenant.name, "host": host.name, "source": f"{host.name}.log"}
    hidden = set()
    if host.without_command_lines:
        hidden |= {"command_line", "parent_command_line"}
    if host.without_parents:
        hidden |= {"parent_image", "parent_command_line"}
    if host.tenant.style == "security" and not host.linux:
        hidden.add("parent_command_line")
    for name in PROCESS_EVENT:
        if name == "record_id":
            yield pl.int_range(pl.len()).cast(pl.String).alias(name)
        elif name == "time":
            yield pl.col(name).cast(PROCESS_EVENT["time"])
        elif name in constant or name in hidden:
            yield pl.lit(constant.get(name), dtype=pl.String).alias(name)
        else:
            yield pl.col(name)
