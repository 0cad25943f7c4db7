"""Microsoft Defender's DeviceProcessEvents: an advanced hunting export, or the streaming API under ``properties``.

``FolderPath`` contains the file's name, and in some exports that of the initiating process does not: the name is
appended only where it is missing.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, account, said, spelling, stamp, text, whole

TELLING = tuple(
    frozenset(map(spelling, names))
    for names in (
        ("DeviceName", "ProcessCommandLine", "FileName"),
        ("DeviceName", "ProcessCommandLine", "FolderPath"),
        ("ComputerName", "MachineId", "ProcessCommandLine", "InitiatingProcessFileName"),
    )
)
"""Columns of DeviceProcessEvents and of a device's timeline, however spelt, that no other format has together."""
SUBSCRIPTION = r"(?i)/subscriptions/([^/]+)"


def is_defender(record: Record) -> bool:
    """The names of the table's columns that no other format has."""
    names = {spelling(name) for name in record}
    return any(names >= wanted for wanted in TELLING)


def is_of_another_table(record: Record) -> bool:
    """A row of the other tables of advanced hunting, which are streamed side by side."""
    return {"DeviceId", "DeviceName", "ActionType", "ReportId"} <= record.keys()


def is_older(record: Record) -> bool:
    """The created process, by the names that its columns had before advanced hunting."""
    return {"CreatedProcessCommandLine", "CreatedProcessFilePath", "ComputerDnsName"} <= record.keys()


def _path(folder: str, name: str) -> pl.Expr:
    place, file = pl.col(folder), pl.col(name)
    named = place.str.to_lowercase().str.ends_with(file.str.to_lowercase())
    separator = pl.when(place.str.starts_with("/")).then(pl.lit("/")).otherwise(pl.lit("\\"))
    joined = pl.concat_str(place.str.strip_chars_end("\\/"), separator, file)
    return pl.when(named | file.is_null()).then(place).otherwise(pl.coalesce(joined, file))


COLUMNS = {
    "host": pl.col("host"),
    "account": account("domain", "user"),
    "image": _path("folder", "file"),
    "command_line": pl.col("command_line"),
    "parent_image": _path("parent_folder", "parent_file"),
    "parent_command_line": pl.col("parent_command_line"),
    "pid": pl.col("pid"),
    "parent_pid": pl.col("parent_pid"),
    "record_id": pl.col("record"),
}
"""How the columns of an event follow from the fields, however these are spelt in an export."""

DEFENDER = Format(
    name="defender",
    title="Microsoft Defender DeviceProcessEvents as CSV, JSON or Parquet, exported or streamed",
    carriers=(Carrier.CSV, Carrier.JSON, Carrier.PARQUET),
    fields={
        "time": stamp("Timestamp", "EventTime"),
        "generated": stamp("TimeGenerated"),
        "action": text("ActionType", "Action Type"),
        "host": said("DeviceName", "ComputerName"),
        "domain": said("AccountDomain", "Account Domain"),
        "user": said("AccountName", "Account Name"),
        "folder": said("FolderPath", "Folder Path"),
        "file": said("FileName", "File Name"),
        "command_line": said("ProcessCommandLine", "Process Command Line"),
        "parent_folder": said("InitiatingProcessFolderPath", "Initiating Process Folder Path"),
        "parent_file": said("InitiatingProcessFileName", "Initiating Process File Name"),
        "parent_command_line": said("InitiatingProcessCommandLine", "Initiating Process Command Line"),
        "pid": whole("ProcessId", "Process Id"),
        "parent_pid": whole("InitiatingProcessId", "Initiating Process Id"),
        "record": text("ReportId", "Report Id"),
        "resource": text("_ResourceId"),
        "subscription": text("SubscriptionId"),
    },
    recognises=is_defender,
    kin=is_of_another_table,
    starts=(pl.col("action") == "ProcessCreated") | pl.col("action").is_null(),
    columns={"tenant": pl.coalesce("subscription", pl.col("resource").str.extract(SUBSCRIPTION)), **COLUMNS},
    clock=("time", "generated"),
)

DEFENDER_OLDER = Format(
    name="defender-older",
    title="Microsoft Defender's processes as its older portal exported them, created and initiating, as CSV or JSON",
    carriers=(Carrier.CSV, Carrier.JSON, Carrier.PARQUET),
    fields={
        "created": stamp("CreatedProcessCreationTime"),
        "time": stamp("EventTime"),
        "host": said("ComputerDnsName"),
        "domain": said("CreatedProcessAccountDomainName"),
        "user": said("CreatedProcessAccountName"),
        "folder": said("CreatedProcessFilePath"),
        "file": said("CreatedProcessName"),
        "command_line": said("CreatedProcessCommandLine"),
        "parent_folder": said("InitiatingProcessImageFilePath"),
        "parent_file": said("InitiatingProcessName"),
        "parent_command_line": said("Process_CommandLine"),
        "pid": whole("CreatedProcessId"),
        "parent_pid": whole("InitiatingProcessId"),
        "record": text("ReportId"),
    },
    recognises=is_older,
    columns=COLUMNS,
    clock=("created", "time"),
)
