"""Executions get the ATT&CK ids that the table's own examples promise, and nothing hangs on hostile text."""

import re
import time

import pytest

from longtail.prevalence.techniques import TECHNIQUES, TITLES, Technique, techniques


def program(row: Technique) -> str:
    return row.example.split()[0]


@pytest.mark.parametrize("row", TECHNIQUES, ids=lambda row: f"{row.id} {program(row)}")
def test_every_rows_example_gets_its_id(row: Technique) -> None:
    for name in (program(row), program(row) + ".exe", program(row).upper() + ".EXE"):
        assert row.id in techniques(name, row.example)
        assert row.id in techniques(name, row.example.upper())


@pytest.mark.parametrize("row", TECHNIQUES, ids=lambda row: f"{row.id} {program(row)}")
def test_every_row_is_well_formed_and_its_example_is_of_its_own_programs(row: Technique) -> None:
    assert re.fullmatch(r"T\d{4}(\.\d{3})?", row.id)
    assert row.programs == "*" or program(row) in row.programs.split()
    assert row.programs == row.programs.lower() and row.told == row.told.lower()
    assert TITLES[row.id]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("sqlservr.exe", "sqlservr.exe -sMSSQLSERVER"),
        ("net.exe", "net start mssqlserver"),
        ("reg.exe", "reg query hklm"),
        ("sc.exe", "sc query"),
        ("", ""),
        ("certutil.exe", "certutil -dump a.cer"),
    ],
)
def test_ordinary_commands_have_no_technique(name: str, line: str) -> None:
    assert techniques(name, line) == ()


def test_each_id_is_named_once_in_a_settled_order() -> None:
    found = techniques("bitsadmin.exe", r"bitsadmin /transfer n http://1.2.3.4/a \\srv\b")
    assert found == ("T1197", "T1105")


@pytest.mark.parametrize(
    "line", ["user " * 20_000, "/add" * 25_000, "group " * 20_000, "a" * 100_000, "\ud800" * 1000, " -e" * 33_000]
)
def test_a_hostile_line_takes_no_time(line: str) -> None:
    started = time.perf_counter()
    for name in ("net", "powershell", "certutil", "xmrig", "curl"):
        techniques(name, line)
    assert time.perf_counter() - started < 2.0
