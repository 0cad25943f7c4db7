"""An opening in AWS → a copy of its security group without the port for one machine; or the rule revoked, narrowed."""

import json
from collections.abc import Mapping
from dataclasses import replace

from longtail.ports.closing import Closing, Rules
from longtail.ports.findings import Remedy
from longtail.ports.openings import LAST_PORT, Rule
from longtail.ports.quoting import command, quoted

SHELL = "For a POSIX shell; in PowerShell write names in single quotes and double those inside."
NOTE = f"Established sessions stay up until they end. {SHELL}"
DRY = "Rehearsals ask AWS for permission only: they end with DryRunOperation where it would be done."
ONE = "It sets the groups that were exported: export anew before another port of the same machine is closed so."
EGRESS = "A new group lets everything out: copy the egress rules of the old one where it does not."

Permission = dict[str, object]


def remedies(closing: Closing) -> tuple[Remedy, ...]:
    """A group of the machine's own, and (where no other machine needs them) the rules themselves."""
    holders = tuple(_placed(closing, each) for each in _groups(closing) if each)
    if not holders or not all(_touchable(rule) for rules in holders for rule in rules):
        return ()
    found = (_for_machine(closing, holders), None if closing.shared else _for_rule(closing, holders))
    return tuple(each for each in found if each is not None)


def _groups(closing: Closing) -> tuple[Rules, ...]:
    """The rules to close, by security group: groups add up, so that each that lets it pass must be closed."""
    by_group: dict[str, list[Rule]] = {}
    for rule in closing.rules:
        if rule.detail.get("group_id"):
            by_group.setdefault(rule.container, []).append(rule)
    return tuple(tuple(each) for each in by_group.values())


def _touchable(rule: Rule) -> bool:
    """Whether the export tells a rule exactly, and it is of one protocol: any other would be closed whole."""
    return rule.platform == "aws" and _permission(rule).get("IpProtocol", "-1") not in ("-1", -1)


def _for_rule(closing: Closing, holders: tuple[Rules, ...]) -> Remedy:
    rules = [rule for each in holders for rule in each]
    closed = [line for rule in rules for line in _closed(rule, closing.port.number)]
    return Remedy(
        "aws",
        "rule",
        "\n".join(closed),
        "\n".join(line for rule in rules for line in _restored(rule, closing.port.number)),
        "\n".join(f"{line} --dry-run" for line in closed),
        f"{NOTE} {DRY}",
    )


def _closed(rule: Rule, port: int) -> list[str]:
    """What is left of a range is let in first, then the rule is revoked: by its id, else exactly as it stands."""
    left = _without(_permission(rule), port)
    grants = [_grant("authorize", rule, left)] if left else []
    id = rule.detail.get("security_group_rule_id", "")
    if id:
        return [*grants, command("aws ec2 revoke-security-group-ingress", **_place(rule), security_group_rule_ids=id)]
    return [*grants, _grant("revoke", rule, [_permission(rule)])]


def _restored(rule: Rule, port: int) -> list[str]:
    left = _without(_permission(rule), port)
    return [_grant("authorize", rule, [_permission(rule)]), *([_grant("revoke", rule, left)] if left else [])]


def _grant(verb: str, rule: Rule, permissions: list[Permission]) -> str:
    told = json.dumps(permissions, ensure_ascii=False, sort_keys=True)
    return command(f"aws ec2 {verb}-security-group-ingress", **_place(rule), ip_permissions=told)


def _for_machine(closing: Closing, holders: tuple[Rules, ...]) -> Remedy | None:
    """Interfaces that bear the group get a copy of it without the port instead; whoever else bears it keeps it."""
    interfaces = _interfaces(closing.machine.detail.get("network_interfaces", ""))
    place = {"region": closing.machine.detail.get("region", "")}
    copies = {rules[0].container: f"COPY{number}" for number, rules in enumerate(holders, 1)}
    struck = {eni: groups for eni, groups in interfaces.items() if copies.keys() & set(groups)}
    if not struck:
        return None
    changed = [_moved(eni, groups, copies, place) for eni, groups in sorted(struck.items())]
    made = [line for rules in holders for line in _copied(closing, rules, copies[rules[0].container])]
    known = [_sought(closing, rules, copies[rules[0].container]) for rules in holders]
    back = [_moved(eni, groups, {}, place) for eni, groups in sorted(struck.items())]
    gone = [f'{command("aws ec2 delete-security-group", **place)} --group-id "${copy}"' for copy in copies.values()]
    rehearse = "\n".join(f"{_moved(eni, groups, {}, place)} --dry-run" for eni, groups in sorted(struck.items()))
    admit, expel = (_members(closing, copies, verb) for verb in ("authorize", "revoke"))
    command_, undo = "\n".join([*made, *admit, *changed]), "\n".join([*known, *back, *expel, *gone])
    return Remedy("aws", "machine", command_, undo, rehearse, f"{NOTE} {DRY} {EGRESS} {ONE}")


