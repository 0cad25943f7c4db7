"""Evidence that cannot be used: rows of attacks without machine, port or time, and machines that nobody knows."""

from pathlib import Path

from small_fleet import LINUX, Box, evidence, network

from longtail.pipelines import PortsRequest, ports
from longtail.ports.judgement import recommended
from longtail.settings import Settings
from longtail.telemetry import Options

FLEET = [Box(f"lx{n}", LINUX, [22], sockets=[(22, "0.0.0.0")], attacked=[(22, 1)]) for n in range(4)]


def test_sockets_and_attacks_of_machines_that_the_network_does_not_know_are_told() -> None:
    strange = [Box("wrong", [], sockets=[]), Box("nobody", [], attacked=[(22, 3)]), Box("both", LINUX, sockets=[])]
    found = recommended(network(FLEET), evidence([*FLEET, *strange]), Settings())
    known = recommended(network(FLEET), evidence(FLEET), Settings())
    told = {each.name: each.reason.partition(":")[0] for each in found.unjoined}
    assert told["wrong"] == "listening sockets" and told["nobody"] == "attacks"
    assert [each.name for each in found.unjoined].count("both") <= 1
    assert known.unjoined == ()


def test_attacks_that_cannot_be_used_are_quarantined_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "inv.csv").write_text("host,image\nlx01,/usr/sbin/sshd\n", "utf-8")
    (tmp_path / "net.csv").write_text("machine,port,protocol,source\nlx01,22,tcp,0.0.0.0/0\n", "utf-8")
    rows = ("lx01,22,2026-01-01", "lx06,3306,01/02/2026", "lx07,abc,2026-01-01", ",3306,2026-01-01", "lx08,3306,")
    (tmp_path / "attacked.csv").write_text("\n".join(("machine,port,time", *rows)) + "\n", "utf-8")
    telemetry = tuple(str(tmp_path / name) for name in ("inv.csv", "attacked.csv"))
    found = ports(PortsRequest(telemetry, (str(tmp_path / "net.csv"),), Options()))
    reading = next(each for each in found.readings if each.path.endswith("attacked.csv"))
    assert reading.reasons == {
        "machine missing": 1, "port missing or not between 1 and 65535": 1, "time missing or unreadable": 2,
    }  # fmt: skip
    assert [each.place.rpartition(":")[2] for each in reading.examples] == ["5", "4", "3", "6"]
