"""Splunk's search results of Windows events as CSV or JSON, where the text of the event was not exported.

Security 4688 has the names that the add-on for Windows cuts out of the event's text (``New_Process_Name``,
``Process_Command_Line``, ``Creator_Process_Name``) or Windows' own where it came as XML; Sysmon 1 has Sysmon's
(``data_sources`` of splunk/security_content lists both). Names of the text stand once for the subject and once for the
target: ``Account_Name``, ``Account_Domain`` and ``Security_ID`` hold a line, or an item of a list, for each. ``host``
may be the collector: the event's own machine comes first.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, lines, said, stamp, whole
from longtail.telemetry.windows import (
    COLUMNS,
    SECURITY_ACCOUNT,
    SECURITY_START,
    SYSMON_START,
    Who,
    event_data,
    security_account,
)

NAMELESS = "NOT_TRANSLATED"  # what the head of an event's text has for the account of who logs
OF_SYSMON = {"Image", "CommandLine"}
OF_4688 = {"New_Process_Name", "NewProcessName"}


def is_splunk(record: Record) -> bool:
    """The time that Splunk gave an event, and the fields of a start."""
    if "_time" not in record:
        return False
    return record.keys() >= OF_SYSMON or {"UtcTime", "EventCode"} <= record.keys() or bool(OF_4688 & record.keys())


def is_windows_event(record: Record) -> bool:
    """Another event of Windows, found by the same search."""
    return {"_time", "EventCode"} <= record.keys() and bool({"ComputerName", "Computer", "host"} & record.keys())


def _part(field: str, at: int) -> pl.Expr:
    """One of the values that stand in a field, a line each."""
    value = pl.col(field).str.split_exact("\n", 2).struct.field(f"field_{at}").str.strip_chars()
    return value.replace({"": None, "-": None})


def _who(at: int) -> Who:
    return Who(_part("security_ids", at), _part("account_domains", at), _part("account_names", at))


EVENT = pl.coalesce("event", "event_id")
STARTED = pl.coalesce("new_name", "new_image")
USER = pl.col("users").str.split("\n").list.last().str.strip_chars().replace({"": None, "-": None, NAMELESS: None})

SPLUNK = Format(
    name="splunk",
    title="Splunk's search results of Windows events as CSV, JSON or Parquet: Sysmon 1 and Security 4688",
    carriers=(Carrier.CSV, Carrier.JSON, Carrier.PARQUET),
    fields={
        **{name: field for name, field in event_data("").items() if name != "user"},
        "event": whole("EventCode"),
        "event_id": whole("EventID"),
        "found": stamp("_time"),
        "computer": said("Computer"),
        "computer_name": said("ComputerName"),
        "host": said("host"),
        "dest": said("dest"),
        "users": lines("User"),
        "new_name": said("New_Process_Name"),
        "new_id": whole("New_Process_ID"),
        "process_line": said("Process_Command_Line"),
        "creator": said("Creator_Process_Name"),
        "creator_id": whole("Creator_Process_ID"),
        "account_names": lines("Account_Name"),
        "account_domains": lines("Account_Domain"),
        "security_ids": lines("Security_ID"),
        "cim_user": said("user"),
        "record": said("RecordNumber"),
        "record_id": said("EventRecordID"),
    },
    recognises=is_splunk,
    kin=is_windows_event,
    starts=(EVENT.is_in((SYSMON_START, SECURITY_START)))
    | (EVENT.is_null() & pl.coalesce(STARTED, "command_line").is_not_null()),
    columns={
        **COLUMNS,
        "host": pl.coalesce("computer_name", "computer", "host", "dest"),
        "account": pl.coalesce(USER, security_account(_who(0), _who(1)), SECURITY_ACCOUNT, "cim_user"),
        "command_line": pl.coalesce("command_line", "process_line"),
        "parent_image": pl.coalesce(COLUMNS["parent_image"], "creator"),
        "image": pl.coalesce("image", STARTED),
        "pid": pl.coalesce("new_id", "new_process_id", "process_id"),
        "parent_pid": pl.coalesce(
            "creator_id", pl.when(STARTED.is_not_null()).then("process_id").otherwise("parent_process_id")
        ),
        "record_id": pl.coalesce("record", "record_id"),
    },
    clock=("utc", "found"),
)
