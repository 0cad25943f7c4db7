"""Azure's exports → machines, the rules of their security groups, and what these leave open."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from longtail.network.amending import amended
from longtail.network.source import NOTHING, Export, Lost, Options, Refused, Source
from longtail.network.sources.azure_inventory import Inventory, inventory
from longtail.network.sources.azure_machines import Known, machines
from longtail.network.sources.azure_nouns import Group
from longtail.network.sources.azure_resources import resources
from longtail.network.sources.azure_template import is_template, template_resources
from longtail.network.telling import Evaluator
from longtail.ports.openings import TWIN, Network, Opening, Rule

NAMED_MOST = 5  # names that a note lists


def read(document: Any, place: str) -> Export:
    """The resources in one JSON object, template or answer."""
    if not isinstance(document, Mapping):
        return NOTHING
    found: list[Any] = []
    lost: list[Lost] = []
    records = template_resources(document) if is_template(document) else [("", document)]
    for each in (each for where, record in records for each in resources(record, f"{place}{where and ':'}{where}")):
        (lost if isinstance(each, Refused) else found).append(each)
    return Export(found, lost)


def network(exports: Iterable[Export], options: Options) -> Network:
    """Everything that was exported, evaluated together."""
    held = inventory(each for export in exports for each in export.resources)
    known = _with_twins(machines(held, options.tenant))
    evaluator = Evaluator()
    openings: list[Opening] = []
    governing: set[str] = set()
    for each in known:
        openings += evaluator.openings(each.machine, each.interfaces)
        governing |= each.governed_by
    idle = {group.id for name in held.groups.keys() - governing for group in held.groups[name]}
    bearers = _bearers(held, known)
    ways = {(each.machine.tenant, each.machine.name): each.interfaces for each in known}
    unseen = {id for id in idle if any(name not in held.nics for name in bearers.get(id, ()))}
    return Network(
        machines=tuple(each.machine for each in known),
        openings=tuple(openings),
        rules=_rules(held),
        orphans=tuple(sorted(idle - unseen)),
        notes=(*_notes(held, known), *_unseen(unseen)),
        bearers=bearers,
        amended=amended(lambda machine: ways.get((machine.tenant, machine.name), ())),
    )


def _with_twins(known: list[Known]) -> list[Known]:
    """The machines, told of which have an address that another behind the same group has: networks may count alike."""
    had = Counter(each for machine in known for each in _places(machine))
    twins = {id(each) for each in known if any(had[place] > 1 for place in _places(each))}
    return [_twin(each) if id(each) in twins else each for each in known]


def _twin(known: Known) -> Known:
    return replace(known, machine=replace(known.machine, detail={**known.machine.detail, TWIN: "yes"}))


def _places(known: Known) -> set[tuple[str, str]]:
    """Its groups, each with each of its addresses."""
    detail = known.machine.detail
    return set(product(detail.get("nsg_ids", "").split(), detail.get("private_ips", "").split()))


def _bearers(held: Inventory, known: list[Known]) -> dict[str, tuple[str, ...]]:
    """By group, the interfaces that belong to no known machine, and the subnets that were not exported."""
    attached = {name for each in known for name in each.nics}
    lone: dict[str, set[str]] = {}
    for name, groups in held.groups_of_nics.items():
        for group in groups if name not in attached else ():
            lone.setdefault(group, set()).add(name)
    for name, groups in held.groups_of_subnets.items():
        for group in groups if name not in held.subnets else ():
            lone.setdefault(group, set()).add(name)
    for name, nics in held.nics.items():
        for nic in nics if name not in attached else ():
            lone.setdefault(nic.group, set()).add(name)
    written = {name: {group.id for group in groups} for name, groups in held.groups.items()}
    return {id: tuple(sorted(names)) for group, names in lone.items() for id in written.get(group, ())}


def _rules(held: Inventory) -> dict[str, Rule]:
    shown = [group for groups in held.groups.values() for group in groups]
    worked_out = [group for groups in held.effective.values() for group in groups]
    every = (rule for group in (*worked_out, *shown) for rule in group.rules)
    return {rule.id: rule.written for rule in (*every, *(each.rule for each in held.admin))}


def _notes(held: Inventory, known: list[Known]) -> Iterator[str]:
    temporary = sorted({rule.id for group in _groups(held) for rule in group.rules if rule.temporary})
    if temporary:
        yield f"just-in-time access: {_listed(temporary)} allowed for a time and not counted as open"
    attached = {name for each in known for name in each.nics}
    stray = sorted(nic.id for name, nics in held.nics.items() if name not in attached for nic in nics)
    if stray:
        yield f"network interfaces without a machine: {_listed(stray)}"
    if homeless := sorted(held.effective.keys() - attached - held.nics.keys() - _inhabited(held)):
        yield (
            f"effective rules of {_listed(homeless)} were read, but not which machines they stand before:"
            " add az network nic list, az vm list, each with -o json"
        )


def _inhabited(held: Inventory) -> set[str]:
    """The subnets in which some interface lies."""
    return {each.subnet for nics in held.nics.values() for nic in nics for each in nic.configurations}


def _unseen(groups: Iterable[str]) -> Iterator[str]:
    """Groups that govern something of which no machine is known: it was not exported."""
    if told := sorted(groups):
        yield f"what {_listed(told)} governs was not exported: add az network nic list, az network vnet list"


def _groups(held: Inventory) -> Iterator[Group]:
    for groups in (*held.groups.values(), *held.effective.values()):
        yield from groups


def _listed(ids: list[str]) -> str:
    names = [id.rsplit("/", 1)[-1] for id in ids]
    more = f" and {len(names) - NAMED_MOST} more" if len(names) > NAMED_MOST else ""
    return ", ".join(names[:NAMED_MOST]) + more


AZURE = Source(
    "azure",
    "Azure: network security groups, interfaces, machines, networks (REST, az, Resource Graph, templates)",
    read,
    network,
)
