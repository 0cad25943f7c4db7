"""What a reader of telemetry may be told: the population's owner, the format, the order of dates, the window."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Order(StrEnum):
    """What the slashed dates of a file show of their order: 03/04/2026 is April 3 where the day comes first."""

    DAY = "day first"
    MONTH = "month first"
    UNSHOWN = "each can be read in both ways"
    BOTH = "some can only have the day first, some only the month"


@dataclass(frozen=True, slots=True)
class Dates:
    """What the slashed dates of a run show: of each file that has any, by its path, and of formats that are at one."""

    files: Mapping[str, Order] = field(default_factory=dict)
    formats: Mapping[str, Order] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """How telemetry is to be read.

    ``tenant`` is the owner of records that name none; ``tenant_from_path`` takes the first folder under
    the path instead. ``host`` is the machine of records that name none; else it is told by the file's name.
    ``format_in`` forces a format by name. ``since`` (inclusive) and ``until`` (exclusive) are UTC.
    ``batch_rows`` bounds the rows of a batch. ``day_first`` is the order of slashed dates; None is what the
    files show, of which ``dates`` is what was found before they are read (see ``longtail.telemetry.dated``).
    """

    tenant: str | None = None
    tenant_from_path: bool = False
    host: str | None = None
    format_in: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    batch_rows: int = 65_536
    day_first: bool | None = None
    dates: Dates = field(default_factory=Dates)
