"""A placed incident → every process tree it runs, where and when: acts, gaps, disguise, preparation."""

import math
import re
from dataclasses import dataclass, replace

import numpy as np

from longtail.fleet.binding import filled, with_facts
from longtail.fleet.chance import Rng, one_of, stream, weighted
from longtail.fleet.estate import Machine, machine, role_of
from longtail.fleet.habits import paragraphs
from longtail.fleet.incidents import POISONED_DAYS, ROLE_OF_SEAT, Placed
from longtail.fleet.plan import Plan
from longtail.fleet.rhythm import DAY, Times
from longtail.fleet.script import CMD, CONHOST, Step, steps
from longtail.fleet.seat import Seat
from longtail.fleet.seats import seats
from longtail.fleet.words import TOKEN, known, words

PADDING_RUNS = 500
POISONED_HOSTS = 5
DISGUISES = {"": 0.72, "case": 0.12, "caret": 0.1, "quotes": 0.06}


@dataclass(frozen=True, slots=True)
class Run:
    """A process tree that an incident runs on a host at some times."""

    host: int
    seat: Seat
    tree: tuple[Step, ...]
    times: Times
    preparation: bool = False


def story(plan: Plan, incident: Placed) -> tuple[Run, ...]:
    """Every process tree of an incident with the times it runs at, in the order of the story."""
    rng = stream(plan.seed, "story", incident.number)
    victim = _victim(plan, incident, rng)
    telling = _Telling(rng, "" if incident.attack.verbatim else weighted(rng, DISGUISES))
    name = telling.word("{server}") if victim is None else victim.name.partition(".")[0]
    seat = replace(incident.seat, facts={**incident.seat.facts, "victim": name})
    trees = [telling.tree(act, seat) for act in _acts(incident, rng)]
    times = _times(incident, len(trees), rng)
    found = [Run(incident.host.index, seat, tree, time) for tree, time in zip(trees, times, strict=True)]
    if victim is not None:
        found += _elsewhere(plan, incident, (victim, telling), float(times[-1][0]))
    return (*found, *_preparation(plan, incident, found[-1] if victim is None else found[len(trees) - 1], rng))


def _acts(incident: Placed, rng: Rng) -> list[str]:
    attack = incident.attack
    chosen = [one_of(rng, alternatives) for alternatives in attack.acts]
    acts = [text for text in chosen if text] or [next(text for text in attack.acts[-1] if text)]
    return [acts[i] for i in rng.permutation(len(acts)).tolist()] if attack.shuffled else acts


def _times(incident: Placed, count: int, rng: Rng) -> list[Times]:
    low, high = incident.attack.gap
    gaps = np.exp(rng.uniform(math.log(low), math.log(high), count))
    gaps[0] = 0
    room = (incident.host.window.last - incident.host.window.first) * 0.9
    after = np.cumsum(gaps * min(1.0, room / max(float(gaps.sum()), 1.0)))
    begins = min(incident.begins, incident.host.window.last - float(after[-1]) - 60)
    return [np.array([begins + each]) for each in after.tolist()]


class _Telling:
    """The words of one incident, the same throughout, and the disguise its commands wear."""

    def __init__(self, rng: Rng, disguise: str) -> None:
        self.rng, self.disguise = rng, disguise
        self.bound: dict[str, str] = {}

    def word(self, token: str) -> str:
        match = TOKEN.fullmatch(token)
        assert match is not None  # tokens are found by the same pattern
        return self.bound.setdefault(token, words(match[1], self.rng, 1)[0])

    def tree(self, script: str, seat: Seat) -> tuple[Step, ...]:
        text = TOKEN.sub(
            lambda m: self.word(m[0]) if m[1] not in seat.facts and known(m[1]) else m[0], filled(script, seat)
        )
        return self._disguised(with_facts(steps(filled(filled(text, seat), seat)), seat))

    def _disguised(self, tree: tuple[Step, ...]) -> tuple[Step, ...]:
        if not self.disguise:
            return tree
        changed = list(tree)
        for index, step in enumerate(tree):
            if isinstance(step.parent, int) and tree[step.parent].image == CMD and step.image != CONHOST:
                word = re.split(r"[\s\"]", step.command_line.lstrip('"'), maxsplit=1)[0]
                before, child = _spellings(word, self.disguise, self.rng)
                shell = changed[step.parent]
                changed[step.parent] = replace(shell, command_line=_last_replaced(shell.command_line, word, before))
                changed[index] = replace(step, command_line=step.command_line.replace(word, child, 1))
        return tuple(changed)


def _spellings(word: str, disguise: str, rng: Rng) -> tuple[str, str]:
    """How the shell's text spells a program, and how the program's own command line then does."""
    if disguise == "case":
        mixed = "".join(c.upper() if rng.random() < 0.5 else c.lower() for c in word)
        return mixed, mixed
    if disguise == "quotes":
        return f'"{word}"', f'"{word}"'
    return "^".join(word), word


def _last_replaced(text: str, old: str, new: str) -> str:
    head, found, tail = text.partition(" /c ")
    return head + found + tail.replace(old, new, 1)


def _victim(plan: Plan, incident: Placed, rng: Rng) -> Machine | None:
    if not incident.attack.elsewhere:
        return None
    owner = incident.host.tenant
    for index in rng.permutation(np.arange(owner.first, owner.first + owner.size)).tolist():
        if index != incident.host.index:
            other = machine(plan, index)
            if not other.linux and other.window.first <= incident.begins < other.window.last - DAY / 4:
                return other
    return None


def _elsewhere(plan: Plan, incident: Placed, there: tuple[Machine, _Telling], after: float) -> list[Run]:
    victim, telling = there
    system = next(seat for seat in seats(plan, victim) if seat.kind == "system")
    seat = replace(system, kind=incident.seat.kind, account=incident.seat.account)
    return [
        Run(victim.index, seat, telling.tree(act, seat), np.array([after + 20.0 * (order + 1)]))
        for order, act in enumerate(paragraphs(incident.attack.elsewhere))
    ]


def _preparation(plan: Plan, incident: Placed, last: Run, rng: Rng) -> list[Run]:
    found = []
    begins = incident.begins
    if "padding" in incident.modifiers:
        first = max(incident.host.window.first, begins - 2 * DAY)
        found.append(replace(last, times=np.sort(rng.uniform(first, begins, PADDING_RUNS)), preparation=True))
    if "poison" in incident.modifiers:
        for host in _others_alike(plan, incident, rng):
            seat = next(seat for seat in seats(plan, host) if seat.kind == incident.seat.kind)
            times = begins - DAY * (rng.random(POISONED_DAYS) + np.arange(POISONED_DAYS))
            tree = tuple(step for step in last.tree)
            found.append(Run(host.index, seat, tree, np.sort(times[times > 0]), True))
    return found


def _others_alike(plan: Plan, incident: Placed, rng: Rng) -> list[Machine]:
    owner, role = incident.host.tenant, ROLE_OF_SEAT.get(incident.seat.kind, incident.seat.kind)
    indices = rng.permutation(np.arange(owner.first, owner.first + owner.size)).tolist()
    alike = (index for index in indices if index != incident.host.index and role_of(plan, index) == role)
    return [machine(plan, index) for index, _ in zip(alike, range(POISONED_HOSTS), strict=False)]
