"""What was watched so far, as far as it was new to its host: bounded, the longest quiet hosts go first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

MOST_ROWS = 300_000  # sightings that are remembered in all
MOST_OF_HOST = 5_000  # of one host: the last ones
MOST_KEYS = 2_000_000  # sightings that are known not to be new: beyond that they are looked at again
Host = tuple[str, str]
HOST = ["tenant", "host"]
Hashes = npt.NDArray[np.uint64]
SAME = ["account", "account_class", "name", "zone", "location", "hosted_by", "shape", "parent"]
"""What makes two sightings of a host the same thing."""


def hashes(sightings: pl.DataFrame, seed: int) -> Hashes:
    """One number for each sighting, the same for the same thing on the same host."""
    return sightings.select(pl.struct("tenant", "host", *SAME).hash(seed)).to_series().to_numpy()


def not_among(known: Hashes, keys: Hashes) -> pl.Series:
    """Which of the keys are none of the known, which are sorted."""
    if not len(known):
        return pl.repeat(True, len(keys), eager=True)
    return pl.Series(known[np.searchsorted(known, keys).clip(max=len(known) - 1)] != keys)


@dataclass
class Window:
    """What was new on each host since the watch began, and what that adds to the counts of everything learnt."""

    hosts: dict[Host, pl.DataFrame] = field(default_factory=dict)
    added: dict[str, pl.DataFrame] = field(default_factory=dict)
    keys: set[int] = field(default_factory=set)

    def unseen(self, keys: Hashes) -> list[bool]:
        """Which of these are seen for the first time; from now on they are not."""
        if len(self.keys) > MOST_KEYS:
            self.keys.clear()
        fresh = [int(each) not in self.keys for each in keys]
        self.keys.update(map(int, keys))
        return fresh

    def add(self, news: pl.DataFrame) -> list[Host]:
        """Remembers news (located sightings); which hosts they are of."""
        parts = news.partition_by(HOST, as_dict=True)
        for host, rows in parts.items():
            known = self.hosts.pop(host, rows.clear())
            self.hosts[host] = pl.concat([known, rows]).tail(MOST_OF_HOST).rechunk()
        self._bound(len(parts))
        return list(parts)

    def of(self, hosts: Sequence[Host]) -> pl.DataFrame:
        """What is remembered of some hosts, one at least."""
        return pl.concat([self.hosts[each] for each in hosts])

    def count(self, rows: Mapping[str, pl.DataFrame], hosts: Sequence[Host]) -> None:
        """From now on these rows are what the hosts add to the counts."""
        others = pl.DataFrame(list(self.hosts.keys() - set(hosts)), schema=dict.fromkeys(HOST, pl.String), orient="row")
        for name, new in rows.items():
            kept = self.added[name].join(others, on=HOST, how="semi") if name in self.added else new.clear()
            self.added[name] = pl.concat([kept, new]).rechunk()

    def _bound(self, newest: int) -> None:
        """Forgets the hosts without news for longest, those of this moment excepted."""
        rows = sum(each.height for each in self.hosts.values())
        for host in list(self.hosts)[: len(self.hosts) - newest]:
            if rows <= MOST_ROWS:
                break
            rows -= self.hosts.pop(host).height
