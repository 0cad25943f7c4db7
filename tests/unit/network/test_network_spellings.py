"""Ports, protocols, addresses and scopes as they are spelled."""

import pytest

from longtail.network.addresses import EVERYWHERE, IPV4, addresses, scope, written
from longtail.network.intervals import Interval, merged, without
from longtail.network.spellings import PORT_EXAMPLES, PROTOCOLS, port_range, ports, protocol
from longtail.ports.openings import Scope


@pytest.mark.parametrize(("text", "meant"), PORT_EXAMPLES.items())
def test_ports(text: str, meant: Interval | None) -> None:
    assert port_range(text) == meant


def test_several_ports_are_one_set_and_one_that_is_not_understood_spoils_it() -> None:
    assert ports(("22", "20-21", "80,443")) == ((20, 22), (80, 80), (443, 443))
    assert ports(("22", "ssh")) is None and ports(()) is None


@pytest.mark.parametrize(("name", "spellings"), PROTOCOLS.items())
def test_protocols(name: str, spellings: tuple[str, ...]) -> None:
    assert {protocol(each.upper()) for each in spellings} == {name}


@pytest.mark.parametrize(("text", "meant"), [("47", "gre"), ("99", "99"), ("256", None), ("", None), ("quic", None)])
def test_further_protocols(text: str, meant: str | None) -> None:
    assert protocol(text) == meant


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("10.0.0.0/8", ("10.0.0.0/8",)),
        ("10.0.0.4", ("10.0.0.4/32",)),
        ("10.0.0.4/8", ("10.0.0.0/8",)),
        ("10.0.0.0-10.0.0.3", ("10.0.0.0/30",)),
        ("fd00::/8", ("fd00::/8",)),
        ("0.0.0.0/0", ("0.0.0.0/0",)),
        ("::/0", ("::/0",)),
        ("*", ("0.0.0.0/0", "::/0")),
    ],
)
def test_addresses_are_told_as_networks(text: str, told: tuple[str, ...]) -> None:
    assert written(addresses(text) or ()) == told


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.9-10.0.0.1", "10.0.0.1-::1", "Internet", "", "1" * 5000, "-"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert addresses(text) is None


def test_a_set_with_few_holes_is_told_by_its_holes() -> None:
    assert written(without(IPV4, addresses("10.0.0.0/16") or ())) == ("0.0.0.0/0 except 10.0.0.0/16",)


def test_a_set_in_many_pieces_is_told_in_part() -> None:
    told = written(merged((2 * n, 2 * n) for n in range(1000)))
    assert len(told) == 33 and told[-1] == "and 1 000 addresses in all"


@pytest.mark.parametrize(
    ("texts", "reach"),
    [
        (["0.0.0.0/0"], Scope.INTERNET),
        (["::/0"], Scope.INTERNET),
        (["0.0.0.0/1", "128.0.0.0/1"], Scope.INTERNET),
        (["128.0.0.0/1"], Scope.INTERNET),
        (["203.0.113.0/24"], Scope.PARTLY_INTERNET),
        (["10.0.0.0/8", "198.51.100.1"], Scope.PARTLY_INTERNET),
        (["10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12", "fd00::/8", "100.64.0.0/10"], Scope.PRIVATE),
        (["172.32.0.0/16"], Scope.PARTLY_INTERNET),
    ],
)
def test_how_far_a_set_reaches(texts: list[str], reach: Scope) -> None:
    assert scope(merged(each for text in texts for each in addresses(text) or ())) is reach


def test_everywhere_is_one_range() -> None:
    assert len(EVERYWHERE) == 1 and addresses("any") == EVERYWHERE
