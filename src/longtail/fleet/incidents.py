"""A plan → the incidents in it: which recipe on which account of which host, when, and what each one runs."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from longtail.errors import UsageError
from longtail.fleet.attack import Act, Attack
from longtail.fleet.attacks import ATTACKS
from longtail.fleet.binding import filled, with_facts
from longtail.fleet.chance import Rng, one_of, stream
from longtail.fleet.estate import Machine, machine, role_of
from longtail.fleet.plan import Plan
from longtail.fleet.script import Step, steps
from longtail.fleet.seat import Seat
from longtail.fleet.seats import seats
from longtail.fleet.words import TOKEN, known, words

ROLE_OF_SEAT = {"mssql": "sql", "sqlagent": "sql"}


@dataclass(frozen=True, slots=True)
class Placed:
    """An attack with its host, its account and the second its first act begins."""

    number: int
    attack: Attack
    host: Machine
    seat: Seat
    begins: float
    modifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Run:
    """A process tree that an incident runs at a time."""

    host: int
    seat: Seat
    tree: tuple[Step, ...]
    time: float
    preparation: bool = False


@lru_cache(maxsize=4)
def placed(plan: Plan) -> tuple[Placed, ...]:
    """The incidents of a plan, no two on one host; fewer than asked for where no account fits."""
    rng = stream(plan.seed, "placing")
    wanted = _wanted(plan, rng)
    by_role: dict[str, list[int]] = {}
    for index in rng.permutation(plan.machines).tolist():
        by_role.setdefault(role_of(plan, index), []).append(index)
    found: list[Placed] = []
    for attack, modifiers in wanted:
        place = _place(plan, attack, by_role, rng)
        if place is not None:
            host, seat = place
            found.append(Placed(len(found) + 1, attack, host, seat, _begin(rng, host), modifiers))
    return tuple(found)


def _wanted(plan: Plan, rng: Rng) -> list[tuple[Attack, frozenset[str]]]:
    by_name = {attack.name: attack for attack in ATTACKS}
    if plan.recipes == ("standard",):
        names: list[str] = []
        while len(names) < plan.incidents:
            names += rng.permutation(list(by_name)).tolist()
        return [(by_name[name], frozenset()) for name in names[: plan.incidents]]
    chosen = []
    for number in range(plan.incidents):
        name, *modifiers = plan.recipes[number % len(plan.recipes)].split("+")
        if name not in by_name:
            raise UsageError(f"there is no attack named {name}; there are {', '.join(by_name)}")
        chosen.append((by_name[name], frozenset(modifiers)))
    return chosen


def _place(plan: Plan, attack: Attack, by_role: dict[str, list[int]], rng: Rng) -> tuple[Machine, Seat] | None:
    for kind in rng.permutation(list(attack.seats)).tolist():
        free = by_role.get(ROLE_OF_SEAT.get(kind, kind), [])
        while free:
            host = machine(plan, free.pop())
            fitting = [seat for seat in seats(plan, host) if seat.kind == kind]
            if fitting and host.oddity != "silent":
                return host, one_of(rng, fitting)
    return None


def _begin(rng: Rng, host: Machine) -> float:
    length = host.window.last - host.window.first
    return float(host.window.first + length * (0.08 + 0.84 * rng.random()))


def runs(plan: Plan, incident: Placed) -> list[Run]:
    """Every process tree of an incident with the time it runs at."""
    rng = stream(plan.seed, "incident", incident.number)
    attack, at = incident.attack, incident.begins
    acts = [text for text in (_chosen(act, rng) for act in attack.acts) if text]
    if attack.shuffled:
        acts = [acts[i] for i in rng.permutation(len(acts)).tolist()]
    bound: dict[str, str] = {}
    found = []
    for act in acts:
        found.append(Run(incident.host.index, incident.seat, _filled(act, incident.seat, rng, bound), at))
        at += float(np.exp(rng.uniform(*np.log(attack.gap))))
    return found


def _chosen(act: Act, rng: Rng) -> str:
    return act if isinstance(act, str) else one_of(rng, act)


def _filled(text: str, seat: Seat, rng: Rng, bound: dict[str, str]) -> tuple[Step, ...]:
    for match in TOKEN.finditer(text):
        if match[0] not in bound and match[1] not in seat.facts and known(match[1]):
            bound[match[0]] = filled(words(match[1], rng, 1)[0], seat)
    for token, word in bound.items():
        text = text.replace(token, word)
    return with_facts(steps(filled(text, seat)), seat)
