"""Openings → for each port, which machines have it open, closed, or neither: what a profile is taught.

A machine teaches "open" by an opening that names the port among few others. A wide opening (any-any), or one whose
source could not be resolved, says neither open nor closed. What only a platform's default rules allow is closed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.ports.joining import Names
from longtail.ports.openings import Network, Opening

OPEN, CLOSED, NEITHER = 1, 0, -1
CUSTOM = 0.5  # share of machines with a wide opening, above which that is the custom here and says nothing

NUMBERED = ("tcp", "udp")  # whose port 0 is a port; of all else, number 0 is a label

Target = NDArray[np.int8]  # per machine: OPEN, CLOSED, NEITHER


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a protocol, or (number 0) another label that machines have."""

    number: int
    protocol: str

    def __str__(self) -> str:
        return f"{self.number}/{self.protocol}" if self.number or self.protocol in NUMBERED else self.protocol


@dataclass(frozen=True)
class Labels:
    """Every opening as a row: ``machine``, ``protocol``, ``first``, ``last``, ``teaches``; defaults are left out.

    ``opening`` is its number in ``Network.openings``, ``machine`` its machine's in ``Network.machines``.
    """

    rows: pl.DataFrame
    machines: int
    widest: int

    def covering(self, port: Port) -> pl.DataFrame:
        """The rows of the openings through which ``port`` can be reached."""
        return self.rows.filter(
            (pl.col("protocol") == port.protocol) & (pl.col("first") <= port.number) & (pl.col("last") >= port.number)
        )

    def target(self, port: Port) -> Target:
        """For every machine, whether it teaches that ``port`` is open, closed, or neither."""
        covering = self.covering(port)
        target = np.full(self.machines, CLOSED, dtype=np.int8)
        target[covering["machine"].to_numpy()] = NEITHER
        target[covering.filter("teaches")["machine"].to_numpy()] = OPEN
        return _without_custom(target)

    def named(self) -> tuple[Port, ...]:
        """The ports that some opening names: one of few, not one of thousands."""
        narrow = self.rows.filter("narrow").select("protocol", "first", "last").unique()
        ports = {
            (number, protocol) for protocol, first, last in narrow.iter_rows() for number in range(first, last + 1)
        }
        return tuple(Port(*each) for each in sorted(ports))

    def of(self, numbers: Sequence[int]) -> tuple[Port, ...]:
        """The given ports, tcp always, udp where some opening that is not wide reaches it."""
        udp = self.rows.filter((pl.col("protocol") == "udp") & pl.col("narrow"))
        reached = {number for number in numbers if udp.filter(pl.lit(number).is_between("first", "last")).height}
        ports = {(number, "tcp") for number in numbers} | {(number, "udp") for number in reached}
        return tuple(Port(*each) for each in sorted(ports))


def labels(network: Network, names: Names, widest: int) -> Labels:
    """The openings of ``network``; one is wide where its rules open more than ``widest`` ports of that machine.

    Other rules cut a wide one into pieces; a piece of it names its ports no more than the whole did.
    """
    spans = _spans(network)
    number = {(machine.tenant, machine.name): each for each, machine in enumerate(network.machines)}
    rows = [
        (each, number[opening.tenant, opening.machine], opening.protocol, opening.first, opening.last,
         bool(opening.unresolved), spans[_through(opening)] <= widest)
        for each, opening in enumerate(network.openings)
        if not opening.default and (opening.tenant, opening.machine) in number
    ]  # fmt: skip
    schema = {"opening": pl.Int64, "machine": pl.Int64, "protocol": pl.String, "first": pl.Int64, "last": pl.Int64,
              "unresolved": pl.Boolean, "narrow": pl.Boolean}  # fmt: skip
    table = pl.DataFrame(rows, schema=schema, orient="row")
    return Labels(
        table.with_columns((pl.col("narrow") & ~pl.col("unresolved")).alias("teaches")), len(network.machines), widest
    )


def _through(opening: Opening) -> tuple[object, ...]:
    """What counts as one rule's doing: the machine, the protocol and the rules on the way."""
    return opening.tenant, opening.machine, opening.protocol, opening.rules


def _spans(network: Network) -> Counter[tuple[object, ...]]:
    """How many ports each way in opens."""
    spans: Counter[tuple[object, ...]] = Counter()
    pieces = {(*_through(opening), opening.first, opening.last) for opening in network.openings}
    for *through, first, last in pieces:
        spans[tuple(through)] += int(last) - int(first) + 1  # type: ignore[call-overload]
    return spans


def _without_custom(target: Target) -> Target:
    """Where most machines have a wide opening beside, those say no more than a default rule: closed."""
    if (target == NEITHER).mean() <= CUSTOM:
        return target
    return np.where(target == NEITHER, np.int8(CLOSED), target)
