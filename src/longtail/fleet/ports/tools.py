"""What was seen on a machine → the text that a tool prints of it: osquery, ss, netstat, PowerShell, Velociraptor."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from longtail.fleet.ports.sockets import Look

Printed = Callable[[Look], str]


@dataclass(frozen=True, slots=True)
class Tool:
    """How a tool's output is called and written; several hosts of a tenant share a file where records name the host."""

    file: str  # {host} is the host's name
    text: Printed


def _lines(records: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(each, separators=(",", ":"), ensure_ascii=False) + "\n" for each in records)


def osquery(host: str, time: datetime, query: str, columns: list[dict[str, str]]) -> str:
    """A scheduled query's answer as osquery logs snapshots, one event a row."""
    common = {
        "name": f"pack_longtail_{query}",
        "hostIdentifier": host,
        "calendarTime": time.strftime("%a %b %e %H:%M:%S %Y UTC"),
        "unixTime": int(time.timestamp()),
        "epoch": 0,
        "counter": 0,
        "numerics": False,
    }
    return _lines([{**common, "columns": each, "action": "snapshot"} for each in columns])


def _osquery_processes(seen: Look) -> str:
    return osquery(seen.host, seen.time, "processes", [
        {"pid": str(each.pid), "parent": str(each.parent_pid), "name": each.name, "path": _path(each.image),
         "cmdline": each.command_line}
        for each in seen.processes
    ])  # fmt: skip


def _path(image: str) -> str:
    return image if "\\" in image or "/" in image else ""


def _osquery_listening(seen: Look) -> str:
    """The sockets with the processes that hold them: the query that people join the two tables with."""
    return osquery(seen.host, seen.time, "listening_ports", [
        {"pid": str(each.process.pid), "port": str(each.port), "protocol": "6", "family": "2", "address": each.address,
         "name": each.process.name, "path": _path(each.process.image), "cmdline": each.process.command_line}
        for each in seen.sockets
    ])  # fmt: skip


def _ss(seen: Look) -> str:
    head = "Netid State  Recv-Q Send-Q    Local Address:Port    Peer Address:Port  Process"
    rows = [
        f"tcp   LISTEN 0      128    {each.address + ':' + str(each.port):>22}         0.0.0.0:*      "
        f'users:(("{each.process.name[:15]}",pid={each.process.pid},fd=6))'
        for each in seen.sockets
    ]
    return "\n".join([head, *rows]) + "\n"


def _netstat(seen: Look) -> str:
    head = (
        "Active Internet connections (only servers)\n"
        "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    "
    )
    rows = [
        f"tcp        0      0 {each.address + ':' + str(each.port):<23} {'0.0.0.0:*':<23} {'LISTEN':<11} "
        f"{f'{each.process.pid}/{each.process.name}'[:20]}"
        for each in seen.sockets
    ]
    return "\n".join([head, *rows]) + "\n"


def _netstat_windows(seen: Look) -> str:
    head = "\nActive Connections\n\n  Proto  Local Address          Foreign Address        State           PID"
    rows = [
        f"  TCP    {each.address + ':' + str(each.port):<22} {'0.0.0.0:0':<22} {'LISTENING':<15} {each.process.pid}"
        for each in seen.sockets
    ]
    return "\r\n".join([*head.split("\n"), *rows]) + "\r\n"


def _velociraptor_ports(seen: Look) -> str:
    return _lines([
        {"Pid": each.process.pid, "Name": each.process.name, "Port": each.port, "Protocol": "TCP", "Family": "IPv4",
         "Address": each.address}
        for each in seen.sockets
    ])  # fmt: skip


def _velociraptor_processes(seen: Look) -> str:
    return _lines([
        {"Pid": each.pid, "Ppid": each.parent_pid, "TokenIsElevated": True, "Name": each.name,
         "CommandLine": each.command_line, "Exe": _path(each.image), "Hash": None, "Authenticode": None,
         "Username": "NT AUTHORITY\\SYSTEM", "WorkingSetSize": 143360}
        for each in seen.processes
    ])  # fmt: skip


def _get_process(seen: Look) -> str:
    """``Get-Process | Select-Object Id, ProcessName, Path, StartTime | ConvertTo-Json``."""
    began = f"/Date({int(seen.time.timestamp() * 1000) - 40 * 86_400_000})/"
    rows = [
        {
            "Id": each.pid,
            "ProcessName": each.name.removesuffix(".exe"),
            "Path": _path(each.image) or None,
            "StartTime": began if _path(each.image) else None,
        }
        for each in seen.processes
    ]
    return json.dumps(rows, indent=4).replace("\n", "\r\n") + "\r\n"


def _ps(seen: Look) -> str:
    head = "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"
    rows = [
        f"root     {each.pid:>7}  0.0  0.3 168140 11520 ?        Ss   {seen.time:%b%d}   0:01 {each.command_line}"
        for each in seen.processes
    ]
    return "\n".join([head, *rows]) + "\n"


OSQUERY_LISTENING = Tool("osqueryd.snapshots.log", _osquery_listening)
OSQUERY_PROCESSES = Tool("osqueryd.snapshots.log", _osquery_processes)

LISTENING: Mapping[str, tuple[Tool, ...]] = {
    "linux": (OSQUERY_LISTENING, Tool("{host}.ss.txt", _ss), Tool("{host}.netstat.txt", _netstat)),
    "windows": (
        OSQUERY_LISTENING,
        Tool("{host}.netstat.txt", _netstat_windows),
        Tool("{host}/Windows.Network.ListeningPorts.json", _velociraptor_ports),
    ),
}
SNAPSHOTS: Mapping[str, tuple[Tool, ...]] = {
    "linux": (OSQUERY_PROCESSES, Tool("{host}.ps.txt", _ps)),
    "windows": (
        OSQUERY_PROCESSES,
        Tool("{host}.Get-Process.json", _get_process),
        Tool("{host}/Windows.System.Pslist.json", _velociraptor_processes),
    ),
}
"""The tools that people look with, by system; a tenant keeps to one of each."""
