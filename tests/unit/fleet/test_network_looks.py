"""What tools print of a fleet's hosts is read back as what was there."""

from pathlib import Path

import polars as pl
import pytest

from longtail.fleet import Odds, Plan, PortsFleet, ports_fleet
from longtail.telemetry import Options, gathered

TENANT_FROM_PATH = Options(tenant_from_path=True)


@pytest.fixture(scope="module")
def fleet() -> PortsFleet:
    return ports_fleet(Plan(machines=160, seed=11, quiet=True, preset="services"), Odds(attacked=0.4))


def _in(root: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")
    return str(root)


def test_sockets_are_read_back(fleet: PortsFleet, tmp_path: Path) -> None:
    read = gathered([_in(tmp_path, dict(fleet.listening_files))], TENANT_FROM_PATH)
    what = ["tenant", "host", "protocol", "port", "address"]
    assert set(read.listening.select(what).rows()) == set(fleet.listening.select(what).rows())
    assert sum(each.quarantined for each in read.readings) == 0
    assert len({each.format for each in read.readings}) >= 3, "osquery, terminals and Velociraptor at the least"


def test_processes_are_read_back(fleet: PortsFleet, tmp_path: Path) -> None:
    read = gathered([_in(tmp_path, dict(fleet.snapshot_files))], TENANT_FROM_PATH)
    assert sum(each.quarantined for each in read.readings) == 0
    hosts = ["tenant", "host"]
    assert set(read.running.select(hosts).rows()) == set(fleet.running.select(hosts).rows())
    told = pl.coalesce("image", "command_line").str.split(" ").list.first()
    daemons = fleet.running.filter(
        pl.col("image").str.starts_with("/usr/sbin/") & (pl.col("image") == pl.col("command_line"))
    )
    assert set(daemons.select(*hosts, "image").rows()) <= set(read.running.select(*hosts, told).rows())


def test_a_daemon_that_runs_is_in_the_snapshot_of_its_host(fleet: PortsFleet) -> None:
    images = fleet.running.group_by("tenant", "host").agg("image").rows()
    running = {(tenant, host): set(found) for tenant, host, found in images}
    told = [each for each in fleet.truth if each.snapshot and each.kind in ("backed", "long_lived")]
    both = fleet.listening.select("tenant", "host", "port", "image").rows()
    checked = 0
    for tenant, host, port, image in both:
        if any((each.tenant, each.host, each.port) == (tenant, host, port) for each in told):
            assert image in running[tenant, host]
            checked += 1
    assert checked > 20


def test_attacks_are_read_back(fleet: PortsFleet, tmp_path: Path) -> None:
    from longtail.fleet.ports.writers import attacks_csv

    read = gathered([_in(tmp_path, {"attacked.csv": attacks_csv(fleet.attacked)})], Options())
    what = ["tenant", "machine", "port"]
    assert read.attacked.height == fleet.attacked.height > 10
    assert set(read.attacked.select(what).rows()) == set(fleet.attacked.select(what).rows())
