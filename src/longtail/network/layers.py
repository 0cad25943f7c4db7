"""The nouns of evaluation: clauses in layers, layers on interfaces, and the passages that are left through them.

Whatever could not be resolved is a *condition* that may hold or not: an allow that depends on it still opens, a deny
that depends on it never closes, and both are told.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from longtail.network.addresses import EVERYWHERE
from longtail.network.intervals import Intervals, without
from longtail.ports.openings import LAST_PORT, Scope

EVERY_PORT: Intervals = ((0, LAST_PORT),)


class Action(StrEnum):
    """What a clause does with what it matches."""

    ALLOW = "allow"  # passes this layer, on to the next
    CONTINUE = "continue"  # the same, but it opens nothing by itself and is not cited (goto_next)
    BYPASS = "bypass"  # passes this layer and all that follow (AlwaysAllow, allow-bypass, a final accept)
    DENY = "deny"


class Kind(StrEnum):
    """How the clauses of a layer work together."""

    FIRST_MATCH = "first-match"  # the lowest priority number that matches decides
    UNION = "union"  # what any clause allows passes; there are no denies
    BLOCK_WINS = "block-wins"  # bypass over deny over allow, whatever the order


@dataclass(frozen=True, slots=True)
class Origin:
    """Where traffic of a clause comes from: at most ``addresses``, at least ``surely`` (None: exactly ``addresses``).

    ``name`` is the group, tag or list it stands for and ``scope`` what that name means, where addresses alone do not
    say it (a group, a virtual network). ``unresolved`` is the sentence told where the two bounds differ for want of
    knowledge; bounds that differ without a sentence are a group whose members are simply not listed.
    """

    addresses: Intervals = EVERYWHERE
    surely: Intervals | None = None
    name: str = ""
    scope: Scope | None = None
    unresolved: str = ""

    @property
    def known(self) -> Intervals:
        """Addresses that belong to it without doubt."""
        return self.addresses if self.surely is None else self.surely

    @property
    def doubtful(self) -> Intervals:
        """Addresses that may belong to it."""
        return () if self.surely is None else without(self.addresses, self.surely)


ANYWHERE = Origin()


def doubted(origin: Origin, why: str) -> Origin:
    """The origin of a clause of which it is not known whether it matches at all."""
    return replace(origin, surely=(), unresolved=f"{origin.unresolved}; {why}" if origin.unresolved else why)


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule as the evaluator sees it. ``protocols`` empty is any; ``rule`` is the id in the network's rules."""

    rule: str
    action: Action
    priority: int = 0
    protocols: frozenset[str] = frozenset()
    ports: Intervals = EVERY_PORT
    origins: tuple[Origin, ...] = (ANYWHERE,)
    default: bool = False

    def concerns(self, protocol: str) -> bool:
        """Whether it can match that protocol."""
        return not self.protocols or protocol in self.protocols


@dataclass(frozen=True, eq=False, slots=True)
class Layer:
    """Clauses that decide together. ``otherwise`` is the fate of what none matches.

    ``deny_first`` breaks ties of priority in favour of denies (Google Cloud); else allows go first, so that two rules
    of one priority, which a platform does not let be, never close.
    """

    kind: Kind
    clauses: tuple[Clause, ...]
    otherwise: Action = Action.DENY
    deny_first: bool = False


@dataclass(frozen=True, slots=True)
class Interface:
    """One way into a machine. ``within`` are the addresses that can reach it at all (an IPv4 address: IPv4).

    ``notes`` go to all its openings, ``internet_notes`` to those that public addresses may use.
    """

    layers: tuple[Layer, ...]
    within: Intervals = EVERYWHERE
    notes: tuple[str, ...] = ()
    internet_notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """Ports ``first``…``last`` pass from ``addresses``, as far as these are ``inside`` and ``outside`` of named sets.

    ``chosen`` says that some rule on the way is not a platform's default, ``final`` that no further layer is asked.
    """

    first: int = 0
    last: int = LAST_PORT
    addresses: Intervals = EVERYWHERE
    inside: frozenset[Origin] = frozenset()
    outside: frozenset[Origin] = frozenset()
    doubts: frozenset[str] = frozenset()
    rules: tuple[str, ...] = ()
    chosen: bool = False
    final: bool = False

    @property
    def default(self) -> bool:
        """Whether only default rules let it pass."""
        return bool(self.rules) and not self.chosen


def unknown_layer(why: str) -> Layer:
    """The layer of a container that was not exported: it may let everything pass."""
    return Layer(Kind.UNION, (Clause("", Action.CONTINUE, origins=(doubted(ANYWHERE, why),)),))
