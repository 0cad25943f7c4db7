"""An opening to be closed → the rules that hold it, the fewest places to close it in, what ports those rules keep."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from longtail.ports.labels import Port
from longtail.ports.openings import LAST_PORT, Machine, Network, Opening, Rule

_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")

EVERY_PROTOCOL = ("*", "-1", "all", "any", "")

Rules = tuple[Rule, ...]


@dataclass(frozen=True)
class Closing:
    """What is to be closed: a port of a machine, the openings through which it is reached, and all rules there are.

    ``shared`` says that the rules open machines on which the port may be needed. ``taken`` are by container the
    priorities that the remedies of a run were given already: each remedy that takes one adds it.
    """

    port: Port
    machine: Machine
    openings: Sequence[Opening]
    network: Network
    shared: bool
    taken: dict[str, set[int]] = field(default_factory=dict)

    @property
    def rules(self) -> Rules:
        """The rules to close, each once: those that let the traffic pass, as far as the export names them."""
        ids = dict.fromkeys(rule for each in self.openings for rule in each.rules)
        return tuple(self.network.rules[each] for each in ids if each in self.network.rules)

    @property
    def whose(self) -> str:
        """Eight letters that tell this machine and port from all others, the same on every run."""
        told = f"{self.machine.tenant}\x00{self.machine.name}\x00{self.port}"
        return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:8]

    def behind(self) -> Rules:
        """The rules in the same containers that allow the port too, and would let it pass were the others gone."""
        closed = {rule.id for rule in self.rules}
        containers = {rule.container for rule in self.rules}
        return tuple(
            rule
            for rule in self.network.rules.values()
            if rule.container in containers and rule.id not in closed and rule.allows and _allows(rule, self.port)
        )

    def holders(self) -> tuple[Rules, ...]:
        """The fewest containers in which all openings can be closed, the innermost first; each as its rules."""
        known = self.network.rules
        left = [[known[rule] for rule in each.rules if rule in known] for each in self.openings]
        chosen: list[Rules] = []
        while left and all(left):
            holders = list(dict.fromkeys(rule.container for passed in left for rule in reversed(passed)))
            best = max(holders, key=lambda each: sum(any(rule.container == each for rule in passed) for passed in left))
            rules = {rule.id: rule for passed in left for rule in passed if rule.container == best}
            chosen.append(tuple(rules.values()))
            left = [passed for passed in left if all(rule.container != best for rule in passed)]
        return tuple(chosen)


def _allows(rule: Rule, port: Port) -> bool:
    """Whether a rule allows a port, as far as it is written; a rule that a platform makes for itself does not count."""
    written = rule.detail.get("ports", "")
    protocol = rule.detail.get("protocol", "").lower()
    made = rule.detail.get("default") or rule.detail.get("just_in_time")
    spoken = protocol in (port.protocol, *EVERY_PROTOCOL)
    return spoken and not made and without(written, port.number) != _spelt(written)


def _spelt(ports: str) -> str:
    return " ".join(ports.replace(",", " ").split())


def without(ports: str, port: int) -> str:
    """Port ranges as rules write them, without one port: ``"20-25 80"`` without 22 is ``"20-21 23-25 80"``."""
    return " ".join(left for written in ports.replace(",", " ").split() for left in _left(written, port))


def _left(written: str, port: int) -> list[str]:
    """What is left of one range; what is none stays as it is."""
    if written in ("*", "all", "any"):
        return _cut(0, LAST_PORT, port)
    read = _RANGE.fullmatch(written)
    return _cut(int(read[1]), int(read[2] or read[1]), port) if read else [written]


def _cut(first: int, last: int, port: int) -> list[str]:
    if not first <= port <= last:
        return [_range(first, last)]
    return [_range(*each) for each in ((first, port - 1), (port + 1, last)) if each[0] <= each[1]]


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
