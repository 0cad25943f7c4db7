"""Machines and the layers before their interfaces → openings in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from longtail.network.addresses import scope, written
from longtail.network.evaluator import passages
from longtail.network.intervals import Intervals, common
from longtail.network.layers import Interface, Layer, Passage
from longtail.ports.openings import Machine, Opening, Scope

PROTOCOLS = ("tcp", "udp")
SCOPES = tuple(Scope)  # the widest first


@dataclass
class Evaluator:
    """Machines and their interfaces → openings. Layers that stand together on many machines are worked out once."""

    _known: dict[tuple[tuple[Layer, ...], Intervals], tuple["_Told", ...]] = field(default_factory=dict)

    def openings(self, machine: Machine, interfaces: Iterable[Interface]) -> tuple[Opening, ...]:
        """Everything that passes into the machine, each thing once, in order of protocol and port."""
        found = [tuple(told.opening(machine, each) for told in self._told(each)) for each in interfaces]
        if len(found) == 1:
            return found[0]
        once = dict.fromkeys(opening for openings in found for opening in openings)
        return tuple(sorted(once, key=lambda each: (each.protocol, each.first, each.last, each.rules, each.sources)))

    def _told(self, interface: Interface) -> tuple["_Told", ...]:
        key = (interface.layers, interface.within)
        if key not in self._known:
            self._known[key] = tuple(sorted(_told(interface), key=_order))
        return self._known[key]


@dataclass(frozen=True, slots=True)
class _Told:
    """A passage in words, waiting for the machine it leads into."""

    protocol: str
    passage: Passage
    scope: Scope
    sources: tuple[str, ...]
    unresolved: tuple[str, ...]

    def opening(self, machine: Machine, interface: Interface) -> Opening:
        public = self.scope in (Scope.INTERNET, Scope.PARTLY_INTERNET)
        passage = self.passage
        return Opening(
            tenant=machine.tenant,
            machine=machine.name,
            protocol=self.protocol,
            first=passage.first,
            last=passage.last,
            scope=self.scope,
            sources=self.sources,
            rules=passage.rules,
            unresolved=self.unresolved,
            notes=interface.notes + (interface.internet_notes if public else ()),
            default=passage.default,
        )


def _order(told: _Told) -> tuple[str, int, int, tuple[str, ...], tuple[str, ...]]:
    return told.protocol, told.passage.first, told.passage.last, told.passage.rules, told.sources


def _told(interface: Interface) -> Iterator[_Told]:
    for protocol in PROTOCOLS:
        for each in passages(interface.layers, protocol):
            if addresses := common(each.addresses, interface.within):
                reach = replace(each, addresses=addresses)
                yield _Told(protocol, reach, _scope(reach), _sources(reach, interface.within), _unresolved(reach))


def _scope(passage: Passage) -> Scope:
    """The narrowest of what the addresses and the names say."""
    said = [scope(passage.addresses), *(origin.scope for origin in passage.inside if origin.scope)]
    return max(said, key=SCOPES.index)


def _sources(passage: Passage, within: Intervals) -> tuple[str, ...]:
    """Groups and what is not resolved by name, all else by address."""
    named = [each for each in passage.inside if each.name and (each.scope is Scope.GROUP or each.surely is not None)]
    if not named:
        return written(passage.addresses)
    narrowed = all(passage.addresses != common(each.addresses, within) for each in named)
    suffix = f" within {', '.join(written(passage.addresses))}" if narrowed else ""
    return tuple(sorted(each.name + suffix for each in named))


def _unresolved(passage: Passage) -> tuple[str, ...]:
    return tuple(sorted({each.unresolved for each in passage.inside if each.unresolved} | passage.doubts))
