"""Windows events as NXLog's JSON lines: Sysmon 1 and Security 4688, with all fields at the top.

``Hostname`` is the machine (``host`` is the collector); ``User`` is the account (``AccountName`` is that of the
logging service). ``EventTime`` is local and without a zone. Some senders leave fields only in ``Message``.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, stamp, text
from longtail.telemetry.windows import COLUMNS, IS_START, IS_SYSMON, STARTS, event_data, system


def is_nxlog(record: Record) -> bool:
    """An event number and the name of the machine, both at the top."""
    return "EventID" in record and "Hostname" in record


def _early(label: str) -> pl.Expr:
    """A line of a Sysmon message that stands before anything that a user wrote: the first of its name."""
    return pl.when(IS_SYSMON).then(pl.col("message").str.extract(rf"\n{label}: ([^\r\n]+)"))


def _late(label: str) -> pl.Expr:
    """A line that stands after the command line, which may contain anything: the last of its name."""
    return pl.when(IS_SYSMON).then(pl.col("message").str.extract(rf"(?s)^.*\n{label}: ([^\r\n]+)"))


FROM_MESSAGE = {
    "pid": _early("ProcessId").cast(pl.Int64, strict=False),
    "parent_pid": _late("ParentProcessId").cast(pl.Int64, strict=False),
    "parent_image": _late("ParentImage").replace("-", None),
    "parent_command_line": _late("ParentCommandLine").replace("-", None),
}

NXLOG = Format(
    name="nxlog",
    title="NXLog's fields as JSON lines, CSV or Parquet: Sysmon 1 and Security 4688",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        **system(event="EventID", channel="Channel", provider="SourceName", host="Hostname"),
        **event_data(""),
        "shipped": stamp("@timestamp"),
        "created": stamp("TimeCreated"),
        "local": stamp("EventTime"),
        "record": text("RecordNumber"),
        "message": text("Message"),
    },
    recognises=is_nxlog,
    only=("event", STARTS),
    starts=IS_START,
    columns={**COLUMNS, **{name: pl.coalesce(COLUMNS[name], said) for name, said in FROM_MESSAGE.items()}},
    clock=("utc", "shipped", "created", "local"),
    local=frozenset({"local"}),
)
