"""What is to become of permissions in AWS → the commands that do it for a group, or for a copy of it, and undo it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from longtail.ports.amending import EVERY, Left, Span
from longtail.ports.closing import Rules
from longtail.ports.findings import Remedy
from longtail.ports.openings import LAST_PORT, Machine, Network, Rule
from longtail.ports.quoting import command, quoted

SHELL = "For a POSIX shell; in PowerShell write names in single quotes and double those inside."
NOTE = f"Established sessions stay up until they end. {SHELL}"
DRY = "Rehearsals ask AWS for permission only: they end with DryRunOperation where it would be done."
ANY = ("-1", -1)
PORTED = ("tcp", "udp")
BESIDE = (("icmp", "Ipv6Ranges"), ("icmpv6", "IpRanges"))  # each with the sources that cannot send it
SOURCES = {
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "GroupId",
}
THEN = " &&\n"  # what follows is done only if this could be: else what is let in anew may be missing

Permission = dict[str, object]
Remains = Mapping[str, tuple[Left, ...]]  # rule id → what is left of it
Anew = Mapping[str, list[Permission]]  # rule id → what of that is to be let in
Granted = tuple[object, ...]  # protocol, ports and one source


def permission(rule: Rule) -> Permission:
    """The permission that would grant a rule again; empty where the export does not tell it."""
    return read(rule.raw)


def read(written: str) -> Permission:
    """An object written as JSON; empty where it is none."""
    try:
        found = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def touchable(rule: Rule) -> bool:
    """Whether the export tells a rule exactly."""
    return rule.platform == "aws" and bool(rule.detail.get("group_id")) and ranges(rule) is not None


def every_protocol(rule: Rule) -> bool:
    """Whether a rule is of all protocols."""
    return permission(rule).get("IpProtocol") in ANY


def ranges(rule: Rule) -> tuple[Span, ...] | None:
    """The ports of a rule; None where it has none that are understood."""
    held = permission(rule)
    if held.get("IpProtocol") in ANY:
        return EVERY
    first, last = held.get("FromPort"), held.get("ToPort")
    if "IpProtocol" not in held or not isinstance(first, int) or not isinstance(last, int):
        return None
    return ((first, last),) if 0 <= first <= last <= LAST_PORT else None


def remaining(rule: Rule, left: tuple[Left, ...]) -> list[Permission]:
    """What is left of a rule, as permissions. What is left of all protocols keeps ICMP, and no others without ports."""
    held = permission(rule)
    bare = {key: value for key, value in held.items() if key not in ("IpProtocol", "FromPort", "ToPort")}
    kept = [
        {"IpProtocol": protocol, "FromPort": first, "ToPort": last, **(_blocks(each.sources) or bare)}
        for each in left
        for protocol in sorted(each.protocols) or [str(held.get("IpProtocol"))]
        for first, last in each.ports
    ]
    pings = [name for name, never in BESIDE if never not in bare] if every_protocol(rule) and left else []
    return [*kept, *({"IpProtocol": name, "FromPort": -1, "ToPort": -1, **bare} for name in pings)]


def anew(network: Network, rules: Rules, remains: Remains) -> Anew:
    """What is left of each rule and no other rule of its group lets in: AWS takes no permission twice."""
    granted: dict[str, set[Granted]] = {rule.container: set() for rule in rules}
    for each in network.rules.values():
        if each.container in granted and each.id not in remains:
            unlike([permission(each)], granted[each.container])
    return {rule.id: unlike(remaining(rule, remains[rule.id]), granted[rule.container]) for rule in rules}


def unlike(permissions: Iterable[Permission], granted: set[Granted]) -> list[Permission]:
    """The permissions without sources that were granted the same already; what is left of them is granted then."""
    found = []
    for each in permissions:
        kept = {key: new for key in SOURCES if (new := _new(each, key, granted))}
        bare = {key: value for key, value in each.items() if key not in SOURCES}
        found += [{**bare, **kept}] if kept else []
    return found


def _new(held: Permission, key: str, granted: set[Granted]) -> list[object]:
    """The sources of a permission that are not granted yet. They are granted by that."""
    told, sources = (held.get("IpProtocol"), held.get("FromPort"), held.get("ToPort"), key), held.get(key)
    each = {(*told, _told(source, key)): source for source in (sources if isinstance(sources, list) else ())}
    new = [source for grant, source in each.items() if grant not in granted]
    granted.update(each)
    return new


def _told(source: object, key: str) -> object:
    return source.get(SOURCES[key]) if isinstance(source, dict) else None


def _blocks(sources: tuple[str, ...]) -> Permission:
    """Networks as a permission names them; empty without any."""
    four, six = ([each for each in sources if (":" in each) is version] for version in (False, True))
    told = {"IpRanges": [{"CidrIp": each} for each in four], "Ipv6Ranges": [{"CidrIpv6": each} for each in six]}
    return {key: value for key, value in told.items() if value}


def revoked(rule: Rule, left: list[Permission]) -> list[str]:
    """What is left of a rule is let in first, then the rule is revoked: by its id, else exactly as it stands."""
    grants = [grant("authorize", rule, left)] if left else []
    id = rule.detail.get("security_group_rule_id", "")
    if id:
        return [*grants, command("aws ec2 revoke-security-group-ingress", **place(rule), security_group_rule_ids=id)]
    return [*grants, grant("revoke", rule, [permission(rule)])]


def restored(rule: Rule, left: list[Permission]) -> list[str]:
    """The rule is let in again, then what was left of it is revoked."""
    return [grant("authorize", rule, [permission(rule)]), *([grant("revoke", rule, left)] if left else [])]


def replaced(network: Network, rules: Rules, remains: Remains, mind: str) -> Remedy:
    """What is left of rules let in in their stead, for all who bear their groups."""
    left = anew(network, rules, remains)
    changed = [revoked(rule, left[rule.id]) for rule in rules]
    return Remedy(
        "aws",
        "rule",
        "\n".join(map(THEN.join, changed)),
        "\n".join(THEN.join(restored(rule, left[rule.id])) for rule in rules),
        "\n".join(f"{line} --dry-run" for lines in changed for line in lines),
        " ".join(filter(None, (NOTE, DRY, mind))),
    )


def grant(verb: str, rule: Rule, permissions: list[Permission]) -> str:
    """Permissions of a rule's group authorized, or revoked."""
    told = json.dumps(permissions, ensure_ascii=False, sort_keys=True)
    return command(f"aws ec2 {verb}-security-group-ingress", **place(rule), ip_permissions=told)


