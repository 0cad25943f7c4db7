"""From where a rehearsal calls: an address that the opening itself lets in, else it would prove nothing."""

import pytest

from longtail.ports.callers import caller
from longtail.ports.openings import Opening, Scope


@pytest.mark.parametrize(
    ("sources", "address"),
    [
        (("0.0.0.0/0",), "203.0.113.10"),
        (("10.20.0.0/16",), "10.20.0.10"),
        (("10.20.0.7/32",), "10.20.0.7"),
        (("0.0.0.0/0 except 203.0.113.0/24",), "198.51.100.10"),
        (("10.0.0.0/8 except 10.0.0.0/16",), "10.1.0.0"),
        (("::/0", "198.51.100.0/24"), "198.51.100.10"),
        (("a group within 10.1.0.0/24",), "10.1.0.10"),
        (("a group",), None),
        (("::/0",), None),
    ],
)
def test_a_rehearsal_calls_from_where_it_is_open(sources: tuple[str, ...], address: str | None) -> None:
    opening = Opening("t", "m", "tcp", 1433, 1433, Scope.PRIVATE, sources, ("r",))
    assert caller([opening]) == address
