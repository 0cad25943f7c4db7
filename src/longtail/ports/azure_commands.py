"""What is to become of a rule in Azure → the command that does it, undoes it, or asks whether it was done."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from longtail.ports.amending import Denied, Left, spans, told
from longtail.ports.callers import caller
from longtail.ports.closing import Rules, lettered
from longtail.ports.labels import Port
from longtail.ports.openings import TWIN, Machine, Network, Opening, Rule
from longtail.ports.quoting import command, quoted

FIRST_PRIORITY, LAST_PRIORITY = 100, 4096
API = "2024-05-01"
CALLING = 60_000  # the port that rehearsed traffic comes from: one of those that callers use
SHELL = "For a POSIX shell; in PowerShell write names in single quotes and double those inside."
NOTE = f"Established sessions stay up until they end. {SHELL}"
PING = "ICMP, which a rule for all protocols let in as well, is let in by it no more."
THEN = " &&\n"  # what follows is done only if this could be: else what is to stay open may be shut
PORTED = ("tcp", "udp")
NOT_BODY = frozenset({"id", "name", "type", "etag", "resourceGroup", "provisioningState"})
PORTS_OF_BODY = frozenset({"destinationPortRange", "destinationPortRanges"})

Taken = dict[str, set[int]]  # container → priorities that remedies of the run were given; rule's name → its own


@dataclass(frozen=True)
class Before:
    """Where rules are changed: the network, the machine that they stand before, and which priorities are taken."""

    network: Network
    machine: Machine
    taken: Taken


def touchable(rule: Rule) -> bool:
    """Whether a rule stands in a group that the export names, in words that are understood, and is nobody's but ours.

    Neither Azure's default rules nor those of just-in-time access are.
    """
    return deniable(rule) and not rule.detail.get("default")


def deniable(rule: Rule) -> bool:
    """Whether a deny can be put before a rule: one of Azure's own, too, which nobody can change."""
    read = rule.detail.get("nsg") and spans(rule.detail.get("ports", "")) and rule.priority is not None
    return rule.platform == "azure" and bool(read) and not rule.detail.get("just_in_time")


def used(network: Network, machine: Machine, container: str) -> set[int]:
    """The priorities of a group's inbound rules, as far as they are known."""
    written = {int(each) for each in machine.detail.get(f"priorities:{container}", "").split() if each.isdecimal()}
    return written | {rule.priority for rule in network.rules.values() if rule.container == container and rule.priority}


def free(network: Network, machine: Machine, rules: Rules, taken: Taken) -> int | None:
    """The last priority that is asked before all of the rules and that nobody has; it is taken by that."""
    container, above = rules[0].container, min(LAST_PRIORITY + 1, *(rule.priority or 0 for rule in rules))
    held = used(network, machine, container) | taken.setdefault(container, set())
    found = next((each for each in range(above - 1, FIRST_PRIORITY - 1, -1) if each not in held), None)
    taken[container] |= set() if found is None else {found}
    return found


def every_protocol(rule: Rule) -> bool:
    """Whether a rule is of all protocols."""
    return rule.detail.get("protocol", "*").lower() in ("*", "any", "all")


def addressed(machine: Machine) -> tuple[str, ...]:
    """The addresses by which a rule of its groups strikes a machine and no other; none where not all are told so."""
    unsure = machine.detail.get("unaddressed") or machine.detail.get(TWIN)
    return () if unsure else tuple(machine.detail.get("private_ips", "").replace(",", " ").split())


def beside(network: Network, machine: Machine, rule: Rule, name: str, taken: Taken) -> int | None:
    """The priority just after or before a rule, where nobody has it: asked as the rule is.

    It is taken by that, for the rule of this name: whichever remedy of the run makes it, makes it there.
    """
    if name in taken:
        return next(iter(taken[name]), None)
    held = used(network, machine, rule.container) | taken.setdefault(rule.container, set())
    near = ((rule.priority or 0) + 1, (rule.priority or 0) - 1)
    found = next((each for each in near if each not in held and FIRST_PRIORITY <= each <= LAST_PRIORITY), None)
    taken[name] = set() if found is None else {found}
    taken[rule.container] |= taken[name]
    return found


