"""The ways into a machine, and what a remedy changes in the rules before it → what is open then."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from longtail.network.addresses import addresses
from longtail.network.intervals import merged
from longtail.network.layers import Action, Clause, Interface, Layer, Origin
from longtail.network.telling import Evaluator
from longtail.ports.amending import Amendment
from longtail.ports.openings import Amended, Machine, Opening

DENY = "longtail"  # the rule that a remedy would put in place


def amended(ways: Callable[[Machine], Iterable[Interface]]) -> Amended:
    """The evaluation of a machine whose rules a remedy changed; ``ways`` gives its interfaces as they are."""

    def openings(machine: Machine, amendment: Amendment) -> tuple[Opening, ...]:
        return Evaluator().openings(machine, (_interface(each, amendment) for each in ways(machine)))

    return openings


def _interface(interface: Interface, amendment: Amendment) -> Interface:
    return replace(interface, layers=tuple(_layer(each, amendment) for each in interface.layers))


def _layer(layer: Layer, amendment: Amendment) -> Layer:
    """The layer as the remedy leaves it, the very same where it holds none of the rules that are changed."""
    here = {clause.rule for clause in layer.clauses}
    denies = [
        Clause(DENY, Action.DENY, each.priority, each.protocols, each.ports)
        for each in amendment.denied
        if each.beside in here
    ]
    if not denies and here.isdisjoint(amendment.left):
        return layer
    return replace(layer, clauses=(*denies, *(left for each in layer.clauses for left in _left(each, amendment))))


def _left(clause: Clause, amendment: Amendment) -> Iterator[Clause]:
    if clause.rule not in amendment.left:
        yield clause
        return
    for each in amendment.left[clause.rule]:
        narrower = merged(one for source in each.sources for one in addresses(source) or ())
        yield replace(
            clause,
            ports=each.ports,
            protocols=each.protocols or clause.protocols,
            origins=(Origin(narrower),) if narrower else clause.origins,
        )
