"""One Azure security rule, in any of its spellings → what it matches, and what of it is not understood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from longtail.network.addresses import addresses
from longtail.network.intervals import Intervals, merged
from longtail.network.layers import EVERY_PORT, Action
from longtail.network.sources.azure_fields import Fields, fields, references, segment, text, texts
from longtail.network.spellings import ANY_PROTOCOL, port_range, protocol
from longtail.ports.openings import Rule

ACTIONS = {
    "allow": Action.ALLOW,
    "deny": Action.DENY,
    "alwaysallow": Action.BYPASS,
}
EFFECTIVE = re.compile(r"^(?:(defaultSecurityRules/|DefaultRule_)|securityRules/|UserRule_)(?=.)", re.IGNORECASE)
JUST_IN_TIME = re.compile(r"^(?:SecurityCenter|MicrosoftDefenderForCloud)-JITRule", re.IGNORECASE)

TEMPORARY = {
    "SecurityCenter-JITRule-22-0a1b": True,
    "SecurityCenter-JITRule_-1234_ABCD": True,
    "MicrosoftDefenderForCloud-JITRule_-1_2": True,
    "JITRule-by-hand": False,
}

DEFAULT_PRIORITY = 65_000
DEFAULTS: tuple[dict[str, Any], ...] = tuple(
    {
        "name": name,
        "access": access,
        "priority": priority,
        "direction": "Inbound",
        "protocol": "*",
        "sourcePortRange": "*",
        "destinationPortRange": "*",
        "sourceAddressPrefix": source,
        "destinationAddressPrefix": destination,
    }
    for name, access, priority, source, destination in (
        ("AllowVnetInBound", "Allow", 65_000, "VirtualNetwork", "VirtualNetwork"),
        ("AllowAzureLoadBalancerInBound", "Allow", 65_001, "AzureLoadBalancer", "*"),
        ("DenyAllInBound", "Deny", 65_500, "*", "*"),
    )
)
"""What every group ends with, whether its export shows it or not."""


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a rule: prefixes and tags as written, groups by key, and addresses that the export expands them to."""

    prefixes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    expanded: Intervals | None = None

    @property
    def stated(self) -> bool:
        """Whether the rule says anything of this end."""
        return bool(self.prefixes or self.groups)


@dataclass(frozen=True, slots=True)
class SecurityRule:
    """An inbound rule. ``doubts`` say why it may match otherwise than it reads; then it may match anything.

    ``vague`` says that further ports are meant than ``ports``, and why it is not known which.
    """

    id: str = field(compare=False)
    name: str
    action: Action
    priority: int
    protocols: frozenset[str]
    ports: Intervals
    source: Side
    destination: Side
    narrow_source_ports: bool
    default: bool
    doubts: tuple[str, ...]
    vague: str
    written: Rule = field(compare=False)

    @property
    def temporary(self) -> bool:
        """Whether it is the allow of a just-in-time request, which goes away by itself."""
        return self.action is not Action.DENY and just_in_time(self.name)


def just_in_time(name: str) -> bool:
    """Whether a rule of this name is managed by just-in-time access."""
    return bool(JUST_IN_TIME.match(name))


@dataclass(frozen=True, slots=True)
class Holder:
    """What holds a rule: the group's id and tags, and whether these are its default rules."""

    id: str
    tags: Fields
    default: bool = False


