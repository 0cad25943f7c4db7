"""The rules of a tenant's machines → the plain form of a network: a CSV with one row an opening."""

from collections.abc import Iterator, Mapping, Sequence

from longtail.fleet.plan import Plan
from longtail.fleet.ports.rules import Ruled, Want
from longtail.fleet.ports.site import Site

HEADER = "machine,port,protocol,source,tenant,rule"
SOURCES: Mapping[str, str] = {
    "any": "0.0.0.0/0",
    "internet": "0.0.0.0/0",
    "network": "10.0.0.0/8",
    "private": "10.0.0.0/8",
    "privates": "192.168.4.0/24",
    "tag": "partners",
}


def exports(plan: Plan, site: Site, machines: Sequence[Ruled]) -> Iterator[tuple[str, str]]:
    """The one file of a tenant in the plain form. A machine without openings has no row."""
    rows = [row for each in machines for row in _rows(site, each)]
    yield "openings.csv", "\n".join([HEADER, *rows]) + "\n"


def _rows(site: Site, each: Ruled) -> Iterator[str]:
    for want in each.wants:
        rule = f"fw-{want.first}-{want.source}"
        yield f"{each.place.name},{want.first},tcp,{_source(want)},{site.id},{rule}"


def _source(want: Want) -> str:
    return SOURCES.get(want.source) or f"{want.address}/32"
