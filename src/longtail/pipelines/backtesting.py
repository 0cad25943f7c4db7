"""Rules × telemetry → how often each rule fires: what a detection would cost before anybody is paged by it."""

from dataclasses import dataclass, field

import polars as pl

from longtail import telemetry
from longtail.detections.backtest import backtest
from longtail.detections.findings import Backtest
from longtail.detections.tried import Tried
from longtail.pipelines.mining import started
from longtail.pipelines.reading import Source, Tell
from longtail.pipelines.rule_files import rule_files


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """Which rules to try, on what telemetry, read how."""

    rules: tuple[str, ...]
    paths: tuple[str, ...]
    options: telemetry.Options = field(default_factory=telemetry.Options)
    processes: int = 1


def tried(request: BacktestRequest, tell: Tell = lambda progress: None) -> Tried:
    """Read rules and telemetry; count what each rule matches.

    Raises:
        NothingToRead: a path matches no file, or a folder of rules has none in it.
        LongtailError: the extra for Sigma is not installed.
    """
    files = rule_files(request.rules)
    starts, readings = started(Source(request.paths, request.options, request.processes), tell)
    days = starts.select(pl.col("day").min().alias("first"), pl.col("day").max().alias("last")).row(0)
    return Tried(
        backtests=tuple(sorted(backtest(files.rules, starts), key=_order)),
        files=files,
        hosts=starts.select("tenant", "host").n_unique(),
        host_days=starts.select("tenant", "host", "day").n_unique(),
        first_day=days[0],
        last_day=days[1],
        process_starts=sum(reading.process_starts for reading in readings),
        distinct_starts=starts.height,
        readings=readings,
    )


def _order(each: Backtest) -> tuple[bool, int, int, str, str, str]:
    """Rules that fire most first, those that cannot be judged last; equals by what they are called."""
    rule, whole = each.rule, each.whole
    return (not each.applicability.applicable, -whole.host_days, -whole.runs, rule.title, rule.id, rule.place)
