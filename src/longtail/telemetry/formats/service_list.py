"""A list of Windows services: those that run count, with the service's name for the processes that services share.

``Get-CimInstance Win32_Service | ConvertTo-Json``, ``Get-Service`` of PowerShell 7, osqueryi ``services``. A service
that is installed and stopped is not running: it is passed over.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, Rows, View, said, spelling, stamp, text, whole
from longtail.telemetry.names import HOST, HOST_FIELDS, tenant_field
from longtail.telemetry.services import runs, service_line

PATHS = ("pathname", "binarypathname", "path")
STATES = ("state", "status")
MARKS = {"startmode", "starttype", "startname", "servicetype", "servicename", "acceptstop", "canstop", "modulepath"}


def is_service_list(record: Record) -> bool:
    """A path, a state, and something that only services have."""
    names = {spelling(name) for name in record if name}
    return bool(names & set(PATHS) and names & set(STATES) and names & MARKS)


SERVICE_LIST = Format(
    name="service-list",
    title="Windows services: Win32_Service, Get-Service, osqueryi services",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "tenant": tenant_field(),
        **HOST_FIELDS,
        "time": stamp("time", "timestamp", "unixtime"),
        "account": said("startname", "user_account", "username"),
        "name": text("name", "servicename"),
        "path": said(*PATHS),
        "state": text(*STATES),
        "pid": whole("processid", "pid"),
    },
    recognises=is_service_list,
    columns={},
    clock=(),
    views={
        Rows.RUNNING: View(
            {
                "tenant": pl.col("tenant"),
                "host": HOST,
                "account": pl.col("account"),
                "command_line": service_line("path", "name"),
                "first_seen": pl.col("time"),
                "last_seen": pl.col("time"),
            },
            runs("state") & pl.col("path").is_not_null(),
        )
    },
)
