"""Rows of a file that could not be read → the hosts of whose sockets some may be missing.

A listing that was cut short, or holds a row that nobody can read, shows what it shows; it says nothing of the rest.
"""

import re
from collections.abc import Iterator

import polars as pl

from longtail.files.tally import Tally
from longtail.ports.evidence import TORN
from longtail.telemetry.events import PLACE
from longtail.telemetry.evidence import NO_IMAGE
from longtail.telemetry.terminal.ps import NO_ROW

OF_PROCESSES = frozenset({NO_IMAGE, NO_ROW})  # reasons that are given of no socket
MOST_DOUBTED = 0.05  # of the hosts of a file may have lost a row without every one of them being doubted

_LAST_NUMBER = re.compile(r"(\d{1,18})$")


class Listings:
    """Who is told of where, in each file that holds sockets: the first and the last row of each run of one host."""

    def __init__(self) -> None:
        self.held: dict[int, tuple[Tally, list[pl.DataFrame]]] = {}

    def add(self, tally: Tally, rows: pl.DataFrame) -> None:
        """Take more rows of a file: sockets, with their ``PLACE``."""
        who = pl.struct("tenant", "host")
        ends = who.ne_missing(who.shift(1)) | who.ne_missing(who.shift(-1))
        runs = rows.filter(ends).select(PLACE, "tenant", "host")
        self.held.setdefault(id(tally), (tally, []))[1].append(runs)

    def torn(self) -> pl.DataFrame:
        """The hosts (schema ``TORN``) that lack rows in the files so far, which are then forgotten."""
        found = [_torn(tally, pl.concat(runs)) for tally, runs in self.held.values() if lost(tally)]
        self.held.clear()
        return pl.concat([pl.DataFrame(schema=TORN), *found])


def lost(tally: Tally) -> int:
    """How many rows of a file could not be read that may have been sockets."""
    return sum(times for reason, times in tally.reasons.items() if reason not in OF_PROCESSES)


def _torn(tally: Tally, runs: pl.DataFrame) -> pl.DataFrame:
    """All hosts of the file, or those beside the lost rows where these are few and their places known."""
    hosts = runs.select(list(TORN)).unique()
    places = list(_places(tally))
    if lost(tally) > min(MOST_DOUBTED * hosts.height, len(places)):
        return hosts
    found = runs.sort(PLACE, maintain_order=True)
    beside = [each for place in places for each in _beside(found[PLACE], place)]
    return found[beside].select(list(TORN)).unique()


def _places(tally: Tally) -> Iterator[int | None]:
    """Where rows were lost, as far as it is known; None is the end."""
    for each in tally.examples:
        if each.reason not in OF_PROCESSES:
            number = _LAST_NUMBER.search(each.place)
            yield int(number[1]) if number else None


def _beside(places: pl.Series, lost: int | None) -> Iterator[int]:
    """The rows before and after a place."""
    after = len(places) if lost is None else int(places.search_sorted(lost))
    yield from (each for each in (after - 1, after) if 0 <= each < len(places))
