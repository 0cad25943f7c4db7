"""One open port of one machine → what verdicts ask of it: what runs, how well it was seen, what listens."""

from dataclasses import dataclass

import numpy as np

from longtail.ports.labels import Port
from longtail.ports.matrix import Columns, Flags
from longtail.ports.seen import Socket
from longtail.ports.software import FORWARDED
from longtail.ports.witness import LISTENERS, Witness
from longtail.settings import Settings

WINDOWS = 0  # in ``Matrix.systems``
TELLTALE = 0.8  # of listening machines whose server is known from others: then its absence tells
MEASURED = 10  # listening machines
MISSED = 0.1  # of which no more show nothing
CUSTOMARY = 0.25  # of the machines were asked for their sockets: then any other can be asked too


@dataclass(frozen=True)
class Case:
    """One open port of one machine. ``row`` is None without telemetry; ``sockets`` is None if it was not asked.

    ``whole`` and ``hardly`` tell how well it was seen, ``veiled`` and ``clustered`` what its sockets need not show: see
    `Seen`. A machine that ``routes`` passes on what is not its own.
    """

    witness: Witness
    port: Port
    settings: Settings
    row: int | None
    sockets: tuple[Socket, ...] | None
    whole: bool
    hardly: bool
    veiled: bool = False
    clustered: bool = False
    routes: bool = False

    @property
    def columns(self) -> Columns:
        """What runs on the machine."""
        return np.array([], np.int32) if self.row is None else self.witness.matrix.columns(self.row)

    def runs_now(self, among: Flags) -> list[str]:
        """The executables of some columns that run here, without what is known to run no more."""
        columns = self.columns if self.row is None else self.witness.matrix.now(self.row)
        return [self.witness.matrix.executables[each] for each in columns[among[columns]]]

    @property
    def system(self) -> int:
        """Which system the machine runs, as in ``Matrix.systems``."""
        return WINDOWS if self.row is None else int(self.witness.matrix.systems[self.row])

    @property
    def silent(self) -> bool:
        """Whether it was asked for its sockets, and nothing listens on the port."""
        return self.sockets == ()

    @property
    def absent(self) -> bool:
        """Whether programs are known to listen on the port, and none of them runs here, though it would be seen."""
        told = self.whole and self.witness.telltale[self.system] >= TELLTALE and not self.veiled
        known = bool(self.witness.servers.any())
        return known and (self.silent or told) and not self.runs(self.witness.servers)

    @property
    def left_over(self) -> bool:
        """Whether what accompanies the port may have stayed behind without what serves it, which is known and absent.

        Silence alone does not tell: where nobody of this system was seen to listen, what serves the port is not known.
        """
        return self.absent and self.witness.listeners_of[self.system] >= LISTENERS

    @property
    def may_be_down(self) -> bool:
        """Whether what could serve the port ran here and does not listen now: known to, or gone and unlike others."""
        known = bool(self.runs(self.witness.known))
        return known or len(self.runs(self.witness.rare)) > len(self.runs_now(self.witness.rare))

    @property
    def askable(self) -> bool:
        """Whether a look would settle what cannot be seen otherwise: sockets are listed here, and Windows may forward.

        Where nobody lists sockets, that doubt can never be settled, and holds nothing up.
        """
        handed_on = self.port.protocol == "tcp" and self.port.number in FORWARDED
        return handed_on and self.system == WINDOWS and self.witness.asked >= CUSTOMARY

    @property
    def measured(self) -> bool:
        """Whether enough machines seen like this one were seen to listen, and next to all of them show why."""
        missed, of = self.witness.measured[self.whole]
        return of >= MEASURED and missed + 1 <= MISSED * (of + 2)  # Laplace's estimate

    def runs(self, among: Flags) -> list[str]:
        """The executables of some columns that run here."""
        columns = self.columns
        return [self.witness.matrix.executables[each] for each in columns[among[columns]]]
