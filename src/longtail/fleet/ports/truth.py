"""What really stands behind every open port of a fleet, and how it is written: a line of JSON for each."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from longtail.fleet.ports.rules import Ruled

KINDS = {
    "backed": "its software runs and was seen to start in the window",
    "long_lived": "its software runs, but the daemon did not start in the window",
    "shared_host": "something runs, but the socket belongs to a process that hosts many kinds of software",
    "other_software": "something else than what the rule was made for listens there",
    "loopback_only": "its software runs, but listens on the machine itself only",
    "removed": "its software was removed before the window began, and the rule was kept",
    "never_installed": "what the rule was made for was never installed",
    "no_telemetry": "nothing is known of the machine; ``serves`` tells what would be found",
    "in_range": "it is open only because it lies beside a port that a range was opened for",
    "other_protocol": "UDP is open as well because the rule names no protocol, and nothing answers there",
    "jit": "it was opened on request, for a few hours: neither an opening to learn from nor one to close",
}


@dataclass(frozen=True, slots=True)
class PortTruth:
    """One port of one machine that a rule of its own opens.

    A ``wide`` machine has besides a rule (or, in Azure, no group at all) that opens every port: of those that are not
    listed, ``PortsFleet.serving`` knows which are served. On other machines what is not listed is closed.
    ``machine`` is the cloud's name and ``host`` the telemetry's. ``serves`` says whether anything answers from beyond
    the machine. ``service`` is what the rule was made for. ``listening`` and ``snapshot`` say whether someone looked at
    the machine's sockets and processes.
    """

    tenant: str
    machine: str
    host: str
    port: int
    protocol: str
    kind: str
    serves: bool
    service: str
    listening: bool
    snapshot: bool
    attacked: bool
    wide: bool
    platform: str

    def to_json(self) -> str:
        """The truth as one JSON object on a line."""
        return json.dumps(asdict(self), ensure_ascii=False)


def port_truth(each: Ruled, attacked: frozenset[int]) -> Iterator[PortTruth]:
    """The truth about each open port of a machine, of which some were ``attacked``."""
    where = each.place
    looked_at = where.post.looked_at
    for door in each.doors:
        yield PortTruth(
            tenant=where.site.id,
            machine=where.name,
            host=where.known_as,
            port=door.port,
            protocol=door.protocol,
            kind=door.kind,
            serves=door.serves,
            service=door.meant,
            listening="listening" in looked_at,
            snapshot="snapshots" in looked_at,
            attacked=door.protocol == "tcp" and door.port in attacked,
            wide=each.wide or each.unguarded,
            platform=where.site.platform,
        )
