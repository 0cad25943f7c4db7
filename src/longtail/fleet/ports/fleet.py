"""A plan → a whole fleet for ``longtail ports`` in memory: inventory, exports, sockets, snapshots, attacks, truth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import polars as pl

from longtail.executions.schema import UTC_TIME
from longtail.fleet.chance import happens, one_of, stream
from longtail.fleet.estate import tenants
from longtail.fleet.plan import Plan
from longtail.fleet.ports import aws, azure, plain
from longtail.fleet.ports.life import post_events, post_images
from longtail.fleet.ports.posts import Odds, post
from longtail.fleet.ports.rules import Ruled, ruled
from longtail.fleet.ports.site import place, site
from longtail.fleet.ports.sockets import Look, look
from longtail.fleet.ports.tools import LISTENING as LISTENING_TOOLS
from longtail.fleet.ports.tools import SNAPSHOTS as SNAPSHOT_TOOLS
from longtail.fleet.ports.tools import Tool
from longtail.fleet.ports.truth import PortTruth, port_truth
from longtail.ports.evidence import ATTACKED, LISTENING, RUNNING

EXPORTS = {"azure-rest": azure.exports, "azure-az": azure.exports, "aws": aws.exports, "plain": plain.exports}
INVENTORY_PAIRS = pl.Schema(
    {"tenant": pl.String(), "host": pl.String(), "image": pl.String(), "first_seen": UTC_TIME, "last_seen": UTC_TIME}
)
FROM_OUTSIDE = ("any", "internet")
MOST_DAYS_ATTACKED = 9

Files = Mapping[str, str]


@dataclass(frozen=True)
class PortsFleet:
    """A fleet as ``longtail ports`` sees it; each part is made when it is first asked for.

    The same plan and odds always give the same parts. Texts of files are by path, the first folder being the tenant.
    """

    plan: Plan
    odds: Odds = field(default_factory=Odds)

    @cached_property
    def machines(self) -> tuple[Ruled, ...]:
        """Every machine with its place, its software, its rules and its doors."""
        plan = self.plan
        posts = (post(plan, self.odds, index) for index in range(plan.machines))
        return tuple(ruled(plan, place(plan, each)) for each in posts)

    def events(self) -> Iterator[pl.DataFrame]:
        """The process starts (schema PROCESS_EVENT), a table a machine that is watched."""
        for each in self.machines:
            if each.place.post.watched:
                made = post_events(self.plan, each.place.post, each.place.known_as)
                yield made.with_columns(tenant=pl.lit(each.place.site.id))

    @cached_property
    def inventory(self) -> pl.DataFrame:
        """What was seen to start: tenant, host, image, first_seen, last_seen (schema INVENTORY_PAIRS)."""
        found = [
            post_images(self.plan, each.place.post).with_columns(
                tenant=pl.lit(each.place.site.id), host=pl.lit(each.place.known_as)
            )
            for each in self.machines if each.place.post.watched
        ]  # fmt: skip
        return pl.concat([INVENTORY_PAIRS.to_frame(), *(each.select(INVENTORY_PAIRS.names()) for each in found)])

    @cached_property
    def network(self) -> Files:
        """The exports of every tenant's network."""
        found: dict[str, str] = {}
        for tenant in tenants(self.plan):
            where = site(self.plan, tenant)
            own = self.machines[tenant.first : tenant.first + tenant.size]
            found |= {f"{where.id}/{name}": text for name, text in EXPORTS[where.platform](self.plan, where, own)}
        return found

    @cached_property
    def looks(self) -> tuple[Look, ...]:
        """What was seen on the machines that someone looked at."""
        return tuple(look(self.plan, each.place) for each in self.machines if each.place.post.looked_at)

    @cached_property
    def listening(self) -> pl.DataFrame:
        """The listening sockets that were seen (schema LISTENING)."""
        rows = [
            (seen.time, seen.where.site.id, seen.host, "tcp", each.port, each.address, each.process.pid,
             each.process.image, "listening")
            for seen in self.looks if "listening" in seen.where.post.looked_at
            for each in seen.sockets
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=LISTENING, orient="row")

    @cached_property
    def running(self) -> pl.DataFrame:
        """The processes that snapshots saw (schema RUNNING)."""
        rows = [
            (seen.where.site.id, seen.host, None, each.image, each.command_line, seen.time, seen.time, "snapshots")
            for seen in self.looks if "snapshots" in seen.where.post.looked_at
            for each in seen.processes
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=RUNNING, orient="row")

    @cached_property
    def listening_files(self) -> Files:
        """The same sockets as the tools print them."""
        return _printed(self, "listening", LISTENING_TOOLS)

    @cached_property
    def snapshot_files(self) -> Files:
        """The same processes as the tools print them."""
        return _printed(self, "snapshots", SNAPSHOT_TOOLS)

    @cached_property
    def attacked(self) -> pl.DataFrame:
        """The brute-force alerts (schema ATTACKED)."""
        rows = [row for each in self.machines for row in _attacks(self.plan, self.odds, each)]
        return pl.DataFrame(rows, schema=ATTACKED, orient="row")

    @cached_property
    def truth(self) -> tuple[PortTruth, ...]:
        """The truth about every port that a rule of its own opens."""
        attacked: dict[tuple[str, str], set[int]] = {}
        for tenant, machine, port in self.attacked.select("tenant", "machine", "port").rows():
            attacked.setdefault((tenant, machine), set()).add(port)
        return tuple(
            line
            for each in self.machines
            for line in port_truth(each, frozenset(attacked.get((each.place.site.id, each.place.name), ())))
        )

    @cached_property
    def serving(self) -> pl.DataFrame:
        """Every TCP port that answers from beyond its machine, opened or not: tenant, machine, host, port."""
        rows = [
            (each.place.site.id, each.place.name, each.place.known_as, port)
            for each in self.machines for held in each.place.post.installed if held.binds == "any"
            for port in held.ports
        ]  # fmt: skip
        names = {"tenant": pl.String(), "machine": pl.String(), "host": pl.String(), "port": pl.Int32()}
        return pl.DataFrame(rows, schema=names, orient="row")


