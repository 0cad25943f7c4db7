"""Machines that a wide rule leaves open → the few ports that what runs on them needs: the least that would do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from longtail.ports.findings import Need, Privilege
from longtail.ports.labels import Labels, Port
from longtail.ports.openings import Network, Opening
from longtail.ports.seen import Seen
from longtail.ports.witness import Witness
from longtail.text import clean

DIRECT = ("tcp", "udp")


@dataclass(frozen=True)
class Needs:
    """What needs are read from: learnt ports with what speaks for them, and the sockets of machines."""

    network: Network
    labels: Labels
    seen: Seen
    rows: Mapping[int, int]  # machine → row
    witnesses: Sequence[tuple[Port, Witness]]


def privileges(needs: Needs) -> tuple[Privilege, ...]:
    """One for each machine with an opening so wide that it names no port, default rules aside."""
    wide = needs.labels.rows.filter(~pl.col("narrow")).group_by("machine").agg("opening").sort("machine")
    return tuple(
        _privilege(needs, machine, [needs.network.openings[each] for each in openings])
        for machine, openings in wide.iter_rows()
    )


def _privilege(needs: Needs, machine: int, openings: Sequence[Opening]) -> Privilege:
    known = needs.network.machines[machine]
    asked = all(machine in needs.seen.asked(each.protocol) for each in openings if each.protocol in DIRECT)
    found = dict(_learnt(needs, machine)) | dict(_listened(needs, machine))
    needed = tuple(
        Need(port.number, port.protocol, why)
        for port, why in sorted(found.items(), key=lambda each: (each[0].number, each[0].protocol))
        if any(each.covers(port.number, port.protocol) for each in openings)
    )
    return Privilege(known.tenant, known.name, tuple(openings), needed, asked, _told(needed, openings, asked))


def _listened(needs: Needs, machine: int) -> Iterator[tuple[Port, str]]:
    for port, sockets in needs.seen.sockets.get(machine, {}).items():
        beyond = [each for each in sockets if not each.loopback]
        if beyond and port.protocol in DIRECT:
            yield port, f"{clean(beyond[0].image or 'something', 90)} listens on it"


def _learnt(needs: Needs, machine: int) -> Iterator[tuple[Port, str]]:
    """The ports whose companions run here; where sockets are known, only those on which something listens."""
    row = needs.rows.get(machine)
    for port, witness in needs.witnesses if row is not None else ():
        if not witness.learnt.profile.learnable or needs.seen.listening(machine, port) == ():
            continue
        columns = witness.matrix.columns(row or 0)
        runs = [witness.matrix.executables[each] for each in columns[witness.strong[columns]]]
        if runs:
            yield port, f"{clean(runs[0], 90)} runs here, which accompanies it"


def _told(needed: Sequence[Need], openings: Sequence[Opening], asked: bool) -> str:
    sources = ", ".join(dict.fromkeys(source for each in openings for source in each.sources))
    ports = ", ".join(f"{each.port}/{each.protocol}" for each in needed)
    doubt = "" if asked else ": nobody looked at its sockets, so ask before ports that no program tells are closed"
    if not needed:
        return f"nothing is known to need an opening from {sources}{doubt}"
    return f"instead of everything from {sources}, let in {ports} only{doubt}"
