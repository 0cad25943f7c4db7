"""What a reader of telemetry may be told: the population's owner, the format, the window, the batch."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Options:
    """How telemetry is to be read.

    ``tenant`` is the owner of records that name none; ``tenant_from_path`` takes the first folder under
    the path instead. ``host`` is the machine of records that name none; else it is told by the file's name.
    ``format_in`` forces a format by name. ``since`` (inclusive) and ``until`` (exclusive) are UTC.
    ``batch_rows`` bounds the rows of a batch.
    """

    tenant: str | None = None
    tenant_from_path: bool = False
    host: str | None = None
    format_in: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    batch_rows: int = 65_536
