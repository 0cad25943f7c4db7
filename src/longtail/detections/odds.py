"""How a program is lawfully used → how often a conjunction of predicates is met, observed and to be expected elsewhere.

Another fleet has other habits. What is expected there is the share of lawful users who meet the conjunction, times the
share of their days on which they use the program at all, both shrunk toward the judgements made before a fleet was
asked. Users are counted by host, since a job of every day is one habit; and hosts of one tenant count for less the more
of them there are, since administrators give all their machines the same jobs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from longtail.detections.legitimate import Numbers, Tenants, Use

PER = 10_000
"""Host-days that hits are counted per."""
ALIKE = 0.05
"""How much more alike two hosts of a tenant are than two of different tenants in what a program is told (intraclass
correlation): however many hosts a tenant has, they tell as much as twenty of different tenants."""
ALIKE_IN_USE = 0.2
"""The same of whether a program is used at all: tenants have tools that others never heard of."""
PRIOR_HOSTS = 5.0
"""Hosts that a judgement made before a fleet was asked is worth."""

Bools = NDArray[np.bool_]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Before:
    """Judgements made before a fleet was asked: the share of lawful users who meet the conjunction, and the share of
    its days on which a host uses the program at all."""

    met: float
    used: float


@dataclass(frozen=True, slots=True)
class Users:
    """Who uses a program lawfully, and which predicates are met by how they do.

    ``patterns`` are the distinct rows of predicates that hold together; ``by_day`` and ``by_host`` pair the numbers of
    patterns with the numbers of the host-days and hosts that show them.
    """

    patterns: Bools
    by_day: Numbers
    by_host: Numbers
    tenants: Tenants

    def observed(self, columns: Sequence[int]) -> int:
        """Host-days on which all of these predicates were met by one start."""
        return int(self._met(self.by_day, columns).size)

    def expected(self, columns: Sequence[int], before: Before) -> float:
        """Benign hits to be expected per 10,000 host-days of a fleet of other habits."""
        return PER * self._used(before.used) * self._meeting(columns, before.met)

    def _meeting(self, columns: Sequence[int], prior: float) -> float:
        users = self._hosts(np.unique(self.by_host[:, 1]))
        meeting = self._hosts(self._met(self.by_host, columns))
        return _shrunk(meeting, users, ALIKE, prior)

    def _used(self, prior: float) -> float:
        days = self.tenants.of_host_day[np.unique(self.by_day[:, 1])]
        share = np.bincount(days, minlength=len(self.tenants.hosts)) / np.maximum(self.tenants.host_days, 1)
        return _shrunk(share * self.tenants.hosts, self.tenants.hosts, ALIKE_IN_USE, prior)

    def _hosts(self, numbers: Numbers) -> Numbers:
        return np.bincount(self.tenants.of_host[numbers], minlength=len(self.tenants.hosts)).astype(np.int64)

    def _met(self, pairs: Numbers, columns: Sequence[int]) -> Numbers:
        """The distinct second members of the pairs whose pattern has all columns."""
        has: Bools = np.all(self.patterns[:, list(columns)], axis=1)
        return np.unique(pairs[has[pairs[:, 0]], 1])


def users(use: Use, lawful: Bools) -> Users:
    """The users of a program; ``lawful`` tells of each of its faces which predicates hold."""
    patterns, of_face = np.unique(lawful, axis=0, return_inverse=True)
    seen = of_face.reshape(-1)[use.face].astype(np.int64)
    by_day, by_host = (_distinct(np.stack([seen, numbers], axis=1)) for numbers in (use.host_day, use.host))
    return Users(patterns, by_day, by_host, use.tenants)


def _distinct(pairs: Numbers) -> Numbers:
    """The distinct rows of two columns."""
    most = int(pairs.max(initial=0)) + 1
    told = np.unique(pairs[:, 0] * most + pairs[:, 1])
    return np.stack([told // most, told % most], axis=1)


def _shrunk(some: Reals | Numbers, of: Numbers, alike: float, prior: float) -> float:
    """The share of hosts, counted by tenant and each tenant for what it tells, shrunk toward the prior."""
    worth = 1 / (1 + alike * np.maximum(of - 1, 0))
    return float(((some * worth).sum() + PRIOR_HOSTS * prior) / ((of * worth).sum() + PRIOR_HOSTS))
