"""Deeds of one program → the options and words they share that lawful use of it hardly has: tokens with lift.

A token is taken from the command line's shape, in which addresses, paths, names and random strings are masked already.
What is left may still be one incident's word, so a word needs company: the fleet's own lawful use of the program, a
second tenant, or the vocabulary of options that nobody chooses freely.
"""

import re
from collections.abc import Sequence

from longtail.detections.generalise import Deed
from longtail.detections.legitimate import Use
from longtail.detections.predicates import Predicate, conjunction, contains, flags
from longtail.executions.randomness import made_up
from longtail.executions.shapes import shape

MOST = 12
LONGEST_OPTION = 24
LEAST_FACES = 2
"""Lawful command lines that must have a word, for it to be the program's word and not the attacker's."""
_OPTION = re.compile(r"-[a-z][a-z-]{0,23}")
_VERB = re.compile(r"[a-z]{3,16}")
USUAL, KEPT = 0.4, 0.6


def told(deeds: Sequence[Deed], use: Use) -> list[Predicate]:
    """Predicates of the options and words that every deed has, in one order."""
    shared: set[str] | None = None
    for deed in deeds:
        tokens = set(shape(deed.command_line, deed.name).split(" ")[1:])
        shared = tokens if shared is None else shared & tokens
    found: dict[str, Predicate] = {}
    for token in sorted(shared or ()):
        predicate = _predicate(token.partition(":")[0].partition("=")[0])
        if predicate is not None and _has_company(predicate, token, (deeds, use)):
            found[predicate.name] = predicate
    return list(found.values())[:MOST]


def _predicate(token: str) -> Predicate | None:
    if _OPTION.fullmatch(token) and not made_up(token.strip("-").replace("-", "")):
        return Predicate(f"option_{token.strip('-').replace('-', '_')}", f"is told {token}", (flags(f" {token}"),),
                         USUAL, KEPT, False, about="option")  # fmt: skip
    if _VERB.fullmatch(token) and not made_up(token):
        return Predicate(f"word_{token}", f"is told {token}", (contains(f" {token}"),), USUAL, KEPT, False,
                         about="word")  # fmt: skip
    return None


def _has_company(predicate: Predicate, token: str, seen: tuple[Sequence[Deed], Use]) -> bool:
    deeds, use = seen
    if len({deed.tenant for deed in deeds}) > 1:
        return True
    lawful = int(conjunction((predicate,), use.faces).sum())
    return lawful >= LEAST_FACES or (token.startswith("-") and len(token) <= 3)
