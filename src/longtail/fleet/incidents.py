"""A plan → where its incidents are: which recipe on which account of which host, from when on."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from longtail.errors import UsageError
from longtail.fleet.attack import Attack
from longtail.fleet.attacks import SETS
from longtail.fleet.chance import Rng, happens, one_of, stream
from longtail.fleet.estate import Machine, machine, role_of
from longtail.fleet.plan import Plan
from longtail.fleet.rhythm import DAY
from longtail.fleet.seat import Seat
from longtail.fleet.seats import seats

ROLE_OF_SEAT = {"mssql": "sql", "sqlagent": "sql", "human": "app"}
MODIFIERS = {
    "padding": "five hundred further runs of what it drops, before it begins",
    "poison": "what it drops runs on five other hosts on each of three days before",
    "early": "it begins on the first day, while a model still learns",
}
POISONED_DAYS = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """An attack with its host, its account, the second its first act begins, and how much its gaps shrink to fit."""

    number: int
    attack: Attack
    host: Machine
    seat: Seat
    begins: float
    modifiers: frozenset[str] = frozenset()


@lru_cache(maxsize=4)
def placed(plan: Plan) -> tuple[Placed, ...]:
    """The incidents of a plan, no two on one host; fewer than asked for where no account fits.

    Raises:
        UsageError: a recipe or modifier has no such name.
    """
    rng = stream(plan.seed, "placing")
    wanted = _wanted(plan, rng)
    by_role: dict[str, list[int]] = {}
    for index in rng.permutation(plan.machines).tolist() if wanted else []:
        by_role.setdefault(role_of(plan, index), []).append(index)
    found: list[Placed] = []
    for attack, modifiers in wanted:
        place = _place(plan, attack, by_role, rng)
        if place is not None:
            begins = _begin(rng, place[0], modifiers)
            found.append(Placed(len(found) + 1, attack, *place, begins, modifiers))
    return tuple(found)


def unplaced(plan: Plan) -> dict[Attack, int]:
    """The attacks of a plan that found no host of their own, and how often: none has an account for them that is free.

    Raises:
        UsageError: a recipe or modifier has no such name.
    """
    wanted = Counter(attack for attack, _ in _wanted(plan, stream(plan.seed, "placing")))
    return dict(wanted - Counter(each.attack for each in placed(plan)))


def _wanted(plan: Plan, rng: Rng) -> list[tuple[Attack, frozenset[str]]]:
    by_name = {attack.name: attack for attacks in SETS.values() for attack in attacks}
    names: list[str] = []
    while len(names) < plan.incidents:
        for recipe in plan.recipes:
            whole = [attack.name for attack in SETS.get(recipe, ())]
            names += rng.permutation(whole).tolist() if whole else [recipe]
    return [_parsed(name, by_name) for name in names[: plan.incidents]]


def _parsed(recipe: str, by_name: dict[str, Attack]) -> tuple[Attack, frozenset[str]]:
    name, *modifiers = recipe.split("+")
    if name not in by_name:
        raise UsageError(f"there is no attack named {name!r}: choose from {', '.join(by_name)}")
    for modifier in modifiers:
        if modifier not in MODIFIERS:
            raise UsageError(f"there is no modifier named {modifier!r}: choose from {', '.join(MODIFIERS)}")
    return by_name[name], frozenset(modifiers)


def _place(plan: Plan, attack: Attack, by_role: dict[str, list[int]], rng: Rng) -> tuple[Machine, Seat] | None:
    kinds = list(attack.seats)
    if len(kinds) > 1 and not happens(rng, 0.75):  # the first kind is the one an attacker meets most often
        kinds = [*rng.permutation(kinds[1:]).tolist(), kinds[0]]
    for kind in kinds:
        free = by_role.get(ROLE_OF_SEAT.get(kind, kind), [])
        while free:
            host = machine(plan, free.pop())
            fitting = [seat for seat in seats(plan, host) if seat.kind == kind]
            if fitting and host.oddity != "silent":
                return host, one_of(rng, fitting)
    return None


def _begin(rng: Rng, host: Machine, modifiers: frozenset[str]) -> float:
    first, last = host.window.first, host.window.last
    if "early" in modifiers:
        return float(first + rng.random() * min(DAY, last - first) * 0.6)
    if "poison" in modifiers:
        first = min(first + POISONED_DAYS * DAY, first + 0.6 * (last - first))
    return float(first + (last - first) * (0.03 + 0.94 * rng.random()))
