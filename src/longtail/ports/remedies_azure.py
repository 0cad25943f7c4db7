"""An opening in Azure → a deny rule for one machine, or the rule deleted or narrowed, each with rehearsal and undo."""

from collections.abc import Sequence

from longtail.ports.amending import Amendment, Denied, Left, spans, without
from longtail.ports.azure_commands import (
    NOTE,
    PING,
    PORTED,
    Before,
    addressed,
    deleted,
    deniable,
    denied,
    every_protocol,
    free,
    steps,
    touchable,
    verified,
)
from longtail.ports.closing import Closing, Rules
from longtail.ports.findings import Remedy
from longtail.ports.openings import Opening, Rule
from longtail.text import clean


def remedies(closing: Closing) -> tuple[Remedy, ...]:
    """A deny for the machine, and (where no other machine needs it, and it is closed by that) the rule itself.

    Each is offered only if the machine, evaluated anew with it, has the port closed.
    """
    holders = closing.holders()
    if not holders or not all(deniable(rule) for rules in holders for rule in rules):
        return ()
    ours = [rule for rules in holders for rule in rules if touchable(rule)]
    cut = Amendment({rule.id: _left(closing, rule) for rule in ours})
    behind = closing.left_open(cut)
    alone = not closing.shared and behind == () and len(ours) == sum(map(len, holders))
    found = (_for_machine(closing, holders, behind or ()), _for_rule(closing, holders, cut) if alone else None)
    return tuple(each for each in found if each is not None)


def _left(closing: Closing, rule: Rule) -> tuple[Left, ...]:
    """The rule without the port, and without what else the run takes out of it; nothing where it lets no more pass.

    Of a rule for all protocols only that of the port loses it: nobody said that the others do not need it.
    """
    ports, held = {closing.port, *closing.everywhere.get(rule.id, ())}, spans(rule.detail["ports"]) or ()
    if not every_protocol(rule):
        left = without(held, (each.number for each in ports))
        return (Left(left),) if left else ()
    each = {name: without(held, (port.number for port in ports if port.protocol == name)) for name in PORTED}
    return tuple(Left(left, frozenset({name})) for name, left in each.items() if left)


def _for_machine(closing: Closing, holders: tuple[Rules, ...], behind: Sequence[Opening]) -> Remedy | None:
    """A deny above the allow, for the machine's own addresses: what just-in-time access does too."""
    addresses = addressed(closing.machine)
    priorities = [free(closing.network, closing.machine, rules, closing.taken) for rules in holders]
    told, port = tuple(each for each in priorities if each is not None), closing.port
    if not addresses or len(told) < len(holders):
        return None
    denies = tuple(
        Denied(rules[0].id, priority, ((port.number, port.number),), frozenset({port.protocol}))
        for rules, priority in zip(holders, told, strict=True)
    )
    if not closing.closes(Amendment(denied=denies)):
        return None
    name = f"longtail-deny-{port.protocol}-{port.number}-{closing.whose}"
    lines = [denied(rules[0], each, name, addresses) for rules, each in zip(holders, denies, strict=True)]
    undo = [deleted(rules[0], name) for rules in holders]
    note = " ".join((*_others(closing, behind), NOTE))
    rehearse = verified(closing.machine, closing.openings, port)
    return Remedy("azure", "machine", "\n".join(lines), "\n".join(undo), rehearse, note)


def _others(closing: Closing, behind: Sequence[Opening]) -> list[str]:
    """Why it takes a deny, where deleting the rule that lets it in would let the next one do so."""
    known = closing.network.rules
    rules = dict.fromkeys(rule for each in behind for rule in each.rules if rule in known)
    named = ", ".join(clean(known[rule].name, 80) for rule in rules)
    return [f"Taking out the rule alone would not close it: {named} would let it in."] if named else []


def _for_rule(closing: Closing, holders: tuple[Rules, ...], cut: Amendment) -> Remedy | None:
    rules = [rule for each in holders for rule in each]
    before = Before(closing.network, closing.machine, closing.taken)
    made = [steps(before, rule, cut.left[rule.id], "left") for rule in rules]
    found = [each for each in made if each is not None]
    if len(found) < len(rules):
        return None
    commands, undo = ("\n".join(each) for each in zip(*found, strict=True))
    return Remedy(
        "azure",
        "rule",
        commands,
        undo,
        verified(closing.machine, closing.openings, closing.port),
        f"{NOTE} {PING}" if any(map(every_protocol, rules)) else NOTE,
    )
