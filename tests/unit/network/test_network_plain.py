"""The plain form: rows of machine, port, protocol and source, as CSV, JSON lines and Parquet."""

import json
from pathlib import Path

import polars as pl
import pytest
from network_kit import passing

from longtail.network import Options, network
from longtail.ports.openings import Network, Scope

ROWS = """tenant,machine,port,protocol,source,rule
t1,web1,443,tcp,internet,web
t1,web1,20-25,*,10.0.0.0/8,maintenance
t1,db1,,,,
t1,db2,1433,tcp,app-servers,
,db3,*,udp,203.0.113.7,
"""


def read(folder: Path, text: str, name: str = "a.csv", tenant: str | None = None) -> Network:
    (folder / name).write_text(text, "utf-8")
    return network([str(folder / name)], Options(tenant))


def test_rows_are_openings_and_a_machine_without_ports_is_closed(tmp_path: Path) -> None:
    found = read(tmp_path, ROWS)
    assert {(each.tenant, each.name) for each in found.machines} == {
        ("t1", "web1"),
        ("t1", "db1"),
        ("t1", "db2"),
        ("default", "db3"),
    }
    assert [each.scope for each in passing(found, "web1", 443, "203.0.113.7")] == [Scope.INTERNET]
    assert passing(found, "web1", 22, "10.1.1.1") and passing(found, "web1", 25, "10.1.1.1", "udp")
    assert not passing(found, "web1", 26, "10.1.1.1") and not passing(found, "web1", 22, "11.0.0.0")
    assert [each.scope for each in passing(found, "db2", 1433, "app-servers")] == [Scope.GROUP]
    assert [each.wide for each in passing(found, "db3", 53, "203.0.113.7", "udp")] == [True]
    assert not [each for each in found.openings if each.machine == "db1"]
    assert set(found.rules) == {"web", "maintenance"}
    assert [(each.format, each.quarantined) for each in found.readings] == [("plain", 0)]


@pytest.mark.parametrize("source", ["internet", "any", "*", "0.0.0.0/0", ""])
def test_spellings_of_anywhere(tmp_path: Path, source: str) -> None:
    (opening,) = read(tmp_path, f"machine,port,protocol,source\nm,1433,tcp,{source}\n").openings
    assert opening.scope is Scope.INTERNET and opening.sources == ("0.0.0.0/0",)


def test_json_lines_and_parquet_say_the_same(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {"machine": ["m", "n"], "port": [1433, None], "protocol": ["tcp", None], "source": ["10.0.0.0/8", None]}
    )
    lines = "\n".join(json.dumps(row) for row in table.to_dicts())
    table.write_parquet(tmp_path / "a.parquet")
    written = network([str(tmp_path / "a.parquet")])
    assert written.openings == read(tmp_path, lines, "a.jsonl").openings
    assert [each.name for each in written.machines] == ["m", "n"] and len(written.openings) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("m,ssh,tcp,10.0.0.0/8", "port not understood"),
        ("m,22,quic?,10.0.0.0/8", "protocol not understood"),
        ("m,22,tcp,10.0.0.0/99", "source not understood"),
        ("m,22,tcp,300.1.1.1", "source not understood"),
    ],
)
def test_what_is_not_understood_is_open_and_told(tmp_path: Path, row: str, reason: str) -> None:
    found = read(tmp_path, f"machine,port,protocol,source\n{row}\n")
    assert any(each.covers(22) and any(reason in doubt for doubt in each.unresolved) for each in found.openings)
    (reading,) = found.readings
    assert reading.quarantined == 1 and reason in reading.examples[0].reason and "row 1" in reading.examples[0].place


def test_a_quote_never_closed_costs_one_row(tmp_path: Path) -> None:
    rows = "".join(f"m{n},22,tcp,any\n" for n in range(100))
    found = read(tmp_path, f'machine,port,protocol,source\nbad,22,tcp,"any\n{rows}')
    assert {f"m{n}" for n in range(100)} <= {each.name for each in found.machines}


def test_names_are_one_whatever_their_case_and_the_tenant_can_be_told(tmp_path: Path) -> None:
    found = read(tmp_path, "machine,port,protocol,source\nM,22,tcp,any\nm,22,tcp,any\n", tenant="contoso")
    assert [(each.tenant, each.name) for each in found.machines] == [("contoso", "M")]
    assert len(found.openings) == 1


def test_attacks_are_not_openings(tmp_path: Path) -> None:
    found = read(tmp_path, "machine,port,time,source\nm,22,2026-01-01T00:00:00Z,ids\n")
    assert found.machines == () and found.readings[0].format == "unknown"
