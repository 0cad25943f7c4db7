"""Openings → which machines each rule opens a port of: who else is struck when a rule is closed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from longtail.ports.openings import Network, Opening


@dataclass(frozen=True)
class Governed:
    """Rule id → the machines (tenant, name) that it lets traffic pass to, on any port."""

    machines: Mapping[str, frozenset[tuple[str, str]]]

    def beside(self, openings: Iterable[Opening]) -> frozenset[tuple[str, str]]:
        """The other machines that the rules of a machine's openings open."""
        mine = {(each.tenant, each.machine) for each in openings}
        rules = {rule for each in openings for rule in each.rules}
        return frozenset().union(*(self.machines[rule] for rule in rules)) - mine


def governed(network: Network) -> Governed:
    """Whom every rule of the network opens; default rules aside."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for each in network.openings:
        if not each.default:
            for rule in each.rules:
                found[rule].add((each.tenant, each.machine))
    return Governed({rule: frozenset(machines) for rule, machines in found.items()})
