"""One line of ss, netstat or lsof → a socket, or the program of a process; every reader is linear in its line.

A socket has ``protocol, address, port`` and, where they are printed, ``foreign_port, state, pid, name``.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from longtail.telemetry.format import Record

TCP, UDP = "tcp", "udp"
SS_STATE = re.compile(
    "LISTEN|UNCONN|ESTAB|SYN-(?:SENT|RECV)|FIN-WAIT-[12]|(?:TIME|CLOSE)-WAIT|LAST-ACK|CLOS(?:ING|ED)|UNKNOWN"
)
NETIDS = frozenset(("tcp", "udp", "tcp6", "udp6", "mptcp", "udplite"))
PROTOCOLS = frozenset(("tcp", "tcp4", "tcp6", "tcp46", "udp", "udp4", "udp6", "udp46", "udplite", "udplite6"))
FAMILIES = ("IPv4", "IPv6")
BEGINNINGS = (*NETIDS, *PROTOCOLS, "TCP", "UDP", "LISTEN", "UNCONN", "ESTAB")  # what rows of sockets begin with

_USERS = re.compile(r'users:\(\("([^"]{1,64})",(?:pid=)?(\d{1,10})')
_STATE = re.compile(r"[A-Z][A-Z0-9_]{3,16}")
_OWNER = re.compile(r"(?:^|\s)(\d{1,10})/(\S[^\r\n]{0,255})")

EXAMPLES = (
    (
        'tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    users:(("sshd",pid=812,fd=3))',
        {"protocol": "tcp", "address": "0.0.0.0", "port": "22", "foreign_port": "*", "state": "LISTEN", "pid": 812,
         "name": "sshd"},
    ),
    (
        "LISTEN 0 511 [::]:http [::]:*",
        {"protocol": "tcp", "address": "[::]", "port": "http", "foreign_port": "*", "state": "LISTEN"},
    ),
    (
        "udp        0      0 127.0.0.53:53           0.0.0.0:*                           885/systemd-resolve",
        {"protocol": "udp", "address": "127.0.0.53", "port": "53", "foreign_port": "*", "state": None, "pid": 885,
         "name": "systemd-resolve"},
    ),
    (
        "tcp6       0      0 :::5433                 :::*                    LISTEN      1676/postgres: main",
        {"protocol": "tcp6", "address": "::", "port": "5433", "foreign_port": "*", "state": "LISTEN", "pid": 1676,
         "name": "postgres"},
    ),
    (
        "tcp4       0      0  *.22                   *.*                    LISTEN",
        {"protocol": "tcp4", "address": "*", "port": "22", "foreign_port": "*", "state": "LISTEN"},
    ),
    (
        "  TCP    0.0.0.0:1433           0.0.0.0:0              ABHÖREN         4711",
        {"protocol": "tcp", "address": "0.0.0.0", "port": "1433", "foreign_port": "0", "state": None, "pid": 4711},
    ),
    (
        "sshd  1127 root  3u  IPv4  30163  0t0  TCP *:ssh (LISTEN)",
        {"protocol": "tcp", "address": "*", "port": "ssh", "foreign_port": None, "state": "LISTEN", "pid": 1127,
         "name": "sshd"},
    ),
    (
        "nginx  610  root  txt  REG  8,1  1240136  5632 /usr/sbin/nginx",
        {"image": "/usr/sbin/nginx", "pid": 610, "user": "root"},
    ),
    ("u_str LISTEN 0 128 /run/dbus/system_bus_socket 20741 * 0", None),
    ("Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process", None),
)  # fmt: skip


HALVES = (
    # how a row of sockets begins that no tool's reader could read, and an example
    (r"(?:TCP|UDP)\s+\S*[.:\[]", "TCP    0.0.0.0:14"),
    (r"(?:tcp|udp)(?:4|6|46|lite|lite6)?(?:\s+\d+){1,2}(?:\s+\S+)?$", "tcp        0      0 127.0.0.1:54"),
    (rf"(?:(?:{'|'.join(sorted(NETIDS))})\s+)?(?:{SS_STATE.pattern})(?:\s+\d+){{1,2}}(?:\s+\S+)?$",
     "LISTEN 0 511 [::]:htt"),
)  # fmt: skip
_HALF = re.compile("|".join(f"(?:{pattern})" for pattern, _ in HALVES))


def ss(line: str, words: Sequence[str]) -> Record | None:
    """A line of ``ss``; without the column Netid the state tells the protocol."""
    named = words[0] in NETIDS
    rest = words[1:] if named else words
    if len(rest) < 5 or not SS_STATE.fullmatch(rest[0]) or not (rest[1].isdecimal() and rest[2].isdecimal()):
        return None
    state = rest[0]
    protocol = words[0] if named else UDP if state == "UNCONN" else TCP
    found = _socket(protocol, rest[3], rest[4], state)
    users = _USERS.search(line)
    return found | {"pid": int(users[2]), "name": users[1]} if users else found


def unix_netstat(line: str, words: Sequence[str]) -> Record | None:
    """A line of ``netstat`` on Linux, BSD or macOS."""
    if len(words) < 5 or words[0] not in PROTOCOLS or not (words[1].isdecimal() and words[2].isdecimal()):
        return None
    stated = len(words) > 5 and _STATE.fullmatch(words[5])
    found = _socket(words[0], words[3], words[4], words[5] if stated else None)
    owner = _OWNER.search(line, line.index(words[4]) + len(words[4]))
    return found | {"pid": int(owner[1]), "name": owner[2].partition(":")[0].strip()} if owner else found


def windows_netstat(line: str, words: Sequence[str]) -> Record | None:
    """A line of ``netstat`` on Windows. Its states are in the system's language: the other end tells as much."""
    if len(words) < 3 or words[0] not in ("TCP", "UDP") or not (":" in words[1] and ":" in words[2]):
        return None
    found = _socket(words[0].lower(), words[1], words[2], "BOUND" if "BOUND" in words[3:4] else None)
    return found | {"pid": int(words[-1])} if len(words) > 3 and words[-1].isdecimal() else found


