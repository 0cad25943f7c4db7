"""Security groups, and the interface they stand before → the layers that the evaluator asks."""

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import Enum

from longtail.network.addresses import EVERYWHERE, IPV4, address, addresses
from longtail.network.intervals import Intervals
from longtail.network.layers import ANYWHERE, EVERY_PORT, Action, Clause, Kind, Layer, doubted
from longtail.network.sources.azure_nouns import AdminRule, Group
from longtail.network.sources.azure_origins import Origins
from longtail.network.sources.azure_rules import SecurityRule, Side


class Concern(Enum):
    """Whether a rule's destination is the interface."""

    YES = "yes"
    NO = "no"
    PERHAPS = "perhaps"


@dataclass(frozen=True, slots=True)
class Target:
    """What rules may name an interface by: its address (None if unknown), its network, its application groups."""

    address: int | None
    network: str
    groups: frozenset[str]


def target(written: str, network: str, groups: tuple[str, ...]) -> Target:
    """The target at an address as exported."""
    return Target(address(written), network, frozenset(groups))


@dataclass
class Layers:
    """Layers by what distinguishes them, so that machines behind the same rules share the same layer."""

    origins: Origins
    _layers: dict[tuple[object, ...], Layer] = field(default_factory=dict)
    _edges: dict[int, list[int]] = field(default_factory=dict)
    _kept: list[Group] = field(default_factory=list)

    def of(self, group: Group, target: Target) -> Layer:
        """The group as the target meets it."""
        key = (id(group), self._cell(group, target), target.network, target.groups)
        if key not in self._layers:
            self._layers[key] = self._layer(group, target)
        return self._layers[key]

    def _cell(self, group: Group, target: Target) -> int | None:
        """Between which addresses that the rules name as destinations the target lies: there all fare alike."""
        if id(group) not in self._edges:
            self._kept.append(group)  # so that its id stays its own
            self._edges[id(group)] = _edges(group)
        return None if target.address is None else bisect_right(self._edges[id(group)], target.address)

    def _layer(self, group: Group, target: Target) -> Layer:
        clauses = [
            clause
            for rule in group.rules
            if not rule.temporary and (concern := concerned(rule.destination, target)) is not Concern.NO
            for clause in self._clauses(rule, target.network, concern)
        ]
        missing = [Clause("", Action.CONTINUE, -1, origins=(doubted(ANYWHERE, doubt),)) for doubt in group.doubts]
        return Layer(Kind.FIRST_MATCH, (*missing, *clauses))

    def _clauses(self, rule: SecurityRule, network: str, concern: Concern) -> list[Clause]:
        """The rule as far as it is understood, and what it may mean beyond that."""
        if rule.action is Action.DENY and rule.narrow_source_ports:
            return []
        doubts = rule.doubts
        if concern is Concern.PERHAPS:
            doubts = (*doubts, f"rule {rule.name}: whether its destination is this machine is not known")
        origins = self.origins.of(rule, network)
        why = "; ".join(doubts)
        held = tuple(doubted(origin, why) for origin in origins) if doubts else origins
        return [
            Clause(rule.id, rule.action, rule.priority, rule.protocols, ports, sources, rule.default)
            for ports, sources in (
                (rule.ports, held),
                (EVERY_PORT if rule.vague else (), tuple(doubted(origin, rule.vague) for origin in held)),
            )
            if ports
        ]

    def admin(self, rules: tuple[AdminRule, ...]) -> Layer:
        """Rules of Virtual Network Manager: an allow goes on to the groups; where they apply was not exported."""
        clauses = []
        for each in rules:
            why = f"security admin rule {each.rule.name}: to which networks it applies is not in the export"
            for clause in self._clauses(each.rule, "", Concern.YES):
                action = Action.CONTINUE if clause.action is Action.ALLOW else clause.action
                origins = tuple(doubted(origin, why) for origin in clause.origins)
                clauses.append(Clause(clause.rule, action, clause.priority, clause.protocols, clause.ports, origins))
        return Layer(Kind.FIRST_MATCH, tuple(clauses), otherwise=Action.CONTINUE)


def _edges(group: Group) -> list[int]:
    held = (
        interval
        for rule in group.rules
        for prefix in rule.destination.prefixes
        for interval in rule.destination.expanded or addresses(prefix) or ()
    )
    return sorted({edge for first, last in held for edge in (first, last + 1)})


def concerned(side: Side, target: Target) -> Concern:
    """Whether a rule with this destination is about the target. Groups and prefixes each suffice."""
    tags = {prefix.lower() for prefix in side.prefixes}
    if side.expanded is not None and "virtualnetwork" not in tags:
        found = {_within(side.expanded, target)}
    else:
        found = {_by_prefix(prefix, target) for prefix in side.prefixes}
    found |= {Concern.YES if group in target.groups else Concern.NO for group in side.groups}
    if Concern.YES in found:
        return Concern.YES
    return Concern.PERHAPS if Concern.PERHAPS in found or not found else Concern.NO


def _by_prefix(prefix: str, target: Target) -> Concern:
    known = addresses(prefix)
    if known is not None:
        return _within(known, target)
    tag = prefix.lower()
    if tag == "virtualnetwork":
        return Concern.YES  # the interface lies in its own network
    if tag in ("internet", "azureloadbalancer"):
        return Concern.NO
    return Concern.PERHAPS


def _within(held: Intervals, target: Target) -> Concern:
    if held == EVERYWHERE or (target.address is None and held == IPV4):
        return Concern.YES
    if target.address is None:
        return Concern.PERHAPS
    inside = any(first <= target.address <= last for first, last in held)
    return Concern.YES if inside else Concern.NO
