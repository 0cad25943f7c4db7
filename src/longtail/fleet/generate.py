"""A plan → its process starts, host by host, and the truth about them."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

import numpy as np
import polars as pl

from longtail.fleet.benign import FURTHER, HABITS
from longtail.fleet.binding import bound
from longtail.fleet.chance import happens, stream
from longtail.fleet.estate import Machine, machine, tenants
from longtail.fleet.habits import Habit, paragraphs
from longtail.fleet.incidents import Placed, placed
from longtail.fleet.occasions import Held, occasions
from longtail.fleet.plan import Plan
from longtail.fleet.rhythm import Times
from longtail.fleet.seat import Seat
from longtail.fleet.seats import seats
from longtail.fleet.story import Run, story
from longtail.fleet.timeline import Timeline, frame, lay
from longtail.fleet.truth import Happening, Incident, TrueEvent, Truth

STARTS_ONCE = "wininit.exe"  # a program that starts with Windows, and never else
OWN_WAY = 0.35  # how often a host does a thing in a way of its own


def events(plan: Plan, hosts_a_chunk: int = 8) -> Iterator[pl.DataFrame]:
    """The process starts of the fleet as tables of PROCESS_EVENT, a few hosts each, each host in the order of time.

    The rows depend on the plan alone, never on the size of the chunks.
    """
    for first in range(0, plan.machines, hosts_a_chunk):
        last = min(first + hosts_a_chunk, plan.machines)
        yield pl.concat([host_events(plan, index) for index in range(first, last)])


def host_events(plan: Plan, index: int) -> pl.DataFrame:
    """The process starts of one host of the plan (schema PROCESS_EVENT), in the order of time."""
    host = machine(plan, index)
    return frame(host, timeline(plan, host))


def timeline(plan: Plan, host: Machine) -> Timeline:
    """Everything that happens on one host of the plan, with room for more to be laid into it."""
    line = Timeline(plan.start)
    for position, seat in enumerate(seats(plan, host)):
        for habit in _habits_of(seat.kind, "further" in plan.recipes):
            _live(plan, host, line, (habit, seat, position))
    for held in occasions(plan, host.tenant):
        _attend(plan, host, line, held)
    for key, run in _runs_by_host(plan).get(host.index, ()):
        _attack(plan, line, key, run)
    return line


def boots(plan: Plan, host: Machine) -> Times:
    """When a Windows host starts anew in its ``timeline``, seconds from the plan's start."""
    line = Timeline(plan.start)
    for position, seat in enumerate(seats(plan, host)):
        for habit in _habits_of(seat.kind, "further" in plan.recipes):
            if any(STARTS_ONCE in script for script in habit.scripts):
                _live(plan, host, line, (habit, seat, position))
    for held in occasions(plan, host.tenant):
        if any(STARTS_ONCE in text for _, text in held.occasion.parts):
            _attend(plan, host, line, held)
    times = np.concatenate([np.array([]), *line.times])
    texts = [line.texts[number] for each in line.columns["image"] for number in each]
    return np.unique(times[[text.endswith(STARTS_ONCE) for text in texts]])


@lru_cache(maxsize=64)
def _habits_of(kind: str, further: bool) -> tuple[Habit, ...]:
    habits = (*HABITS, *FURTHER) if further else HABITS
    return tuple(habit for habit in habits if habit.seat == kind)


def _live(plan: Plan, host: Machine, line: Timeline, who: tuple[Habit, Seat, int]) -> None:
    habit, seat, position = who
    rng = stream(plan.seed, habit.name, host.index, position)
    if not happens(rng, habit.share):
        return
    custom = _custom(plan, habit, host.tenant.index)
    if custom is None:
        return
    for copy in range(int(rng.integers(habit.copies[0], habit.copies[1] + 1))):
        # What a tenant's people made once for all their hosts, or what someone made for this one.
        own = rng if happens(rng, OWN_WAY) else stream(plan.seed, habit.name, "house style", host.tenant.index, copy)
        script = habit.scripts[int(own.integers(len(habit.scripts))) if own is rng else custom]
        tenant_rng = stream(plan.seed, habit.name, "words", host.tenant.index)
        lay(line, seat, bound(script, seat, own, tenant_rng), (habit.rhythm(rng, host.window), rng))


@lru_cache(maxsize=65536)
def _custom(plan: Plan, habit: Habit, tenant: int) -> int | None:
    """Which of a habit's scripts a tenant prefers; None if the tenant does not have the habit."""
    rng = stream(plan.seed, habit.name, "tenant", tenant)
    return int(rng.integers(len(habit.scripts))) if happens(rng, habit.tenant_share) else None


