"""Falco's alerts as JSON: programs executed. A rule chooses what is told, so this is what it fired on and no more."""

from collections.abc import Iterator

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, nested, said, stamp, text, whole

CALLS = ("execve", "execveat", "spawned_process")


def is_falco(record: Record) -> bool:
    """A rule and the fields that its output was made of."""
    return "rule" in record and isinstance(record.get("output_fields"), dict)


def unfolded(record: Record) -> Iterator[Record]:
    """The record with its fields, whose names have dots in them, as objects."""
    fields = record.get("output_fields")
    yield {**record, "output_fields": nested(fields)} if isinstance(fields, dict) else record


FALCO = Format(
    name="falco",
    title="Falco alerts as JSON lines: execve",
    carriers=(Carrier.JSON,),
    fields={
        "time": stamp("time"),
        "call": text("output_fields.evt.type"),
        "host": said("hostname"),
        "user": said("output_fields.user.name"),
        "uid": text("output_fields.user.uid"),
        "path": said("output_fields.proc.exepath"),
        "name": said("output_fields.proc.name"),
        "command_line": text("output_fields.proc.cmdline"),
        "parent_path": said("output_fields.proc.pexepath"),
        "parent_name": said("output_fields.proc.pname"),
        "parent_command_line": text("output_fields.proc.pcmdline"),
        "pid": whole("output_fields.proc.pid"),
        "parent_pid": whole("output_fields.proc.ppid"),
        "record": text("uuid"),
    },
    recognises=is_falco,
    starts=pl.col("call").is_in(CALLS),
    columns={
        "host": pl.col("host"),
        "account": pl.coalesce("user", "uid"),
        "image": pl.coalesce("path", "name"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.coalesce("parent_path", "parent_name"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time",),
    unfolds=unfolded,
    folded=(b"output_fields",),
)
