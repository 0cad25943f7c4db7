"""Deeds of one program → the options and words they share that lawful use of it hardly has: tokens with lift.

A token is taken from the command line's shape, in which addresses, paths, names and random strings are masked already.
What is left may still be one incident's word, so a word needs company: the fleet's own lawful use of the program, a
second tenant, or the vocabulary of options that nobody chooses freely.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from longtail.detections.generalise import Deed
from longtail.detections.legitimate import Use
from longtail.detections.predicates import Predicate, conjunction, contains, flags
from longtail.executions.randomness import made_up
from longtail.executions.shapes import shape

MOST = 12
LEAST_FACES = 20
"""Lawful command lines of the program under which nothing can be said of how it is usually told."""
MOST_USUAL = 0.2
"""Share of the lawful command lines that may have a token: one with less lift tells nothing."""
LEAST_COMPANY = 2
"""Lawful command lines that must have a word, for it to be the program's word and not the attacker's."""
KEPT = 0.6
_OPTION = re.compile(r"-[a-z][a-z-]{0,23}")
_VERB = re.compile(r"[a-z]{3,16}")


def told(deeds: Sequence[Deed], use: Use) -> list[Predicate]:
    """Predicates of the options and words that every deed has and lawful use hardly, in one order."""
    if use.faces.height < LEAST_FACES:
        return []
    shared = set.intersection(*({*shape(deed.command_line, deed.name).split(" ")[1:]} for deed in deeds))
    tokens = sorted({token.partition(":")[0].partition("=")[0] for token in shared})
    found = (_predicate(token) for token in tokens if not made_up(token.strip("-").replace("-", "")))
    lifted = (_lifted(each, deeds, use) for each in found if each is not None)
    return [each for each in lifted if each is not None][:MOST]


def _predicate(token: str) -> Predicate | None:
    name = token.strip("-").replace("-", "_")
    if _OPTION.fullmatch(token):
        return Predicate(f"option_{name}", f"is told {token}", (flags(f" {token}"),), 1, KEPT, False, about="option")
    if _VERB.fullmatch(token):
        return Predicate(f"word_{name}", f"is told {token}", (contains(f" {token}"),), 1, KEPT, False, about="word")
    return None


def _lifted(predicate: Predicate, deeds: Sequence[Deed], use: Use) -> Predicate | None:
    """The predicate; None where it lacks lift or company.

    How usual it was taken to be before is the most that it may be: what this fleet's own use says of it is counted
    where rules are held against that use, and not a second time.
    """
    lawful = int(conjunction((predicate,), use.faces).sum())
    share = (lawful + 1) / (use.faces.height + 2)
    company = lawful >= LEAST_COMPANY or len({deed.tenant for deed in deeds}) > 1
    return replace(predicate, usual=MOST_USUAL) if company and share <= MOST_USUAL else None