def _attend(plan: Plan, host: Machine, line: Timeline, held: Held) -> None:
    time = held.time_at(host)
    if time is None:
        return
    occasion, owner = held.occasion, host.tenant.index
    rng = stream(plan.seed, occasion.name, host.index, held.number)
    parts = [(kind, text, np.array([time])) for kind, text in occasion.parts]
    if occasion.afterwards is not None:
        kind, text, rhythm = occasion.afterwards
        times: Times = rhythm(rng, host.window)
        parts.append((kind, text, times[times > time]))
    for kind, text, times in parts:
        scripts = paragraphs(text)
        for seat in seats(plan, host):
            if seat.kind == kind:
                words_rng = stream(plan.seed, occasion.name, "words", owner, held.number)
                script = scripts[int(words_rng.integers(len(scripts)))]
                lay(line, seat, bound(script, seat, rng, words_rng), (times, rng))


def _attack(plan: Plan, line: Timeline, key: tuple[int, int], run: Run) -> None:
    lay(line, run.seat, run.tree, (run.times, stream(plan.seed, "attack", *key)))


def attacked_hosts(plan: Plan) -> frozenset[int]:
    """The hosts that incidents reach, by index."""
    return frozenset(_runs_by_host(plan))


@lru_cache(maxsize=4)
def _runs_by_host(plan: Plan) -> dict[int, list[tuple[tuple[int, int], Run]]]:
    found: dict[int, list[tuple[tuple[int, int], Run]]] = {}
    for incident in placed(plan):
        for order, run in enumerate(story(plan, incident)):
            found.setdefault(run.host, []).append(((incident.number, order), run))
    return found


def truth(plan: Plan) -> Truth:
    """What really happened: every incident with its process starts exactly as ``events`` has them."""
    return Truth(tuple(_incident(plan, each) for each in placed(plan)), tuple(_happenings(plan)))


def _incident(plan: Plan, incident: Placed) -> Incident:
    seen = {True: list[TrueEvent](), False: list[TrueEvent]()}
    for order, run in enumerate(story(plan, incident)):
        line = Timeline(plan.start)
        _attack(plan, line, (incident.number, order), run)
        seen[run.preparation] += _true_events(machine(plan, run.host), line)
    events_of = {key: tuple(sorted(found, key=lambda each: each.time)) for key, found in seen.items()}
    found = events_of[False]
    return Incident(
        id=f"incident-{incident.number:03d}",
        tenant=incident.host.tenant.name,
        host=incident.host.name,
        account=incident.seat.account,
        account_class=incident.seat.kind,
        recipe="+".join([incident.attack.name, *sorted(incident.modifiers)]),
        first_seen=found[0].time,
        last_seen=found[-1].time,
        hosts=tuple(dict.fromkeys(each.host for each in found)),
        techniques=incident.attack.techniques,
        note=incident.attack.note,
        events=found,
        preparation=events_of[True],
    )


def _true_events(host: Machine, line: Timeline) -> list[TrueEvent]:
    table = frame(host, line).select("time", "host", "account", "image", "command_line")
    return [TrueEvent(**row) for row in table.to_dicts()]


def _happenings(plan: Plan) -> Iterator[Happening]:
    for tenant in tenants(plan):
        hosts = [machine(plan, index) for index in range(tenant.first, tenant.first + tenant.size)]
        for held in occasions(plan, tenant):
            reached = [(host, time) for host in hosts if (time := held.time_at(host)) is not None]
            if reached:
                yield _happening(plan, held.occasion.kind, held.occasion.note, reached)
        for host in hosts:
            if host.oddity:
                yield _happening(
                    plan, host.oddity, ODD[host.oddity], [(host, host.window.first), (host, host.window.last)]
                )


ODD = {
    "late joiner": "its telemetry begins long after the others'",
    "silent": "its telemetry ends long before the others'",
    "skewed clock": "its clock is hours off",
    "no command lines": "its telemetry has no command lines",
    "no parents": "its telemetry does not name parents",
}


def _happening(plan: Plan, kind: str, note: str, reached: list[tuple[Machine, float]]) -> Happening:
    times = [plan.start + timedelta(seconds=time + host.skew) for host, time in reached]
    names = tuple(dict.fromkeys(host.name for host, _ in reached))
    return Happening(kind, reached[0][0].tenant.name, names, min(times), max(times), note)
