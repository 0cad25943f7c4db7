"""IBM QRadar: results of searches for Windows events, with the custom properties of IBM's content for them.

Which properties there are depends on the deployment: these names are those that IBM maps its own rules to
(IBM/pySigma-backend-QRadar-AQL, ``sigma/mapping/fields.py``), in any case, with blanks or without, and ``Process
CommandLine`` of the content before. The machine is a property too; without one all starts count as of one host.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, spelling, stamp, text, whole
from longtail.telemetry.windows import SECURITY_START, SYSMON_START

TIMES = {"starttime", "devicetime", "logsourcetime"}
OF_AN_EVENT = {"eventid", "eventname", "qid", "logsource", "logsourceid"}
TOLD = {"command", "processcommandline", "parentprocesspath"}


def is_qradar(record: Record) -> bool:
    """A time and a kind of event as QRadar has them, and a process with what it was told or by whom."""
    if not any(name[:7].lower() == "process" for name in record):
        return False
    names = {spelling(name) for name in record}
    return bool("processpath" in names and names & TOLD and names & TIMES and names & OF_AN_EVENT)


QRADAR = Format(
    name="qradar",
    title="IBM QRadar's search results of Windows events as CSV or JSON: Sysmon 1 and Security 4688",
    carriers=(Carrier.CSV, Carrier.JSON, Carrier.PARQUET),
    fields={
        "event": whole("Event ID", "EventID"),
        "time": stamp("devicetime", "Log Source Time"),
        "received": stamp("starttime", "Start Time"),
        "host": said("Hostname", "Machine ID", "Machine Identifier", "Computer", "Computer Name", "identityHostName"),
        "user": said("Username", "User"),
        "image": said("Process Path", "ProcessPath"),
        "command_line": said("Command", "Process CommandLine"),
        "parent_image": said("Parent Process Path", "ParentProcessPath"),
        "parent_command_line": said("Parent Command", "Parent Process CommandLine"),
        "pid": whole("Process ID", "ProcessId"),
        "parent_pid": whole("Parent Process ID", "ParentProcessId"),
        "record": text("Record Number", "EventRecordID"),
    },
    recognises=is_qradar,
    starts=pl.col("event").is_in((SYSMON_START, SECURITY_START))
    | (pl.col("event").is_null() & pl.col("command_line").is_not_null()),
    columns={
        "host": pl.col("host"),
        "account": pl.col("user"),
        "image": pl.col("image"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.col("parent_image"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time", "received"),
)
