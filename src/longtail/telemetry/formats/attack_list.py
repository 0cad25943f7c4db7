"""A list of attacks on ports, such as brute-force alerts: ``machine, port, time`` in any spelling."""

from itertools import chain

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, Rows, View, said, spelling, stamp, text
from longtail.telemetry.names import HOST_NAMES, tenant_field
from longtail.telemetry.sockets import port

TARGETS = (
    "machine",
    "target",
    "target_host",
    "target_machine",
    "victim",
    "compromised_entity",
    "destination",
    "dst_host",
)
MACHINES = (*TARGETS, *chain.from_iterable(HOST_NAMES.values()))
PORTS = ("port", "target_port", "destination_port", "dst_port", "dest_port", "attacked_port")
TIMES = ("time", "timestamp", "time_generated", "start_time", "start_time_utc", "detected", "event_time", "date", "day")
OTHER_KINDS = {"pid", "processid", "localport", "eventid", "rule", "priority", "action", "bytes", "packets"}


def is_attack_list(record: Record) -> bool:
    """A machine, a port, a time, and nothing that a socket, a rule or a flow has besides."""
    names = {spelling(name) for name in record if name}
    there = [names & {spelling(name) for name in wanted} for wanted in (MACHINES, PORTS, TIMES)]
    nested = any(isinstance(value, dict) for value in record.values())
    return all(there) and not names & OTHER_KINDS and not nested


ATTACK_LIST = Format(
    name="attack-list",
    title="Attacked ports: CSV, JSON lines or Parquet with machine, port and time",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "tenant": tenant_field(),
        "machine": said(*MACHINES),
        "port": text(*PORTS),
        "time": stamp(*TIMES),
    },
    recognises=is_attack_list,
    columns={},
    clock=(),
    views={
        Rows.ATTACKED: View(
            {
                "tenant": pl.col("tenant"),
                "machine": pl.col("machine"),
                "port": port("port"),
                "time": pl.col("time"),
            }
        )
    },
)
