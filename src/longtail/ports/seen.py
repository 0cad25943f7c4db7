"""Evidence → what is known of a machine beside its executables: its sockets, attacks, and how well it was seen."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
import polars as pl

from longtail.ports.containers import clustered, veiled
from longtail.ports.dating import RESIDENT, USUAL
from longtail.ports.evidence import Evidence
from longtail.ports.joining import Joined
from longtail.ports.labels import NEITHER, OPEN, Port, Target
from longtail.ports.matrix import Flags, Matrix

LOOPBACK = ("127.", "::1", "::ffff:127.", "localhost", "loopback", "0:0:0:0:0:0:0:1")
LEAST_EXECUTABLES = 3
SPARSE = 0.1  # of the fleet's median number of executables: a machine with fewer was hardly watched
WATCHED = 0.5  # of the time that the usual machine was watched, for which any other must have been


def loopback(address: str) -> bool:
    """Whether an address is one that only the machine itself can reach."""
    return address.strip("[]").casefold().startswith(LOOPBACK)


@dataclass(frozen=True, slots=True)
class Socket:
    """One listening socket: where it is bound, null where unknown, and by what."""

    address: str | None
    image: str | None

    @property
    def loopback(self) -> bool:
        """Whether only the machine itself can reach it."""
        return self.address is not None and loopback(self.address)

    @property
    def six(self) -> bool:
        """Whether it is bound to an address of IPv6."""
        return self.address is not None and ":" in self.address.casefold().removeprefix("::ffff:")


@dataclass(frozen=True)
class Seen:
    """``sockets`` by machine, for machines that show any; ``attacked`` days by machine and port number.

    ``looked`` are by protocol the machines of which a listing shows all that listens: it holds sockets of that protocol
    (``ss -lt`` lists no UDP), not of IPv6 alone (``-6`` lists nothing else), and all of it could be read.

    On ``veiled`` machines a port may be served though nothing listens on it (see `containers`): their sockets tell what
    is served, not what is not; those ``clustered`` are nodes of a cluster. Per row of the matrix: ``whole`` (all that
    runs was listed at some moment, so that what started long ago is known too), ``hardly`` (hardly watched at all).
    """

    sockets: Mapping[int, Mapping[Port, tuple[Socket, ...]]]
    looked: Mapping[str, frozenset[int]]
    attacked: Mapping[tuple[int, int], int]
    any_attacked: bool
    whole: Flags
    hardly: Flags
    clustered: frozenset[int]
    veiled: frozenset[int]

    def asked(self, protocol: str) -> frozenset[int]:
        """The machines whose sockets of a protocol were looked at and show everything that is served."""
        return self.looked.get(protocol, frozenset()) - self.veiled

    @cached_property
    def elsewhere(self) -> Mapping[str, frozenset[Port]]:
        """Program (its file's stem) → the ports it was seen to listen on."""
        found: dict[str, set[Port]] = defaultdict(set)
        for ports in self.sockets.values():
            for port, sockets in ports.items():
                for each in sockets:
                    found[stem(each.image or "")].add(port)
        return {name: frozenset(ports) for name, ports in found.items() if name}

    def serving(self, port: Port) -> dict[int, str]:
        """The machines on which something listens on a port beyond loopback, with the stem of its image's name."""
        found = {
            machine: [each for each in ports.get(port, ()) if not each.loopback]
            for machine, ports in self.sockets.items()
        }
        return {machine: stem(_image(sockets)) for machine, sockets in found.items() if sockets}

    def taught(self, port: Port, target: Target) -> Target:
        """``target`` without machines that are known not to serve the port: they are open, but teach nothing."""
        target = target.copy()
        for machine in self.sockets:
            sockets = self.listening(machine, port)
            if target[machine] == OPEN and sockets is not None and all(each.loopback for each in sockets):
                target[machine] = NEITHER
        return target

    def listening(self, machine: int, port: Port) -> tuple[Socket, ...] | None:
        """The sockets on a port; None if its protocol was not looked at, or need not show what the machine serves."""
        found = self.sockets.get(machine, {}).get(port, ())
        return found if found or machine in self.asked(port.protocol) else None

    def attacked_days(self, machine: int, port: Port) -> int | None:
        """On how many days a port was attacked; None if nothing is known of attacks at all."""
        return self.attacked.get((machine, port.number), 0) if self.any_attacked else None


def stem(image: str) -> str:
    """An image's file name as every tool can tell it: without folder, case and ``.exe``."""
    return re.split(r"[/\\]", image.strip().strip('"'))[-1].casefold().removesuffix(".exe")


def _image(sockets: Sequence[Socket]) -> str:
    return next((each.image for each in sockets if each.image), "")


def seen(evidence: Evidence, matrix: Matrix, joined: Joined) -> Seen:
    """Everything beside the executables, by machine."""
    sockets = _sockets(evidence.listening, joined)
    holders = tuple(_holders(sockets))
    return Seen(
        sockets,
        _looked(sockets, _torn(evidence.torn, joined)),
        _attacked(evidence.attacked, joined),
        evidence.attacked.height > 0,
        whole=_whole(matrix),
        hardly=_hardly(matrix),
        clustered=clustered(matrix, holders),
        veiled=veiled(matrix, holders),
    )


def _holders(sockets: Mapping[int, Mapping[Port, Sequence[Socket]]]) -> Iterator[tuple[int, str]]:
    """Machines with the stems of what listens there."""
    for machine, ports in sockets.items():
        for held in ports.values():
            yield from ((machine, stem(each.image)) for each in held if each.image)


def _machine(joined: Joined, tenant: str | None, name: str | None) -> int | None:
    known = joined.machine_of.get((tenant or "", name or ""))
    if known is not None:
        return known
    found = joined.names.found(tenant or "", name or "")
    return found[0] if len(found) == 1 else None


def _sockets(listening: pl.DataFrame, joined: Joined) -> dict[int, dict[Port, tuple[Socket, ...]]]:
    found: dict[int, dict[Port, dict[Socket, None]]] = defaultdict(lambda: defaultdict(dict))
    rows = listening.select("tenant", "host", "protocol", "port", "address", "image").unique().sort(pl.all())
    machines: dict[tuple[str, str], int | None] = {}
    for tenant, host, protocol, port, address, image in rows.iter_rows():
        if (tenant, host) not in machines:
            machines[tenant, host] = _machine(joined, tenant, host)
        machine = machines[tenant, host]
        if machine is not None:
            sockets = found[machine]
            if port is not None and protocol is not None:
                sockets[Port(port, protocol)][Socket(address, image)] = None
    return {machine: {port: tuple(each) for port, each in ports.items()} for machine, ports in found.items()}


def _looked(sockets: Mapping[int, Mapping[Port, Sequence[Socket]]], torn: frozenset[int]) -> dict[str, frozenset[int]]:
    """By protocol, the machines with a socket of it that is not of IPv6, without those whose listing is ``torn``."""
    found: dict[str, set[int]] = defaultdict(set)
    for machine, ports in sockets.items():
        for port, held in ports.items():
            if not all(each.six for each in held):
                found[port.protocol].add(machine)
    return {protocol: frozenset(machines) - torn for protocol, machines in found.items()}


def _torn(torn: pl.DataFrame, joined: Joined) -> frozenset[int]:
    machines = (_machine(joined, *host) for host in torn.select("tenant", "host").iter_rows())
    return frozenset(each for each in machines if each is not None)


def _attacked(attacked: pl.DataFrame, joined: Joined) -> dict[tuple[int, int], int]:
    days: dict[tuple[int, int], set[date]] = defaultdict(set)
    for tenant, name, port, time in attacked.select("tenant", "machine", "port", "time").iter_rows():
        machine = _machine(joined, tenant, name)
        if machine is not None and port is not None and isinstance(time, datetime):
            days[machine, port].add(time.date())
    return {key: len(each) for key, each in days.items()}


def _whole(matrix: Matrix) -> Flags:
    """Machines whose processes were listed: at a known moment, or in lists without times that hold what always runs.

    Of a list without times nobody knows whether it tells what runs or what started in some weeks. What a system runs
    from its start to its end is in the former on every machine, and in the latter hardly ever.
    """
    listed, timeless = (matrix.times[name].to_numpy() for name in ("listed", "timeless"))
    resident = matrix.table["executable"].str.contains(RESIDENT).to_numpy().astype(np.float32)
    holds = matrix.ran @ resident > 0
    whole: Flags = ~np.isnat(listed)
    for system in (0, 1):
        mine = timeless.astype(bool) & (matrix.systems == system)
        whole |= mine & holds & bool(holds[mine].mean() >= USUAL if mine.any() else False)
    return whole


def _hardly(matrix: Matrix) -> Flags:
    """Machines with next to no executables, or that were watched for less than half as long as the usual one.

    As long as the usual one, not as the whole window: a snapshot tells of processes that began long before it, and of
    all that run, so that one is enough.
    """
    runs = np.diff(matrix.ran.indptr)
    few: Flags = runs < max(LEAST_EXECUTABLES, SPARSE * float(np.median(runs)) if len(runs) else 0)
    watched = (matrix.times["last"] - matrix.times["first"]).dt.total_seconds().fill_null(0).to_numpy()
    known = watched[watched > 0]
    if len(known):
        few |= (watched < WATCHED * float(np.median(known))) & matrix.times["listed"].is_null().to_numpy()
    return few
