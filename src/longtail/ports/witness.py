"""A learnt port → what speaks for it on a machine, and how far the absence of that can be trusted.

How many machines serve a port without showing anything is measured where it can be: on those that were seen to listen.
It differs between machines of which only process starts are known and machines whose processes were listed.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from longtail.ports.companions import shows
from longtail.ports.labels import OPEN, Port
from longtail.ports.matrix import Flags, Matrix, Numbers
from longtail.ports.profiles import Learnt
from longtail.ports.seen import Seen
from longtail.ports.software import RELAYS, could_take

RECURRING = 0.5  # share of its carriers on which an executable was seen again, to count on seeing it again
LISTENERS = 5  # machines seen to listen on a port, from which a share of them is a measurement
OFTEN = 0.2  # of what listens on a port: then it may be that wherever it runs
CLEARED = 3  # machines that run a program, all of them asked and none serving: then it is not what serves
CLEARED_OF_ANY = 18  # the same of one that is told its port: none of so many is at most one in twenty (Laplace)
UNLUCKY = 0.5  # of a machine more that may be missed by starts alone (Jeffreys): none of twenty is not none of all
LEAST_SHOWN = 20  # machines of which only starts are known, from which it can be told how often they show nothing
COMMON = 0.2  # of closed machines: what runs on more of them says little by running


@dataclass(frozen=True)
class Witness:
    """What speaks for a port, as flags over the executables.

    ``strong`` accompany it, ``leaning`` go with it less clearly, ``minor`` are rarer software that seems to serve it,
    ``rare`` could be servers but run on too few machines to be judged, and ``servers`` are programs that were seen to
    listen on it on some of the ``listeners`` machines. ``telltale`` is, by system, the share of listening machines seen
    whole that indeed run a server: near 1, there is no server where none of them runs. ``visible`` is the share of
    machines with companions that show one which comes again and again: near 1, starts alone are enough to miss it.
    """

    learnt: Learnt
    matrix: Matrix
    seen: Seen
    opened: Flags
    serving: Mapping[int, str]
    strong: Flags
    leaning: Flags
    minor: Flags
    rare: Flags
    servers: Flags

    @property
    def listeners(self) -> int:
        """On how many machines something was seen to listen on the port."""
        return len(self.serving)

    @cached_property
    def listeners_of(self) -> tuple[int, int]:
        """The same, by system."""
        windows, unix = (int(np.isin(self._systems(self._rows), each).sum()) for each in (0, 1))
        return windows, unix

    @property
    def asked(self) -> float:
        """The share of the machines with telemetry whose sockets of the port's protocol were looked at."""
        return _share(self._asked)

    @cached_property
    def _asked(self) -> Flags:
        return np.isin(self.matrix.machines, list(self.seen.asked(self.learnt.profile.protocol)))

    @cached_property
    def speaks(self) -> Flags:
        """Machines, by row, on which anything speaks for the port."""
        return shows(self.matrix, np.flatnonzero(self.known | self.rare))

    @cached_property
    def known(self) -> Flags:
        """Executables that speak for the port because they run where it is served or open."""
        return self.strong | self.leaning | self.minor | self.servers

    def explained(self, system: int, *, whole: bool) -> float:
        """The share of a system's open machines on which something speaks for the port, and that by its being there.

        Where all that runs was listed, software of a machine's own counts too: hardly any machine without the port
        runs such. By starts alone it shows up everywhere, and says nothing.
        """
        mine = (self.learnt.target == OPEN) & (self.matrix.systems == system)
        return _share(self.speaks[mine & self.seen.whole]) if whole else _share(self.known_on[mine])

    @cached_property
    def borrowed(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """By system, on how many machines a process that runs everywhere holds the port while nothing tells why.

        Each with the number of machines it was measured on: those that have the port open, were asked for their
        sockets and show nothing known, and on which nothing listens but what is counted.

        (A forwarder of Windows is such: ``svchost.exe`` hands the port on.) Where such a process is the usual holder,
        as ``System`` is of 80, what tells why may have gone unseen unless all that runs was listed.
        """
        serves = np.isin(self.matrix.machines, list(self.serving))
        quiet = self.opened & self._asked & ~serves & ~self.known_on
        holds = self._holds_unexplained
        windows, unix = (
            (int((holds & mine).sum()), int(((holds | quiet) & mine).sum()))
            for mine in (self.matrix.systems == each for each in (0, 1))
        )
        return windows, unix

    @cached_property
    def _holds_unexplained(self) -> Flags:
        names = Counter(self.serving.values())
        found: Flags = np.zeros(len(self.matrix.machines), dtype=bool)
        for machine, name in self.serving.items():
            row = self.matrix.row_of.get(machine)
            if row is not None and name in self.everywhere and not self.known_on[row]:
                found[row] = bool(self.seen.whole[row]) or names[name] < OFTEN * len(self.serving)
        return found

    @cached_property
    def known_on(self) -> Flags:
        """Machines, by row, on which something known speaks for the port."""
        return shows(self.matrix, np.flatnonzero(self.known))

    @cached_property
    def everywhere(self) -> frozenset[str]:
        """Programs (stems) that run where the port is closed as well, or are no file and belong to the system."""
        common = np.flatnonzero(self.learnt.counts.share_off >= COMMON)
        return frozenset({"system", *(self.matrix.stems[each] for each in common)})

    @cached_property
    def telltale(self) -> tuple[float, float]:
        """The share of listening machines seen whole that run a program which was seen to listen on another one too.

        By system: that nginx tells a port on Linux says nothing of Windows, where the kernel holds it for others.
        """
        rows = self._listening(whole=True)
        windows, unix = (self._telltale(rows[self._systems(rows) == each]) for each in (0, 1))
        return windows, unix

    def _telltale(self, rows: Numbers) -> float:
        times = Counter(self.serving.values())
        if len(rows) < LISTENERS:
            return 0.0
        known = shows(self.matrix, np.flatnonzero(self.servers))
        names = [self.serving[int(self.matrix.machines[row])] for row in rows]
        return sum(times[name] > 1 and bool(known[row]) for row, name in zip(rows, names, strict=True)) / len(rows)

    @cached_property
    def visible(self) -> float:
        """The share of machines with companions that show one which comes again; 1 where nothing has times to tell."""
        if self.matrix.table["recurred"].is_null().all():
            return 1.0
        recurred = self.matrix.table["recurred"].fill_null(0.0).to_numpy()
        again = self.learnt.strong[recurred[self.learnt.strong] >= RECURRING]
        carriers = shows(self.matrix, self.learnt.strong)
        return float(shows(self.matrix, again)[carriers].mean()) if carriers.any() else 0.0

    @cached_property
    def measured(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Of the machines seen to listen, how many show nothing, and of how many: by starts alone, and seen whole."""
        rows = (self._listening(whole=False), self._listening(whole=True))
        starts, whole = ((int((~self.speaks[each]).sum()), len(each)) for each in rows)
        return starts, whole

    @cached_property
    def doubt(self) -> tuple[float, float]:
        """Of the open machines that show nothing, the share that may well serve it: by starts alone, and seen whole."""
        return self._doubt(whole=False), self._doubt(whole=True)

    def _doubt(self, whole: bool) -> float:
        asked = self._asked | np.isin(self.matrix.machines, list(self.serving))
        mine = (self.learnt.target == OPEN) & ~asked & (self.seen.whole == whole)
        shown, hidden = int((mine & self.speaks).sum()), int((mine & ~self.speaks).sum())
        missed, of = self.measured[whole]
        if missed and of >= LISTENERS:
            unseen = shown * (missed + (0.0 if whole else UNLUCKY)) / max(of - missed, 1)
        elif whole:
            unseen = 0.0
        else:  # none was missed, and of two estimates of what still may be, either is enough
            at_most = shown * UNLUCKY / of if of >= LEAST_SHOWN else math.inf
            unseen = min(self._unmeasured(mine), at_most)
        return min(unseen / max(hidden, 1), 1.0)

    def _unmeasured(self, mine: Flags) -> float:
        """How many machines run the software unseen, told from how many show one companion only and how many show two.

        (Chao's estimate of what a sample missed: many that were barely seen mean many that were not seen at all.)
        """
        companions = self.matrix.ran @ self.strong.astype(np.float32)
        by_starts = (self.learnt.target == OPEN) & ~self.seen.whole
        shown = int((by_starts & (companions > 0)).sum())
        if shown < LEAST_SHOWN:
            return math.inf
        once, twice = int((by_starts & (companions == 1)).sum()), int((by_starts & (companions == 2)).sum())
        return once * (once - 1) / (2 * (twice + 1)) * int((mine & (companions > 0)).sum()) / shown

    def _listening(self, whole: bool) -> Numbers:
        """The rows of the machines on which something listens, of those seen whole or of the others."""
        found: Numbers = self._rows[self.seen.whole[self._rows] == whole]
        return found

    @cached_property
    def _rows(self) -> Numbers:
        return np.array([row for each in self.serving if (row := self.matrix.row_of.get(each)) is not None], np.int64)

    def _systems(self, rows: Numbers) -> NDArray[np.int8]:
        return self.matrix.systems[rows]


def witness(learnt: Learnt, matrix: Matrix, port: Port, seen: Seen, opened: Flags) -> Witness:
    """The profile of a port prepared for weighing; ``opened`` are all rows that have it open, taught from or not."""
    serving = seen.serving(port)
    cleared = _cleared(matrix, port, serving, seen)
    return Witness(
        learnt,
        matrix,
        seen,
        opened,
        serving,
        strong=_flags(matrix, learnt.strong),
        leaning=_flags(matrix, learnt.leaning) & ~cleared,
        minor=_flags(matrix, learnt.minor) & ~cleared,
        rare=_rare(learnt, matrix, port, seen) & ~cleared,
        servers=_servers(learnt, matrix, serving),
    )


def _share(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _flags(matrix: Matrix, columns: Numbers) -> Flags:
    flags: Flags = np.zeros(matrix.ran.shape[1], dtype=bool)
    flags[columns] = True
    return flags


def _rare(learnt: Learnt, matrix: Matrix, port: Port, seen: Seen) -> Flags:
    """The columns of what could be a server of its own: of a made-up name, or on few machines, most of them open.

    What was seen to listen on other ports, and never on this one, has its own reason to be there, unless it is software
    that takes whatever port it is told to.
    """
    few = (
        (matrix.carriers <= matrix.more_than)
        & (matrix.named <= matrix.more_than)
        & (learnt.counts.off <= learnt.counts.on)
    )
    explained = np.array([port not in seen.elsewhere.get(each, (port,)) for each in matrix.stems], dtype=bool)
    takes = np.array([could_take(each, port.number) for each in matrix.stems], dtype=bool)
    rare: Flags = ((few | matrix.nameless) & matrix.could_serve & ~explained) | takes
    return rare


def _cleared(matrix: Matrix, port: Port, serving: Mapping[int, str], seen: Seen) -> Flags:
    """The columns of programs that run on machines whose sockets were looked at, on none of which the port is served.

    A made-up name is no program, and a relay serves elsewhere what it does not serve here. What serves the Web listens
    where its configuration says: that a few do not listen here says little of the next.
    """
    asked = np.isin(matrix.machines, [*seen.asked(port.protocol), *serving])
    serves = np.isin(matrix.machines, list(serving))
    idle = matrix.ran.T @ (asked & ~serves).astype(np.float32)
    busy = matrix.ran.T @ (asked & serves).astype(np.float32)
    relays = np.array([each in RELAYS for each in matrix.stems], dtype=bool)
    takes = np.array([could_take(each, port.number) for each in matrix.stems], dtype=bool)
    least = np.where(takes, CLEARED_OF_ANY, CLEARED)
    cleared: Flags = (busy == 0) & (idle >= least) & ~matrix.nameless & ~relays
    return cleared


def _servers(learnt: Learnt, matrix: Matrix, serving: Mapping[int, str]) -> Flags:
    """The columns of programs that were seen to serve the port; one that runs everywhere counts if it often does."""
    times = Counter(serving.values())
    share = np.array([times.get(each, 0) for each in matrix.stems], dtype=float) / max(len(serving), 1)
    servers: Flags = (share >= OFTEN) | ((share > 0) & (learnt.counts.share_off < COMMON))
    return servers
