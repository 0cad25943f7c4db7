"""An opening in Azure → a deny rule for one machine, or the rule deleted or narrowed, each with rehearsal and undo."""

import json

from longtail.ports.callers import caller
from longtail.ports.closing import Closing, Rules, without
from longtail.ports.findings import Remedy
from longtail.ports.openings import Rule
from longtail.ports.quoting import command, quoted
from longtail.text import clean

FIRST_PRIORITY = 100
API = "2024-05-01"
CALLING = 60_000  # the port that rehearsed traffic comes from: one of those that callers use
SHELL = "For a POSIX shell; in PowerShell write names in single quotes and double those inside."
NOTE = f"Established sessions stay up until they end. {SHELL}"
NOT_BODY = frozenset({"id", "name", "type", "etag", "resourceGroup", "provisioningState"})


def remedies(closing: Closing) -> tuple[Remedy, ...]:
    """A deny for the machine, and (where no other machine needs it, and no other rule allows the same) the rule."""
    holders = closing.holders()
    if not holders or not all(_touchable(rule) for rules in holders for rule in rules):
        return ()
    alone = not closing.shared and not closing.behind()
    found = (_for_machine(closing, holders), _for_rule(closing, holders) if alone else None)
    return tuple(each for each in found if each is not None)


def _touchable(rule: Rule) -> bool:
    """Whether a rule stands in a group that the export names, and neither Azure nor just-in-time access made it."""
    made = rule.detail.get("just_in_time") or rule.detail.get("default")
    told = rule.detail.get("nsg") and rule.detail.get("ports") and rule.priority is not None
    return rule.platform == "azure" and bool(told) and not made


def _for_machine(closing: Closing, holders: tuple[Rules, ...]) -> Remedy | None:
    """A deny above the allow, for the machine's own addresses: what just-in-time access does too."""
    addresses = closing.machine.detail.get("private_ips", "").replace(",", " ").split()
    priorities = [_free(closing, rules) for rules in holders]
    if not addresses or None in priorities:
        return None
    name = _name(closing)
    placed = zip(holders, priorities, strict=True)
    denies = [_deny(closing, rules[0], name, str(free), addresses) for rules, free in placed]
    undo = [command("az network nsg rule delete", **_place(rules[0]), name=name) for rules in holders]
    told = " ".join((*_others(closing), NOTE))
    return Remedy("azure", "machine", "\n".join(denies), "\n".join(undo), _verified(closing, addresses), told)


def _others(closing: Closing) -> list[str]:
    """Why it takes a deny, where deleting the rule that lets it in would let the next one do so."""
    named = ", ".join(clean(rule.name, 80) for rule in closing.behind())
    return [f"Taking out the rule alone would not close it: {named} would let it in."] if named else []


def _free(closing: Closing, rules: Rules) -> int | None:
    """The last priority that is asked before all of the rules, and that neither a rule nor another remedy has."""
    container = rules[0].container
    written = closing.machine.detail.get(f"priorities:{container}", "")
    used = {int(each) for each in written.split() if each.isdecimal()}
    used |= {rule.priority for rule in closing.network.rules.values() if rule.container == container and rule.priority}
    above = min(rule.priority or 0 for rule in rules)
    taken = closing.taken.setdefault(container, set())
    free = next((each for each in range(above - 1, FIRST_PRIORITY - 1, -1) if each not in used | taken), None)
    taken |= set() if free is None else {free}
    return free


def _deny(closing: Closing, rule: Rule, name: str, priority: str, addresses: list[str]) -> str:
    told = command(
        "az network nsg rule create", **_place(rule), name=name, priority=priority, direction="Inbound", access="Deny",
        protocol=closing.port.protocol.capitalize(), source_address_prefixes="*", source_port_ranges="*",
        destination_port_ranges=str(closing.port.number),
    )  # fmt: skip
    return f"{told} --destination-address-prefixes {' '.join(map(quoted, addresses))}"


def _for_rule(closing: Closing, holders: tuple[Rules, ...]) -> Remedy:
    rules = [rule for each in holders for rule in each]
    addresses = closing.machine.detail.get("private_ips", "").replace(",", " ").split()
    return Remedy(
        "azure",
        "rule",
        "\n".join(_closed(rule, closing.port.number) for rule in rules),
        "\n".join(_restored(rule) for rule in rules),
        _verified(closing, addresses),
        NOTE,
    )


def _closed(rule: Rule, port: int) -> str:
    """The rule without the port, or no rule at all where it lets nothing else pass."""
    left = without(rule.detail.get("ports", ""), port)
    if not left:
        return command("az network nsg rule delete", **_place(rule), name=rule.name)
    told = command("az network nsg rule update", **_place(rule), name=rule.name)
    return f"{told} --destination-port-ranges {left}"


def _restored(rule: Rule) -> str:
    """The rule put back as it was exported, application security groups and all."""
    record = _record(rule.raw)
    held = record.get("properties", record)
    body = {key: value for key, value in held.items() if key not in NOT_BODY} if isinstance(held, dict) else {}
    return command(
        "az rest", method="put", uri=f"https://management.azure.com{rule.id}?api-version={API}",
        body=json.dumps({"properties": body}, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip


def _record(raw: str) -> dict[str, object]:
    try:
        record = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def _verified(closing: Closing, addresses: list[str]) -> str:
    """What Azure says of traffic from where it is open: allowed before, denied after; nothing where no address is."""
    remote = caller(closing.openings)
    if not addresses or not closing.machine.detail.get("id") or remote is None:
        return ""
    return command(
        "az network watcher test-ip-flow", vm=closing.machine.detail["id"], direction="Inbound",
        protocol=closing.port.protocol.upper(), local=f"{addresses[0]}:{closing.port.number}",
        remote=f"{remote}:{CALLING}",
    )  # fmt: skip


def _place(rule: Rule) -> dict[str, str]:
    named = {"subscription": "subscription", "resource_group": "resource_group", "nsg_name": "nsg"}
    return {option: rule.detail.get(key, "") for option, key in named.items()}


def _name(closing: Closing) -> str:
    """A name for the deny rule, of letters that every name may have, the same on every run."""
    return f"longtail-deny-{closing.port.protocol}-{closing.port.number}-{closing.whose}"
