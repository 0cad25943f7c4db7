"""Listening sockets, as every tool writes them: what listens and nothing else, with the process where it is known."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from longtail.telemetry import Options, listening
from longtail.telemetry.names import PORT_NAMES
from longtail.telemetry.terminal import sockets


def _listens(folder: Path, name: str, content: str) -> list[dict[str, Any]]:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    table, _ = listening([str(folder)], Options(host="h"))
    return [{key: value for key, value in row.items() if value is not None} for row in table.drop("source").to_dicts()]


def _ends(rows: list[dict[str, Any]]) -> list[tuple[str, int, str | None]]:
    return [(row["protocol"], row["port"], row.get("address")) for row in rows]


@pytest.mark.parametrize(("line", "socket"), sockets.EXAMPLES)
def test_a_line_of_a_tool_is_read_as_the_example_says(line: str, socket: dict[str, Any] | None) -> None:
    assert sockets.socket(line) == socket


@pytest.mark.parametrize(
    "line",
    [
        "tcp " + ":" * 200_000 + " 0 0 LISTEN",
        "LISTEN 0 0 " + "[" * 200_000 + " *:*",
        "x 1 " + "txt " * 50_000,
        "tcp 0 0 " + "1/" * 100_000 + " *:* LISTEN",
        'tcp LISTEN 0 0 a:1 b:2 users:(("' * 5_000,
    ],
)
def test_a_hostile_line_is_read_in_linear_time(line: str) -> None:
    began = time.process_time()
    sockets.socket(line)
    assert time.process_time() - began < 10


def test_a_socket_in_another_state_is_passed_over(tmp_path: Path) -> None:
    content = (
        "tcp   LISTEN    0 0 0.0.0.0:22  0.0.0.0:*\n"
        "tcp   ESTAB     0 0 10.0.0.7:22 10.0.0.9:50022\n"
        "tcp   TIME-WAIT 0 0 10.0.0.7:22 10.0.0.9:50023\n"
        "udp   UNCONN    0 0 [::]:mdns   [::]:*\n"
        "udp   ESTAB     0 0 10.0.0.7:68 10.0.0.1:67\n"
        "u_str LISTEN    0 0 /run/x 1 * 0\n"
    )
    assert _ends(_listens(tmp_path, "ss.txt", content)) == [("tcp", 22, "0.0.0.0"), ("udp", 5353, "::")]


def test_netstat_of_windows_in_any_language_with_owners(tmp_path: Path) -> None:
    content = (
        "\n Aktive Verbindungen\n\n"
        "  Proto  Lokale Adresse         Remoteadresse          Status           PID\n"
        "  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         1040\n"
        "  RpcEptMapper\n [svchost.exe]\n"
        "  TCP    [::]:1433              [::]:0                 ABHÖREN         4711\n [sqlservr.exe]\n"
        "  TCP    10.0.0.7:1433          10.0.0.9:50123         HERGESTELLT     4711\n [sqlservr.exe]\n"
        "  UDP    127.0.0.1:1900         *:*                                    900\n"
    )
    rows = _listens(tmp_path, "netstat.txt", content)
    assert _ends(rows) == [("tcp", 135, "0.0.0.0"), ("tcp", 1433, "::"), ("udp", 1900, "127.0.0.1")]
    assert [row["pid"] for row in rows] == [1040, 4711, 900]
    assert [row.get("image") for row in rows] == ["svchost.exe", "sqlservr.exe", None]


def test_a_process_known_by_number_gives_its_path(tmp_path: Path) -> None:
    outer = {"name": "q", "hostIdentifier": "db", "unixTime": 1762000000, "action": "snapshot"}
    process = {"pid": "911", "name": "postgres", "path": "/usr/lib/postgresql/15/bin/postgres", "cmdline": "postgres"}
    socket = {"pid": "911", "port": "5432", "protocol": "6", "family": "2", "address": "0.0.0.0", "path": ""}
    lines = [json.dumps({**outer, "columns": columns}) for columns in (socket, process)]
    (row,) = _listens(tmp_path, "results.log", "\n".join(lines))
    assert row["image"] == "/usr/lib/postgresql/15/bin/postgres"


@pytest.mark.parametrize(
    ("processes", "image"),
    [
        ([{"pid": "9", "hostname": "h", "path": "/usr/sbin/sshd", "cmdline": ""}], "/usr/sbin/sshd"),
        ([{"pid": "9", "hostname": "h", "path": "", "cmdline": "sshd: /usr/sbin/sshd -D"}], "/usr/sbin/sshd"),
        ([{"pid": "9", "hostname": "other", "path": "/usr/sbin/sshd", "cmdline": ""}], "sshd"),
        ([{"pid": "9", "hostname": "H.example.com.", "path": "/usr/sbin/sshd", "cmdline": ""}], "/usr/sbin/sshd"),
        ([{"pid": "9", "hostname": "h", "path": "/usr/sbin/nginx", "cmdline": ""}], "sshd"),  # the number was reused
        ([{"pid": "9", "hostname": "h", "path": path, "cmdline": ""} for path in ("/a/sshd", "/b/sshd")], "sshd"),
    ],
)
def test_a_name_gives_way_to_a_path_only_where_both_agree(tmp_path: Path, processes: list[Any], image: str) -> None:
    (tmp_path / "processes.json").write_text(json.dumps(processes))
    socket = 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=9,fd=3))\n'
    (row,) = _listens(tmp_path, "ss.txt", socket)
    assert row["image"] == image


@pytest.mark.parametrize(
    ("process", "socket", "image"),
    [
        ("SQL03", "sql03", "/opt/x"),
        ("sql03.a.example", "SQL03", "/opt/x"),
        ("sql03.a.example", "sql03.b.example", None),
        ("10.0.0.5", "10.0.0.6", None),
        ("fe80::1", "FE80::1", "/opt/x"),
    ],
)
def test_a_process_is_of_the_same_machine_however_its_name_is_written(
    tmp_path: Path, process: str, socket: str, image: str | None
) -> None:
    (tmp_path / "processes.json").write_text(json.dumps([{"pid": "9", "hostname": process, "path": "/opt/x"}]))
    row = {"host": socket, "protocol": "tcp", "port": 1433, "address": "0.0.0.0", "pid": 9}
    (found,) = _listens(tmp_path, "sockets.json", json.dumps([row]))
    assert found.get("image") == image and found["host"] == socket


def test_powershell_s_states_are_numbers(tmp_path: Path) -> None:
    records = [{"LocalAddress": "::", "LocalPort": 3389, "RemotePort": 0, "State": 2, "OwningProcess": 872},
               {"LocalAddress": "10.0.0.7", "LocalPort": 3389, "RemotePort": 50000, "State": 5, "OwningProcess": 872},
               {"LocalAddress": "::", "LocalPort": 50001, "RemotePort": 0, "State": 100}]  # fmt: skip
    assert _ends(_listens(tmp_path, "tcp.json", json.dumps(records, indent=2))) == [("tcp", 3389, "::")]


@pytest.mark.parametrize("flat", [True, False])
def test_velociraptor_s_netstat_flat_or_nested(tmp_path: Path, flat: bool) -> None:
    ends = ({"Laddr.IP": "0.0.0.0", "Laddr.Port": 445, "Raddr.Port": 0} if flat
            else {"Laddr": {"IP": "0.0.0.0", "Port": 445}, "Raddr": {"IP": "0.0.0.0", "Port": 0}})  # fmt: skip
    lines = [
        {"Pid": 4, "Name": "System", "Type": "TCP", "Status": "LISTEN", **ends, "Timestamp": "2026-11-02T00:00:00Z"},
        {"Pid": 4, "Name": "System", "Type": "TCP", "Status": "ESTAB", **ends, "Timestamp": "2026-11-02T00:00:00Z"},
    ]
    rows = _listens(tmp_path, "Netstat.json", "\n".join(map(json.dumps, lines)))
    assert [(row["port"], row["address"], row["image"], row["pid"]) for row in rows] == [(445, "0.0.0.0", "System", 4)]


def test_a_plain_list_may_lack_what_it_lacks(tmp_path: Path) -> None:
    assert _listens(tmp_path, "l.csv", "host,port,image\nweb,443,/usr/sbin/nginx\n") == [
        {"tenant": "default", "host": "web", "protocol": "tcp", "port": 443, "image": "/usr/sbin/nginx"}
    ]
    assert any("read as tcp" in note for note in listening([str(tmp_path)], Options())[1][0].notes)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "99999999999999999999", "http?", ""])
def test_a_port_that_is_none_is_quarantined(tmp_path: Path, port: str) -> None:
    assert _listens(tmp_path, "l.csv", f"host,port,protocol,address\nweb,{port},tcp,::\nweb,1,tcp,::\n") == [
        {"tenant": "default", "host": "web", "protocol": "tcp", "port": 1, "address": "::"}
    ]
    (reading,) = listening([str(tmp_path)], Options())[1]
    assert reading.quarantined == 1 and reading.examples[0].place.endswith("l.csv:2")


@pytest.mark.parametrize(
    "header",
    ["machine,port,protocol,source", "machine,port,protocol,source,rule", "src,dst,srcport,dstport,action,time"],
)
def test_rules_and_flows_are_no_sockets(tmp_path: Path, header: str) -> None:
    (tmp_path / "n.csv").write_text(header + "\n" + ",".join("1" for _ in header.split(",")) + "\n")
    assert listening([str(tmp_path)], Options())[1][0].format == "unknown"


def test_names_of_ports_are_those_of_iana() -> None:
    assert all(name == name.lower() and 0 < port < 65536 for name, port in PORT_NAMES.items())
    assert (PORT_NAMES["ssh"], PORT_NAMES["ms-sql-s"], PORT_NAMES["ms-wbt-server"]) == (22, 1433, 3389)
