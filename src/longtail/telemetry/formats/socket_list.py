"""A list of sockets, one record each: the plain form (``host, port, protocol, address, image``) and what tools export.

osqueryi ``listening_ports``, Velociraptor ``Windows.Network.ListeningPorts`` and ``Netstat``, PowerShell
``Get-NetTCPConnection | ConvertTo-Json``, jc's ``ss`` and ``netstat``. Sockets that do not listen are passed over.
"""

from collections.abc import Iterator

import polars as pl

from longtail.telemetry.format import Carrier, Format, Record, Rows, View, said, spelling, stamp, text, whole
from longtail.telemetry.names import HOST, HOST_FIELDS, tenant_field
from longtail.telemetry.sockets import listens, port

PORTS = ("local_port", "laddr.port", "lport", "listen_port", "listening_port", "port")
ADDRESSES = ("local_address", "laddr.ip", "local_addr", "local_ip", "listen_address", "bind_address", "bind", "address")
PIDS = ("pid", "owning_process", "process_id")
PATHS = ("exe", "image", "process_path", "executable", "path")
NAMES = ("process_name", "program_name", "program", "process", "comm", "name")
STATES = ("state", "status")
TIMES = ("time", "timestamp", "unixtime")

OWN_END = {spelling(name) for name in (*PORTS, *ADDRESSES, *PIDS, *PATHS)} - {"port", "address"}
TELLING = OWN_END | {spelling(name) for name in (*NAMES, *STATES, "address")}
OTHER_KINDS = {"eventid", "rule", "direction", "sourceport", "destinationport", "dstport", "priority", "access"}


def is_socket_list(record: Record) -> bool:
    """A local port and what holds it; with a time, it takes something that only a socket's own end has."""
    names = {spelling(name) for name in record if name}
    nested = record.get("Laddr")
    ported = names & {spelling(name) for name in PORTS} or (isinstance(nested, dict) and "Port" in nested)
    telling = names & (OWN_END if names & set(TIMES) else TELLING) or isinstance(nested, dict)
    return bool(ported and telling) and not names & OTHER_KINDS


def with_user(record: Record) -> Iterator[Record]:
    """jc puts the processes of an ``ss`` row under their numbers: the first is taken."""
    options = record.get("opts")
    processes = options.get("process_id") if isinstance(options, dict) else None
    if isinstance(processes, dict) and processes:
        number, told = next(iter(processes.items()))
        record = {**record, "pid": number, "process_name": told.get("user") if isinstance(told, dict) else None}
    yield record


_INET = ~pl.col("family").str.to_lowercase().is_in(("1", "unix", "af_unix")).fill_null(False)

SOCKET_LIST = Format(
    name="socket-list",
    title="Listening sockets: plain, osqueryi, Velociraptor, Get-NetTCPConnection, jc ss and netstat",
    carriers=(Carrier.JSON, Carrier.CSV, Carrier.PARQUET),
    fields={
        "tenant": tenant_field(),
        **HOST_FIELDS,
        "time": stamp(*TIMES),
        "protocol": text("protocol", "proto", "transport_protocol", "netid", "type"),
        "family": text("family"),
        "port": text("Laddr.Port", *PORTS),
        "address": said("Laddr.IP", *ADDRESSES),
        "foreign_port": text("Raddr.Port", "remote_port", "foreign_port", "peer_port", "rport"),
        "state": text("state", *STATES),
        "pid": whole(*PIDS),
        "path": said(*PATHS),
        "name": said(*NAMES),
    },
    recognises=is_socket_list,
    columns={},
    clock=(),
    views={
        Rows.LISTENING: View(
            {
                "time": pl.col("time"),
                "tenant": pl.col("tenant"),
                "host": HOST,
                "protocol": pl.col("protocol"),
                "port": port("port"),
                "address": pl.col("address"),
                "pid": pl.when(pl.col("pid") > 0).then("pid"),
                "image": pl.coalesce("path", "name"),
            },
            listens("state", "foreign_port") & _INET,
        )
    },
    unfolds=with_user,
    folded=(b'"process_id"',),
)
