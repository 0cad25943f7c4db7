"""Attack recipes → the same technique twice: once on a service account, then by others, elsewhere, in other words.

A recipe leaves a choice for each act; ``pinned`` makes it, so that what is mined from one incident and what is looked
for in another are the same acts. Addresses, names, files, tools, places and disguise are drawn afresh.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from longtail.fleet import Plan
from longtail.fleet.attack import Attack
from longtail.fleet.chance import Rng, happens, one_of, stream
from longtail.fleet.estate import Machine, machine
from longtail.fleet.generate import timeline
from longtail.fleet.incidents import ROLE_OF_SEAT, Placed
from longtail.fleet.seat import Seat
from longtail.fleet.seats import seats
from longtail.fleet.story import Run, story
from longtail.fleet.timeline import Timeline, frame, lay
from longtail.fleet.vocabulary import CHOICES
from longtail.fleet.words import TOKEN

OTHERS = ("human", "system", "networkservice", "root", "person")
"""Seats that are no service's own: who does the same elsewhere."""
RESPELT = re.compile(
    r"(?i)^\"?(?:[^\"]*\\)?(?:certutil|bitsadmin|regsvr32|powershell|taskkill|schtasks|nltest)(?:\.exe)?\b"
)
"""Programs that take an option after ``/`` as after ``-``."""
OPTION = re.compile(r"(?<=\s)[-/](?=[A-Za-z]{2,}(?:\s|$))")
WORD = re.compile(r"[A-Za-z0-9_@.$-]{3,}")


@dataclass(frozen=True, slots=True)
class Attacked:
    """A technique in one fleet: which recipe, on which account, its process starts as the telemetry has them."""

    attack: Attack
    placed: Placed
    events: pl.DataFrame
    words: frozenset[str]


def pinned(attack: Attack, rng: Rng) -> Attack:
    """The recipe with one alternative for each act."""
    acts = [text for each in attack.acts if (text := one_of(rng, each))]
    return replace(attack, text="\n\n".join(acts or [attack.acts[-1][-1]]), shuffled=False)


def placed(plan: Plan, attacks: Sequence[Attack], others: bool) -> Iterator[Placed]:
    """Each attack on a host of its own: on an account it fits, or (``others``) on another account of such a host."""
    rng = stream(plan.seed, "placing techniques", int(others))
    free = [int(index) for index in rng.permutation(plan.machines)]
    for number, attack in enumerate(attacks, start=1):
        found = next(
            ((host, own) for index in free if (own := _seat(plan, host := machine(plan, index), attack))), None
        )
        if found is not None:
            host, own = found
            free.remove(host.index)
            seat = _another(plan, host, own, rng) if others else own
            begins = host.window.first + (host.window.last - host.window.first) * (0.1 + 0.7 * rng.random())
            yield Placed(number + 1000 * others, attack, host, seat, begins)


def _seat(plan: Plan, host: Machine, attack: Attack) -> Seat | None:
    if host.oddity or host.role not in {ROLE_OF_SEAT.get(kind, kind) for kind in attack.seats}:
        return None
    return next((seat for kind in attack.seats for seat in seats(plan, host) if seat.kind == kind), None)


def _another(plan: Plan, host: Machine, own: Seat, rng: Rng) -> Seat:
    """Somebody else on the host, who knows the same places."""
    among = [seat for seat in seats(plan, host) if seat.kind in OTHERS] or [own]
    other = one_of(rng, among)
    return replace(other, facts={**own.facts, **other.facts})


def attacked(plan: Plan, incident: Placed, respelt: bool = False) -> Attacked:
    """The incident's process starts, on every host it reaches."""
    rng = stream(plan.seed, "spelling", incident.number)
    found = []
    for order, run in enumerate(story(plan, incident)):
        line = Timeline(plan.start)
        _lay(plan, line, (incident.number, order), run)
        found.append(frame(machine(plan, run.host), line))
    events = pl.concat(found)
    if respelt:
        lines = [_respelt(line, rng) for line in events["command_line"].to_list()]
        events = events.with_columns(pl.Series("command_line", lines, dtype=pl.String))
    return Attacked(incident.attack, incident, events, instance_words(incident, events))


def _respelt(line: str | None, rng: Rng) -> str | None:
    if line is None or not RESPELT.match(line) or not happens(rng, 0.5):
        return line
    dash = one_of(rng, "-/")
    return OPTION.sub(dash, line)


def _lay(plan: Plan, line: Timeline, key: tuple[int, int], run: Run) -> None:
    lay(line, run.seat, run.tree, (run.times, stream(plan.seed, "attack", *key)))


def with_attacks(plan: Plan, incidents: Sequence[Placed]) -> Iterator[pl.DataFrame]:
    """The process starts of the fleet, host by host, with the incidents in it."""
    by_host: dict[int, list[tuple[tuple[int, int], Run]]] = {}
    for incident in incidents:
        for order, run in enumerate(story(plan, incident)):
            by_host.setdefault(run.host, []).append(((incident.number, order), run))
    for index in range(plan.machines):
        host = machine(plan, index)
        line = timeline(plan, host)
        for key, run in by_host.get(index, ()):
            _lay(plan, line, key, run)
        yield frame(host, line)


def instance_words(incident: Placed, events: pl.DataFrame) -> frozenset[str]:
    """The words of an incident that neither its recipe nor the host's software has: addresses, names, files."""
    seen = _words(*events["command_line"].drop_nulls(), *events["image"])
    recipe_text = TOKEN.sub(" ", incident.attack.text + incident.attack.elsewhere).lower()
    shared = [*incident.seat.facts.values(), *(text for name in PLACES for text in CHOICES[name])]
    programs = {f"{word}.exe" for word in re.findall(r"[a-z0-9_]{2,}", recipe_text)}
    return frozenset(seen - _words(recipe_text) - programs - _words(*shared) - COMMON)


PLACES = ("drop", "webdrop", "nixdrop", "taskname")


def _words(*texts: str) -> set[str]:
    """Words in lower case, whole and without their endings."""
    found = {word for text in texts for word in WORD.findall(text.lower())}
    return found | {word.rpartition(".")[0] for word in found if "." in word} - {""}


COMMON = frozenset(
    _words(
        "C:\\Windows\\System32\\cmd.exe powershell.exe wmic.exe net.exe net1.exe conhost.exe ForceV1 0xffffffff",
        "/usr/bin/bash /bin/sh SysWOW64 wbem http https exe dll v1.0",
        "WindowsPowerShell Framework64 Microsoft.NET v4.0.30319",
    )
)
"""Words of every Windows and Linux."""
