"""Wide rules before a machine, and the ports that it needs → what is to be left of them, and whether that does."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from longtail.ports.amending import Amendment, Left, Span, Spans, merged, without
from longtail.ports.callers import plain, within
from longtail.ports.labels import Port
from longtail.ports.openings import Machine, Network, Opening, Rule

PORTED = ("tcp", "udp")
MOST_SOURCES = 50  # of a rule: beyond that it keeps those that it has
MOST_HIDDEN = 8  # wide rules one behind the other
ALONE = "What closes single ports of this machine may change the same rules: export anew between the two."


@dataclass(frozen=True)
class Least:
    """What is wanted: of a machine's ``wide`` openings the ports ``needed``, and of the ``narrow`` ones all.

    ``shared`` says that the wide rules open something else too, ``taken`` which priorities the run gave away. Of
    protocols that are not ``looked`` at nobody knows what is needed: they stay as they are.
    """

    machine: Machine
    network: Network
    wide: tuple[Opening, ...]
    narrow: tuple[Opening, ...]
    needed: frozenset[Port]
    shared: bool
    looked: frozenset[str]
    taken: dict[str, set[int]] = field(default_factory=dict)

    @property
    def port(self) -> Port:
        """A port that is to be closed, to rehearse with: the first that is not kept."""
        protocol = next(each.protocol for each in self.wide if each.protocol in self.looked)
        left = without(self.opened(protocol), {0, *self.kept(protocol)})
        return Port(left[0][0] if left else 0, protocol)

    def opened(self, protocol: str) -> Spans:
        """The ports of a protocol that the wide openings open."""
        return merged(_spans(self.wide, protocol))

    def kept(self, protocol: str) -> frozenset[int]:
        """The ports of a protocol looked at that stay open: those that are needed, and those that a rule names."""
        return self.wanted(protocol) | frozenset(_ports(each for each in self.narrow if each.protocol == protocol))

    def wanted(self, protocol: str) -> frozenset[int]:
        """The ports of a protocol that are needed."""
        return frozenset(each.number for each in self.needed if each.protocol == protocol)

    def left(self, rule: Rule) -> tuple[Left, ...]:
        """What is left of a rule: of each protocol what is needed of its wide openings, from where these let in."""
        wide, narrow = ([each for each in held if rule.id in each.rules] for held in (self.wide, self.narrow))
        found = {
            protocol: merged(chain(self._of_wide(wide, protocol), _spans(narrow, protocol))) for protocol in PORTED
        }
        sources = _narrower(rule, [*wide, *narrow])
        return tuple(Left(ports, frozenset({name}), sources) for name, ports in found.items() if ports)

    def _of_wide(self, wide: Sequence[Opening], protocol: str) -> Iterator[Span]:
        """What stays open of wide openings: everything, where nobody looked."""
        if protocol not in self.looked:
            yield from _spans(wide, protocol)
            return
        for port in self.wanted(protocol):
            if any(each.covers(port, protocol) for each in wide):
                yield port, port

    def done(self, amendment: Amendment) -> bool:
        """Whether the evaluator says: what is needed or named is open from where it was, and nothing else is."""
        after = self.network.amended(self.machine, amendment)
        if after is None:
            return False
        chosen = [each for each in after if not each.default]
        named = [Port(port, each.protocol) for each in self.narrow for port in _ports([each])]
        same = all(within(_reach(self.wide, port), _reach(chosen, port)) for port in self.needed)
        still = all(within(_reach(self.narrow, port), _reach(chosen, port)) for port in named)
        kept = {protocol: self.kept(protocol) for protocol in self.looked}
        return (
            same and still and all(each.protocol not in kept or _within(each, kept[each.protocol]) for each in chosen)
        )


def uncovered(least: Least, widest: int) -> Least:
    """The same with what the wide rules hide: were they gone, the rules behind them would open that."""
    for _ in range(MOST_HIDDEN):
        gone = Amendment({rule: () for each in least.wide for rule in each.rules})
        after = least.network.amended(least.machine, gone) or ()
        found = [each for each in after if not each.default and each not in (*least.wide, *least.narrow)]
        wide, narrow = (tuple(each for each in found if (_size(each) > widest) is way) for way in (True, False))
        least = replace(least, wide=(*least.wide, *wide), narrow=(*least.narrow, *narrow))
        if not wide:
            break
    return least


def note(*told: str) -> str:
    """Sentences as one text, without those that are empty."""
    return " ".join(filter(None, told))


def _narrower(rule: Rule, held: Sequence[Opening]) -> tuple[str, ...]:
    """The networks that other layers let in of what a rule does; empty where it is no wider itself, or names groups."""
    written = rule.detail.get("source", "").split()
    sources = tuple(dict.fromkeys(source for each in held for source in each.sources))
    told = all(map(plain, (*written, *sources))) and not any(each.unresolved for each in held)
    wide = {"*", "0.0.0.0/0", "::/0"} & set(sources) or len(sources) > MOST_SOURCES
    return () if not told or wide or set(sources) == set(written) else sources


def _reach(openings: Sequence[Opening], port: Port) -> frozenset[str]:
    """From where a port can be reached."""
    held = (each for each in openings if each.covers(port.number, port.protocol))
    return frozenset(source for each in held for source in each.sources)


def _within(opening: Opening, kept: frozenset[int]) -> bool:
    return _size(opening) <= len(kept) and all(port in kept for port in _ports([opening]))


def _size(opening: Opening) -> int:
    return opening.last - opening.first + 1


def _spans(openings: Iterable[Opening], protocol: str) -> Iterator[Span]:
    return ((each.first, each.last) for each in openings if each.protocol == protocol)


def _ports(openings: Iterable[Opening]) -> Iterator[int]:
    return (port for each in openings for port in range(each.first, each.last + 1))
