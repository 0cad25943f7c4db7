"""A list of the processes that run, one record each, as tools print it: the names differ, the meaning does not.

osqueryi ``processes``, Velociraptor ``Windows.System.Pslist``, PowerShell ``Get-Process | ConvertTo-Json`` and
``Get-CimInstance Win32_Process | ConvertTo-Json``, jc's ``ps``, ``tasklist /fo csv``. Where there is no path, the
command line tells the image better than a name does.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, Rows, View, said, spelling, stamp, whole
from longtail.telemetry.names import HOST, HOST_FIELDS, tenant_field

PIDS = ("pid", "processid", "id", "process_id")
PATHS = ("path", "exe", "executablepath", "executable", "imagepath", "image", "processpath")
LINES = ("cmdline", "commandline", "cmd", "command", "args")
NAMES = ("processname", "imagename", "imagefilename", "name", "comm")

NUMBERED = {spelling(name) for name in PIDS}
TELLING = {*PATHS, *LINES, "processname", "imagename", "imagefilename"}
OTHER_KINDS = {
    "eventid",
    "eventtype",
    "eventcode",
    "port",
    "localport",
    "lport",
    "remoteport",
    "state",
    "permissions",
    "inode",
    "fd",
}


def is_process_list(record: Record) -> bool:
    """A process's number and something that tells its program, and neither a port nor an open file."""
    names = {spelling(name) for name in record if name}
    return bool(names & NUMBERED and names & TELLING) and not names & OTHER_KINDS


PROCESS_LIST = Format(
    name="process-list",
    title="Process list: osqueryi, Velociraptor pslist, Get-Process, Win32_Process, jc ps, tasklist",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "tenant": tenant_field(),
        **HOST_FIELDS,
        "time": stamp("time", "timestamp", "unixtime", "timegenerated", "collected"),
        "started": stamp("starttime", "creationdate", "createtime", "creationtime"),
        "account": said("username", "user", "owner", "account"),
        "path": said(*PATHS),
        "module": said("MainModule.FileName"),
        "name": said(*NAMES),
        "command_line": said(*LINES),
        "pid": whole(*PIDS),
    },
    recognises=is_process_list,
    columns={},
    clock=(),
    views={
        Rows.RUNNING: View(
            {
                "tenant": pl.col("tenant"),
                "host": HOST,
                "account": pl.col("account"),
                "image": pl.coalesce("path", "module", pl.when(pl.col("command_line").is_null()).then("name")),
                "command_line": pl.col("command_line"),
                "first_seen": pl.coalesce("started", "time"),
                "last_seen": pl.col("time"),
                "pid": pl.col("pid"),
            },
            pl.any_horizontal(pl.col("path", "module", "name", "command_line").is_not_null()),
        )
    },
)
