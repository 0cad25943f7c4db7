"""What a backtest tells of a rule: how often it fires, where, and how sure that is."""

from dataclasses import dataclass

from longtail.detections.matching_terms import Rule
from longtail.detections.sigma_scope import Applicability

CONFIDENCE = 0.95
PER = 10_000  # host-days that a rate is told per


@dataclass(frozen=True, slots=True)
class Share:
    """How often a rule fires in one part of the telemetry: ``runs`` that match, on hosts and host-days of how many.

    A host-day is a host on a day with at least one process start of that part. It is what rates are counted in: a
    rule that fires a thousand times on one host in one day is looked into once.
    """

    name: str
    runs: int
    hosts: int
    of_hosts: int
    host_days: int
    of_host_days: int

    @property
    def rate(self) -> float:
        """Host-days that the rule fires on, per 10,000."""
        return PER * self.host_days / self.of_host_days if self.of_host_days else 0.0

    @property
    def upper(self) -> float:
        """The exact (Clopper–Pearson) one-sided 95 % upper bound of ``rate``; finite evidence bounds even a zero."""
        return PER * upper_bound(self.host_days, self.of_host_days)


@dataclass(frozen=True, slots=True)
class Match:
    """One process start that a rule matches, as told to people: secrets in its command lines are redacted."""

    tenant: str
    host: str
    account: str
    image: str
    command_line: str
    parent_image: str
    parent_command_line: str
    runs: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """How often one rule fires on telemetry: over all of it, and by account class, account, tenant and day.

    Classes, tenants and days are told with their zeros; accounts only where the rule fires, most runs first.
    ``examples`` are the first few distinct command lines, most frequent first. A rule that is not applicable was not
    run: its shares say what it was not run on.
    """

    rule: Rule
    applicability: Applicability
    whole: Share
    by_class: tuple[Share, ...]
    by_account: tuple[Share, ...]
    by_tenant: tuple[Share, ...]
    by_day: tuple[Share, ...]
    examples: tuple[Match, ...]


def upper_bound(hits: int, of: int) -> float:
    """The largest share that still leaves ``hits`` or fewer of ``of`` a chance of 5 %; 1 where nothing was seen."""
    from scipy.special import betaincinv  # dear to load, and a hunt without rules asks for no bound

    return float(betaincinv(hits + 1, of - hits, CONFIDENCE)) if hits < of else 1.0
