"""Windows events as Winlogbeat's JSON lines, versions 6 and 7 and later: Sysmon 1 and Security 4688.

In version 6 ``host`` and ``user`` are the collector's and the logging service's. In version 7 the modules for Sysmon
and Security move fields from ``winlog.event_data`` to the names of the Elastic Common Schema; both are looked at.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, account, said, stamp, text, whole
from longtail.telemetry.windows import COLUMNS, IS_START, STARTS, event_data, system


def is_version_6(record: Record) -> bool:
    """The machine and the log at the top, by the names of version 6."""
    return {"event_id", "computer_name", "log_name"} <= record.keys()


def is_version_7(record: Record) -> bool:
    """Everything Windows under ``winlog``."""
    return isinstance(record.get("winlog"), dict)


WINLOGBEAT_6 = Format(
    name="winlogbeat-6",
    title="Winlogbeat 6 as JSON lines, CSV or Parquet: Sysmon 1 and Security 4688",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        **system(event="event_id", channel="log_name", provider="source_name", host="computer_name"),
        **event_data("event_data."),
        "shipped": stamp("@timestamp"),
        "record": text("record_number"),
    },
    recognises=is_version_6,
    only=("event", STARTS),
    starts=IS_START,
    columns=COLUMNS,
    clock=("utc", "shipped"),
)

ECS_NAMES = {
    "image": said("process.executable"),
    "command_line": said("process.command_line"),
    "parent_image": said("process.parent.executable"),
    "parent_command_line": said("process.parent.command_line"),
    "pid": whole("process.pid"),
    "parent_pid": whole("process.parent.pid"),
    "host": said("host.name"),
    "user_domain": said("user.domain"),
    "user_name": said("user.name"),
}


def _or_ecs(name: str) -> pl.Expr:
    return pl.coalesce(COLUMNS[name], f"ecs_{name}")


WINLOGBEAT_7 = Format(
    name="winlogbeat-7",
    title="Winlogbeat 7 and 8 as JSON lines, Parquet or Kibana's CSV: Sysmon 1 and Security 4688",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        **system(
            event="winlog.event_id",
            channel="winlog.channel",
            provider="winlog.provider_name",
            host="winlog.computer_name",
        ),
        **event_data("winlog.event_data."),
        **{f"ecs_{name}": field for name, field in ECS_NAMES.items()},
        "shipped": stamp("@timestamp"),
        "record": text("winlog.record_id"),
        "tenant": text("cloud.account.id"),
    },
    recognises=is_version_7,
    only=("event", STARTS),
    starts=IS_START,
    columns={
        **COLUMNS,
        **{name: _or_ecs(name) for name in COLUMNS if name in ECS_NAMES},
        "account": pl.coalesce(COLUMNS["account"], account("ecs_user_domain", "ecs_user_name")),
        "tenant": pl.col("tenant"),
    },
    clock=("utc", "shipped"),
)
