"""Recommendations → the same with whom else their rules open, who answers for them, and how findings are closed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from longtail.ports.closing import NO_CUTS, Closing, Cuts
from longtail.ports.exceptions import Exceptions, answered, excepted, held_wide
from longtail.ports.findings import Ports, Privilege, Recommendation, Verdict
from longtail.ports.governed import Governed, governed
from longtail.ports.labels import Port
from longtail.ports.openings import Machine, Network
from longtail.ports.remedies import remedies

Who = tuple[str, str]  # tenant, machine
Taken = dict[str, set[int]]  # container → priorities


@dataclass(frozen=True)
class Advice:
    """What advice is made of: the network, whom its rules open, and which openings are findings nobody answers for.

    ``here`` is by machine what all findings take out of the rules before it, ``everywhere`` what they take out of rules
    that nobody else needs.
    """

    network: Network
    governed: Governed
    machines: Mapping[Who, Machine]
    closable: frozenset[tuple[str, str, Port]]
    taken: Taken
    here: Mapping[Who, Cuts] = field(default_factory=dict)
    everywhere: Cuts = field(default_factory=dict)

    def shared(self, each: Recommendation) -> bool:
        """Whether the rules that open it open something else on which the port may be needed."""
        others = self.governed.beside(each.openings)
        return bool(bearers(each, self.network)) or any((*other, _port(each)) not in self.closable for other in others)


def advised(
    found: Sequence[Recommendation], network: Network, exceptions: Exceptions, taken: Taken | None = None
) -> tuple[Recommendation, ...]:
    """The findings among ``found`` with blast radius and remedies, and all of them with the exceptions that hold.

    What an exception holds open has no remedy, and no neighbour's remedy closes it. ``taken`` are by container the
    priorities that were given away already; those that remedies take are added.
    """
    to_close = [each for each in found if each.verdict.finding and not excepted(each, network.rules, exceptions.exempt)]
    machines = {(machine.tenant, machine.name): machine for machine in network.machines}
    closable = frozenset((each.tenant, each.machine, _port(each)) for each in to_close)
    advice = Advice(network, governed(network), machines, closable, {} if taken is None else taken)
    here: dict[Who, list[Recommendation]] = defaultdict(list)
    for each in to_close:
        here[each.tenant, each.machine].append(each)
    advice = replace(
        advice,
        here={who: _cuts(held) for who, held in here.items()},
        everywhere=_cuts(each for each in to_close if not advice.shared(each)),
    )
    return tuple(_advised(each, advice, exceptions) for each in found)


def _cuts(found: Iterable[Recommendation]) -> Cuts:
    """What the closing of all of them takes out of each rule."""
    cuts: dict[str, set[Port]] = defaultdict(set)
    for each in found:
        for rule in (rule for opening in each.openings for rule in opening.rules):
            cuts[rule].add(_port(each))
    return {rule: frozenset(ports) for rule, ports in cuts.items()}


def answered_for(found: Ports, exceptions: Exceptions) -> Ports:
    """What was found of labels, with the exceptions that hold, and a sentence on each that does not."""
    said = tuple(
        replace(each, excepted=answered(held[0])) if (held := excepted(each, {}, exceptions.exempt)) else each
        for each in found.recommendations
    )
    notes = (*found.notes, *exceptions.notes, *unmatched(said, found.network, exceptions))
    return replace(found, recommendations=said, notes=notes)


def unmatched(
    found: Sequence[Recommendation], network: Network, exceptions: Exceptions, wide: Sequence[Privilege] = ()
) -> tuple[str, ...]:
    """A sentence on each exception that matches nothing that is open."""
    met = {held for each in found for held in excepted(each, network.rules, exceptions.exempt)}
    met |= {held for each in wide for held in held_wide(each.openings, network.rules, exceptions.exempt)}
    return tuple(
        f"{each.place} ({each.reason}) matches nothing that was looked at"
        for each in exceptions.exempt
        if each not in met
    )


def _advised(each: Recommendation, advice: Advice, exceptions: Exceptions) -> Recommendation:
    held = excepted(each, advice.network.rules, exceptions.exempt) if exceptions.exempt else ()
    reason = answered(held[0]) if held else ""
    if not each.verdict.finding:
        return replace(each, excepted=reason) if reason else each
    others = advice.governed.beside(each.openings)
    also = tuple(sorted({*(name for _, name in others), *bearers(each, advice.network)}))
    if reason:
        return replace(each, excepted=reason, also_governed=also)
    who = each.tenant, each.machine
    closing = Closing(
        _port(each), advice.machines[who], each.openings, advice.network, advice.shared(each), advice.taken,
        advice.here.get(who, NO_CUTS), advice.everywhere,
    )  # fmt: skip
    return replace(each, also_governed=also, remedies=remedies(closing))


def bearers(each: Recommendation, network: Network) -> set[str]:
    """What bears the rules of its openings and is no machine: nothing is known of what it needs."""
    held = {network.rules[id].container for opening in each.openings for id in opening.rules if id in network.rules}
    return {bearer for container in held for bearer in network.bearers.get(container, ())}


def _port(each: Recommendation) -> Port:
    return Port(each.port, each.protocol)


def silenced(each: Recommendation) -> bool:
    """Whether somebody answers for a finding, so that it needs nobody else's attention."""
    return bool(each.excepted) and each.verdict in (Verdict.UNBACKED, Verdict.LOOPBACK_ONLY)
