"""The Debian services that were started one by one, as fleets: some machines of each, and one nobody learnt from."""

import csv
import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from small_fleet import Box

SHARED = Path(os.environ.get("LONGTAIL_SHARED", Path(__file__).parents[4] / "shared")) / "data"
LAB = SHARED / "network" / "debian12_lab"
COPIES = 4
PLAIN = 60  # machines without a service
INCUMBENTS = 20
INCUMBENT = ["/usr/sbin/incumbentd", "/usr/lib/incumbent/rotate", "/usr/bin/incumbentctl"]
SHARED_BY = 5  # machines that run an executable, for it to be one that any may run


@dataclass
class Lab:
    """What each service's machine ran, and the TCP and UDP ports that it listens on beyond loopback."""

    ran: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ports: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    udp: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def lab() -> Lab:
    """What was measured."""
    found = Lab()
    for row in csv.DictReader((LAB / "executions.csv").read_text("utf-8").splitlines()):
        found.ran[row["machine"]].append(row["executable"])
    for row in csv.DictReader((LAB / "listeners.csv").read_text("utf-8").splitlines()):
        if row["bind"] != "loopback":
            ports = (found.ports if row["proto"] == "tcp" else found.udp)[row["machine"]]
            ports += [] if int(row["port"]) in ports else [int(row["port"])]
    return found


def without(measured: Lab, service: str) -> list[Box]:
    """A fleet of all services but one, machines with none, and others that serve the left out one's ports."""
    chance = Random(service)
    common = sorted({path for paths in measured.ran.values() for path in paths})
    shared = [path for path in common if sum(path in paths for paths in measured.ran.values()) >= SHARED_BY]

    def box(name: str, runs: list[str], ports: list[int]) -> Box:
        return Box(name, [*runs, *chance.sample(shared, len(shared) * 2 // 3)], ports, timeless=True)

    known = {name: paths for name, paths in measured.ran.items() if name != service}
    return [
        *(
            box(f"{name}-{copy}", paths, measured.ports[name])
            for name, paths in known.items()
            for copy in range(COPIES)
        ),
        *(box(f"incumbent-{copy}", INCUMBENT, measured.ports[service]) for copy in range(INCUMBENTS)),
        *(box(f"plain-{copy}", [], []) for copy in range(PLAIN)),
    ]
