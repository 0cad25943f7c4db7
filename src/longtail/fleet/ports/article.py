"""The population of article 2, made again, with its network: 30,000 Windows machines of Azure, by seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import polars as pl

from longtail.errors import UsageError
from longtail.executions.schema import UTC_TIME
from longtail.fleet.chance import stream
from longtail.fleet.plan import DEFAULT_START
from longtail.fleet.ports.article_draft import FORGOTTEN_MACHINES, PORT, Draft, Opened, drawn
from longtail.fleet.ports.truth import PortTruth
from longtail.fleet.words import words
from longtail.ports.evidence import ATTACKED, LISTENING

MACHINES, FEWEST_MACHINES, DAYS = 30_000, 1_000, 14
STEMS = ("SQL", "WEB", "VM", "APP", "SRV", "AZ", "DB", "PRD")
SOURCES = ("0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", "0.0.0.0/0", "52.174.10.0/24")
DAYS_ATTACKED = (6, 3, 0, 1, 0, *(1 + 5 * number % 9 for number in range(120)))
"""On how many days the port was attacked: on the forgotten machines first, then on some that serve it."""

LOOKED_AT = 100  # one in so many machines has its sockets listed


@dataclass(frozen=True)
class ArticleFleet:
    """The article's population and its network; each part is made when it is first asked for.

    The network is plain: a CSV with a row an opening. (The real exports of 30,000 machines would fill 300 MB.)
    """

    seed: int
    machines: int
    forgotten: int = FORGOTTEN_MACHINES

    @cached_property
    def _draft(self) -> Draft:
        return drawn(self.seed, self.machines)

    @cached_property
    def inventory(self) -> pl.DataFrame:
        """The machine and executable pairs: tenant, host, image, first_seen, last_seen."""
        draft = self._draft
        runs, machines = np.concatenate(draft.runs), np.concatenate(draft.machines)
        once = np.unique(machines * len(draft.images) + runs)  # two packages may bring the same program
        machines, runs = np.divmod(once, len(draft.images))
        times = np.sort(stream(self.seed, "article", "times").random((2, len(once))), axis=0) * DAYS * 86_400e6
        start = int(DEFAULT_START.timestamp() * 1e6)
        return pl.DataFrame({
            "tenant": self._tenants.gather(draft.tenant_of[machines]),
            "host": self.hosts.gather(machines),
            "image": pl.Series(list(draft.images)).gather(runs),
            "first_seen": (times[0].astype(np.int64) + start),
            "last_seen": (times[1].astype(np.int64) + start),
        }).with_columns(pl.col("first_seen", "last_seen").cast(UTC_TIME))  # fmt: skip

    @property
    def executables(self) -> int:
        """Different images, versions and drives counted apart."""
        return len(self._draft.images)

    @cached_property
    def hosts(self) -> pl.Series:
        """The machines' names as telemetry has them."""
        names = [f"{STEMS[number % len(STEMS)]}{number:05d}" for number in range(self.machines)]
        return pl.Series(names)

    @cached_property
    def _tenants(self) -> pl.Series:
        count = int(self._draft.tenant_of.max()) + 1
        return pl.Series(words("guid", stream(self.seed, "article", "tenants"), count))

    @cached_property
    def doors(self) -> pl.DataFrame:
        """Every open port: tenant, machine, host, port, source, rule, kind, service, serves, holder."""
        parts = [self._opened(each) for each in self._draft.doors]
        return pl.concat(parts).unique(["machine", "port"], keep="first", maintain_order=True)

    def _opened(self, each: Opened) -> pl.DataFrame:
        rng = stream(self.seed, "article", "sources", each.port, each.kind)
        owners = self._draft.tenant_of[each.machines]
        custom = rng.integers(0, len(SOURCES), len(self._tenants))
        sources = np.zeros(len(owners), np.int64) if each.kind == "removed" else custom[owners]
        hosts = self.hosts.gather(each.machines)
        lower = pl.Series(owners % 2 == 0)
        return pl.DataFrame({"tenant": self._tenants.gather(owners), "host": hosts}).with_columns(
            machine=pl.when(lower).then(pl.col("host").str.to_lowercase()).otherwise("host"),
            port=pl.lit(each.port, pl.Int32),
            source=pl.Series(SOURCES).gather(sources),
            rule=pl.lit(f"nsg-{each.service.replace(' ', '-')}/securityRules/Port_{each.port}"),
            kind=pl.lit(each.kind),
            service=pl.lit(each.service),
            serves=pl.lit(each.kind != "removed"),
            holder=pl.lit(each.holder),
        )

    @cached_property
    def attacked(self) -> pl.DataFrame:
        """Brute force (schema ATTACKED): on six days on the first forgotten machine, on others as it comes."""
        on_port = self.doors.filter((pl.col("port") == PORT) & (pl.col("source") == SOURCES[0])).sort(
            "serves", maintain_order=True
        )
        machines = on_port.select("tenant", "machine").rows()[: len(DAYS_ATTACKED)]
        rows = [row for number, machine in enumerate(machines) for row in self._attacks(number, machine)]
        return pl.DataFrame(rows, schema=ATTACKED, orient="row")

    def _attacks(self, number: int, machine: tuple[str, str]) -> Iterator[tuple[str, str, int, datetime, str]]:
        rng = stream(self.seed, "article", "brute force", number)
        for day in sorted(rng.permutation(DAYS)[: DAYS_ATTACKED[number]].tolist()):
            for _ in range(1 + int(rng.integers(4))):
                time = DEFAULT_START + timedelta(days=day, seconds=int(rng.integers(86_400)))
                yield *machine, PORT, time, "attacked.csv"

    @cached_property
    def listening(self) -> pl.DataFrame:
        """Sockets of some machines (schema LISTENING): of all where other software has the port, of a few others."""
        doors, rng = self.doors, stream(self.seed, "article", "listening")
        looked = set(rng.permutation(self.machines)[: self.machines // LOOKED_AT].tolist())
        hosts = set(self.hosts.gather(sorted(looked)).to_list())
        hosts |= set(doors.filter(pl.col("kind") == "other_software")["host"].to_list())
        hosts |= set(doors.filter(pl.col("kind") == "removed")["host"].head(2).to_list())
        seen = doors.filter(pl.col("host").is_in(hosts))
        own = seen.filter("serves").select("tenant", "host", "port", image="holder")
        system = seen.select("tenant", "host", port=pl.lit(135, pl.Int32), image=pl.lit("svchost.exe")).unique()
        given = {"time": DEFAULT_START + timedelta(days=DAYS, hours=-3), "protocol": "tcp", "address": "0.0.0.0"}
        constants = [pl.lit(value).alias(name) for name, value in {**given, "source": "listening"}.items()]
        rows = pl.concat([own, system]).with_columns(*constants, pid=pl.col("port").cast(pl.Int64) + 1000)
        return pl.DataFrame(rows.select(LISTENING.names()).to_dict(), schema=LISTENING).sort("tenant", "host", "port")

    @cached_property
    def truth(self) -> tuple[PortTruth, ...]:
        """The truth about every open port."""
        looked = set(self.listening["host"].to_list())
        attacked = set(self.attacked["machine"].to_list())
        return tuple(
            PortTruth(
                tenant=row["tenant"], machine=row["machine"], host=row["host"], port=row["port"], protocol="tcp",
                kind=row["kind"], serves=row["serves"], service=row["service"], listening=row["host"] in looked,
                snapshot=False, attacked=row["port"] == PORT and row["machine"] in attacked, wide=False,
                platform="plain",
            )
            for row in self.doors.iter_rows(named=True)
        )  # fmt: skip


def article_fleet(seed: int = 1, machines: int = MACHINES) -> ArticleFleet:
    """The article's population, without touching a disk; fewer machines have fewer of everything but forgotten rules.

    Raises:
        UsageError: there are too few machines to be a population.
    """
    if machines < FEWEST_MACHINES:
        raise UsageError(f"the article's population needs at least {FEWEST_MACHINES:,} machines")
    return ArticleFleet(seed, machines)
