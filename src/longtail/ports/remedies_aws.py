"""An opening in AWS → a copy of its security group without the port for one machine; or the rule revoked, narrowed."""

from collections.abc import Iterable

from longtail.ports.amending import EVERY, Amendment, Left, without
from longtail.ports.aws_commands import (
    PORTED,
    Remains,
    every_protocol,
    placed,
    ranges,
    replaced,
    touchable,
)
from longtail.ports.aws_copies import Copies, remedy
from longtail.ports.closing import Closing, Cuts, Rules, letters
from longtail.ports.findings import Remedy
from longtail.ports.labels import Port
from longtail.ports.openings import Rule

NAMED = 3
UNPORTED = "Of a rule for all protocols TCP, UDP and ICMP stay: others (ESP, GRE) are let in by it no more."


def remedies(closing: Closing) -> tuple[Remedy, ...]:
    """A group of the machine's own, and (where no other machine needs them) the rules themselves.

    Each is offered only if the machine, evaluated anew with it, has the port closed.
    """
    if not closing.rules or not all(map(touchable, closing.rules)):
        return ()
    found = (_for_machine(closing), None if closing.shared else _for_rule(closing))
    return tuple(each for each in found if each is not None)


def by_group(rules: Iterable[Rule]) -> tuple[Rules, ...]:
    """The rules by security group: groups add up, so that each that lets it pass must be closed."""
    held: dict[str, list[Rule]] = {}
    for rule in rules:
        held.setdefault(rule.container, []).append(rule)
    return tuple(tuple(each) for each in held.values())


def unported(rules: Iterable[Rule]) -> str:
    """What to mind where a rule for all protocols is replaced."""
    return UNPORTED if any(map(every_protocol, rules)) else ""


def _remains(closing: Closing, rules: Rules, cuts: Cuts) -> Remains:
    return {rule.id: _left(rule, _cut(closing, rule, cuts)) for rule in rules}


def _cut(closing: Closing, rule: Rule, cuts: Cuts) -> frozenset[Port]:
    """The ports that a rule is to let in no more: with this one, what else the run takes out of it."""
    own = {closing.port} if rule in closing.rules else set()
    return cuts.get(rule.id, frozenset()) | own


def _left(rule: Rule, ports: frozenset[Port]) -> tuple[Left, ...]:
    """What is left of a rule without some ports: of one for all protocols, each protocol's ports apart."""
    if every_protocol(rule):
        each = {name: without(EVERY, (port.number for port in ports if port.protocol == name)) for name in PORTED}
        return tuple(Left(left, frozenset({name})) for name, left in each.items() if left)
    left = without(ranges(rule) or (), (port.number for port in ports))
    return (Left(left),) if left else ()


def _for_rule(closing: Closing) -> Remedy | None:
    rules = placed(closing.machine, closing.rules)
    remains = _remains(closing, closing.rules, closing.everywhere)
    if not closing.closes(Amendment(remains)):
        return None
    return replaced(closing.network, rules, remains, unported(rules))


def _for_machine(closing: Closing) -> Remedy | None:
    """A copy of each group without all that is closed on the machine: two copies of one group would undo each other."""
    known = closing.network.rules
    further = (known[id] for id in closing.here if id in known)
    rules = tuple({rule.id: rule for rule in (*closing.rules, *further) if touchable(rule)}.values())
    remains = _remains(closing, rules, closing.here)
    if not closing.closes(Amendment(remains)):
        return None
    ports = sorted(frozenset().union(*(_cut(closing, rule, closing.here) for rule in rules)), key=str)
    told = ", ".join(map(str, ports))
    once = f"It closes {told} of this machine at once: it is to be done once." if len(ports) > 1 else ""
    numbers = "-".join(str(each.number) for each in ports[:NAMED])
    return remedy(
        Copies(
            closing.network,
            closing.machine,
            by_group(placed(closing.machine, rules)),
            remains,
            f"without-{numbers}-{letters(closing.machine, told)}",
            " ".join(filter(None, (unported(rules), once))),
        )
    )
