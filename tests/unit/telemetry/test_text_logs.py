"""Logs in plain text: events that go over many lines are put together, whatever stands between and inside them."""

import time
from pathlib import Path
from typing import Any

import pytest

from longtail.readings import Reading
from longtail.telemetry import Options, parts, read
from longtail.telemetry.formats import auditd, windows_text
from longtail.telemetry.formats.auditd import OPEN_MOST, audit_records
from longtail.telemetry.formats.windows_text import text_records


def syscall(serial: int, exe: str = '"/bin/sh"', more: str = "") -> str:
    head = f"type=SYSCALL msg=audit(1772424310.789:{serial}): arch=c000003e syscall=59 success=yes"
    return f"{head} ppid=1 pid={serial} uid=33 exe={exe}{more}"


def execve(serial: int, *arguments: str) -> str:
    told = " ".join(f"a{at}={value}" for at, value in enumerate(arguments))
    return f"type=EXECVE msg=audit(1772424310.789:{serial}): argc={len(arguments)} {told}"


def records(*lines: str) -> list[dict[str, Any]]:
    return [dict(record) for _, record in audit_records(enumerate(lines, 1))]


def started(text: str, file: Path) -> tuple[list[dict[str, Any]], Reading]:
    file.write_text(text, encoding="utf-8")
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    rows = [row for batch in reader for row in batch.to_dicts()]
    return rows, reader.readings[0]


@pytest.mark.parametrize(("line", "told"), auditd.EXAMPLES)
def test_a_line_of_the_audit_log_tells_what_it_belongs_to(line: str, told: tuple[str | None, ...] | None) -> None:
    found = auditd.LINE.match(line)
    assert (found.groups() if found else None) == told


@pytest.mark.parametrize(("line", "told"), windows_text.EXAMPLES)
def test_an_event_begins_at_its_time(line: str, told: tuple[str | None, ...] | None) -> None:
    found = windows_text.TIME.fullmatch(line)
    assert (found.groups() if found else None) == told


def test_lines_of_many_events_may_be_mixed() -> None:
    serials = range(OPEN_MOST)
    mixed = [*map(syscall, serials), *(execve(each, '"sh"', f'"{each}"') for each in serials)]
    assert [each["command_line"] for each in records(*mixed)] == [f"sh {each}" for each in serials]


def test_what_may_wait_is_bounded() -> None:
    waits = [each["pid"] for each in records(*map(syscall, range(3 * OPEN_MOST)))]
    assert waits == [str(each) for each in range(3 * OPEN_MOST)]
    torn = records(syscall(1), *map(syscall, range(2, 2 * OPEN_MOST)), execve(1, '"late"'))
    assert torn[0]["command_line"] is None


def test_arguments_keep_what_they_hold() -> None:
    spaced = b"a b".hex().upper()
    (record,) = records(syscall(1), execve(1, '"echo"', spaced, '"it\'s"', '""', "7A"))
    assert record["command_line"] == "echo 'a b' 'it'\"'\"'s' '' z"


@pytest.mark.parametrize("hostile", ["(null)", '"', "'", "F", "FF", '"' + "x" * 70_000, "=" * 1000, "a0=a0=a0"])
def test_whatever_stands_in_a_field_nothing_raises(hostile: str) -> None:
    assert len(records(syscall(1, exe=hostile), execve(1, hostile, hostile))) == 1


def test_a_long_line_without_sense_takes_no_time() -> None:
    begun = time.perf_counter()
    for word in ("type=", "node=a ", "node=", " ", "type=SYSCALL ", "a0="):
        assert records(word * 20_000) == []
    assert time.perf_counter() - begun < 15


def test_an_event_of_windows_ends_where_the_next_begins(tmp_path: Path) -> None:
    golden = Path(__file__).parents[2] / "golden" / "telemetry" / "windows-text" / "input.log"
    text = golden.read_text(encoding="utf-8")
    for changed in (text.replace("\n", "\r\n"), text + "trailing\n" * 10, "a head\n\n" + text):
        rows, reading = started(changed, tmp_path / "events.log")
        assert [row["record_id"] for row in rows] == ["301", "303", "304"]
        assert (reading.format, reading.passed_over, reading.quarantined) == ("windows-text", 1, 0)


def test_a_message_over_the_cap_is_cut_and_the_next_event_is_read() -> None:
    torn = ["03/02/2026 04:05:06 AM", "EventCode=4688", "Message=x", *["y" * 1000] * 3000]
    good = [
        "03/02/2026 04:05:07 AM",
        "EventCode=1",
        "ComputerName=web01",
        "Message=Process Create:",
        "Image: C:\\a.exe",
    ]
    (_, first), (line, second) = text_records(enumerate([*torn, *good], 1))
    assert (first["EventCode"], line, second["ComputerName"]) == ("4688", len(torn) + 1, "web01")
    assert second["Data"]["Image"] == "C:\\a.exe"


def test_a_log_that_begins_with_days_of_logins_is_read(tmp_path: Path) -> None:
    login = "type=USER_LOGIN msg=audit(1772424310.789:{}): pid=1 uid=0 msg='op=login res=failed'"
    before = [login.format(each) for each in range(20_000)]
    rows, reading = started("\n".join([*before, syscall(1_000_000), execve(1_000_000, '"id"')]), tmp_path / "audit.log")
    assert [each["command_line"] for each in rows] == ["id"]
    assert (reading.format, reading.passed_over) == ("auditd", 20_000)


@pytest.mark.parametrize("kind", ["PATH", "AVC", "DAEMON_START", "BPF", "MAC_POLICY_LOAD", "UNKNOWN[1334]"])
def test_one_line_of_the_log_is_enough_to_know_it(kind: str, tmp_path: Path) -> None:
    line = f"Mar  2 04:05:10 web01 audispd: node=web01 type={kind} msg=audit(1772424310.789:7): item=0\n"
    rows, reading = started(line, tmp_path / "messages")
    assert (rows, reading.format, reading.passed_over) == ([], "auditd", 1)


def test_the_lines_of_an_event_are_one_that_is_passed_over() -> None:
    lines = [f"type={kind} msg=audit(1772424310.789:7): a=1" for kind in ("AVC", "CWD", "PATH", "PATH", "EOE")]
    (record,) = records(*lines)
    assert record["call"] is None
