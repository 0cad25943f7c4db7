"""A plan → its process starts, host by host, and the truth about them."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import polars as pl

from longtail.fleet.benign import HABITS
from longtail.fleet.binding import bound
from longtail.fleet.chance import happens, stream
from longtail.fleet.estate import Machine, machine
from longtail.fleet.habits import Habit
from longtail.fleet.incidents import Placed, Run, placed, runs
from longtail.fleet.plan import Plan
from longtail.fleet.seat import Seat
from longtail.fleet.seats import seats
from longtail.fleet.timeline import Timeline, frame, lay
from longtail.fleet.truth import Incident, TrueEvent, Truth


def events(plan: Plan, hosts_a_chunk: int = 4) -> Iterator[pl.DataFrame]:
    """The process starts of the fleet as tables of PROCESS_EVENT, a few hosts each, each host in the order of time.

    The rows depend on the plan alone, never on the size of the chunks.
    """
    for first in range(0, plan.machines, hosts_a_chunk):
        yield pl.concat([host_events(plan, index) for index in range(first, min(first + hosts_a_chunk, plan.machines))])


def host_events(plan: Plan, index: int) -> pl.DataFrame:
    """The process starts of one host of the plan (schema PROCESS_EVENT), in the order of time."""
    host, line = machine(plan, index), Timeline()
    for position, seat in enumerate(seats(plan, host)):
        for habit in _BY_SEAT.get(seat.kind, ()):
            _live(plan, host, line, (habit, seat, position))
    for number, run in _runs_by_host(plan).get(index, ()):
        _attack(plan, line, number, run)
    return frame(plan, host, line)


_BY_SEAT: dict[str, list[Habit]] = {}
for _habit in HABITS:
    _BY_SEAT.setdefault(_habit.seat, []).append(_habit)


def _live(plan: Plan, host: Machine, line: Timeline, who: tuple[Habit, Seat, int]) -> None:
    habit, seat, position = who
    tenant_rng = stream(plan.seed, habit.name, "tenant", host.tenant.index)
    rng = stream(plan.seed, habit.name, host.index, position)
    if not happens(tenant_rng, habit.tenant_share) or not happens(rng, habit.share):
        return
    preferred = int(tenant_rng.integers(len(habit.scripts)))
    for _ in range(int(rng.integers(habit.copies[0], habit.copies[1] + 1))):
        script = habit.scripts[preferred if happens(rng, 0.3) else int(rng.integers(len(habit.scripts)))]
        lay(line, seat, bound(script, seat, rng, tenant_rng), habit.rhythm(rng, host.window), rng)


def _attack(plan: Plan, line: Timeline, number: tuple[int, int], run: Run) -> None:
    lay(line, run.seat, run.tree, np.array([run.time]), stream(plan.seed, "attack", *number))


@lru_cache(maxsize=4)
def _runs_by_host(plan: Plan) -> dict[int, list[tuple[tuple[int, int], Run]]]:
    found: dict[int, list[tuple[tuple[int, int], Run]]] = {}
    for incident in placed(plan):
        for order, run in enumerate(runs(plan, incident)):
            found.setdefault(run.host, []).append(((incident.number, order), run))
    return found


def truth(plan: Plan) -> Truth:
    """What really happened: every incident with its process starts exactly as ``events`` has them."""
    return Truth(tuple(_incident(plan, each) for each in placed(plan)), ())


def _incident(plan: Plan, incident: Placed) -> Incident:
    laid: dict[int, Timeline] = {}
    for order, run in enumerate(runs(plan, incident)):
        _attack(plan, laid.setdefault(run.host, Timeline()), (incident.number, order), run)
    seen = [_true_events(plan, index, line) for index, line in laid.items()]
    found = tuple(sorted((each for host in seen for each in host), key=lambda each: each.time))
    return Incident(
        id=f"incident-{incident.number:03d}",
        tenant=incident.host.tenant.name,
        host=incident.host.name,
        account=incident.seat.account,
        account_class=incident.seat.kind,
        recipe=incident.attack.name,
        first_seen=found[0].time,
        last_seen=found[-1].time,
        hosts=tuple(dict.fromkeys(each.host for each in found)),
        techniques=incident.attack.techniques,
        note=incident.attack.note,
        events=found,
    )


def _true_events(plan: Plan, index: int, line: Timeline) -> list[TrueEvent]:
    table = frame(plan, machine(plan, index), line)
    return [TrueEvent(**row) for row in table.select("time", "host", "account", "image", "command_line").to_dicts()]
