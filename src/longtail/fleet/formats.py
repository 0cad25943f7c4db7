"""Process events → the rows that a product would have logged for them, in the product's own fields.

EVTX is missing: there is no library that writes it. What a format has no place for stays out (Sysmon knows no tenant,
4688 no parent command line), as in life.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import polars as pl

SYSMON_PROVIDER = "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"
ELASTIC_VERSION = "8.11.0"
Columns = Sequence[pl.Expr]


@dataclass(frozen=True, slots=True)
class FleetFormat:
    """How a fleet may be written: ``extension`` says how rows become text, ``columns`` what is in a row.

    ``windows_only`` formats cannot hold the starts of Linux hosts: these are written beside as ECS.
    """

    name: str
    extension: str
    columns: Callable[[pl.DataFrame], Columns]
    windows_only: bool = False


def _as(name: str, expression: pl.Expr | str) -> pl.Expr:
    return (pl.col(expression) if isinstance(expression, str) else expression).alias(name)


def _constants(values: Mapping[str, str | int]) -> list[pl.Expr]:
    return [pl.lit(value).alias(name) for name, value in values.items()]


def _time(form: str) -> pl.Expr:
    return pl.col("time").dt.strftime(form)


ISO = "%Y-%m-%dT%H:%M:%S%.3fZ"
SQL = "%Y-%m-%d %H:%M:%S%.3f"
IS_LINUX = pl.col("image").str.starts_with("/")
SHORT_HOST = pl.col("host").str.split(".").list.first()
DOMAIN = pl.when(pl.col("account").str.contains("\\", literal=True)).then(
    pl.col("account").str.split("\\").list.first()
)
USER = pl.col("account").str.split("\\").list.last()
NUMBER = pl.col("record_id").cast(pl.Int64)


def _file(image: str) -> pl.Expr:
    return pl.col(image).str.extract(r"([^\\/]*)$")


def _channel() -> pl.Expr:
    return pl.when(IS_LINUX).then(pl.lit("Linux-Sysmon/Operational")).otherwise(
        pl.lit("Microsoft-Windows-Sysmon/Operational")
    )  # fmt: skip


def _provider() -> pl.Expr:
    return pl.when(IS_LINUX).then(pl.lit("Linux-Sysmon")).otherwise(pl.lit("Microsoft-Windows-Sysmon"))


SYSMON_DATA = (
    _as("UtcTime", _time(SQL)),
    _as("ProcessId", pl.col("pid").cast(pl.String)),
    _as("Image", "image"),
    _as("CommandLine", "command_line"),
    _as("User", "account"),
    _as("ParentProcessId", pl.col("parent_pid").cast(pl.String)),
    _as("ParentImage", "parent_image"),
    _as("ParentCommandLine", "parent_command_line"),
)
LOGGING_SERVICE = {"AccountName": "SYSTEM", "Domain": "NT AUTHORITY", "UserID": "S-1-5-18", "AccountType": "User"}


def _nxlog(events: pl.DataFrame) -> Columns:
    return (
        _as("EventTime", _time("%Y-%m-%d %H:%M:%S")),
        _as("@timestamp", _time(ISO)),
        _as("Hostname", "host"),
        *_constants({"host": "wec", "EventID": 1, "Version": 5, "Task": 1, "Severity": "INFO", "RuleName": "-"}),
        *_constants({"EventType": "INFO", "ProviderGuid": SYSMON_PROVIDER, **LOGGING_SERVICE}),
        _as("SourceName", _provider()),
        _as("Channel", _channel()),
        _as("RecordNumber", NUMBER),
        *SYSMON_DATA,
    )


def _winlogbeat(events: pl.DataFrame) -> Columns:
    return (
        _as("@timestamp", _time(ISO)),
        _as("agent", pl.struct(pl.lit("winlogbeat").alias("type"), pl.lit("7.17.9").alias("version"))),
        _as("event", pl.struct(pl.lit(1).alias("code"), pl.lit("event").alias("kind"), _as("provider", _provider()))),
        _as("host", pl.struct(_as("name", "host"))),
        _as("cloud", pl.struct(_as("account", pl.struct(_as("id", "tenant"))))),
        _as(
            "winlog",
            pl.struct(
                _as("channel", _channel()),
                _as("provider_name", _provider()),
                _as("computer_name", "host"),
                pl.lit(1).alias("event_id"),
                _as("record_id", NUMBER),
                _as("user", pl.struct(pl.lit("SYSTEM").alias("name"), pl.lit("NT AUTHORITY").alias("domain"))),
                _as("event_data", pl.struct(*SYSMON_DATA)),
            ),
        ),
    )


def _ecs(events: pl.DataFrame) -> Columns:
    parent = pl.struct(
        _as("executable", "parent_image"),
        _as("name", _file("parent_image")),
        _as("command_line", "parent_command_line"),
        _as("pid", "parent_pid"),
    )
    process = pl.struct(
        _as("executable", "image"),
        _as("name", _file("image")),
        _as("command_line", "command_line"),
        _as("pid", "pid"),
        _as("parent", parent),
    )
    kind = pl.struct(
        pl.lit("event").alias("kind"),
        pl.concat_list(pl.lit("process")).alias("category"),
        pl.concat_list(pl.lit("start")).alias("type"),
        pl.lit("process_started").alias("action"),
        _as("id", pl.concat_str("host", pl.lit("-"), "record_id")),
    )
    return (
        _as("@timestamp", _time(ISO)),
        _as("ecs", pl.struct(pl.lit(ELASTIC_VERSION).alias("version"))),
        _as("event", kind),
        _as("host", pl.struct(_as("name", "host"), _as("hostname", SHORT_HOST))),
        _as("user", pl.struct(_as("domain", DOMAIN), _as("name", USER))),
        _as("process", process),
        _as("cloud", pl.struct(_as("account", pl.struct(_as("id", "tenant"))))),
    )


WELL_KNOWN = {"system": "S-1-5-18", "local service": "S-1-5-19", "network service": "S-1-5-20"}


def _sid(account: str) -> str:
    domain, _, name = account.lower().rpartition("\\")
    if domain == "nt authority" and name in WELL_KNOWN:
        return WELL_KNOWN[name]
    if name.endswith("$") and "gmsa" not in name:
        return "S-1-5-18"
    kind = {"nt service": "80", "iis apppool": "82"}.get(domain, "21")
    parts = [crc32(f"{account}{index}".encode()) for index in range(3)]
    return f"S-1-5-{kind}-" + "-".join(map(str, parts)) + f"-{1000 + parts[0] % 9000}"


def _hex(name: str) -> pl.Expr:
    return pl.col(name).map_elements(lambda value: f"{value:#x}", return_dtype=pl.String)


def _sentinel(events: pl.DataFrame) -> Columns:
    sids = {account: _sid(account) for account in events["account"].unique()}
    return (
        _as("TimeGenerated", _time(SQL)),
        _as("Computer", "host"),
        _as("Account", "account"),
        pl.lit(4688).alias("EventID"),
        _as("SubjectUserSid", pl.col("account").replace_strict(sids, default=None, return_dtype=pl.String)),
        _as("SubjectUserName", USER),
        _as("SubjectDomainName", DOMAIN),
        _as("NewProcessId", _hex("pid")),
        _as("NewProcessName", "image"),
        pl.lit("%%1936").alias("TokenElevationType"),
        _as("ProcessId", _hex("parent_pid")),
        _as("CommandLine", "command_line"),
        _as("ParentProcessName", "parent_image"),
        _as("EventRecordId", "record_id"),
        _as("TimeCreatedUtc", _time(SQL)),
        _as("_ResourceId", _resource()),
    )


def _resource() -> pl.Expr:
    return pl.concat_str(
        pl.lit("/subscriptions/"),
        "tenant",
        pl.lit("/resourcegroups/fleet/providers/microsoft.compute/virtualmachines/"),
        SHORT_HOST.str.to_lowercase(),
    )


def _defender(events: pl.DataFrame) -> Columns:
    folder = pl.col("parent_image").str.replace(r"[\\/][^\\/]*$", "").str.to_lowercase()
    return (
        _as("Timestamp", _time("%Y-%m-%dT%H:%M:%S%.6fZ")),
        _as("DeviceId", pl.col("host").replace_strict(_device_ids(events), default=None, return_dtype=pl.String)),
        _as("DeviceName", pl.col("host").str.to_lowercase()),
        pl.lit("ProcessCreated").alias("ActionType"),
        _as("FileName", _file("image")),
        _as("FolderPath", "image"),
        _as("ProcessId", "pid"),
        _as("ProcessCommandLine", "command_line"),
        _as("AccountDomain", DOMAIN.str.to_lowercase()),
        _as("AccountName", USER.str.to_lowercase()),
        _as("InitiatingProcessFileName", _file("parent_image")),
        _as("InitiatingProcessFolderPath", folder),
        _as("InitiatingProcessId", "parent_pid"),
        _as("InitiatingProcessCommandLine", "parent_command_line"),
        _as("ReportId", NUMBER),
    )


def _device_ids(events: pl.DataFrame) -> dict[str, str]:
    return {host: "".join(f"{crc32(f'{host}{i}'.encode()):08x}" for i in range(5)) for host in events["host"].unique()}


def _plain(events: pl.DataFrame) -> Columns:
    return [pl.col(name) for name in events.columns]


def _plain_text(events: pl.DataFrame) -> Columns:
    return [_as("time", _time("%Y-%m-%dT%H:%M:%S%.6fZ")), *(pl.col(name) for name in events.columns if name != "time")]


FORMATS: Mapping[str, FleetFormat] = {
    each.name: each
    for each in (
        FleetFormat("parquet", "parquet", _plain),
        FleetFormat("csv", "csv", _plain_text),
        FleetFormat("jsonl", "jsonl", _plain_text),
        FleetFormat("nxlog", "jsonl", _nxlog),
        FleetFormat("winlogbeat", "jsonl", _winlogbeat),
        FleetFormat("ecs", "jsonl", _ecs),
        FleetFormat("sentinel", "csv", _sentinel, windows_only=True),
        FleetFormat("defender", "csv", _defender),
        FleetFormat("defender-json", "jsonl", _defender),
    )
}
