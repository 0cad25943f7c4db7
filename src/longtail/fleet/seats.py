"""A machine → its seats: the accounts that run processes on it, each under its long-lived process."""

from functools import lru_cache

from longtail.fleet.chance import stream
from longtail.fleet.estate import Machine
from longtail.fleet.plan import Plan
from longtail.fleet.seat import Seat
from longtail.fleet.seats_linux import linux_seats
from longtail.fleet.seats_windows import windows_seats


@lru_cache(maxsize=64)
def seats(plan: Plan, host: Machine) -> tuple[Seat, ...]:
    """Every account that runs processes on the host."""
    rng = stream(plan.seed, "seats", host.index)
    return tuple(linux_seats(host, rng) if host.linux else windows_seats(plan, host, rng))