def placed(machine: Machine, rules: Rules) -> Rules:
    """The rules in the machine's region where their own export names none: a group lies where those who bear it do."""
    region = machine.detail.get("region", "")
    return tuple(replace(rule, detail={"region": region, **rule.detail}) for rule in rules)


def place(rule: Rule) -> dict[str, str]:
    """The options that say where a rule stands."""
    return {"region": rule.detail.get("region", ""), "group_id": rule.detail.get("group_id", "")}


def moved(machine: Machine, eni: str, groups: list[str], copies: Mapping[str, str]) -> str:
    """An interface with its groups, of some of them the copies."""
    region = machine.detail.get("region", "")
    told = command("aws ec2 modify-network-interface-attribute", region=region, network_interface_id=eni)
    return f"{told} --groups {' '.join(_group(each, copies) for each in groups)}"


def _group(group: str, copies: Mapping[str, str]) -> str:
    return f'"${copies[group]}"' if group in copies else quoted(group)


def interfaces(machine: Machine) -> dict[str, list[str]]:
    """The groups of each interface of a machine."""
    return {
        eni: [each for each in groups if isinstance(each, str)]
        for eni, groups in sorted(read(machine.detail.get("network_interfaces", "")).items())
        if isinstance(groups, list)
    }


def members(network: Network, machine: Machine, copies: Mapping[str, str], verb: str) -> list[str]:
    """What lets in members of a copied group, itself often, lets in the copy too: else the machine is cut off there."""
    told = f"aws ec2 {verb}-security-group-ingress"
    admitting = tuple(rule for rule in network.rules.values() if rule.detail.get("source") in copies)
    return [
        f'{command(told, **place(rule), **flow)} --source-group "${copies[rule.detail["source"]]}"'
        for rule in placed(machine, admitting)
        if (flow := _flow(permission(rule)))
    ]


def _flow(held: Permission) -> dict[str, str]:
    """Protocol and ports as the command line tells them; empty where it cannot tell them exactly."""
    protocol, first, last = (held.get(name) for name in ("IpProtocol", "FromPort", "ToPort"))
    if protocol in ANY:
        return {"protocol": "-1"}
    if protocol not in PORTED or not isinstance(first, int) or not isinstance(last, int):
        return {}
    return {"protocol": str(protocol), "port": str(first) if first == last else f"{first}-{last}"}
