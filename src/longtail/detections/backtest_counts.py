"""Distinct starts → how many runs, hosts and host-days any choice of their rows makes, over all and part by part."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.detections.findings import Share
from longtail.detections.matching import FACE
from longtail.detections.matching_columns import ranges

FACES = list(FACE.values())
PARTS = ("account_class", "account", "tenant", "day")

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """One way to cut the telemetry: the part of each row, and of each part its name, hosts and host-days."""

    codes: Codes
    names: list[str]
    hosts: Codes
    host_days: Codes
    nothing: tuple[Share, ...]  # what most rules are: no hit in any part


@dataclass(frozen=True, slots=True)
class Seen:
    """Distinct starts in the order of their faces (what rules look at), numbered for counting."""

    starts: pl.DataFrame
    faces: pl.DataFrame
    first: Codes  # of each face its first row, and the end
    runs: Codes
    hosts: Codes
    host_days: Codes
    of_hosts: int
    of_host_days: int
    parts: dict[str, Part]

    @classmethod
    def of(cls, starts: pl.DataFrame) -> "Seen":
        """The starts of a table with the columns of ``STARTS``."""
        faces = starts.select(FACES).unique(maintain_order=True).with_row_index("face")
        ordered = starts.join(faces, on=FACES, how="left", nulls_equal=True).sort("face", maintain_order=True)
        first = np.searchsorted(ordered["face"].to_numpy(), np.arange(faces.height + 1))
        hosts, host_days = _numbered(ordered, ["tenant", "host"]), _numbered(ordered, ["tenant", "host", "day"])
        parts = {name: _part(ordered[name], hosts, host_days) for name in PARTS}
        runs = ordered["runs"].cast(pl.Int64).to_numpy()
        sizes = _distinct(hosts), _distinct(host_days)
        first_rows = first.astype(np.int64)
        return cls(ordered.drop("face"), faces.drop("face"), first_rows, runs, hosts, host_days, *sizes, parts)

    def rows_of(self, faces: Codes) -> Codes:
        """The rows that have one of these faces (ascending)."""
        starts, lengths = self.first[faces], self.first[faces + 1] - self.first[faces]
        return ranges(starts, lengths)

    def whole(self, rows: Codes) -> Share:
        """How often these rows are, of everything."""
        return Share(
            "all",
            int(self.runs[rows].sum()),
            _distinct(self.hosts[rows]),
            self.of_hosts,
            _distinct(self.host_days[rows]),
            self.of_host_days,
        )

    def shares(self, name: str, rows: Codes) -> tuple[Share, ...]:
        """How often these rows are in each part, in the order of their names."""
        part = self.parts[name]
        if not len(rows):
            return part.nothing
        codes, size = part.codes[rows], len(part.names)
        runs = np.bincount(codes, weights=self.runs[rows], minlength=size).astype(np.int64)
        hosts, host_days = _within(codes, self.hosts[rows], size), _within(codes, self.host_days[rows], size)
        counts = zip(part.names, runs, hosts, part.hosts, host_days, part.host_days, strict=True)
        return tuple(Share(each, *(int(number) for number in numbers)) for each, *numbers in counts)

    def hit_shares(self, name: str, rows: Codes) -> tuple[Share, ...]:
        """The same of the parts that have one of these rows."""
        return tuple(each for each in self.shares(name, rows) if each.runs)


def _part(column: pl.Series, hosts: Codes, host_days: Codes) -> Part:
    texts = column.cast(pl.String)
    names = texts.unique().sort().to_list()
    codes = texts.cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()
    of_hosts, of_host_days = _within(codes, hosts, len(names)), _within(codes, host_days, len(names))
    sizes = zip(names, of_hosts.tolist(), of_host_days.tolist(), strict=True)
    nothing = tuple(Share(each, 0, 0, of, 0, of_days) for each, of, of_days in sizes)
    return Part(codes, names, of_hosts, of_host_days, nothing)


def _numbered(table: pl.DataFrame, names: list[str]) -> Codes:
    """For each row the number of its combination of these columns, from 0."""
    distinct = table.select(names).unique(maintain_order=True).with_row_index("number")
    return table.join(distinct, on=names, how="left", maintain_order="left")["number"].cast(pl.Int64).to_numpy()


def _distinct(codes: Codes) -> int:
    return len(np.unique(codes))


def _within(parts: Codes, codes: Codes, size: int) -> Codes:
    """For each part how many distinct codes it has."""
    most = int(codes.max(initial=0)) + 1
    return np.bincount(np.unique(parts * most + codes) // most, minlength=size)
