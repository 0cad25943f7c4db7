"""The Elastic Common Schema, whoever wrote it: process events of type ``start``.

A fork starts no program and is passed over: the ``exec`` that follows it does. Where an export was made without the
fields that tell what happened, each record with a command line is a start.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, account, said, stamp, text, whole, words


def is_ecs(record: Record) -> bool:
    """A time, and a process with an executable, under the schema's names; Winlogbeat's own fields are told apart."""
    process = record.get("process")
    named = isinstance(process, dict) and bool({"executable", "pid"} & process.keys())
    return named and "@timestamp" in record and "winlog" not in record


def is_of_the_schema(record: Record) -> bool:
    """An event of another kind, under the schema's names: connections, logins, metrics."""
    event = record.get("event")
    told = isinstance(event, dict) and bool({"kind", "category", "dataset", "module"} & event.keys())
    return "@timestamp" in record and "winlog" not in record and (told or isinstance(record.get("ecs"), dict))


def _says(field: str, word: str) -> pl.Expr:
    """Whether a word is among those of a field, however an export joined them."""
    return pl.col(field).str.contains(rf"(?:^|[^\w-]){word}(?:$|[^\w-])")


IS_PROCESS = pl.col("category").is_null() | _says("category", "process")
STARTED = _says("type", "start") | _says("type", "process_start")
UNTOLD = pl.all_horizontal(pl.col("type", "action", "code").is_null()) & pl.col("command_line").is_not_null()
BY_CODE = pl.col("type").is_null() & pl.col("code").is_in(("1", "4688"))
IS_START = IS_PROCESS & (STARTED | UNTOLD | BY_CODE) & pl.col("action").ne_missing("fork")

ECS = Format(
    name="ecs",
    title="Elastic Common Schema as JSON, Parquet or Kibana's CSV: process start events",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "time": stamp("@timestamp"),
        "category": words("event.category"),
        "type": words("event.type"),
        "action": words("event.action"),
        "code": text("event.code"),
        "tenant": text("cloud.account.id"),
        "host": said("host.name"),
        "hostname": said("host.hostname"),
        "domain": said("user.domain"),
        "user": said("user.name"),
        "image": said("process.executable"),
        "command_line": said("process.command_line"),
        "arguments": words("process.args"),
        "parent_image": said("process.parent.executable"),
        "parent_command_line": said("process.parent.command_line"),
        "pid": whole("process.pid"),
        "parent_pid": whole("process.parent.pid"),
        "old_parent_pid": whole("process.ppid"),
        "record": text("event.id"),
        "beats": whole("winlog.event_id"),
    },
    recognises=is_ecs,
    kin=is_of_the_schema,
    foreign="beats",
    starts=IS_START,
    columns={
        "tenant": pl.col("tenant"),
        "host": pl.coalesce("host", "hostname"),
        "account": account("domain", "user"),
        "image": pl.col("image"),
        "command_line": pl.coalesce("command_line", "arguments"),
        "parent_image": pl.col("parent_image"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.coalesce("parent_pid", "old_parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time",),
)
