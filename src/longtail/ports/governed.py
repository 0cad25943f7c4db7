"""Openings → which machines each rule opens a port of: who else is struck when a rule is closed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from longtail.ports.openings import Network, Opening, Rule

Owned = tuple[str, str]  # tenant of a rule that has but a name, rule id


@dataclass(frozen=True)
class Governed:
    """Rule → the machines (tenant, name) that it lets traffic pass to, on any port."""

    machines: Mapping[Owned, frozenset[tuple[str, str]]]
    rules: Mapping[str, Rule]

    def beside(self, openings: Iterable[Opening]) -> frozenset[tuple[str, str]]:
        """The other machines that the rules of a machine's openings open."""
        held = tuple(openings)
        mine = {(each.tenant, each.machine) for each in held}
        rules = {_owned(each, rule, self.rules) for each in held for rule in each.rules}
        return frozenset().union(*(self.machines.get(rule, frozenset()) for rule in rules)) - mine


def governed(network: Network) -> Governed:
    """Whom every rule of the network opens; default rules aside."""
    found: dict[Owned, set[tuple[str, str]]] = defaultdict(set)
    for each in network.openings:
        if not each.default:
            for rule in each.rules:
                found[_owned(each, rule, network.rules)].add((each.tenant, each.machine))
    return Governed({rule: frozenset(machines) for rule, machines in found.items()}, network.rules)


def _owned(opening: Opening, id: str, rules: Mapping[str, Rule]) -> Owned:
    """A rule of the plain form has but a name, which two tenants may both use: it is each one's own."""
    plain = id in rules and rules[id].platform == "plain"
    return opening.tenant if plain else "", id
