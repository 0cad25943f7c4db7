"""The command line writes fleets with networks, and replaces only its own."""

import json
from pathlib import Path

import polars as pl
from click.testing import CliRunner

from longtail.cli import longtail
from longtail.errors import OutputExists, UsageError
from longtail.network import network
from longtail.telemetry import Options, gathered

SMALL = ["--machines", "12", "--days", "2", "--intensity", "0.1", "--preset", "services", "--attacks", "1"]


def _made(folder: Path, *arguments: str) -> Path:
    result = CliRunner().invoke(longtail, ["fleet", "-o", str(folder), *arguments])
    assert result.exit_code == 0, result.exception
    return folder


def _truth(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "truth-ports.jsonl").read_text("utf-8").splitlines()]


def test_a_network_comes_beside_the_starts(tmp_path: Path) -> None:
    folder = _made(tmp_path / "f", *SMALL, "--network", "--format-out", "jsonl")
    starts = pl.concat(
        [pl.read_ndjson(path, infer_schema_length=None) for path in folder.glob("telemetry/*/*.jsonl")],
        how="vertical_relaxed",
    )
    known = json.loads((folder / "truth.json").read_text("utf-8"))
    (incident,) = known["incidents"]
    at_fault = starts.filter((pl.col("tenant") == incident["tenant"]) & (pl.col("host") == incident["host"]))
    lines = set(at_fault["command_line"].to_list())
    assert {event["command_line"] for event in incident["events"] if event["host"] == incident["host"]} <= lines
    owners = {path.name for path in (folder / "network").iterdir()}
    assert {each["tenant"] for each in _truth(folder)} <= owners
    assert network([str(folder / "network")]).machines
    assert sorted(known["files"]) == sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*")
        if path.is_file() and path.name != "truth.json"
    )  # fmt: skip


def test_an_inventory_stands_for_the_starts(tmp_path: Path) -> None:
    folder = _made(tmp_path / "f", *SMALL, "--inventory")
    assert not (folder / "telemetry").exists()
    pairs = pl.read_parquet(folder / "inventory.parquet")
    assert pairs.columns == ["tenant", "host", "image", "first_seen", "last_seen"] and pairs.height > 100
    read = gathered([str(folder / "inventory.parquet")], Options())
    assert read.running.height == pairs.height


def test_a_fleet_with_a_network_is_replaced_by_force_alone(tmp_path: Path) -> None:
    folder = _made(tmp_path / "f", *SMALL, "--inventory")
    again = ["-o", str(folder), *SMALL, "--inventory"]
    assert isinstance(CliRunner().invoke(longtail, ["fleet", *again]).exception, OutputExists)
    _made(folder, *SMALL, "--network", "--force")
    assert not (folder / "inventory.parquet").exists()


def test_the_article_is_a_preset(tmp_path: Path) -> None:
    folder = _made(tmp_path / "f", "--preset", "article-2", "--machines", "1500", "--seed", "4")
    forgotten = [each for each in _truth(folder) if not each["serves"]]
    assert len(forgotten) == 5
    opened = network([str(folder / "network")]).openings
    assert {each.machine for each in opened if each.covers(1433)} >= {str(each["machine"]) for each in forgotten}
    _made(folder, "--preset", "article-2", "--machines", "1000", "--force")
    assert len({each["port"] for each in _truth(folder)}) > 20


def test_a_format_that_is_not_there_writes_nothing(tmp_path: Path) -> None:
    from longtail.fleet import Plan, ports_fleet
    from longtail.fleet.ports.writers import Wanted, write_ports

    fleet = ports_fleet(Plan(machines=3, days=1, quiet=True))
    try:
        write_ports(fleet, tmp_path / "f", Wanted("stone"))
    except UsageError:
        assert not (tmp_path / "f").exists()
    else:
        raise AssertionError("the format was taken")
