"""A plan → the benign occasions of its tenants: when each began and which hosts it reached when."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from longtail.fleet.benign import OCCASIONS
from longtail.fleet.chance import stream
from longtail.fleet.estate import Machine, Tenant
from longtail.fleet.occasion import Occasion
from longtail.fleet.plan import Plan
from longtail.fleet.rhythm import DAY, HOUR, Times


@dataclass(frozen=True, slots=True)
class Held:
    """An occasion of one tenant. ``times`` has a second for each of the tenant's hosts, NaN for those left out."""

    occasion: Occasion
    number: int
    times: Times

    def time_at(self, host: Machine) -> float | None:
        """When it reached a host, None where it did not."""
        time = float(self.times[host.index - host.tenant.first])
        fits = not self.occasion.roles or host.role in self.occasion.roles
        return time if fits and host.window.first <= time < host.window.last and not host.linux else None


@lru_cache(maxsize=512)
def occasions(plan: Plan, tenant: Tenant) -> tuple[Held, ...]:
    """What happens to a tenant as a whole."""
    found = []
    for occasion in OCCASIONS:
        rng = stream(plan.seed, "occasion", occasion.name, tenant.index)
        if tenant.size < occasion.minimum_hosts:
            continue
        for number in range(int(rng.poisson(occasion.each * plan.days / 30))):
            begin = float(rng.integers(plan.days)) * DAY
            local_hour = rng.uniform(20, 23) if occasion.nightly else rng.uniform(7, 18)
            begin += (local_hour * HOUR - tenant.utc_offset * HOUR) % DAY
            length = rng.uniform(*occasion.hours) * HOUR
            times = begin + np.sort(rng.random(tenant.size)) * length
            rng.shuffle(times)
            times[rng.random(tenant.size) >= occasion.hosts] = np.nan
            found.append(Held(occasion, number, times))
    return tuple(found)
