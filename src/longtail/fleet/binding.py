"""A script and the seat that runs it → its process tree with every word of tenant, host and seat filled in."""

import re

from longtail.fleet.chance import Rng
from longtail.fleet.script import Step, steps
from longtail.fleet.seat import Seat
from longtail.fleet.words import TOKEN, known, words


def bound(script: str, seat: Seat, rng: Rng, tenant_rng: Rng) -> tuple[Step, ...]:
    """The tree of a script with its host and tenant tokens drawn; tokens of every run stay."""
    return with_facts(steps(filled(drawn(script, seat, rng, tenant_rng), seat)), seat)


def with_facts(tree: tuple[Step, ...], seat: Seat) -> tuple[Step, ...]:
    """The tree with the facts that its programs' own places are made of."""
    return tuple(
        Step(filled(step.image, seat), filled(step.command_line, seat), step.parent, step.account) for step in tree
    )


def drawn(text: str, seat: Seat, rng: Rng, tenant_rng: Rng) -> str:
    """The text with its host and tenant tokens drawn, the same token everywhere the same."""
    chosen: dict[str, str] = {}

    def word(match: re.Match[str]) -> str:
        kind, token = match[1], match[0]
        if kind in seat.facts or match[3] == "!" or not known(kind):
            return token
        if token not in chosen:
            chosen[token] = words(kind, tenant_rng if match[3] == "^" else rng, 1)[0]
        return chosen[token]

    return TOKEN.sub(word, text)


def filled(text: str, seat: Seat) -> str:
    """The text with the facts of the seat in it."""
    return TOKEN.sub(lambda m: seat.facts.get(m[1], m[0]) if not m[3] else m[0], text) if "{" in text else text
