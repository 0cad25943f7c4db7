"""Microsoft Defender's DeviceProcessEvents: an advanced hunting export, or the streaming API under ``properties``.

``FolderPath`` contains the file's name, and in some exports that of the initiating process does not: the name is
appended only where it is missing.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, account, said, stamp, text, whole

SUBSCRIPTION = r"(?i)/subscriptions/([^/]+)"


def is_defender(record: Record) -> bool:
    """The names of the table's columns that no other format has."""
    return {"DeviceName", "FolderPath", "ProcessCommandLine"} <= record.keys()


def _path(folder: str, name: str) -> pl.Expr:
    place, file = pl.col(folder), pl.col(name)
    named = place.str.to_lowercase().str.ends_with(file.str.to_lowercase())
    separator = pl.when(place.str.starts_with("/")).then(pl.lit("/")).otherwise(pl.lit("\\"))
    joined = pl.concat_str(place.str.strip_chars_end("\\/"), separator, file)
    return pl.when(named | file.is_null()).then(place).otherwise(pl.coalesce(joined, file))


DEFENDER = Format(
    name="defender",
    title="Microsoft Defender DeviceProcessEvents as CSV, JSON or Parquet, exported or streamed",
    carriers=(Carrier.CSV, Carrier.JSON, Carrier.PARQUET),
    fields={
        "time": stamp("Timestamp"),
        "generated": stamp("TimeGenerated"),
        "action": text("ActionType"),
        "host": said("DeviceName"),
        "domain": said("AccountDomain"),
        "user": said("AccountName"),
        "folder": said("FolderPath"),
        "file": said("FileName"),
        "command_line": said("ProcessCommandLine"),
        "parent_folder": said("InitiatingProcessFolderPath"),
        "parent_file": said("InitiatingProcessFileName"),
        "parent_command_line": said("InitiatingProcessCommandLine"),
        "pid": whole("ProcessId"),
        "parent_pid": whole("InitiatingProcessId"),
        "record": text("ReportId"),
        "resource": text("_ResourceId"),
        "subscription": text("SubscriptionId"),
    },
    recognises=is_defender,
    starts=(pl.col("action") == "ProcessCreated") | pl.col("action").is_null(),
    columns={
        "tenant": pl.coalesce("subscription", pl.col("resource").str.extract(SUBSCRIPTION)),
        "host": pl.col("host"),
        "account": account("domain", "user"),
        "image": _path("folder", "file"),
        "command_line": pl.col("command_line"),
        "parent_image": _path("parent_folder", "parent_file"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time", "generated"),
)
