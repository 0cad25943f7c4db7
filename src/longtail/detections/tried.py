"""What a backtest of rule files found, as plain values: the shapes every output of it draws from."""

from dataclasses import dataclass
from datetime import date

from longtail.detections.findings import Backtest
from longtail.detections.matching_terms import Rule
from longtail.readings import Quarantined, Reading


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """What rule files gave: rules, what is no rule for process starts, what could not be read, and how many files."""

    rules: tuple[Rule, ...] = ()
    passed_over: tuple[Quarantined, ...] = ()
    refused: tuple[Quarantined, ...] = ()
    files: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """Rules tried on telemetry: a backtest each, what of their files was no use, and what it was tried on.

    Backtests come with most host-days first, those that could not be judged last. ``readings`` are of telemetry
    alone; ``files`` tells of rule files.
    """

    backtests: tuple[Backtest, ...]
    files: RuleFiles
    hosts: int
    host_days: int
    first_day: date | None
    last_day: date | None
    process_starts: int
    distinct_starts: int
    readings: tuple[Reading, ...]
