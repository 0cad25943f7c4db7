"""Listings of sockets that were cut short or garbled: what they hold counts, what they lack is not taken for absent."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from longtail.telemetry import Options
from longtail.telemetry.formats.terminal import HALF, terminal_records
from longtail.telemetry.gathered import Gathered, gathered
from longtail.telemetry.terminal import sockets

WINDOWS = (
    "\r\nActive Connections\r\n\r\n"
    "  Proto  Local Address          Foreign Address        State           PID\r\n"
    "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       900\r\n"
    "  TCP    0.0.0.0:1433           0.0.0.0:0              LISTENING       4711\r\n"
    "  UDP    0.0.0.0:123            *:*                                    1208\r\n"
)
SS = (
    "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n"
    'tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    users:(("sshd",pid=812,fd=3))\n'
    'tcp   LISTEN 0      244          0.0.0.0:5432      0.0.0.0:*    users:(("postgres",pid=900,fd=5))\n'
)
NETSTAT = (
    "tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      812/sshd\n"
    "tcp        0      0 0.0.0.0:5432            0.0.0.0:*               LISTEN      900/postgres\n"
)


def _read(folder: Path, content: str, name: str = "vm20.netstat.txt") -> Gathered:
    (folder / name).write_text(content, encoding="utf-8", newline="")
    return gathered([str(folder)], Options())


def _torn(found: Gathered) -> list[str]:
    return sorted(found.torn["host"])


@pytest.mark.parametrize(("pattern", "example"), sockets.HALVES)
def test_half_a_row_is_known_by_how_it_begins(pattern: str, example: str) -> None:
    assert re.match(pattern, example) and sockets.half(f"  {example}") and sockets.socket(example) is None


@pytest.mark.parametrize(
    "line",
    [
        "TCP Statistics for IPv4",
        "TCP\t  5\t3\t2",
        "UDP   4  2  2",
        "tcp",
        "u_str LISTEN 0 128 /run/x 2 * 0",
        "LISTEN",
        "",
    ],
)
def test_other_lines_are_no_half_rows(line: str) -> None:
    assert not sockets.half(line)


@pytest.mark.parametrize(
    ("whole", "at"),
    [(WINDOWS, ":1433"), (SS, ":5432"), (NETSTAT, ":5432")],
)
def test_wherever_a_row_is_cut_the_machine_is_not_taken_to_be_silent(tmp_path: Path, whole: str, at: str) -> None:
    begin = whole.rfind("\n", 0, whole.index(at)) + 1
    row = whole[begin : whole.index("\n", begin)].rstrip()
    first = re.search(r"\S", row)
    last = row.rindex(" ") if first else 0
    assert first
    for end in range(first.start() + 1, last + 1):
        found = _read(tmp_path, whole[: begin + end])
        assert _torn(found) == ["vm20"], row[:end]
        assert [each.reasons for each in found.readings] == [{HALF: 1}]
        assert found.listening.height == 1


@pytest.mark.parametrize("whole", [WINDOWS, SS, NETSTAT])
@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\nroot@vm20:~# ", "\nPS C:\\> "])
def test_a_whole_listing_is_whole_whatever_follows(tmp_path: Path, whole: str, end: str) -> None:
    found = _read(tmp_path, whole.rstrip() + end)
    assert _torn(found) == [] and found.readings[0].quarantined == 0


def test_a_garbled_row_in_the_middle_is_told_and_its_neighbours_are_kept(tmp_path: Path) -> None:
    found = _read(tmp_path, WINDOWS.replace("0.0.0.0:135            0.0.0.0:0", "0.0.0.0:13\ufffd\ufffd"))
    assert found.readings[0].examples[0].place.endswith(":5") and _torn(found) == ["vm20"]
    assert sorted(found.listening["port"]) == [123, 1433]


def test_a_line_that_is_cut_at_its_first_letter_ends_the_records() -> None:
    records = list(terminal_records(enumerate([*SS.splitlines(), "t"], 1)))
    assert records[-1] == (4, HALF) or records[0] == (4, HALF)


def test_a_cut_document_leaves_its_host_in_doubt(tmp_path: Path) -> None:
    rows = [{"pid": n, "port": n, "protocol": 6, "family": 2, "address": "0.0.0.0", "name": "x"} for n in (135, 3389)]
    found = _read(tmp_path, json.dumps(rows)[:-1] + ',{"pid":2,"port":143', "vm20.json")
    assert found.listening["port"].to_list() == [135, 3389] and _torn(found) == ["vm20"]


def _fleet(hosts: int, broken: Sequence[int]) -> str:
    rows = [
        json.dumps({"host": f"h{n:03}", "port": port, "address": "0.0.0.0", "protocol": "tcp"})
        for n in range(hosts)
        for port in (22, 80)
    ]
    return "".join(f"{row[:-9] if number in broken else row}\n" for number, row in enumerate(rows))


@pytest.mark.parametrize(
    ("hosts", "broken", "torn"),
    [
        (100, [], []),
        (100, [60], ["h029", "h030"]),  # the first row of h030
        (100, [199], ["h099"]),
        (100, [0], ["h000"]),
        (100, [10, 120], ["h004", "h005", "h059", "h060"]),
        (10, [5], [f"h{n:03}" for n in range(10)]),  # of ten hosts each may be the one
    ],
)
def test_of_many_hosts_in_one_file_those_beside_the_lost_rows_are_in_doubt(
    tmp_path: Path, hosts: int, broken: list[int], torn: list[str]
) -> None:
    assert _torn(_read(tmp_path, _fleet(hosts, broken), "sockets.jsonl")) == torn


def test_more_lost_rows_than_are_told_by_their_places_leave_every_host_in_doubt(tmp_path: Path) -> None:
    assert len(_torn(_read(tmp_path, _fleet(300, range(0, 24, 2)), "sockets.jsonl"))) == 300