def steps(before: Before, rule: Rule, left: tuple[Left, ...], what: str) -> tuple[str, str] | None:
    """What narrows a rule and what undoes that; a second protocol takes a rule of its own beside the first.

    That is made first, so that nothing is shut between the two. None where there is no room beside it.
    """
    copies = []
    for each in left[1:]:
        name = f"longtail-{what}-{lettered(rule.id)}-{next(iter(each.protocols))}"
        priority = beside(before.network, before.machine, rule, name, before.taken)
        if priority is None:
            return None
        copies.append((copied(rule, name, priority, each), deleted(rule, name)))
    made = THEN.join((*(copy for copy, _ in copies), narrowed(rule, next(iter(left), None))))
    return made, THEN.join((restored(rule), *(gone for _, gone in copies)))


def denied(rule: Rule, deny: Denied, name: str, addresses: Sequence[str]) -> str:
    """A deny for some addresses, in the group of ``rule``."""
    made = command(
        "az network nsg rule create", **place(rule), name=name, priority=str(deny.priority), direction="Inbound",
        access="Deny", protocol=_protocol(deny.protocols), source_address_prefixes="*", source_port_ranges="*",
    )  # fmt: skip
    where = f"--destination-address-prefixes {' '.join(map(quoted, addresses))}"
    return f"{made} --destination-port-ranges {told(deny.ports)} {where}"


def narrowed(rule: Rule, left: Left | None) -> str:
    """The rule with what is left of it, or no rule at all where nothing is."""
    if left is None:
        return deleted(rule, rule.name)
    made = command("az network nsg rule update", **place(rule), name=rule.name, protocol=_protocol(left.protocols))
    sources = " ".join(("--source-address-prefixes", *map(quoted, left.sources))) if left.sources else ""
    return " ".join(filter(None, (f"{made} --destination-port-ranges {told(left.ports)}", sources)))


def deleted(rule: Rule, name: str) -> str:
    """A rule of some name taken out of the group of ``rule``."""
    return command("az network nsg rule delete", **place(rule), name=name)


def restored(rule: Rule) -> str:
    """The rule put back as it was exported, application security groups and all."""
    return _put(rule.id, _body(rule))


def copied(rule: Rule, name: str, priority: int, left: Left) -> str:
    """A rule beside the rule, which differs in protocol and ports only."""
    body = {key: value for key, value in _body(rule).items() if key not in PORTS_OF_BODY}
    ports = told(left.ports).split()
    changed = {"priority": priority, "protocol": _protocol(left.protocols) or "*", "destinationPortRanges": ports}
    sources = {"sourceAddressPrefix": None, "sourceAddressPrefixes": list(left.sources)} if left.sources else {}
    return _put(f"{rule.id.rpartition('/')[0]}/{name}", {**body, **changed, **sources})


def verified(machine: Machine, openings: Sequence[Opening], port: Port) -> str:
    """What Azure says of traffic from where it is open: allowed before, denied after; nothing where no address is."""
    remote, addresses = caller(openings), machine.detail.get("private_ips", "").replace(",", " ").split()
    if not addresses or not machine.detail.get("id") or remote is None:
        return ""
    return command(
        "az network watcher test-ip-flow", vm=machine.detail["id"], direction="Inbound",
        protocol=port.protocol.upper(), local=f"{addresses[0]}:{port.number}", remote=f"{remote}:{CALLING}",
    )  # fmt: skip


def place(rule: Rule) -> dict[str, str]:
    """The options that say where a rule stands."""
    named = {"subscription": "subscription", "resource_group": "resource_group", "nsg_name": "nsg"}
    return {option: rule.detail.get(key, "") for option, key in named.items()}


def _protocol(protocols: frozenset[str]) -> str:
    return next(iter(protocols)).capitalize() if len(protocols) == 1 else ""


def _put(id: str, body: Mapping[str, object]) -> str:
    return command(
        "az rest", method="put", uri=f"https://management.azure.com{id}?api-version={API}",
        body=json.dumps({"properties": body}, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip


def _body(rule: Rule) -> dict[str, object]:
    try:
        record = json.loads(rule.raw)
    except (ValueError, RecursionError):
        return {}
    held = record.get("properties", record) if isinstance(record, dict) else {}
    return {key: value for key, value in held.items() if key not in NOT_BODY} if isinstance(held, dict) else {}
