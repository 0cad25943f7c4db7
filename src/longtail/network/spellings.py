"""Ports and protocols as exports spell them → numbers and names, or the admission that they are not understood."""

import re
from functools import lru_cache

from longtail.network.intervals import Interval, Intervals, merged
from longtail.network.layers import EVERY_PORT
from longtail.ports.openings import LAST_PORT

ANY_PROTOCOL = ""

PROTOCOLS = {
    "tcp": ("tcp", "6"),
    "udp": ("udp", "17"),
    "icmp": ("icmp", "icmpv4", "1"),
    "icmpv6": ("icmpv6", "icmp6", "ipv6-icmp", "58"),
    "sctp": ("sctp", "132"),
    "esp": ("esp", "50"),
    "ah": ("ah", "51"),
    "gre": ("gre", "47"),
    ANY_PROTOCOL: ("*", "any", "all", "-1", "ip"),
}
"""Name → its spellings; case does not matter. Any other number is a protocol of its own."""

_SPELLED = {spelling: name for name, spellings in PROTOCOLS.items() for spelling in spellings}
_RANGE = re.compile(r"(\d{1,9})(?:\s*[-:]\s*(\d{1,9}))?")

PORT_EXAMPLES = {
    "22": (22, 22),
    " 443 ": (443, 443),
    "20-25": (20, 25),
    "20:25": (20, 25),
    "1433.0": (1433, 1433),
    "*": (0, LAST_PORT),
    "any": (0, LAST_PORT),
    "0-65535": (0, LAST_PORT),
    "25-20": None,
    "ssh": None,
    "70000": None,
    "60000-70000": None,
    "": None,
}


@lru_cache(maxsize=65_536)
def port_range(text: str) -> Interval | None:
    """``22``, ``20-25``, ``*``; None where it is no range of ports."""
    spelling = text.strip().lower()
    if spelling in ("*", "any", "all"):
        return EVERY_PORT[0]
    found = _RANGE.fullmatch(spelling.removesuffix(".0"))
    if not found:
        return None
    first = int(found[1])
    last = int(found[2]) if found[2] else first
    return (first, last) if first <= last <= LAST_PORT else None


def ports(texts: tuple[str, ...]) -> Intervals | None:
    """Several spellings as one set, each perhaps a list (``22,80-81``); None where any is not understood."""
    ranges = [port_range(part) for text in texts for part in text.split(",")]
    known = [each for each in ranges if each is not None]
    return merged(known) if known and len(known) == len(ranges) else None


def protocol(text: str) -> str | None:
    """The protocol's name in small letters, its number where it has no name here, ``ANY_PROTOCOL``; None if unknown."""
    spelling = text.strip().lower()
    if spelling.isascii() and spelling.isdigit() and len(spelling) <= 3 and int(spelling) <= 255:
        return _SPELLED.get(str(int(spelling)), str(int(spelling)))
    return _SPELLED.get(spelling)
