"""Fields of AWS records, perhaps missing or mangled → protocols, ports, addresses and tags that never raise.

What cannot be read is widened to all that it might say, with a *trouble*: the sentence that tells it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from longtail.network.sources.aws_exports import Record
from longtail.ports.openings import LAST_PORT
from longtail.text import clean

ANY = "any"
PORTED = ("tcp", "udp")
PORTLESS = ("icmp", "icmpv6")

PROTOCOLS = {
    "-1": ANY,
    "all": ANY,
    "tcp": "tcp",
    "6": "tcp",
    "udp": "udp",
    "17": "udp",
    "icmp": "icmp",
    "1": "icmp",
    "icmpv6": "icmpv6",
    "58": "icmpv6",
}
"""Protocols as security groups and network ACLs write them: a name or a number; any other number is itself."""

WHOLE = re.compile(r"-?[0-9]{1,6}")
LAST_PROTOCOL = 255
SHOWN = 60  # characters of a value that a sentence quotes


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a rule is about: a protocol (``any`` for all) and ports, and what of it could not be read."""

    protocol: str
    first: int = 0
    last: int = LAST_PORT
    troubles: tuple[str, ...] = ()

    @property
    def protocols(self) -> tuple[str, ...]:
        """The protocols with ports that this is about: both for any, none for ICMP or a protocol without ports."""
        return PORTED if self.protocol == ANY else tuple({self.protocol} & set(PORTED))


def text(record: Record, key: str) -> str:
    """A field that is text; empty where it is not."""
    value = record.get(key)
    return value if isinstance(value, str) else ""


def records(record: Record, key: str) -> tuple[Record, ...]:
    """The objects of a list; what else is in it is passed over."""
    value = record.get(key)
    return tuple(each for each in value if isinstance(each, Mapping)) if isinstance(value, list) else ()


def inner(record: Record, key: str) -> Record:
    """A field that is an object; empty where it is not."""
    value = record.get(key)
    return value if isinstance(value, Mapping) else {}


def whole(value: Any) -> int | None:
    """A whole number, perhaps written as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return int(value) if isinstance(value, str) and WHOLE.fullmatch(value) else None


def tags(record: Record) -> dict[str, str]:
    """The tags of a resource: a list of keys and values, or the object that Steampipe makes of it."""
    given = record.get("Tags", record.get("TagSet"))
    if isinstance(given, Mapping):
        return {str(key): value for key, value in given.items() if isinstance(value, str)}
    pairs = (each for each in given if isinstance(each, Mapping)) if isinstance(given, list) else ()
    return {text(pair, "Key"): text(pair, "Value") for pair in pairs if text(pair, "Key")}


def traffic(protocol: Any, low: Any, high: Any) -> Traffic:
    """What ``IpProtocol``/``Protocol`` and a range of ports are about.

    Only TCP and UDP have ports: for ICMP the range holds type and code; for any other protocol the API ignores it.
    """
    name, troubles = _protocol(protocol)
    if name not in PORTED:
        return Traffic(name, troubles=troubles)
    first, last = whole(low), whole(high)
    if first is not None and last is not None and 0 <= first <= last <= LAST_PORT:
        return Traffic(name, first, last, troubles)
    return _widened(name, first, last, (f"ports {quoted(low)} to {quoted(high)} cannot be read",))


def quoted(value: Any) -> str:
    """A foreign value inside a sentence."""
    return "(missing)" if value is None else f"“{clean(value, SHOWN)}”"


def _protocol(value: Any) -> tuple[str, tuple[str, ...]]:
    said = str(value).strip().lower() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    number = whole(said)
    if said in PROTOCOLS:
        return PROTOCOLS[said], ()
    if number is not None and 0 <= number <= LAST_PROTOCOL:
        return f"protocol {number}", ()
    return ANY, (f"protocol {quoted(value)} cannot be read",)


def _widened(protocol: str, first: int | None, last: int | None, troubles: tuple[str, ...]) -> Traffic:
    low = first if first is not None and 0 <= first <= LAST_PORT else 0
    high = last if last is not None and 0 <= last <= LAST_PORT else LAST_PORT
    return Traffic(protocol, low, high, troubles) if low <= high else Traffic(protocol, troubles=troubles)
