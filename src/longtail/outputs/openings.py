"""A network → what is open: machine, ports, from where, through which rules, as a table, JSON lines or CSV."""

import csv
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import IO, Any

from longtail.outputs.plain import dumps
from longtail.ports.openings import LAST_PORT, Network, Opening
from longtail.text import clean, csv_cell

COLUMNS = ("tenant", "machine", "protocol", "first", "last", "source_scope", "sources", "rules", "default", "doubts")
MOST_SOURCES = 4  # named in one cell of the table; the other forms name all


def table(network: Network, stream: IO[str]) -> None:
    """For people: one line an opening, under its machine; what was read and what is closed at the end."""
    for machine, openings in _by_machine(network):
        stream.write(f"{clean(machine)}\n")
        stream.writelines(f"    {_line(each, network)}\n" for each in openings)


def jsonl(network: Network, stream: IO[str]) -> None:
    """One object an opening, with the keys of ``COLUMNS``, exact values."""
    stream.writelines(dumps(_object(each)) + "\n" for each in _in_order(network))


def comma_separated(network: Network, stream: IO[str]) -> None:
    """A header and one row an opening; lists are joined by blanks, cells guarded as `longtail.text.csv_cell` does."""
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in _in_order(network):
        cells = _object(each).values()
        rows.writerow([csv_cell(" ".join(cell) if isinstance(cell, list) else cell) for cell in cells])


WRITERS: Mapping[str, Callable[[Network, IO[str]], None]] = {"table": table, "jsonl": jsonl, "csv": comma_separated}
"""The name a person gives to ``--format`` → what writes it."""


def _in_order(network: Network) -> list[Opening]:
    return sorted(network.openings, key=attrgetter("tenant", "machine", "protocol", "first", "last", "sources"))


def _by_machine(network: Network) -> Iterator[tuple[str, list[Opening]]]:
    by_machine: dict[tuple[str, str], list[Opening]] = {}
    for each in _in_order(network):
        by_machine.setdefault((each.tenant, each.machine), []).append(each)
    for (tenant, machine), openings in by_machine.items():
        yield f"{machine}  ({tenant})", openings


def _line(opening: Opening, network: Network) -> str:
    every = opening.first <= 1 and opening.last == LAST_PORT
    span = (
        "all" if every else f"{opening.first}" if opening.first == opening.last else f"{opening.first}-{opening.last}"
    )
    named = [network.rules[each].name if each in network.rules else each for each in opening.rules]
    through = f"through {clean(' > '.join(named), 80)}" if named else "no rule is named"
    shown = clean(", ".join(opening.sources[:MOST_SOURCES]), 60)
    more = f" and {len(opening.sources) - MOST_SOURCES:,} more" if len(opening.sources) > MOST_SOURCES else ""
    doubts = "".join(f"  ({clean(each)})" for each in (*opening.unresolved, *opening.notes))
    default = "  [default rule]" if opening.default else ""
    return f"{span}/{opening.protocol:<5} {opening.scope:<16} from {shown}{more}  {through}{default}{doubts}"


def _object(opening: Opening) -> dict[str, Any]:
    return {
        "tenant": opening.tenant,
        "machine": opening.machine,
        "protocol": opening.protocol,
        "first": opening.first,
        "last": opening.last,
        "source_scope": str(opening.scope),
        "sources": list(opening.sources),
        "rules": list(opening.rules),
        "default": opening.default,
        "doubts": [*opening.unresolved, *opening.notes],
    }