def inbound(record: Any, holder: Holder, number: int) -> SecurityRule | None:
    """The rule, unless it is about outbound traffic. Whatever is not understood of it becomes a doubt."""
    held = fields(record)
    said = text(held, "name") or segment(text(held, "id"), "securityRules")
    marked = EFFECTIVE.match(said)
    name = (said[marked.end() :] if marked else said) or f"rule {number}"
    direction = text(held, "direction").lower()
    if direction == "outbound":
        return None
    default = holder.default or bool(marked and marked[1])
    shelf = "defaultSecurityRules" if default else "securityRules"
    id = f"{holder.id}/{shelf}/{name}"
    known, unknown = _ports(texts(held, "destinationportrange", "destinationportranges"))
    action = ACTIONS.get(text(held, "access").lower())
    priority = _priority(held.get("priority"))
    label = f"rule {name} of {segment(holder.id, 'networkSecurityGroups') or holder.id}"
    protocols = _protocols(texts(held, "protocol"))
    doubts = tuple(
        f"{label}: {what} not understood"
        for what, understood in (
            ("direction", direction == "inbound"),
            ("access", action is not None),
            ("priority", priority is not None),
            ("protocol", protocols is not None),
        )
        if not understood
    )
    return SecurityRule(
        id=id,
        name=name,
        action=action or Action.ALLOW,
        priority=-1 if priority is None else priority,
        protocols=protocols or frozenset(),
        ports=known,
        source=_side(held, "source"),
        destination=_side(held, "destination"),
        narrow_source_ports=_narrow(texts(held, "sourceportrange", "sourceportranges")),
        default=default,
        doubts=doubts,
        vague=f"{label}: {unknown}" if unknown else "",
        written=_rule(record, held, holder, id),
    )


def _priority(value: Any) -> int | None:
    try:
        return int(str(value)) if not isinstance(value, bool) and 0 <= int(str(value)) <= 1_000_000 else None
    except ValueError:
        return None


def _protocols(said: tuple[str, ...]) -> frozenset[str] | None:
    """None where one of them is not understood; empty is any."""
    known = [protocol(each) for each in said]
    if not known or None in known:
        return None
    return frozenset() if ANY_PROTOCOL in known else frozenset(each for each in known if each)


def _ports(said: tuple[str, ...]) -> tuple[Intervals, str]:
    """The ports that are understood, and what to say of those that are not."""
    if not said:
        return (), "no ports are given"
    ranges = {part: port_range(part) for each in said for part in each.split(",")}
    unknown = [part for part, known in ranges.items() if known is None]
    known = merged(each for each in ranges.values() if each)
    return known, f"port {unknown[0][:40]!r} not understood" if unknown else ""


def _narrow(said: tuple[str, ...]) -> bool:
    """Whether only some source ports are matched: who attacks chooses the port it comes from."""
    return _ports(said or ("*",))[0] not in (EVERY_PORT, ((1, EVERY_PORT[0][1]),))


def _side(held: Fields, end: str) -> Side:
    prefixes = texts(held, f"{end}addressprefix", f"{end}addressprefixes")
    admin = tuple(text(fields(each), "addressprefix") for each in _listed(held.get(f"{end}s")))
    expanded = texts(held, f"expanded{end}addressprefix", f"expanded{end}addressprefixes")
    spelled = tuple(part for each in (*prefixes, *filter(None, admin)) for part in each.split(",") if part.strip())
    known = [addresses(each) for each in expanded]
    return Side(
        prefixes=tuple(dict.fromkeys(part.strip() for part in spelled)),
        groups=references(held, f"{end}applicationsecuritygroups"),
        expanded=merged(one for each in known if each for one in each) if known and None not in known else None,
    )


def _listed(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value


def _rule(record: Any, held: Fields, holder: Holder, id: str) -> Rule:
    name = id.rsplit("/", 1)[-1]
    detail = {
        "subscription": segment(holder.id, "subscriptions"),
        "resource_group": segment(holder.id, "resourceGroups"),
        "nsg": segment(holder.id, "networkSecurityGroups"),
        "rule": name,
        "access": text(held, "access"),
        "priority": " ".join(texts(held, "priority")),
        "protocol": " ".join(texts(held, "protocol")),
        "ports": " ".join(texts(held, "destinationportrange", "destinationportranges")),
        "source": " ".join(texts(held, "sourceaddressprefix", "sourceaddressprefixes")),
        "destination": " ".join(texts(held, "destinationaddressprefix", "destinationaddressprefixes")),
        "description": text(held, "description"),
        "just_in_time": "yes" if just_in_time(name) else "",
        "default": "yes" if "/defaultSecurityRules/" in id else "",
    }
    return Rule(
        id=id,
        name=name,
        platform="azure",
        container=holder.id,
        allows=text(held, "access").lower() != "deny",
        priority=_priority(held.get("priority")),
        tags={str(tag): str(value) for tag, value in holder.tags.items()},
        detail={what: value for what, value in detail.items() if value},
        raw=msgspec.json.encode(record, enc_hook=str).decode(),
    )
