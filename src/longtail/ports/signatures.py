"""A port that companions do not tell, and who was seen to listen on it → the port told by what listens.

Software that is rare, or of many makes, has no companions in common; but where sockets were listed on enough machines,
the programs that hold the port are known by name. They tell it if they run where it is served and hardly elsewhere.
"""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from longtail.ports.companions import shows
from longtail.ports.matrix import Flags, Numbers
from longtail.ports.profiles import MOST_OPEN
from longtail.ports.witness import COMMON, LISTENERS, Witness
from longtail.settings import Settings
from longtail.text import clean

NAMES, NAME_LENGTH = 3, 60


@dataclass(frozen=True)
class _Asked:
    """The rows of machines whose sockets were listed: ``serving`` the port, or ``idle`` and of the same systems."""

    serving: Numbers
    idle: Numbers


def signed(speaks: Witness, settings: Settings) -> Witness:
    """The same, with a profile that is learnable by what listens where it is not by companions."""
    learnt, asked = speaks.learnt, _asked(speaks)
    if learnt.profile.learnable or len(learnt.target) < settings.ports_least_machines:
        return speaks
    known = _tellers(speaks, asked)
    told, least = sum(known.values()), settings.ports_least_coverage * len(speaks.serving)
    nothing_beside = len(asked.idle) < max(LISTENERS, len(asked.serving) * (1 / MOST_OPEN - 1))
    if nothing_beside or told < max(LISTENERS, least):
        return speaks
    names = ", ".join(clean(each, NAME_LENGTH) for each, _ in known.most_common(NAMES))
    reason = (
        f"told by what listens: {names} on {told} of {len(speaks.serving)} machines that serve it,"
        f" while {len(asked.idle)} others were seen not to"
    )
    return replace(speaks, learnt=replace(learnt, profile=replace(learnt.profile, learnable=True, reason=reason)))


def _asked(speaks: Witness) -> _Asked:
    matrix = speaks.matrix
    looked = speaks.seen.asked(speaks.learnt.profile.protocol)
    asked, serving = (np.isin(matrix.machines, list(each)) for each in (looked, speaks.serving))
    systems = np.unique(matrix.systems[serving])
    return _Asked(np.flatnonzero(serving), np.flatnonzero(asked & ~serving & np.isin(matrix.systems, systems)))


def _tellers(speaks: Witness, asked: _Asked) -> Counter[str]:
    """Programs that hold the port and are rare on machines that do not serve it, with how often they hold it.

    One that holds it on a single machine counts as well: in-house servers have a name each, and still each of them is
    there to be seen where the port is served.
    """
    times = Counter(speaks.serving.values())
    return Counter({name: number for name, number in times.items() if _tells(speaks, name, asked.idle)})


def _tells(speaks: Witness, name: str, idle: Numbers) -> bool:
    columns = [column for column, stem in enumerate(speaks.matrix.stems) if stem == name]
    runs: Flags = shows(speaks.matrix, np.array(columns, dtype=np.int64))
    own = bool(name) and name not in speaks.everywhere
    return own and len(idle) > 0 and float(runs[idle].mean()) <= COMMON
