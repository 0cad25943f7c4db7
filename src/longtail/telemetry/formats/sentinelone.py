"""SentinelOne: Deep Visibility and the Singularity data lake, exported or streamed by Cloud Funnel.

The *target* of a process creation is what was started, the *source* who started it. The data lake's names have dots
(``tgt.process.image.path``: elastic/integrations has a stream, 7RedViolin/pySigma-backend-sentinelone-pq the names),
those of Deep Visibility's API none (``tgtProcImagePath``: the same author's pySigma-backend-sentinelone). Where the
target's account was not exported, none is told: that of the source is another.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, spelling, stamp, text, whole
from longtail.telemetry.shapes import dig

SIDES = ("src.process.", "tgt.process.", "srcproc", "tgtproc")
CREATED = "processcreation"


def is_sentinelone(record: Record) -> bool:
    """The source or the target of an event, under SentinelOne's names."""
    sides = [name for name in record if name[:3].lower() in ("src", "tgt")]
    return any(spelling(name).startswith(SIDES) or isinstance(dig(record[name], ("process",)), dict) for name in sides)


def is_of_the_lake(record: Record) -> bool:
    """An event of which no process is told."""
    return {"event.type", "endpoint.name"} <= record.keys() or {"eventType", "endpointName"} <= record.keys()


def _as_one_word(field: str) -> pl.Expr:
    return pl.col(field).str.to_lowercase().str.replace_all(r"[\s_-]", "")


SENTINELONE = Format(
    name="sentinelone",
    title="SentinelOne's processes created as CSV, JSON or Parquet: Deep Visibility, Singularity data lake",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "kind": text("event.type", "eventType"),
        "meta": text("meta.event.name", "metaEventName"),
        "time": stamp("event.time", "eventTime"),
        "created": stamp("createdAt", "created_at"),
        "stamped": stamp("timestamp"),
        "tenant": text("account.id", "accountId"),
        "host": said("endpoint.name", "endpointName"),
        "agent": said("agentName", "agentComputerName"),
        "user": said("tgt.process.user", "tgtProcUser"),
        "path": said("tgt.process.image.path", "tgtProcImagePath"),
        "name": said("tgt.process.name", "tgtProcName"),
        "command_line": said("tgt.process.cmdline", "tgtProcCmdLine"),
        "parent_path": said("src.process.image.path", "srcProcImagePath"),
        "parent_name": said("src.process.name", "srcProcName"),
        "parent_command_line": said("src.process.cmdline", "srcProcCmdLine"),
        "pid": whole("tgt.process.pid", "tgtProcPid", "tgtPid"),
        "parent_pid": whole("src.process.pid", "srcProcPid", "srcPid"),
        "record": text("event.id", "eventId", "id"),
    },
    recognises=is_sentinelone,
    kin=is_of_the_lake,
    starts=(_as_one_word("kind") == CREATED)
    | (_as_one_word("meta") == CREATED)
    | pl.all_horizontal(pl.col("kind", "meta").is_null()),
    columns={
        "tenant": pl.col("tenant"),
        "host": pl.coalesce("host", "agent"),
        "account": pl.col("user"),
        "image": pl.coalesce("path", "name"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.coalesce("parent_path", "parent_name"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("time", "created", "stamped"),
)