def _members(closing: Closing, copies: Mapping[str, str], verb: str) -> list[str]:
    """What lets in members of a copied group, itself often, lets in the copy too: else the machine is cut off there."""
    told = f"aws ec2 {verb}-security-group-ingress"
    return [
        f'{command(told, **_place(rule), **flow)} --source-group "${copies[rule.detail["source"]]}"'
        for rule in _placed(closing, tuple(closing.network.rules.values()))
        if rule.detail.get("source") in copies and (flow := _flow(_permission(rule)))
    ]


def _flow(permission: Permission) -> dict[str, str]:
    """Protocol and ports as the command line tells them; empty where it cannot tell them exactly."""
    protocol, first, last = (permission.get(name) for name in ("IpProtocol", "FromPort", "ToPort"))
    if protocol in ("-1", -1):
        return {"protocol": "-1"}
    if protocol not in ("tcp", "udp") or not isinstance(first, int) or not isinstance(last, int):
        return {}
    return {"protocol": str(protocol), "port": str(first) if first == last else f"{first}-{last}"}


def _copy_name(closing: Closing, rules: Rules) -> str:
    """A name of the machine's own: what undoes this remedy must find no other machine's copy."""
    return f"longtail-{rules[0].container}-without-{closing.port.number}-{closing.whose}"


def _sought(closing: Closing, rules: Rules, copy: str) -> str:
    """The copy by its name: whoever undoes it works in another shell, on another day."""
    detail = rules[0].detail
    find = command("aws ec2 describe-security-groups", region=detail.get("region", ""))
    vpc = f"Name=vpc-id,Values={detail.get('vpc_id', '')}" if detail.get("vpc_id") else ""
    filters = " ".join(quoted(each) for each in (f"Name=group-name,Values={_copy_name(closing, rules)}", vpc) if each)
    return f"{copy}=$({find} --filters {filters} --query 'SecurityGroups[0].GroupId' --output text)"


def _copied(closing: Closing, rules: Rules, copy: str) -> list[str]:
    """A new group with all that the old one lets in, but for the port."""
    first, closed = rules[0], {rule.id for rule in rules}
    kept = [
        permission
        for rule in closing.network.rules.values()
        if rule.container == first.container and (held := _permission(rule))
        for permission in (_without(held, closing.port.number) if rule.id in closed else [held])
    ]
    region = {"region": first.detail.get("region", "")}
    create = command(
        "aws ec2 create-security-group", **region,
        group_name=_copy_name(closing, rules),
        description=f"{first.container} without {closing.port}", vpc_id=first.detail.get("vpc_id", ""),
        query="GroupId", output="text",
    )  # fmt: skip
    told = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    grant = f'{command("aws ec2 authorize-security-group-ingress", **region, ip_permissions=told)} --group-id "${copy}"'
    return [f"{copy}=$({create})", *([grant] if kept else [])]


def _moved(eni: str, groups: list[str], copies: dict[str, str], place: dict[str, str]) -> str:
    told = command("aws ec2 modify-network-interface-attribute", **place, network_interface_id=eni)
    return f"{told} --groups {' '.join(_group(each, copies) for each in groups)}"


def _group(group: str, copies: dict[str, str]) -> str:
    return f'"${copies[group]}"' if group in copies else quoted(group)


def _interfaces(written: str) -> dict[str, list[str]]:
    read = _read(written)
    return {
        eni: [each for each in groups if isinstance(each, str)]
        for eni, groups in read.items()
        if isinstance(groups, list)
    }


def _permission(rule: Rule) -> Permission:
    return _read(rule.raw)


def _read(written: str) -> Permission:
    try:
        read = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _without(permission: Permission, port: int) -> list[Permission]:
    """What is left of a permission without one port: none, one or two."""
    first, last = permission.get("FromPort", 0), permission.get("ToPort", LAST_PORT)
    if not isinstance(first, int) or not isinstance(last, int):
        return []
    cut = ((first, min(port - 1, last)), (max(port + 1, first), last))
    return [{**permission, "FromPort": low, "ToPort": high} for low, high in cut if low <= high]


def _placed(closing: Closing, rules: Rules) -> Rules:
    """The rules in the machine's region where their own export names none: a group lies where those who bear it do."""
    region = closing.machine.detail.get("region", "")
    return tuple(replace(rule, detail={"region": region, **rule.detail}) for rule in rules)


def _place(rule: Rule) -> dict[str, str]:
    return {"region": rule.detail.get("region", ""), "group_id": rule.detail.get("group_id", "")}
