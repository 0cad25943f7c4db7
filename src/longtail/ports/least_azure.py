"""The least privilege of a machine in Azure → its wide rules narrowed, or, where others need them, denies."""

from collections.abc import Callable, Sequence

from longtail.ports.amending import Amendment, Denied, without
from longtail.ports.azure_commands import (
    NOTE,
    PING,
    Before,
    addressed,
    deleted,
    denied,
    every_protocol,
    free,
    steps,
    touchable,
    verified,
)
from longtail.ports.closing import Rules, holders, letters
from longtail.ports.findings import Remedy
from longtail.ports.least import ALONE, Least, note

DEFAULTS = "Azure's own rule for the virtual network still lets that in."

Place = tuple[Rules, str, int | None]  # the rules before which a deny goes, its protocol, its priority


def remedy(least: Least) -> Remedy | None:
    """The way that does it; None where the rules are not known, or cannot be changed."""
    held = holders(least.wide, least.network)
    if not held or not all(touchable(rule) for rules in held for rule in rules):
        return None
    return (None if least.shared else _in_place(least, held)) or _for_machine(least, held)


def _in_place(least: Least, held: Sequence[Rules]) -> Remedy | None:
    rules = [rule for each in held for rule in each]
    left = Amendment({rule.id: least.left(rule) for rule in rules})
    if not least.done(left):
        return None
    before = Before(least.network, least.machine, least.taken)
    made = [steps(before, rule, left.left[rule.id], "least") for rule in rules]
    found = [each for each in made if each is not None]
    if len(found) < len(rules):
        return None
    told = (NOTE, _defaults(least, left), PING if any(map(every_protocol, rules)) else "", ALONE)
    commands, undo = ("\n".join(each) for each in zip(*found, strict=True))
    return Remedy("azure", "rule", commands, undo, verified(least.machine, least.wide, least.port), note(*told))


def _defaults(least: Least, amendment: Amendment) -> str:
    after = least.network.amended(least.machine, amendment) or ()
    return DEFAULTS if any(each.default for each in after) else ""


def _for_machine(least: Least, held: Sequence[Rules]) -> Remedy | None:
    """Denies above the wide rules, for the machine's own addresses: of all that is not needed.

    Where that would shut out what other rules let in, what these name stays open as well.
    """
    machine = least.machine
    addresses = addressed(machine)
    if not addresses:
        return None
    places = _places(least, held)
    tried = (_denies(least, places, spare) for spare in (least.wanted, least.kept))
    denies = next((each for each in tried if each and least.done(Amendment(denied=each))), ())
    rules = [rules[0] for rules, _, _ in places]
    names = [f"longtail-least-{letters(machine, 'least')}-{protocol}" for _, protocol, _ in places]
    if not denies:
        return None
    told = zip(rules, denies, names, strict=True)
    return Remedy(
        "azure",
        "machine",
        "\n".join(denied(rule, deny, name, addresses) for rule, deny, name in told),
        "\n".join(deleted(rule, name) for rule, name in zip(rules, names, strict=True)),
        verified(machine, least.wide, least.port),
        NOTE,
    )


def _places(least: Least, held: Sequence[Rules]) -> list[Place]:
    protocols = sorted({each.protocol for each in least.wide} & least.looked)
    return [
        (rules, protocol, free(least.network, least.machine, rules, least.taken))
        for rules in held
        for protocol in protocols
    ]


def _denies(least: Least, places: Sequence[Place], spare: Callable[[str], frozenset[int]]) -> tuple[Denied, ...]:
    """One a place; none at all where one of them has no priority left, or nothing to deny."""
    found = tuple(
        Denied(rules[0].id, priority, without(least.opened(protocol), spare(protocol)), frozenset({protocol}))
        for rules, protocol, priority in places
        if priority is not None
    )
    return found if len(found) == len(places) and all(each.ports for each in found) else ()
