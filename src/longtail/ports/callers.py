"""The sources of openings, as they are told → an address that may come in through them: what a rehearsal calls from."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from longtail.ports.openings import Opening

STRANGERS = tuple(map(IPv4Address, ("203.0.113.10", "198.51.100.10", "192.0.2.10")))
"""Of the addresses that are kept for documentation: nobody's."""

TENTH = 10  # of a network, where there are so many: the first ones are its gateway's and its name server's


def caller(openings: Iterable[Opening]) -> str | None:
    """An IPv4 address that the openings let in, nobody's if they let in that; None where no source tells one."""
    told = (source for each in openings for source in each.sources)
    found = [each for source in told for each in _inside(source)]
    return str(next((each for each in STRANGERS if each in found), found[0])) if found else None


def _inside(source: str) -> Iterator[IPv4Address]:
    """Addresses of one source: ``10.0.0.0/8``, ``0.0.0.0/0 except 10.0.0.0/8, …``, ``group within 10.0.0.0/8``."""
    held, _, left_out = source.rpartition(" within ")[2].partition(" except ")
    inside = [each for each in map(_network, held.split(", ")) if each]
    outside = [each for each in map(_network, left_out.split(", ")) if each]
    for network in inside:
        after = (each.broadcast_address + 1 for each in outside if int(each.broadcast_address) < int(_LAST))
        first = network.network_address
        tenth = [first + TENTH] if network.num_addresses > TENTH else []
        for each in (*STRANGERS, *tenth, first, *after):
            if each in network and not any(each in hole for hole in outside):
                yield each


_LAST = IPv4Address("255.255.255.255")


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None


def plain(source: str) -> bool:
    """Whether a source is told by addresses alone: a network, an address, or any."""
    return source.lower() in ("*", "any", "internet") or _either(source) is not None


def within(sources: Iterable[str], others: Iterable[str]) -> bool:
    """Whether all sources are among others: by name, or as a network that lies in one of theirs."""
    held = frozenset(others)
    networks = [each for each in map(_either, held) if each]
    return all(each in held or any(_inside_of(_either(each), other) for other in networks) for each in sources)


def _inside_of(inner: IPv4Network | IPv6Network | None, outer: IPv4Network | IPv6Network) -> bool:
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network) and inner.subnet_of(outer)


def _either(source: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(source, strict=False)
    except ValueError:
        return None
