"""Addresses and networks as exports spell them ↔ exact sets of addresses, and the scope that such a set has.

IPv4 and IPv6 lie on one line of numbers, IPv4 first, so that one arithmetic serves both.
"""

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network, summarize_address_range

from longtail.network.intervals import Interval, Intervals, common, merged, size, without
from longtail.ports.openings import Scope

V6_FROM = 1 << 32
IPV4: Intervals = ((0, V6_FROM - 1),)
IPV6: Intervals = ((V6_FROM, V6_FROM + (1 << 128) - 1),)
EVERYWHERE: Intervals = merged(IPV4 + IPV6)

LONGEST = 128  # characters of an address range: two IPv6 addresses need 79
WRITTEN_MOST = 32  # networks written out for one opening; a set in many pieces is told by what it leaves out
EXCEPT_MOST = 8
ANY = frozenset({"*", "any", "all", "0/0"})


@lru_cache(maxsize=65_536)
def address(text: str) -> int | None:
    """The number of one address; None where it is none. A zone (``%eth0``) is not part of it."""
    if len(text) > LONGEST:
        return None
    try:
        parsed = ip_address(text.strip().split("%", 1)[0])
    except ValueError:
        return None
    return int(parsed) + (V6_FROM if parsed.version == 6 else 0)


@lru_cache(maxsize=65_536)
def addresses(text: str) -> Intervals | None:
    """The set that a spelling means: ``10.0.0.4``, ``10.0.0.0/8``, ``10.0.0.4-10.0.0.9``, ``*``; None if it is none.

    Bits beyond the prefix are tolerated (``10.0.0.4/8`` is ``10.0.0.0/8``), as every platform does.
    """
    spelling = text.strip()
    if len(spelling) > LONGEST:
        return None
    if spelling.lower() in ANY:
        return EVERYWHERE
    if "-" in spelling:
        return _range(*spelling.split("-", 1))
    return _network(spelling)


def _network(text: str) -> Intervals | None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    shift = V6_FROM if network.version == 6 else 0
    return ((int(network.network_address) + shift, int(network.broadcast_address) + shift),)


def _range(first: str, last: str) -> Intervals | None:
    begin, end = address(first), address(last)
    if begin is None or end is None or end < begin or (begin < V6_FROM) != (end < V6_FROM):
        return None
    return ((begin, end),)


def _all(*texts: str) -> Intervals:
    return merged(interval for text in texts for interval in addresses(text) or ())


NOT_PUBLIC = _all(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16/32",  # Azure's own host: health probes come from it, no client does
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::/127",
    "fc00::/7",
    "fe80::/10",
)
PUBLIC = without(EVERYWHERE, NOT_PUBLIC)
ROUTED = _all("2000::/3")  # all of IPv6 that is handed out


def scope(held: Intervals) -> Scope:
    """How far a set of addresses reaches. Half of all public IPv4 or routed IPv6 addresses count as any address."""
    public = common(held, PUBLIC)
    if not public:
        return Scope.PRIVATE
    if 2 * size(common(public, IPV4)) >= size(common(PUBLIC, IPV4)) or 2 * size(common(public, ROUTED)) >= size(ROUTED):
        return Scope.INTERNET
    return Scope.PARTLY_INTERNET


@lru_cache(maxsize=65_536)
def written(held: Intervals) -> tuple[str, ...]:
    """The set as networks: ``0.0.0.0/0``, ``0.0.0.0/0 except 10.0.0.0/16``, ``10.1.0.0/24``.

    Where a family is in more than 32 pieces, the first are followed by how many addresses there are in all.
    """
    return (*_family(common(held, IPV4), IPV4), *_family(common(held, IPV6), IPV6))


def _family(held: Intervals, whole: Intervals) -> tuple[str, ...]:
    if not held:
        return ()
    left_out = tuple(_networks(without(whole, held), EXCEPT_MOST + 1))
    if 2 * size(held) >= size(whole) and len(left_out) <= EXCEPT_MOST:
        everything = next(_networks(whole, 1))
        return (f"{everything} except {', '.join(left_out)}",) if left_out else (everything,)
    named = tuple(_networks(held, WRITTEN_MOST + 1))
    if len(named) <= WRITTEN_MOST:
        return named
    return (*named[:WRITTEN_MOST], f"and {size(held):,} addresses in all".replace(",", " "))


def _networks(held: Intervals, most: int) -> Iterator[str]:
    """The networks of a set, in order, at most so many."""
    given = 0
    for interval in held:
        for text in _summary(interval):
            if given == most:
                return
            given += 1
            yield text


def _summary(interval: Interval) -> Iterator[str]:
    first, last = interval
    if first < V6_FROM:
        yield from (str(each) for each in summarize_address_range(IPv4Address(first), IPv4Address(last)))
    else:
        ends = IPv6Address(first - V6_FROM), IPv6Address(last - V6_FROM)
        yield from (str(each) for each in summarize_address_range(*ends))