def ports_fleet(plan: Plan, odds: Odds | None = None) -> PortsFleet:
    """The fleet of a plan as ``longtail ports`` sees it, without touching a disk."""
    return PortsFleet(plan, odds or Odds())


def _printed(fleet: PortsFleet, what: str, tools: Mapping[str, tuple[Tool, ...]]) -> Files:
    found: dict[str, str] = {}
    for seen in fleet.looks:
        if what in seen.where.post.looked_at:
            tenant, host = seen.where.site.tenant, seen.where.post.machine
            system = "linux" if host.linux else "windows"
            tool = one_of(stream(fleet.plan.seed, "tool", what, system, tenant.index), tools[system])
            path = f"{seen.where.site.id}/{tool.file.replace('{host}', seen.host)}"
            found[path] = found.get(path, "") + tool.text(seen)
    return found


def _attacks(plan: Plan, odds: Odds, each: Ruled) -> Iterator[tuple[str, str, int, datetime, str]]:
    """Alerts for ports that anyone can reach: forgotten machines draw them no less than others."""
    rng = stream(plan.seed, "brute force", each.place.post.machine.index)
    for want in each.wants:
        if want.source in FROM_OUTSIDE and happens(rng, odds.attacked):
            days = rng.permutation(plan.days)[: 1 + int(rng.integers(MOST_DAYS_ATTACKED))]
            for day in sorted(days.tolist()):
                for _ in range(1 + int(rng.integers(3))):
                    time = plan.start + timedelta(days=day, seconds=int(rng.integers(86_400)))
                    yield each.place.site.id, each.place.name, want.first, time, "attacked.csv"
