"""Microsoft Sentinel's SecurityEvent table, exported: Security 4688.

``Account`` of a system process is ``DOMAIN\\HOST$``; its SID says which of the system's accounts it is. The portal
appends `` [UTC]`` to the names of times, and some exports begin with an index column that has no name.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, stamp, text, whole
from longtail.telemetry.windows import SECURITY_ACCOUNT, SECURITY_START, WELL_KNOWN_SUBJECT, event_data

LOCAL = "TimeGenerated [Local Time]"
SUBSCRIPTION = r"(?i)/subscriptions/([^/]+)"


def is_sentinel(record: Record) -> bool:
    """The fields of 4688 beside the workspace's own time."""
    return {"NewProcessName", "Computer"} <= record.keys() and bool({"TimeGenerated", LOCAL} & record.keys())


def is_of_the_table(record: Record) -> bool:
    """Another event of the table, exported without what it has not."""
    return {"TimeGenerated", "Computer", "EventID", "Activity"} <= record.keys()


SENTINEL = Format(
    name="sentinel-securityevent",
    title="Microsoft Sentinel SecurityEvent as CSV, JSON lines or Parquet: Security 4688",
    carriers=(Carrier.CSV, Carrier.JSON, Carrier.PARQUET),
    fields={
        **event_data(""),
        "event": whole("EventID"),
        "computer": said("Computer"),
        "account": said("Account"),
        "created": stamp("TimeCreatedUtc"),
        "time": stamp("TimeGenerated"),
        "local": stamp(LOCAL),
        "resource": text("_ResourceId"),
        "subscription": text("SubscriptionId"),
        "record": said("EventRecordId"),
    },
    recognises=is_sentinel,
    kin=is_of_the_table,
    starts=(pl.col("event") == SECURITY_START) | pl.col("event").is_null(),
    columns={
        "tenant": pl.coalesce("subscription", pl.col("resource").str.extract(SUBSCRIPTION)),
        "host": pl.col("computer"),
        "account": pl.when(pl.col("target").is_null())
        .then(pl.coalesce(WELL_KNOWN_SUBJECT, "account"))
        .fill_null(SECURITY_ACCOUNT),
        "image": pl.col("new_image"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.col("creator_image"),
        "pid": pl.col("new_process_id"),
        "parent_pid": pl.col("process_id"),
        "record_id": pl.col("record"),
    },
    clock=("created", "time", "local"),
    local=frozenset({"local"}),
)
