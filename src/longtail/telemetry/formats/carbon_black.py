r"""Carbon Black: the Cloud's forwarded events and search results, and what EDR's event forwarder writes.

In an event of the Cloud ``process_*`` is who acts: at a start the parent, and what it started is ``childproc_*`` with
``target_cmdline`` (developer.carbonblack.com, endpoint event schema 1.2; in enriched events ``childproc_cmdline``). In
the answer of a search for processes, and where an export tells no kind of event, ``process_*`` is the process itself.
Names and accounts stand in lists there. A device of a domain is ``DOMAIN\name``. EDR's ``path`` is what was started
(the same site, EDR event forwarder), of its
search for processes too, which has ``cmdline`` and ``start``.
"""

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, lone, said, stamp, text, whole

CARRIERS = (Carrier.JSON, Carrier.CSV, Carrier.PARQUET)
STARTED, EDR_STARTED = "endpoint.event.procstart", "ingress.event.procstart"
TIMES = {"device_timestamp", "backend_timestamp", "event_timestamp"}
PROCESS = {"process_guid", "process_name", "process_path", "process_cmdline"}
EDR = ({"computer_name", "sensor_id", "type"}, {"hostname", "path", "cmdline", "start", "process_pid"})
COUNTS = {"childproc_count", "modload_count", "netconn_count", "process_start_time"}


def is_of_the_cloud(record: Record) -> bool:
    """A device, a process and a time, under the Cloud's names."""
    if "device_name" not in record or not PROCESS & record.keys():
        return False
    return bool(TIMES & record.keys()) or {"timestamp", "process_cmdline"} <= record.keys()


def is_search_result(record: Record) -> bool:
    """A process with what it did in all."""
    return is_of_the_cloud(record) and bool(COUNTS & record.keys()) and not {"type", "childproc_name"} & record.keys()


def is_event(record: Record) -> bool:
    """One thing that a process did."""
    return is_of_the_cloud(record) and not is_search_result(record)


def is_edr(record: Record) -> bool:
    """An event of a sensor, as the event forwarder names it, or a process that EDR's search found."""
    return any(record.keys() >= names for names in EDR)


FIELDS = {
    "time": stamp("device_timestamp"),
    "happened": stamp("event_timestamp"),
    "received": stamp("backend_timestamp"),
    "stamped": stamp("timestamp"),
    "customer": text("org_key"),
    "organisation": text("org_id"),
    "host": said("device_name"),
    "user": lone("process_username"),
    "path": said("process_path"),
    "name": said("process_name"),
    "command_line": lone("process_cmdline"),
    "pid": whole("process_pid"),
    "parent_path": said("parent_path"),
    "parent_name": said("parent_name"),
    "parent_command_line": lone("parent_cmdline"),
    "parent_pid": whole("parent_pid"),
}
ITSELF = {
    "tenant": pl.coalesce("customer", "organisation"),
    "host": pl.col("host").str.extract(r"([^\\]+)$"),
    "account": pl.col("user"),
    "image": pl.coalesce("path", "name"),
    "command_line": pl.col("command_line"),
    "parent_image": pl.coalesce("parent_path", "parent_name"),
    "parent_command_line": pl.col("parent_command_line"),
    "pid": pl.col("pid"),
    "parent_pid": pl.col("parent_pid"),
}
CHILD = {
    "account": pl.col("child_user"),
    "image": pl.col("child"),
    "command_line": pl.coalesce("target_command_line", "child_command_line"),
    "parent_image": ITSELF["image"],
    "parent_command_line": ITSELF["command_line"],
    "pid": pl.col("child_pid"),
    "parent_pid": ITSELF["pid"],
}
IS_TOLD = pl.any_horizontal(pl.col("type", "event_type", "enriched").is_not_null())
IS_CHILD = (
    (pl.col("type") == STARTED)
    | (pl.col("event_type") == "childproc")
    | (pl.col("enriched").str.to_uppercase() == "CREATE_PROCESS")
).fill_null(False) & (pl.col("type").is_null() | (pl.col("type") == STARTED))

CARBON_BLACK = Format(
    name="carbon-black",
    title="Carbon Black Cloud's events, forwarded or enriched, as JSON, CSV or Parquet: processes started",
    carriers=CARRIERS,
    fields={
        **FIELDS,
        "type": text("type"),
        "event_type": lone("event_type"),
        "enriched": lone("enriched_event_type"),
        "child": said("childproc_name"),
        "child_user": lone("childproc_username"),
        "child_command_line": lone("childproc_cmdline"),
        "target_command_line": said("target_cmdline"),
        "child_pid": whole("childproc_pid"),
        "children": whole("childproc_count"),
        "record": text("event_id"),
        "child_guid": text("childproc_guid"),
    },
    recognises=is_event,
    foreign="children",
    starts=IS_CHILD | ~IS_TOLD,
    columns={
        **ITSELF,
        **{name: pl.when(IS_CHILD).then(expression).otherwise(ITSELF[name]) for name, expression in CHILD.items()},
        "record_id": pl.coalesce("record", "child_guid"),
    },
    clock=("time", "happened", "received", "stamped"),
)

CARBON_BLACK_PROCESSES = Format(
    name="carbon-black-processes",
    title="Carbon Black Cloud's answer to a search for processes, as JSON, CSV or Parquet",
    carriers=CARRIERS,
    fields={
        **FIELDS,
        "started": stamp("process_start_time"),
        "type": text("type"),
        "event": text("event_id"),
        "record": text("process_guid"),
    },
    recognises=is_search_result,
    foreign="type",
    starts=pl.all_horizontal(pl.col("type", "event").is_null()),
    columns={**ITSELF, "record_id": pl.col("record")},
    clock=("started", "time", "happened", "received", "stamped"),
)

CARBON_BLACK_EDR = Format(
    name="carbon-black-edr",
    title="Carbon Black EDR's event forwarder and search as JSON, CSV or Parquet: processes started",
    carriers=CARRIERS,
    fields={
        "type": text("type"),
        "started": stamp("start"),
        "time": stamp("timestamp"),
        "host": said("computer_name"),
        "found_host": said("hostname"),
        "user": said("username"),
        "path": said("path"),
        "process_path": said("process_path"),
        "command_line": said("command_line"),
        "found_line": said("cmdline"),
        "parent_path": said("parent_path"),
        "parent_name": said("parent_name"),
        "pid": whole("pid"),
        "found_pid": whole("process_pid"),
        "parent_pid": whole("parent_pid"),
        "record": text("process_guid"),
        "found_record": text("unique_id"),
    },
    recognises=is_edr,
    starts=(pl.col("type") == EDR_STARTED).fill_null(pl.col("started").is_not_null()),
    columns={
        "host": pl.coalesce("host", "found_host"),
        "account": pl.col("user"),
        "image": pl.coalesce("path", "process_path"),
        "command_line": pl.coalesce("command_line", "found_line"),
        "parent_image": pl.coalesce("parent_path", "parent_name"),
        "pid": pl.coalesce("pid", "found_pid"),
        "parent_pid": pl.col("parent_pid"),
        "record_id": pl.coalesce("record", "found_record"),
    },
    clock=("started", "time"),
)
