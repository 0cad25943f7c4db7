"""An opening to be closed → the rules that hold it, the fewest places to close it in, and whether that would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from longtail.ports.amending import Amendment
from longtail.ports.labels import Port
from longtail.ports.openings import Machine, Network, Opening, Rule

Rules = tuple[Rule, ...]
Cuts = Mapping[str, frozenset[Port]]  # rule id → ports
NO_CUTS: Cuts = {}


@dataclass(frozen=True)
class Closing:
    """What is to be closed: a port of a machine, the openings through which it is reached, and all rules there are.

    ``shared`` says that the rules open machines on which the port may be needed. ``taken`` are by container the
    priorities that the remedies of a run were given already: each remedy that takes one adds it. What the remedies of
    a run take out of the same rules, each takes out of them: ``here`` for this machine, ``everywhere`` of the rules
    themselves. So they may be run one after the other, and none puts back what another took.
    """

    port: Port
    machine: Machine
    openings: Sequence[Opening]
    network: Network
    shared: bool
    taken: dict[str, set[int]] = field(default_factory=dict)
    here: Cuts = field(default_factory=dict)
    everywhere: Cuts = field(default_factory=dict)

    @property
    def rules(self) -> Rules:
        """The rules to close, each once: those that let the traffic pass, as far as the export names them."""
        ids = dict.fromkeys(rule for each in self.openings for rule in each.rules)
        return tuple(self.network.rules[each] for each in ids if each in self.network.rules)

    @property
    def whose(self) -> str:
        """Eight letters that tell this machine and port from all others, the same on every run."""
        return letters(self.machine, str(self.port))

    def left_open(self, amendment: Amendment) -> tuple[Opening, ...] | None:
        """Through what the port could still be reached, a platform's default rules aside; None where it is not known.

        The machine is evaluated anew: whatever lets it in once the rules are amended counts, however it is written.
        """
        after = self.network.amended(self.machine, amendment)
        if after is None:
            return None
        return tuple(each for each in after if each.covers(self.port.number, self.port.protocol) and not each.default)

    def closes(self, amendment: Amendment) -> bool:
        """Whether the port is closed once the rules are amended."""
        return self.left_open(amendment) == ()

    def holders(self) -> tuple[Rules, ...]:
        """The fewest containers in which all openings can be closed, the innermost first; each as its rules."""
        return holders(self.openings, self.network)


def holders(openings: Sequence[Opening], network: Network) -> tuple[Rules, ...]:
    """The fewest containers that all openings pass, the innermost first, each as its rules; none if one passes none."""
    known = network.rules
    left = [[known[rule] for rule in each.rules if rule in known] for each in openings]
    chosen: list[Rules] = []
    while left and all(left):
        containers = list(dict.fromkeys(rule.container for passed in left for rule in reversed(passed)))
        best = max(containers, key=lambda each: sum(any(rule.container == each for rule in passed) for passed in left))
        rules = {rule.id: rule for passed in left for rule in passed if rule.container == best}
        chosen.append(tuple(rules.values()))
        left = [passed for passed in left if all(rule.container != best for rule in passed)]
    return tuple(chosen) if not left else ()


def letters(machine: Machine, what: str) -> str:
    """Eight letters that tell something of a machine from all else, the same on every run."""
    return lettered(f"{machine.tenant}\x00{machine.name}\x00{what}")


def lettered(told: str) -> str:
    """Eight letters that stand for a text."""
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:8]
