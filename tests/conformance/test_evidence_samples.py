"""Real listings: what each gives was counted by another route (grep, jq, awk)."""

from pathlib import Path

import pytest
from evidence_kit import EVIDENCE, SHARED, taken

from longtail.telemetry import Options

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"real samples are not at {SHARED}")

JC = "network/linux/jc_ubuntu-18.04/"
EXPECTED = [  # file, format, programs running, sockets listening, quarantined
    ("telemetry/msticpy/Windows.Network.ListeningPorts.json", "socket-list", 0, 10, 0),
    ("telemetry/msticpy/Windows.System.Pslist.json", "process-list", 10, 0, 0),
    ("telemetry/msticpy/osqueryd.snapshots.log", "osquery", 0, 0, 0),
    ("telemetry/msticpy/winproctree-minimal.csv", "process-list", 116, 0, 0),
    (JC + "netstat-p.out", "terminal", 0, 0, 0),
    (JC + "netstat-sudo-lnp.out", "terminal", 0, 6, 0),
    (JC + "netstat-sudo-lnp.json", "socket-list", 0, 6, 0),
    (JC + "netstat-sudo-lnp-space.out", "terminal", 0, 25, 0),
    (JC + "ss-sudo-a.out", "terminal", 0, 6, 0),
    (JC + "ss-sudo-a.json", "socket-list", 0, 6, 0),
    (JC + "ss-sudo-tulpen.out", "terminal", 0, 73, 0),
    (JC + "ss-sudo-tulpen.json", "socket-list", 0, 73, 0),
    ("network/debian12_lab/executions.csv", "inventory", 458, 0, 0),
    ("network/debian12_lab/listeners.csv", "socket-list", 0, 65, 0),
]


@pytest.mark.parametrize(("file", "format", "programs", "sockets", "quarantined"), EXPECTED, ids=lambda each: str(each))
def test_a_real_listing_gives_what_is_in_it(
    file: str, format: str, programs: int, sockets: int, quarantined: int
) -> None:
    (reading,) = taken(SHARED / file).readings
    assert (reading.format, reading.process_starts, reading.quarantined) == (format, 0, quarantined)
    told = {
        note.rpartition(": ")[0]: int(note.rpartition(": ")[2].split()[0])
        for note in reading.notes
        if "records" in note[-7:]
    }
    assert told.get("process snapshot or inventory", 0) == programs
    assert told.get("listening sockets", 0) == sockets


def test_osquery_s_differential_log_has_processes_of_one_machine() -> None:
    found = taken(SHARED / "telemetry/msticpy/osqueryd.results.log")
    assert set(found.running["host"]) == {"jumpvm"}
    assert (found.running["command_line"].str.len_chars() > 0).all()
    assert found.listening.is_empty()  # all its listening sockets are Unix sockets


def test_text_and_jc_s_json_of_one_listing_agree() -> None:
    for name in ("netstat-sudo-lnp", "ss-sudo-tulpen", "netstat-sudo-lnp-space"):
        text, parsed = (taken(SHARED / f"{JC}{name}.{ending}").listening for ending in ("out", "json"))
        columns = ["protocol", "port", "address", "pid"]
        assert text.select(columns).sort(columns).equals(parsed.select(columns).sort(columns)), name


def test_the_lab_s_addresses_are_any_or_loopback() -> None:
    found = taken(SHARED / "network/debian12_lab/listeners.csv").listening
    assert set(found["address"]) == {"0.0.0.0", "127.0.0.1"}
    redis = found.filter(found["image"] == "/usr/bin/redis-check-rdb")
    assert set(redis["port"]) <= {6379}


def test_lsof_names_the_programs_of_processes() -> None:
    found = taken(SHARED / f"{JC}lsof-sudo.out")
    assert "/usr/sbin/sshd" in set(found.running["image"])
    assert set(found.listening.filter(found.listening["port"] == 22)["image"]) == {"/usr/sbin/sshd"}


def test_no_real_file_is_taken_for_what_it_is_not() -> None:
    """Network exports and logs of other kinds in the same folder are left to those who know them."""
    known = {format.name for format in EVIDENCE}
    for folder in ("network/azure", "network/aws", "network/terraform", "network/flowlogs", "network/windows_firewall"):
        for path in sorted(each for each in (SHARED / folder).rglob("*") if each.is_file())[:40]:
            for reading in taken(path, options=Options(host="h")).readings:
                assert reading.format not in known, (Path(reading.path).name, reading.format)
