"""Sightings + readings → what this telemetry can and cannot support: fields, days, hosts, populations, and why not.

Only the waist is looked at. A sighting without a command line has no shape, one without a parent or an account has an
empty one, so the shares below are exact. Shares count process starts, not the executions hosted in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from longtail.prevalence.habits import habits
from longtail.prevalence.judgement import model
from longtail.prevalence.limits import Limit, limits
from longtail.prevalence.population import measured, selected
from longtail.readings import Reading
from longtail.settings import Settings

FIELDS = {"command line": "shape", "parent": "parent", "account": "account"}
"""What a judgement leans on → the column of a sighting that is empty where the telemetry lacked it."""

SHARE_OF_HOSTS = 0.1  # of the hosts must have shown a day before that day counts as one of the fleet's
ENOUGH_HOSTS = 5  # under which nobody can say whose clock is off
EDGE_DAYS = 1  # the first and the last day are rarely whole, so one day more or less says nothing


@dataclass(frozen=True, slots=True)
class Feed:
    """What one tenant sends in one format; ``without`` is the share (0..1) of its process starts that lack a field."""

    tenant: str
    format: str
    hosts: int
    process_starts: int
    without: dict[str, float]


@dataclass(frozen=True, slots=True)
class HostGaps:
    """One host that did not report as its tenant did, in days.

    ``silent`` days lie between its first and its last; ``late`` ones before its first and ``ended`` ones after its
    last, within the tenant's own days. ``ahead`` and ``behind`` say how far its days lie outside those of the fleet,
    which is what a wrong clock looks like.
    """

    tenant: str
    host: str
    first_day: date
    last_day: date
    days: int
    silent: int
    late: int
    ended: int
    ahead: int
    behind: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A population, whether ``hunt`` would judge it, and why or what is missing."""

    tenant: str
    account_class: str
    hosts: int
    days: int
    judged: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Everything ``longtail doctor`` says about a body of telemetry."""

    first_day: date | None
    last_day: date | None
    days: int
    empty_days: tuple[date, ...]
    hosts: int
    process_starts: int
    feeds: tuple[Feed, ...]
    troubled_hosts: tuple[HostGaps, ...]
    populations: tuple[Candidate, ...]
    limits: tuple[Limit, ...]
    readings: tuple[Reading, ...]


def coverage(sightings: pl.DataFrame, readings: Sequence[Reading], settings: Settings) -> Coverage:
    """What ``sightings`` (the waist) and the ``readings`` of the files behind them can support."""
    days = sightings["day"].unique().sort().to_list()
    feeds = _feeds(sightings, readings)
    gaps = _gaps(sightings)
    populations = _candidates(sightings, settings)
    return Coverage(
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        days=len(days),
        empty_days=tuple(_empty_days(days)),
        hosts=sightings.select("tenant", "host").n_unique() if days else 0,
        process_starts=sum(each.process_starts for each in readings),
        feeds=feeds,
        troubled_hosts=gaps,
        populations=populations,
        limits=limits(_lacking(feeds), _counts(gaps, populations, readings)),
        readings=tuple(readings),
    )


def _empty_days(days: Sequence[date]) -> list[date]:
    """Days between the first and the last on which no host reported; a span of centuries is a clock, not a gap."""
    if not days or (days[-1] - days[0]).days > 3660:
        return []
    seen = set(days)
    every = pl.date_range(days[0], days[-1], "1d", eager=True)
    return [day for day in every if day not in seen]


def _feeds(sightings: pl.DataFrame, readings: Sequence[Reading]) -> tuple[Feed, ...]:
    """One feed a tenant and format, largest first; a source that names no file read is one of a plain form's own."""
    starts = sightings.filter(pl.col("hosted_by").is_null())
    formats = {each.path: each.format for each in readings}
    named = starts.with_columns(
        pl.col("example_source").replace_strict(formats, default="plain", return_dtype=pl.String).alias("format")
    )
    lacking = ((pl.col("runs") * (pl.col(column) == "")).sum().alias(field) for field, column in FIELDS.items())
    counted = (
        named.group_by("tenant", "format")
        .agg(pl.col("host").n_unique().alias("hosts"), pl.col("runs").sum(), *lacking)
        .sort("runs", "tenant", "format", descending=[True, False, False])
    )
    return tuple(_feed(row) for row in counted.iter_rows(named=True))


def _feed(row: dict[str, Any]) -> Feed:
    without = {field: row[field] / row["runs"] for field in FIELDS}
    return Feed(row["tenant"], row["format"], row["hosts"], row["runs"], without)


