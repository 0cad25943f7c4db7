"""What ``ports`` found → what of it a person is shown, and how far: the limits, each said where it cuts."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from longtail.outputs.ports.plain import in_order, silenced, to_close
from longtail.outputs.ports.wording import port_name
from longtail.ports.findings import PortProfile, Ports, Recommendation, Unjoined, Verdict

NOT_JUDGED = (Verdict.NOT_ENOUGH_EVIDENCE, Verdict.UNLEARNABLE)
EXAMPLES = 3

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Alike:
    """Open ports of one verdict and for one reason: how many, on which ports and machines, and one of the reasons."""

    verdict: Verdict
    openings: int
    machines: int
    ports: tuple[str, ...]
    examples: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Left:
    """Machines or hosts left over on one side for one reason."""

    side: str
    number: int
    examples: tuple[str, ...]
    reason: str


def findings(ports: Ports) -> list[Recommendation]:
    """What to close, most worth closing first."""
    return in_order(each for each in ports.recommendations if to_close(each))


def excepted(ports: Ports) -> list[Recommendation]:
    """Findings that an exception silences."""
    return in_order(each for each in ports.recommendations if silenced(each))


def profiles_told(ports: Ports, most: int) -> tuple[list[PortProfile], list[PortProfile]]:
    """At most so many of those that were learnt from, to be told whole, and all others.

    What could be learnt comes first, then what could not, then what was not tried; within each, ports with most to
    close, then those open on most machines.
    """
    found = Counter((each.port, each.protocol) for each in ports.recommendations if to_close(each))
    ordered = sorted(
        ports.profiles,
        key=lambda each: (
            not each.learnable,
            not each.learning,
            -found[each.port, each.protocol],
            -each.machines_open,
            each.port,
            each.protocol,
        ),
    )
    whole = [each for each in ordered if each.learning][:most]
    return whole, ordered[len(whole) :]


def not_judged(ports: Ports) -> list[Alike]:
    """Open ports about which nothing could be said, by reason, the commonest first."""
    return _alike(each for each in ports.recommendations if each.verdict in NOT_JUDGED)


def in_use(ports: Ports) -> list[Alike]:
    """Open ports behind which something runs, by what was seen, the commonest first."""
    return _alike(each for each in ports.recommendations if not each.verdict.finding and each.verdict not in NOT_JUDGED)


def left(unjoined: Iterable[Unjoined]) -> list[Left]:
    """What could not be joined, by side and reason, the commonest first."""
    groups: dict[tuple[str, str], list[Unjoined]] = defaultdict(list)
    for each in unjoined:
        groups[each.side, _NUMBER.sub("#", each.reason)].append(each)
    told = [
        Left(side, len(group), tuple(each.name for each in group[:EXAMPLES]), group[0].reason)
        for (side, _), group in groups.items()
    ]
    return sorted(told, key=lambda each: (-each.number, each.side, each.reason))


def _alike(recommendations: Iterable[Recommendation]) -> list[Alike]:
    """Grouped by the reason without its numbers; reasons that name what runs here differ, and count as one."""
    groups: dict[tuple[Verdict, str], list[Recommendation]] = defaultdict(list)
    for each in recommendations:
        kind = _NUMBER.sub("#", each.reason) if each.verdict in NOT_JUDGED else port_name(each)
        groups[each.verdict, kind].append(each)
    told = [_group(verdict, group) for (verdict, _), group in groups.items()]
    return sorted(told, key=lambda each: (-each.openings, each.verdict, each.ports, each.reason))


def _group(verdict: Verdict, group: Sequence[Recommendation]) -> Alike:
    machines = dict.fromkeys((each.tenant, each.machine) for each in group)
    return Alike(
        verdict,
        len(group),
        len(machines),
        tuple(dict.fromkeys(map(port_name, group))),
        tuple(machine for _, machine in list(machines)[:EXAMPLES]),
        group[0].reason,
    )