def lsof(line: str, words: Sequence[str]) -> Record | None:
    """A line of ``lsof``: an Internet socket, or the program text of a process."""
    if len(words) < 8 or not any(word.isdecimal() for word in words[1:3]):
        return None
    pid = int(next(word for word in words[1:3] if word.isdecimal())[:10])
    if "txt" in words[3:6]:
        return _program(line, words, words.index("txt", 3), pid)
    if not any(family in words[3:8] for family in FAMILIES):
        return None
    at = next((at for at in range(6, min(len(words) - 1, 12)) if words[at] in ("TCP", "UDP")), 0)
    if not at or "->" in words[at + 1]:
        return None
    state = words[at + 2].strip("()") if len(words) > at + 2 else None
    found = _socket(words[at].lower(), words[at + 1], None, state)
    return found | {"pid": pid, "name": words[0].replace("\\x20", " ")}


def _program(line: str, words: Sequence[str], at: int, pid: int) -> Record | None:
    """TYPE, DEVICE, SIZE/OFF, NODE and NAME follow the column that says ``txt``."""
    fields = line.split(None, at + 5)
    if words[at + 1] != "REG" or len(fields) <= at + 5 or not fields[at + 5].startswith("/"):
        return None
    return {"image": fields[at + 5].strip(), "pid": pid, "user": words[at - 1]}


def _socket(protocol: str, local: str, peer: str | None, state: str | None) -> dict[str, object]:
    address, port = _end(local)
    foreign_port = None if peer is None else _end(peer)[1]
    return {"protocol": protocol, "address": address, "port": port, "foreign_port": foreign_port, "state": state}


def _end(written: str) -> tuple[str, str]:
    """Address and port of one end; BSD puts a dot between them."""
    address, _, port = written.rpartition(":" if ":" in written else ".")
    return address, port


class Tool(NamedTuple):
    """A tool and the reader of its lines, which gives None for what is no line of it."""

    name: str
    reads: Callable[[str, Sequence[str]], Record | None]


TOOLS = (Tool("ss", ss), Tool("netstat", unix_netstat), Tool("netstat.exe", windows_netstat), Tool("lsof", lsof))


def socket(line: str) -> Record | None:
    """What a line of any of the tools says, or None."""
    words = line.split()
    return next((found for tool in TOOLS if (found := tool.reads(line, words))), None) if words else None


def half(line: str) -> bool:
    """Whether a line that is no socket begins as one, and was cut or garbled."""
    return bool(_HALF.match(line.strip()))


def begins(line: str) -> bool:
    """Whether what there is of a line may be the beginning of a socket's, however short."""
    word = line.split(None, 1)[0]
    return any(each.startswith(word) for each in BEGINNINGS)