def _gaps(sightings: pl.DataFrame) -> tuple[HostGaps, ...]:
    """The hosts that did not report as the others of their tenant did, most days missing first."""
    days = sightings.select("tenant", "host", "day").unique()
    first, last = _fleet_days(days)
    tenants = days.group_by("tenant").agg(*_inside(first, last))
    gaps = (
        days.group_by("tenant", "host")
        .agg(pl.col("day").min().alias("first"), pl.col("day").max().alias("last"), pl.len().alias("days"))
        .join(tenants, on="tenant")
        .with_columns(
            _days(pl.col("first"), pl.col("last")).alias("span"),
            _beyond(pl.col("tenant_first"), pl.col("first")).alias("late"),
            _beyond(pl.col("last"), pl.col("tenant_last")).alias("ended"),
            _beyond(pl.lit(last), pl.col("last")).alias("ahead"),
            _beyond(pl.col("last"), pl.lit(first)).alias("behind"),
        )
        .with_columns((pl.col("span") + 1 - pl.col("days")).alias("silent"))
        .with_columns(_missing().alias("missing"))
        .filter(pl.col("missing") > 0)
        .sort(pl.col("ahead") + pl.col("behind"), "missing", "tenant", "host", descending=[True, True, False, False])
    )
    return tuple(_host_gaps(row) for row in gaps.iter_rows(named=True))


def _host_gaps(row: dict[str, Any]) -> HostGaps:
    names = ("tenant", "host", "first", "last", "days", "silent", "late", "ended", "ahead", "behind")
    return HostGaps(*(row[name] for name in names))


def _fleet_days(days: pl.DataFrame) -> tuple[date | None, date | None]:
    """The first and the last day that a fair share of the hosts has shown; none where hosts are too few to tell."""
    hosts = days.select("tenant", "host").n_unique()
    if hosts < ENOUGH_HOSTS:
        return None, None
    common = days.group_by("day").len().filter(pl.col("len") >= max(2, SHARE_OF_HOSTS * hosts))["day"]
    return common.min(), common.max()  # type: ignore[return-value]


def _inside(first: date | None, last: date | None) -> tuple[pl.Expr, pl.Expr]:
    """The first and the last day of a tenant, hosts with a clock far off left aside."""
    day = pl.col("day")
    low, high = day.min(), day.max()
    if first is None or last is None:
        return low.alias("tenant_first"), high.alias("tenant_last")
    return low.clip(first, last).alias("tenant_first"), high.clip(first, last).alias("tenant_last")


def _days(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    return (end.cast(pl.Date) - start.cast(pl.Date)).dt.total_days()


def _beyond(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Whole days from ``start`` to ``end``, where they are more than an edge; else 0."""
    between = _days(start, end)
    return pl.when(between > EDGE_DAYS).then(between).otherwise(0).fill_null(0)


def _missing() -> pl.Expr:
    return pl.sum_horizontal("silent", "late", "ended", "ahead", "behind")


def _candidates(sightings: pl.DataFrame, settings: Settings) -> tuple[Candidate, ...]:
    """Every population, those that can be judged first."""
    if sightings.is_empty():
        return ()
    verdicts = selected(measured(model(habits([sightings]))[0]), ("auto",), settings)
    rows = verdicts.sort("judged", "hosts", "tenant", "account_class", descending=[True, True, False, False])
    return tuple(
        Candidate(row["tenant"], row["account_class"], row["hosts"], row["span"], row["judged"], row["reason"])
        for row in rows.iter_rows(named=True)
    )


def _lacking(feeds: Sequence[Feed]) -> dict[str, float]:
    """The share of all process starts that lack each field."""
    starts = sum(feed.process_starts for feed in feeds)
    return {
        field: sum(feed.without[field] * feed.process_starts for feed in feeds) / max(starts, 1) for field in FIELDS
    }


def _counts(gaps: Sequence[HostGaps], populations: Sequence[Candidate], readings: Sequence[Reading]) -> dict[str, int]:
    """How many hosts, files and populations there is something to say about."""
    return {
        "clock": sum(each.ahead + each.behind > 0 for each in gaps),
        "gap": sum(each.silent + each.late + each.ended > 0 for each in gaps),
        "unknown": sum(each.process_starts == 0 and each.format == "unknown" for each in readings),
        "quarantined": sum(each.quarantined > 0 for each in readings),
        "thin": sum(not each.judged and each.reason.startswith("not enough data") for each in populations),
    }
