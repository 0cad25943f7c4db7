"""The Elastic Common Schema, whoever wrote it: process events of type ``start``."""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, account, said, stamp, text, whole, words


def is_ecs(record: Record) -> bool:
    """A time, and a process with an executable, under the schema's names; Winlogbeat's own fields are told apart."""
    process = record.get("process")
    named = isinstance(process, dict) and bool({"executable", "pid"} & process.keys())
    return named and "@timestamp" in record and "winlog" not in record


def _says(field: str, word: str) -> pl.Expr:
    return pl.concat_str(pl.lit(" "), field, pl.lit(" ")).str.contains(f" {word} ", literal=True)


ECS = Format(
    name="ecs",
    title="Elastic Common Schema JSON lines: process start events",
    carriers=(Carrier.JSON,),
    fields={
        "time": stamp("@timestamp"),
        "category": words("event.category"),
        "type": words("event.type"),
        "tenant": text("cloud.account.id"),
        "host": said("host.name"),
        "hostname": said("host.hostname"),
        "domain": said("user.domain"),
        "user": said("user.name"),
        "image": said("process.executable"),
        "command_line": said("process.command_line"),
        "parent_image": said("process.parent.executable"),
        "parent_command_line": said("process.parent.command_line"),
        "pid": whole("process.pid"),
        "parent_pid": whole("process.parent.pid"),
        "old_parent_pid": whole("process.ppid"),
        "record": text("event.id"),
    },
    recognises=is_ecs,
    starts=_says("category", "process") & _says("type", "start"),
    columns={
        "tenant": pl.col("tenant"),
        "host": pl.coalesce("host", "hostname"),
        "account": account("domain", "user"),
        "image": pl.col("image"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.col("parent_image"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.coalesce("parent_pid", "old_parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time",),
)
