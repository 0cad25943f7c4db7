"""A learnt port → what speaks for it on a machine, and how far the absence of that can be trusted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from longtail.ports.companions import shows
from longtail.ports.labels import Port
from longtail.ports.matrix import Flags, Matrix, Numbers
from longtail.ports.profiles import Learnt
from longtail.ports.seen import Seen

RECURRING = 0.5  # share of its carriers on which an executable was seen again, to count on seeing it again
LISTENERS = 5  # machines seen to listen on a port, from which silence on it means something by itself
OFTEN = 0.2  # of what listens on a port: then it may be that wherever it runs
COMMON = 0.2  # of closed machines: what runs on more of them says little by running


@dataclass(frozen=True)
class Witness:
    """What speaks for a port, as flags over the executables.

    ``strong`` accompany it, ``minor`` are rarer software that seems to serve it, ``rare`` could be servers but run on
    too few machines to be judged, and ``servers`` are programs that were seen to listen on it on some of the
    ``listeners`` machines. ``telltale`` is the share of listening machines seen whole that indeed run a server: near 1,
    there is no server where none of them runs. ``visible`` is the share of machines with companions that show one which
    comes again and again: near 1, starts alone are enough to miss it.
    """

    learnt: Learnt
    matrix: Matrix
    strong: Flags
    minor: Flags
    rare: Flags
    servers: Flags
    listeners: int
    telltale: float
    visible: float


def witness(learnt: Learnt, matrix: Matrix, port: Port, seen: Seen) -> Witness:
    """The profile of a port prepared for weighing."""
    serving = seen.serving(port)
    servers = _servers(learnt, matrix, serving)
    return Witness(
        learnt,
        matrix,
        strong=_flags(matrix, learnt.strong),
        minor=_flags(matrix, learnt.minor),
        rare=_rare(learnt, matrix, port, seen),
        servers=servers,
        listeners=len(serving),
        telltale=_telltale(matrix, serving, seen.whole, servers),
        visible=_visible(learnt, matrix),
    )


def _flags(matrix: Matrix, columns: Numbers) -> Flags:
    flags: Flags = np.zeros(matrix.ran.shape[1], dtype=bool)
    flags[columns] = True
    return flags


def _rare(learnt: Learnt, matrix: Matrix, port: Port, seen: Seen) -> Flags:
    """The columns of what could be a server of its own: on few machines, none of them closed, or of a made-up name.

    What was seen to listen on other ports, and never on this one, has its own reason to be there.
    """
    few = (matrix.carriers <= matrix.more_than) & (matrix.named <= matrix.more_than) & (learnt.counts.off == 0)
    explained = np.array([port not in seen.elsewhere.get(each, (port,)) for each in matrix.stems], dtype=bool)
    rare: Flags = (few | matrix.nameless) & matrix.could_serve & ~explained
    return rare


def _servers(learnt: Learnt, matrix: Matrix, serving: Mapping[int, str]) -> Flags:
    """The columns of programs that were seen to serve the port; one that runs everywhere counts if it often does."""
    times = Counter(serving.values())
    share = np.array([times.get(each, 0) for each in matrix.stems], dtype=float) / max(len(serving), 1)
    servers: Flags = (share >= OFTEN) | ((share > 0) & (learnt.counts.share_off < COMMON))
    return servers


def _telltale(matrix: Matrix, serving: Mapping[int, str], whole: Flags, servers: Flags) -> float:
    """The share of listening machines seen whole that run a program which was seen to listen on another one too."""
    times = Counter(serving.values())
    rows = {row: times[name] > 1 for machine, name in serving.items()
            if (row := matrix.row_of.get(machine)) is not None and whole[row]}  # fmt: skip
    if len(rows) < LISTENERS:
        return 0.0
    known = shows(matrix, np.flatnonzero(servers))
    return sum(again and bool(known[row]) for row, again in rows.items()) / len(rows)


def _visible(learnt: Learnt, matrix: Matrix) -> float:
    recurred = matrix.table["recurred"].fill_null(0.0).to_numpy()
    again = learnt.strong[recurred[learnt.strong] >= RECURRING]
    carriers = shows(matrix, learnt.strong)
    return float(shows(matrix, again)[carriers].mean()) if carriers.any() else 0.0
