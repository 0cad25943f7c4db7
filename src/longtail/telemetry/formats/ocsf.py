"""The Open Cybersecurity Schema Framework's Process Activity (class 1007): launches."""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, account, said, stamp, text, whole

PROCESS_ACTIVITY, LAUNCH = 1007, 1


def is_ocsf(record: Record) -> bool:
    """A class number and an activity: OCSF, of whatever class."""
    return {"class_uid", "activity_id"} <= record.keys()


OCSF = Format(
    name="ocsf",
    title="OCSF Process Activity (1007) as JSON, CSV or Parquet: launches",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "class": whole("class_uid"),
        "activity": whole("activity_id"),
        "written": stamp("time_dt"),
        "time": stamp("time"),
        "tenant": text("cloud.account.uid"),
        "host": said("device.hostname"),
        "device": said("device.name"),
        "domain": said("process.user.domain"),
        "user": said("process.user.name"),
        "actor_domain": said("actor.user.domain"),
        "actor_user": said("actor.user.name"),
        "image": said("process.file.path"),
        "name": said("process.file.name"),
        "command_line": said("process.cmd_line"),
        "parent_image": said("actor.process.file.path"),
        "parent_command_line": said("actor.process.cmd_line"),
        "pid": whole("process.pid"),
        "parent_pid": whole("actor.process.pid"),
        "record": text("metadata.uid"),
    },
    recognises=is_ocsf,
    only=("class", frozenset({PROCESS_ACTIVITY, str(PROCESS_ACTIVITY)})),
    starts=pl.col("activity") == LAUNCH,
    columns={
        "tenant": pl.col("tenant"),
        "host": pl.coalesce("host", "device"),
        "account": pl.coalesce(account("domain", "user"), account("actor_domain", "actor_user")),
        "image": pl.coalesce("image", "name"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.col("parent_image"),
        "parent_command_line": pl.col("parent_command_line"),
        "pid": pl.col("pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.col("record"),
    },
    clock=("written", "time"),
)
