"""Rows of machine, port, protocol and source → openings, for whoever has them from elsewhere."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from longtail.network.addresses import EVERYWHERE, addresses, scope, written
from longtail.network.intervals import Interval
from longtail.network.layers import EVERY_PORT
from longtail.network.source import NOTHING, Export, Lost, Options, Refused, Source
from longtail.network.spellings import ANY_PROTOCOL, port_range, protocol
from longtail.ports.openings import Machine, Network, Opening, Rule, Scope

COLUMNS = ("machine", "port", "protocol", "source", "tenant", "rule")
OF_OTHER_TABLES = frozenset({"address", "bind", "exe", "image", "kind", "listening", "pid", "proto", "state"})
INTERNET = frozenset({"", "*", "any", "all", "internet", "0.0.0.0/0"})
ADDRESS_LIKE = re.compile(r"[\d.]+/?[\d.]*|[0-9a-fA-F]*:[0-9a-fA-F:./]*")  # what is no address is then a mistake
DEFAULT_TENANT = "default"
NO_MACHINE = "no machine is named"
NO_PORT = "port not understood: it may be any"
NO_PROTOCOL = "protocol not understood: it may be any"
NO_SOURCE = "source not understood: it may be any address"
PORTED = ("tcp", "udp")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a machine, and if ``ports`` is there what is open on it."""

    tenant: str
    machine: str
    ports: Interval | None
    protocol: str
    source: str
    rule: str
    unresolved: tuple[str, ...] = ()


def read(document: Any, place: str) -> Export:
    """The rows of a table, or the one row that a JSON object is."""
    if isinstance(document, pl.DataFrame):
        return _table(document, place) if _plain(document.columns) else NOTHING
    if isinstance(document, Mapping) and _plain(document):
        return _export(_rows(tuple(_text(document.get(name)) for name in COLUMNS), place))
    return NOTHING


def _plain(names: Iterable[str]) -> bool:
    """By its columns; without a source, what tells of times or processes is a table of attacks or of sockets."""
    held = set(names)
    return {"machine", "port"} <= held and "time" not in held and ("source" in held or not held & OF_OTHER_TABLES)


def _table(table: pl.DataFrame, place: str) -> Export:
    absent = [pl.lit("").alias(name) for name in COLUMNS if name not in table.columns]
    held = table.with_columns(absent).select(pl.col(COLUMNS).cast(pl.String, strict=False).fill_null(""))
    return _export(
        row for number, values in enumerate(held.iter_rows(), 1) for row in _rows(values, f"{place}:row {number}")
    )


def _export(found: Iterable[Row | Refused]) -> Export:
    rows: list[Row] = []
    lost: list[Lost] = []
    for each in found:
        (rows if isinstance(each, Row) else lost).append(each)  # type: ignore[arg-type]
    return Export(rows, lost)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or isinstance(value, Mapping | list) else str(value)


def _rows(values: tuple[str, ...], place: str) -> Iterator[Row | Refused]:
    """One row for each protocol that is meant; what is not understood may be anything, and is told."""
    machine, port, spelled, source, tenant, rule = (value.strip() for value in values)
    if not machine:
        yield Refused(place, NO_MACHINE)
        return
    if not port:
        yield Row(tenant, machine, None, "", "", rule)
        return
    ports, protocols = port_range(port), protocol(spelled or "tcp")
    strange = None if ADDRESS_LIKE.fullmatch(source) and addresses(source) is None else source
    told = ((NO_PORT, ports), (NO_PROTOCOL, protocols), (NO_SOURCE, strange))
    doubts = tuple(doubt for doubt, known in told if known is None)
    yield from (Refused(place, doubt) for doubt in doubts)
    for each in PORTED if protocols in (None, ANY_PROTOCOL) else (str(protocols),):
        yield Row(tenant, machine, ports or EVERY_PORT[0], each, source, rule, doubts)


@lru_cache(maxsize=65_536)
def _reach(source: str) -> tuple[Scope, tuple[str, ...]]:
    """How far a source reaches and how it is told: a name that is no address is a group."""
    if source.lower() in INTERNET:
        return Scope.INTERNET, ("0.0.0.0/0",)
    found = addresses(source)
    if found is None and ADDRESS_LIKE.fullmatch(source):
        return Scope.INTERNET, (source,)
    if found is None:
        return Scope.GROUP, (source,)
    return scope(found), ("0.0.0.0/0",) if found == EVERYWHERE else written(found)


def network(exports: Iterable[Export], options: Options) -> Network:
    """One machine for each that is named, one opening for each distinct row, one rule for each that is named."""
    rows = dict.fromkeys(row for export in exports for row in export.resources)
    machines: dict[tuple[str, str], Machine] = {}
    rules: dict[str, Rule] = {}
    openings: dict[Opening, None] = {}
    for row in rows:
        tenant = options.tenant or row.tenant or DEFAULT_TENANT
        known = machines.setdefault((tenant, row.machine.casefold()), Machine(tenant, row.machine, "plain"))
        if row.ports:
            if row.rule:
                rules.setdefault(row.rule, Rule(row.rule, row.rule, "plain", "", allows=True))
            openings[_opening(row, known)] = None
    return Network(tuple(machines.values()), tuple(openings), rules)


def _opening(row: Row, machine: Machine) -> Opening:
    reach, sources = _reach(row.source)
    first, last = row.ports or EVERY_PORT[0]
    return Opening(
        tenant=machine.tenant,
        machine=machine.name,
        protocol=row.protocol,
        first=first,
        last=last,
        scope=reach,
        sources=sources,
        rules=(row.rule,) if row.rule else (),
        unresolved=row.unresolved,
    )


PLAIN = Source("plain", "Rows of machine, port, protocol, source (CSV, JSON lines, Parquet)", read, network)
