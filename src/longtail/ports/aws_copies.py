"""Security groups and what is to be left of their rules → copies of them that one machine bears instead."""

import json
from dataclasses import dataclass

from longtail.ports.aws_commands import (
    DRY,
    NOTE,
    THEN,
    Granted,
    Permission,
    Remains,
    interfaces,
    members,
    moved,
    permission,
    remaining,
    unlike,
)
from longtail.ports.closing import Rules
from longtail.ports.findings import Remedy
from longtail.ports.openings import Machine, Network, Rule
from longtail.ports.quoting import command, quoted

EGRESS = "A new group lets everything out: copy the egress rules of the old one where it does not."
MEMBERS = "Members of the group let it in by its copy: export anew before another of them is given a copy."


@dataclass(frozen=True)
class Copies:
    """What one machine is to bear instead: ``holders`` are the rules to be changed by group, ``remains`` what is left.

    ``name`` tells the copies from all others; ``mind`` is what else is to be said.
    """

    network: Network
    machine: Machine
    holders: tuple[Rules, ...]
    remains: Remains
    name: str
    mind: str = ""

    @property
    def variables(self) -> dict[str, str]:
        """By group, the shell variable that holds its copy."""
        return {rules[0].container: f"COPY{number}" for number, rules in enumerate(self.holders, 1)}


def remedy(copies: Copies) -> Remedy | None:
    """Interfaces that bear a group get its copy instead; whoever else bears it keeps it. None where none is known."""
    held, machine = copies.variables, copies.machine
    struck = {eni: groups for eni, groups in interfaces(machine).items() if held.keys() & set(groups)}
    if not struck:
        return None
    made = [line for rules in copies.holders for line in _made(copies, rules)]
    changed = [moved(machine, eni, groups, held) for eni, groups in struck.items()]
    known = [_sought(copies, rules) for rules in copies.holders]
    back = [moved(machine, eni, groups, {}) for eni, groups in struck.items()]
    delete = command("aws ec2 delete-security-group", region=machine.detail.get("region", ""))
    gone = [f'{delete} --group-id "${copy}"' for copy in held.values()]
    admit, expel = (members(copies.network, machine, held, verb) for verb in ("authorize", "revoke"))
    return Remedy(
        "aws",
        "machine",
        THEN.join([*made, *admit, *changed]),
        "\n".join([*known, *back, *expel, *gone]),
        "\n".join(f"{line} --dry-run" for line in back),
        " ".join(filter(None, (NOTE, DRY, EGRESS, MEMBERS if admit else "", copies.mind))),
    )


def _called(copies: Copies, rules: Rules) -> str:
    """A name of the machine's own: what undoes this remedy must find no other machine's copy."""
    return f"longtail-{rules[0].container}-{copies.name}"


def _sought(copies: Copies, rules: Rules) -> str:
    """The copy by its name: whoever undoes it works in another shell, on another day."""
    detail = rules[0].detail
    find = command("aws ec2 describe-security-groups", region=detail.get("region", ""))
    vpc = f"Name=vpc-id,Values={detail.get('vpc_id', '')}" if detail.get("vpc_id") else ""
    filters = " ".join(quoted(each) for each in (f"Name=group-name,Values={_called(copies, rules)}", vpc) if each)
    copy = copies.variables[rules[0].container]
    return f"{copy}=$({find} --filters {filters} --query 'SecurityGroups[0].GroupId' --output text)"


def _left(copies: Copies, rule: Rule) -> list[Permission]:
    """What a copy is to let in of a rule of its group."""
    held = permission(rule)
    return remaining(rule, copies.remains[rule.id]) if rule.id in copies.remains else [held] if held else []


def _made(copies: Copies, rules: Rules) -> list[str]:
    """A new group with all that the old one lets in, but for what is not left of the rules to be changed."""
    first, copy = rules[0], copies.variables[rules[0].container]
    granted: set[Granted] = set()
    kept = [
        each
        for rule in copies.network.rules.values()
        if rule.container == first.container
        for each in unlike(_left(copies, rule), granted)
    ]
    region = {"region": first.detail.get("region", "")}
    create = command(
        "aws ec2 create-security-group", **region,
        group_name=_called(copies, rules),
        description=f"{first.container} {copies.name}", vpc_id=first.detail.get("vpc_id", ""),
        query="GroupId", output="text",
    )  # fmt: skip
    told = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    grant = f'{command("aws ec2 authorize-security-group-ingress", **region, ip_permissions=told)} --group-id "${copy}"'
    return [f"{copy}=$({create})", *([grant] if kept else [])]
