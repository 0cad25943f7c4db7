"""Machines that a wide rule leaves open → the few ports that what runs on them needs: the least that would do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from longtail.ports import least_aws, least_azure
from longtail.ports.amending import joined
from longtail.ports.closing import letters
from longtail.ports.exceptions import Exempt, answered, held_wide
from longtail.ports.findings import Grant, Need, Privilege, Remedy
from longtail.ports.governed import Governed
from longtail.ports.labels import Labels, Port
from longtail.ports.least import Least, uncovered
from longtail.ports.openings import ROUTES, Network, Opening
from longtail.ports.seen import Seen
from longtail.ports.witness import Witness
from longtail.text import clean

DIRECT = ("tcp", "udp")
DYNAMIC = 49_152  # from here on systems hand out ports (RFC 6335)
HANDED_OUT = "Ports from 49152 on are handed out anew at the next start: where RPC is needed, let in its range. "
REMEDIES = {"azure": least_azure.remedy, "aws": least_aws.remedy}


@dataclass(frozen=True)
class Needs:
    """What needs are read from: learnt ports with what speaks for them, and the sockets of machines.

    ``governed`` tells whom the rules open besides, ``exempt`` are the exceptions that hold, ``taken`` the priorities
    that other remedies of the run were given.
    """

    network: Network
    labels: Labels
    seen: Seen
    rows: Mapping[int, int]  # machine → row
    witnesses: Sequence[tuple[Port, Witness]]
    governed: Governed
    exempt: tuple[Exempt, ...] = ()
    taken: dict[str, set[int]] = field(default_factory=dict)


def privileges(needs: Needs) -> tuple[Privilege, ...]:
    """One for each machine with an opening so wide that it names no port, default rules aside."""
    rows = needs.labels.rows.group_by("machine").agg(
        pl.col("opening").filter(~pl.col("narrow")).alias("wide"), pl.col("opening").filter("narrow").alias("narrow")
    )
    wide = rows.filter(pl.col("wide").list.len() > 0).sort("machine")
    openings = needs.network.openings
    return tuple(
        _privilege(needs, machine, [openings[each] for each in wide], [openings[each] for each in narrow])
        for machine, wide, narrow in wide.iter_rows()
    )


def _privilege(needs: Needs, machine: int, wide: Sequence[Opening], narrow: Sequence[Opening]) -> Privilege:
    known = needs.network.machines[machine]
    opened = {each.protocol for each in wide}
    unseen = [each for each in DIRECT if each in opened and machine not in needs.seen.asked(each)]
    held = held_wide(wide, needs.network.rules, needs.exempt)
    found = dict(_learnt(needs, machine)) | dict(_listened(needs, machine)) | dict(_answered_for(held))
    needed = tuple(
        Need(port.number, port.protocol, why)
        for port, why in sorted(found.items(), key=lambda each: (each[0].number, each[0].protocol))
        if any(each.covers(port.number, port.protocol) for each in wide)
    )
    certain = not unseen and ROUTES not in known.detail
    accepted = next((answered(each) for each in held if each.port is None), "")
    made = _remedies(needs, machine, needed, (wide, narrow)) if not accepted else ()
    return Privilege(
        known.tenant, known.name, tuple(wide), needed, certain, _told(needed, wide, unseen),
        id=letters(known, "least privilege") + letters(known, "least"),
        grants=() if accepted else _grants(needed, wide),
        remedies=made,
        excepted=accepted,
    )  # fmt: skip


def _answered_for(held: Sequence[Exempt]) -> Iterator[tuple[Port, str]]:
    """The ports that an exception holds open."""
    for each in held:
        for protocol in DIRECT if each.port is not None else ():
            yield Port(each.port or 0, protocol), f"accepted: {answered(each)}"


def _listened(needs: Needs, machine: int) -> Iterator[tuple[Port, str]]:
    for port, sockets in needs.seen.sockets.get(machine, {}).items():
        beyond = [each for each in sockets if not each.loopback]
        if beyond and port.protocol in DIRECT:
            yield port, f"{clean(beyond[0].image or 'something', 90)} listens on it"


def _learnt(needs: Needs, machine: int) -> Iterator[tuple[Port, str]]:
    """The ports whose companions run here; where nothing listens, only if a program runs that does so elsewhere."""
    row = needs.rows.get(machine)
    for port, witness in needs.witnesses if row is not None else ():
        if not witness.learnt.profile.learnable:
            continue
        tells = witness.servers if needs.seen.listening(machine, port) == () else witness.strong
        columns = witness.matrix.columns(row or 0)
        runs = [witness.matrix.executables[each] for each in columns[tells[columns]]]
        if runs:
            yield port, f"{clean(runs[0], 90)} runs here, which accompanies it"


def _grants(needed: Sequence[Need], wide: Sequence[Opening]) -> tuple[Grant, ...]:
    """The rules that would do: of each way in, the ports needed of it, from the sources that it lets in."""
    ways: dict[tuple[Opening, ...], None] = {}
    for each in wide:
        ways[tuple(one for one in wide if _way(one) == _way(each))] = None
    found = []
    for way in ways:
        first = way[0]
        ports = {
            need.port
            for need in needed
            if need.protocol == first.protocol and any(one.covers(need.port, need.protocol) for one in way)
        }
        if ports:
            found.append(Grant(first.protocol, joined(ports), first.scope, first.sources, first.rules))
    return tuple(found)


def _way(opening: Opening) -> tuple[object, ...]:
    return opening.protocol, opening.sources, opening.rules


def _remedies(
    needs: Needs, machine: int, needed: Sequence[Need], openings: tuple[Sequence[Opening], Sequence[Opening]]
) -> tuple[Remedy, ...]:
    """The commands that put the rules in place, where the platform's evaluation says that they do it.

    What nobody looked at may be in use: a protocol whose sockets are not known stays as it is.
    """
    known, (wide, narrow) = needs.network.machines[machine], openings
    open_ = sorted({each.protocol for each in wide})
    looked = frozenset(each for each in open_ if machine in needs.seen.asked(each))
    if known.platform not in REMEDIES or ROUTES in known.detail or not looked:
        return ()
    seen = Least(
        known, needs.network, tuple(wide), tuple(narrow),
        frozenset(Port(each.port, each.protocol) for each in needed), False, looked, needs.taken,
    )  # fmt: skip
    least = uncovered(seen, needs.labels.widest)
    found = REMEDIES[known.platform](replace(least, shared=_shared(needs, least.wide)))
    left = ", ".join(each.upper() for each in open_ if each not in looked)
    mind = f"{left} stays as it is: nobody looked at its sockets. " if left else ""
    mind += HANDED_OUT if any(each.port >= DYNAMIC for each in needed) else ""
    return () if found is None else (replace(found, note=f"{mind}{found.note}"),)


def _shared(needs: Needs, wide: Sequence[Opening]) -> bool:
    """Whether the rules, those that others hide before this machine among them, open something else."""
    known = needs.network.rules
    bearing = {known[id].container for each in wide for id in each.rules if id in known}
    return bool(needs.governed.beside(wide)) or not bearing.isdisjoint(needs.network.bearers)


def _told(needed: Sequence[Need], openings: Sequence[Opening], unseen: Sequence[str]) -> str:
    sources = ", ".join(dict.fromkeys(source for each in openings for source in each.sources))
    ports = ", ".join(f"{each.port}/{each.protocol}" for each in needed)
    opened = {each.protocol for each in openings}
    which = "sockets" if opened <= set(unseen) else f"{unseen[0].upper()} sockets" if unseen else ""
    doubt = f": nobody looked at its {which}, so ask before ports that no program tells are closed" if unseen else ""
    if not needed:
        return f"nothing is known to need an opening from {sources}{doubt}"
    return f"instead of everything from {sources}, let in {ports} only{doubt}"
