"""Microsoft Sentinel's normalised process events (ASIM), whoever wrote them: processes created.

The *target* process is what was created, the *acting* process who created it (learn.microsoft.com, "ASIM process event
normalization schema"; the table ASimProcessEventLogs and the parser imProcessCreate have its columns).
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, stamp, text, whole
from longtail.telemetry.windows import WELL_KNOWN

TOLD = {"TargetProcessCommandLine", "ActingProcessName", "TargetUsername"}
SUBSCRIPTION = r"(?i)/subscriptions/([^/]+)"


def is_asim(record: Record) -> bool:
    """A time, the target process, and what it was told or by whom."""
    timed = "TimeGenerated" in record or "EventStartTime" in record
    return timed and "TargetProcessName" in record and bool(TOLD & record.keys())


def is_of_the_model(record: Record) -> bool:
    """An event of another schema of the same model."""
    return {"TimeGenerated", "EventSchema", "EventType"} <= record.keys()


ASIM = Format(
    name="asim",
    title="Microsoft Sentinel's normalised process events (ASIM) as CSV, JSON or Parquet: processes created",
    carriers=(Carrier.CSV, Carrier.JSON, Carrier.PARQUET),
    fields={
        "kind": text("EventType"),
        "started": stamp("EventStartTime"),
        "time": stamp("TimeGenerated"),
        "scope": text("DvcScopeId"),
        "resource": text("_ResourceId"),
        "host": said("DvcHostname"),
        "device": said("Dvc"),
        "user": said("TargetUsername"),
        "user_id": said("TargetUserId"),
        "image": said("TargetProcessName"),
        "command_line": said("TargetProcessCommandLine"),
        "parent_image": said("ActingProcessName"),
        "parent_command_line": said("ActingProcessCommandLine"),
        "pid": whole("TargetProcessId"),
        "parent_pid": whole("ActingProcessId"),
        "record": text("EventUid"),
        "own_record": text("EventOriginalUid"),
    },
    recognises=is_asim,
    kin=is_of_the_model,
    starts=(pl.col("kind") == "ProcessCreated").fill_null(True),
    columns={
        "tenant": pl.coalesce("scope", pl.col("resource").str.extract(SUBSCRIPTION)),
        "host": pl.coalesce("host", "device"),
        "account": pl.coalesce(
            pl.col("user_id").replace_strict(WELL_KNOWN, default=None, return_dtype=pl.String), "user"
        ),
        "image": pl.col("image"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.col("parent_image"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.coalesce("record", "own_record"),
    },
    clock=("started", "time"),
)
