"""Stories → on which other hosts the same began at about the same time: one change, or one intruder, on all of them.

Each host keeps its own alert, and each says so (docs/decisions/one-change-many-hosts.md tells why).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Row = Mapping[str, Any]
Deed = tuple[str, str | None]  # an executable; and what it was told, where that is what is rare about it
AT_ONCE = timedelta(hours=1)  # within which the same begins on other hosts
SEVERAL = 2  # other hosts from which it is no coincidence
MOST_NAMED = 3  # of them
MOST_LOOKED_AT = 64  # stories with a deed in common: what is on so many hosts need not be counted further


@dataclass(frozen=True, slots=True)
class Companions:
    """The other ``hosts``, by name, and within how long the same began on all of them."""

    hosts: tuple[str, ...] = ()
    within: timedelta = timedelta()

    @property
    def sentence(self) -> str:
        """What the reason of an alert adds; nothing where there are not several."""
        if len(self.hosts) < SEVERAL:
            return ""
        named = ", ".join(self.hosts[:MOST_NAMED]) + (" and more" if len(self.hosts) > MOST_NAMED else "")
        return f" The same began on {self._many} other hosts within {_minutes(self.within)}: {named}."

    @property
    def title(self) -> str:
        """What the title adds."""
        return f" (as on {self._many} other hosts)" if len(self.hosts) >= SEVERAL else ""

    @property
    def _many(self) -> str:
        most = MOST_LOOKED_AT - 1
        return str(len(self.hosts)) if len(self.hosts) < most else f"{most} or more"


ALONE = Companions()


def companions(stories: Sequence[Sequence[Row]]) -> list[Companions]:
    """The companions of each story, which is given by its anomalies.

    Two stories of hosts of one tenant are the same where all that one of them tells began on the other's host as well,
    within ``AT_ONCE``: what an intruder did on one of his hosts besides takes nothing from it.
    """
    told = [_deeds(rows) for rows in stories]
    spans: list[dict[str, timedelta]] = [{} for _ in stories]
    for one, other in _pairs(stories, told):
        apart = max(abs(moment - told[other][deed]) for deed, moment in told[one].items())
        if apart <= AT_ONCE:
            for mine, theirs in ((one, other), (other, one)):
                host = stories[theirs][0]["host"]
                spans[mine][host] = min(apart, spans[mine].get(host, apart))
    return [Companions(tuple(sorted(each)), max(each.values(), default=timedelta())) for each in spans]


def _deeds(rows: Sequence[Row]) -> dict[Deed, datetime]:
    """What a story tells, each with its first moment."""
    found: dict[Deed, datetime] = {}
    for row in rows:
        deed = (row["executable"], row["shape"] if row["told_bits"] > row["executable_bits"] else None)
        found[deed] = min(row["onset"], found.get(deed, row["onset"]))
    return found


def _pairs(stories: Sequence[Sequence[Row]], told: Sequence[Mapping[Deed, datetime]]) -> Iterator[tuple[int, int]]:
    """Stories, and others of their tenant on other hosts that hold all they tell; looked up by their rarest deed."""
    known: dict[tuple[str, Deed], list[int]] = {}
    for at, rows in enumerate(stories):
        for deed in told[at]:
            known.setdefault((rows[0]["tenant"], deed), []).append(at)
    often = Counter({deed: len(places) for deed, places in known.items()})
    for at, rows in enumerate(stories):
        tenant, host = rows[0]["tenant"], rows[0]["host"]
        rarest = min(((tenant, deed) for deed in told[at]), key=lambda key: often[key])
        for other in known[rarest][:MOST_LOOKED_AT]:
            if stories[other][0]["host"] != host and told[at].keys() <= told[other].keys():
                yield at, other


def _minutes(span: timedelta) -> str:
    minutes = max(1, -(-span // timedelta(minutes=1)))
    return "a minute" if minutes == 1 else f"{minutes} minutes"
