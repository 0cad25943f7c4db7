"""Evidence → what is known of a machine beside its executables: its sockets, attacks, and how well it was seen."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl

from longtail.ports.evidence import Evidence
from longtail.ports.joining import Joined
from longtail.ports.labels import Port
from longtail.ports.matrix import Flags, Matrix

LOOPBACK = ("127.", "::1", "::ffff:127.", "localhost", "loopback", "0:0:0:0:0:0:0:1")
BOOT = frozenset({
    "wininit.exe", "services.exe", "lsass.exe",
    "kthreadd", "systemd-modules-load", "systemd-remount-fs", "systemd-random-seed", "plymouthd",
})  # fmt: skip
"""What a system starts when it boots, and then only: who saw these start saw every service start that is on."""

LEAST_EXECUTABLES = 3
SPARSE = 0.1  # of the fleet's median number of executables: a machine with fewer was hardly watched
WATCHED = 0.5  # of the whole window, for which a machine must have been watched


@dataclass(frozen=True, slots=True)
class Socket:
    """One listening socket: where it is bound, null where unknown, and by what."""

    address: str | None
    image: str | None

    @property
    def loopback(self) -> bool:
        """Whether only the machine itself can reach it."""
        return self.address is not None and self.address.strip("[]").casefold().startswith(LOOPBACK)


@dataclass(frozen=True)
class Seen:
    """``sockets`` by machine, for machines that were asked; ``attacked`` days by machine and port number.

    Per row of the matrix: ``whole`` (daemons that started long ago are known too), ``hardly`` (hardly watched at all).
    """

    sockets: Mapping[int, Mapping[Port, tuple[Socket, ...]]]
    attacked: Mapping[tuple[int, int], int]
    any_attacked: bool
    whole: Flags
    hardly: Flags

    def listening(self, machine: int, port: Port) -> tuple[Socket, ...] | None:
        """The sockets on a port; None if the machine was not asked."""
        return None if machine not in self.sockets else self.sockets[machine].get(port, ())

    def attacked_days(self, machine: int, port: Port) -> int | None:
        """On how many days a port was attacked; None if nothing is known of attacks at all."""
        return self.attacked.get((machine, port.number), 0) if self.any_attacked else None


def seen(evidence: Evidence, matrix: Matrix, joined: Joined) -> Seen:
    """Everything beside the executables, by machine."""
    return Seen(
        _sockets(evidence.listening, joined),
        _attacked(evidence.attacked, joined),
        evidence.attacked.height > 0,
        _whole(evidence.looked_at, matrix, joined),
        _hardly(matrix),
    )


def _machine(joined: Joined, tenant: str | None, name: str | None) -> int | None:
    found = joined.names.found(tenant or "", name or "")
    return found[0] if len(found) == 1 else None


def _sockets(listening: pl.DataFrame, joined: Joined) -> dict[int, dict[Port, tuple[Socket, ...]]]:
    found: dict[int, dict[Port, dict[Socket, None]]] = defaultdict(lambda: defaultdict(dict))
    rows = listening.select("tenant", "host", "protocol", "port", "address", "image").unique().sort(pl.all())
    machines: dict[tuple[str, str], int | None] = {}
    for tenant, host, protocol, port, address, image in rows.iter_rows():
        if (tenant, host) not in machines:
            machines[tenant, host] = joined.machine_of.get((tenant, host), _machine(joined, tenant, host))
        machine = machines[tenant, host]
        if machine is not None:
            sockets = found[machine]
            if port is not None and protocol is not None:
                sockets[Port(port, protocol)][Socket(address, image)] = None
    return {machine: {port: tuple(each) for port, each in ports.items()} for machine, ports in found.items()}


def _attacked(attacked: pl.DataFrame, joined: Joined) -> dict[tuple[int, int], int]:
    days: dict[tuple[int, int], set[date]] = defaultdict(set)
    for tenant, name, port, time in attacked.select("tenant", "machine", "port", "time").iter_rows():
        machine = _machine(joined, tenant, name)
        if machine is not None and port is not None and isinstance(time, datetime):
            days[machine, port].add(time.date())
    return {key: len(each) for key, each in days.items()}


def _whole(looked_at: pl.DataFrame, matrix: Matrix, joined: Joined) -> Flags:
    """Machines whose processes were listed, whose inventory has no times, or that were seen to boot."""
    whole: Flags = matrix.times["timeless"].to_numpy().astype(bool).copy()
    for tenant, host in looked_at.iter_rows():
        machine = joined.machine_of.get((tenant, host))
        if machine is not None and machine in matrix.row_of:
            whole[matrix.row_of[machine]] = True
    boots = matrix.table["name"].is_in(list(BOOT)).to_numpy().astype(np.float32)
    whole |= matrix.ran @ boots > 0
    return whole


def _hardly(matrix: Matrix) -> Flags:
    """Machines with next to no executables, or that were watched for less than half of the window."""
    runs = np.diff(matrix.ran.indptr)
    few: Flags = runs < max(LEAST_EXECUTABLES, SPARSE * float(np.median(runs)) if len(runs) else 0)
    first, last = matrix.times["first"].min(), matrix.times["last"].max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return few
    watched = (matrix.times["last"] - matrix.times["first"]).dt.total_seconds().fill_null(0).to_numpy()
    few |= watched < WATCHED * (last - first).total_seconds()
    return few
