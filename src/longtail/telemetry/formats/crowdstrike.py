"""CrowdStrike Falcon: ``ProcessRollup2`` of the Data Replicator, flat or under ``event``, or exported from a search.

The sensor (``aid``) stands for the machine where no name was joined. The parent is known by its file's name only.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, said, stamp, text, whole

STARTS = ("ProcessRollup2", "SyntheticProcessRollup2")


def is_crowdstrike(record: Record) -> bool:
    """The name of the sensor's event, and the sensor."""
    return "aid" in record and bool({"event_simpleName", "#event_simpleName"} & record.keys())


CROWDSTRIKE = Format(
    name="crowdstrike-fdr",
    title="CrowdStrike ProcessRollup2: FDR's JSON lines, or a search exported as JSON, CSV or Parquet",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "name": text("event_simpleName", "#event_simpleName"),
        "started": stamp("ProcessStartTime"),
        "time": stamp("timestamp"),
        "found": stamp("@timestamp", "_time"),
        "customer": text("cid"),
        "computer": said("ComputerName"),
        "sensor": said("aid"),
        "user": said("UserName"),
        "sid": said("UserSid"),
        "image": said("ImageFileName"),
        "command_line": said("CommandLine"),
        "parent_image": said("ParentBaseFileName"),
        "pid": whole("RawProcessId"),
        "record": text("id"),
    },
    recognises=is_crowdstrike,
    starts=pl.col("name").is_in(STARTS),
    columns={
        "tenant": pl.col("customer"),
        "host": pl.coalesce("computer", "sensor"),
        "account": pl.coalesce("user", "sid"),
        "image": pl.col("image"),
        "command_line": pl.col("command_line"),
        "parent_image": pl.col("parent_image"),
        "pid": pl.col("pid"),
        "record_id": pl.col("record"),
    },
    clock=("started", "time", "found"),
)
