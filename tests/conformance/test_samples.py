"""Real files: what each gives was counted by another route (json and csv of the standard library, grep, xmllint)."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from telemetry_kit import SHARED, read_all

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"real samples are not at {SHARED}")

SQL_LAB = "evtx-to-mitre/ID4688-"
MORDOR = "mordor/atomic__windows__"

EXPECTED = [  # file, format, process starts, passed over, quarantined
    ("evtx-edge-cases/sysmon.evtx", "windows-event", 227, 131, 8),
    ("evtx-edge-cases/sample-with-zero-data-size-event.evtx", "windows-event", 0, 335, 1),
    ("evtx-edge-cases/sample_with_a_bad_chunk_magic.evtx", "windows-event", 0, 270, 12),
    ("evtx-to-mitre/ID15457-SQL Server CMDshell enabled.evtx", "windows-event", 0, 2, 0),
    (SQL_LAB + "Defender service deactivation attempt.evtx", "windows-event", 5, 0, 0),
    (SQL_LAB + "Edge payload download via command.evtx", "windows-event", 7, 0, 0),
    (SQL_LAB + "Encoded PowerShell MSF payload via process execution.evtx", "windows-event", 58, 1, 0),
    (SQL_LAB + "SQL Server started in single mode for psw recovery.evtx", "windows-event", 4, 0, 0),
    (SQL_LAB + "User enumeration via command.evtx", "windows-event", 4, 0, 0),
    (SQL_LAB + "sqlcmd tool abuse in SQL Server.evtx", "windows-event", 1, 0, 0),
    (MORDOR + "defense_evasion__host__auditpol_system_user_auditpolicy_modification.zip", "nxlog", 39, 13606, 0),
    (MORDOR + "defense_evasion__host__empire_scm_dll_hijack_ikeext.tar.gz", "winlogbeat-6", 64, 14658, 0),
    (MORDOR + "defense_evasion__host__purplesharp_pe_injection_createremotethread.zip", "nxlog", 12, 680, 0),
    (MORDOR + "other__aptsimulator_cobaltstrike.zip", "nxlog", 73, 2538, 0),
    ("splunk-attack_data/T1047__attack_data.tar.gz", "nxlog", 335, 7885, 0),
    ("splunk-attack_data/T1552.004__certutil_exe_certificate_extraction.raw", "windows-event", 40, 1170, 0),
    ("eqllib/sysmon-atomic-red-team.json.gz", "sysmon-json", 435, 19447, 0),
    ("eqllib/normalized-T1117-AtomicRed-regsvr32.json", "eql", 2, 148, 0),
    ("ocsf/4688_0.json", "ocsf", 1, 0, 0),
    ("tetragon/nc_process_exec.json", "tetragon", 1, 0, 0),
    ("tetragon/nginx-listen.json", "tetragon", 0, 1, 0),
    ("msticpy/processes_on_host.csv", "sentinel-securityevent", 363, 0, 0),
    ("msticpy/DeviceProcessEvents_mde_proc_pub.csv", "defender", 200, 0, 0),
    ("msticpy/linux_events.csv", "audit-export", 82, 18, 0),
    ("msticpy/auditd_log.txt", "auditd", 146, 792, 0),
    ("auditd/audit-ubuntu17.log", "auditd", 1, 0, 0),
    ("auditd/test3.log", "auditd", 0, 10, 0),
    ("auditd/audit-ubuntu14.log", "auditd", 0, 1, 0),
    ("auditd/audit-ubuntu16.log", "auditd", 0, 3, 0),
    ("open-xp-rules/syscall_process_start__tests__raw_7.txt", "audit-export", 1, 0, 0),
    ("open-xp-rules/XP_Cmdshell_Usage__tests__raw_events_1.json", "windows-export", 0, 1, 0),
]


@pytest.mark.parametrize(
    ("file", "format", "starts", "passed_over", "quarantined"), EXPECTED, ids=lambda each: str(each)
)
def test_a_real_file_gives_what_is_in_it(
    file: str, format: str, starts: int, passed_over: int, quarantined: int
) -> None:
    (reading,) = read_all(SHARED / file).readings
    assert (reading.format, reading.process_starts, reading.passed_over) == (format, starts, passed_over)
    assert reading.quarantined == quarantined == sum(reading.reasons.values())


def test_the_rest_of_the_damaged_log_is_said_to_be_lost() -> None:
    (reading,) = read_all(SHARED / "evtx-edge-cases/sysmon.evtx").readings
    assert any("damaged" in note for note in reading.notes)
    assert reading.examples[0].place.endswith("sysmon.evtx:chunk 9")


def test_every_file_of_every_kind_is_read_or_named_as_unknown() -> None:
    expected = {file for file, *_ in EXPECTED}
    for path in sorted(each for each in SHARED.rglob("*") if each.is_file()):
        name = path.relative_to(SHARED).as_posix()
        for reading in read_all(path).readings:
            assert name in expected or reading.format != "unknown" or reading.notes or reading.quarantined, name


def test_the_service_account_of_a_sql_server_is_the_account_of_its_processes() -> None:
    events = read_all(SHARED / (SQL_LAB + "Encoded PowerShell MSF payload via process execution.evtx")).events
    assert "NT AUTHORITY\\SYSTEM" in set(events["account"])
    assert not events["account"].str.ends_with("$").any()


def test_sysmon_time_is_utc_even_where_the_shipper_lies() -> None:
    """These collectors wrote local time with a Z; Sysmon's own UtcTime tells by how much the others' are off."""
    for file, hours, moved in (
        ("defense_evasion__host__purplesharp_pe_injection_createremotethread.zip", -4, 6),
        ("defense_evasion__host__auditpol_system_user_auditpolicy_modification.zip", -7, 20),
        ("other__aptsimulator_cobaltstrike.zip", -16, 36),
    ):
        found = read_all(SHARED / (MORDOR + file))
        (note,) = found.readings[0].notes
        assert f"{hours:+d} h off" in note and note.endswith(f": {moved} records")
        views = found.events.group_by("host", "pid", "image").agg(pl.len(), pl.col("time").max() - pl.col("time").min())
        twice = views.filter(pl.col("len") == 2)
        assert twice.height == found.events.height // 2
        assert twice["time"].max() < timedelta(seconds=5)


def test_the_sentinel_export_has_its_traps_read_right() -> None:
    events = read_all(SHARED / "msticpy/processes_on_host.csv").events
    first = events.row(0, named=True)
    assert (first["account"], first["pid"], first["parent_pid"]) == ("NT AUTHORITY\\SYSTEM", 0x1610, 0x888)
    assert first["command_line"].startswith('"C:\\Program Files\\Microsoft Monitoring Agent')


def test_fields_that_stand_only_in_the_message_are_found_there() -> None:
    events = read_all(SHARED / "splunk-attack_data/T1047__attack_data.tar.gz").events
    nulls = events.null_count().row(0, named=True)
    assert {name: nulls[name] for name in ("pid", "parent_pid", "image", "account", "host")} == dict.fromkeys(
        ("pid", "parent_pid", "image", "account", "host"), 0
    )


def test_a_folder_of_samples_reads_as_the_sum_of_its_files() -> None:
    folder: Path = SHARED / "evtx-to-mitre"
    assert read_all(folder).events.height == sum(
        starts for file, _, starts, *_ in EXPECTED if file.startswith("evtx-to")
    )
