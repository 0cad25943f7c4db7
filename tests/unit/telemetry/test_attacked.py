"""Lists of attacks on ports, as people write them: machine, port and time, the rest quarantined with its place."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from longtail.ports.evidence import ATTACKED
from longtail.telemetry import Options, attacked

SIX = datetime(2026, 11, 6, tzinfo=UTC)


def _attacks(path: Path, **options: Any) -> pl.DataFrame:
    table, _ = attacked([str(path)], Options(**options))
    assert table.schema == ATTACKED
    return table.drop("source")


@pytest.mark.parametrize(
    "header", ["machine,port,time", "Machine,Port,Time", "HOST,PORT,TIMESTAMP", "computer;port;date",
               "Compromised Entity\tTarget Port\tStart Time", "hostname,dst_port,day"],
)  # fmt: skip
def test_headings_are_taken_as_people_write_them(tmp_path: Path, header: str) -> None:
    mark = next(each for each in ",;\t" if each in header)
    (tmp_path / "a.csv").write_text(f"{header}\n{mark.join(['sql03', '1433', '2026-11-06'])}\n")
    assert _attacks(tmp_path / "a.csv").rows() == [("default", "sql03", 1433, SIX)]


def test_json_lines_and_parquet_say_the_same(tmp_path: Path) -> None:
    record = {"tenant": "contoso", "machine": "sql03", "port": 1433, "time": "2026-11-06T00:00:00Z"}
    (tmp_path / "a.jsonl").write_text(json.dumps(record) + "\n")
    pl.DataFrame([{**record, "time": SIX}]).write_parquet(tmp_path / "a.parquet")
    expected = [("contoso", "sql03", 1433, SIX)]
    assert _attacks(tmp_path / "a.jsonl").rows() == _attacks(tmp_path / "a.parquet").rows() == expected


def test_the_same_alert_twice_is_one_and_another_time_is_another(tmp_path: Path) -> None:
    lines = ["machine,port,time", "a,22,2026-11-06", "a,22,2026-11-06", "a,22,2026-11-07"]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    assert _attacks(tmp_path / "a.csv").height == 2


def test_what_lacks_a_machine_a_port_or_a_time_is_quarantined(tmp_path: Path) -> None:
    lines = ["machine,port,time", ",22,2026-11-06", "a,,2026-11-06", "a,22,", "a,70000,2026-11-06", "a,22,2026-11-06"]
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "alerts.csv").write_text("\n".join(lines))
    table, (reading,) = attacked([str(folder / "alerts.csv")], Options(host=None))
    assert table.height <= 2 and reading.quarantined >= 3
    assert {int(each.place.rsplit(":", 1)[1]) for each in reading.examples} >= {3, 4, 5}


def test_the_window_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("machine,port,time\na,22,2026-11-05\na,22,2026-11-06\na,22,2026-11-07\n")
    inside = _attacks(tmp_path / "a.csv", since=SIX, until=datetime(2026, 11, 7, tzinfo=UTC))
    assert inside["time"].to_list() == [SIX]
