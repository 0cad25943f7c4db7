"""Whatever a start's texts hold, each export of a SIEM or EDR gives it back as it was."""

import csv
import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longtail.telemetry import Options, parts, read

NOW = "2026-03-14T04:05:06Z"
NOTHING = ("", "-", "unknown")  # what one export or another writes for what is not known


@dataclass(frozen=True)
class Start:
    """What is told of a start; a command line and what is known of the parent may be missing."""

    host: str
    account: str
    image: str
    command_line: str | None
    parent_image: str | None


SAID = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1, max_size=40)
MEANT = SAID.filter(lambda text: text not in NOTHING)
NAMES = st.text("abcXYZ019$.öü", min_size=1, max_size=12)
STARTS = st.builds(
    Start,
    host=st.sampled_from(["sql01", "web02.contoso.example"]),
    account=NAMES,
    image=MEANT.map(lambda text: f"C:\\{text}.exe"),
    command_line=st.none() | MEANT,
    parent_image=MEANT,
)


def splunk(start: Start) -> dict[str, Any]:
    return {
        "_time": NOW,
        "EventCode": "4688",
        "ComputerName": start.host,
        "Account_Name": f"HOST$\n{start.account}",
        "Account_Domain": "CONTOSO\n-",
        "Security_ID": "CONTOSO\\HOST$\nS-1-5-21-1",
        "New_Process_Name": start.image,
        "Process_Command_Line": start.command_line,
        "Creator_Process_Name": start.parent_image,
    }


def splunk_cim(start: Start) -> dict[str, Any]:
    return {
        "_time": NOW,
        "dest": start.host,
        "user": start.account,
        "process_path": start.image,
        "process": start.command_line or "unknown",
        "parent_process_path": start.parent_image,
    }


def sentinelone(start: Start) -> dict[str, Any]:
    return {
        "event.time": NOW,
        "event.type": "Process Creation",
        "endpoint.name": start.host,
        "tgt.process.user": start.account,
        "tgt.process.image.path": start.image,
        "tgt.process.cmdline": start.command_line,
        "src.process.image.path": start.parent_image,
    }


def carbon_black(start: Start) -> dict[str, Any]:
    return {
        "type": "endpoint.event.procstart",
        "device_timestamp": NOW,
        "device_name": start.host,
        "process_guid": "g",
        "process_path": start.parent_image,
        "childproc_name": start.image,
        "childproc_username": start.account,
        "target_cmdline": start.command_line,
    }


def udm(start: Start) -> dict[str, Any]:
    return {
        "metadata": {"eventType": "PROCESS_LAUNCH", "eventTimestamp": NOW},
        "principal": {"hostname": start.host, "process": {"file": {"fullPath": start.parent_image}}},
        "target": {
            "user": {"userid": start.account},
            "process": {"file": {"fullPath": start.image}, "commandLine": start.command_line},
        },
    }


def cortex(start: Start) -> dict[str, Any]:
    return {
        "_time": NOW,
        "agent_hostname": start.host,
        "event_type": "PROCESS",
        "event_sub_type": "PROCESS_START",
        "action_process_username": start.account,
        "action_process_image_path": start.image,
        "action_process_image_command_line": start.command_line,
        "actor_process_image_path": start.parent_image,
    }


def limacharlie(start: Start) -> dict[str, Any]:
    return {
        "routing": {"event_type": "NEW_PROCESS", "event_time": 1773461106000, "hostname": start.host},
        "event": {
            "USER_NAME": start.account,
            "FILE_PATH": start.image,
            "COMMAND_LINE": start.command_line,
            "PARENT": {"FILE_PATH": start.parent_image},
        },
    }


FLAT: list[Callable[[Start], dict[str, Any]]] = [splunk, splunk_cim, sentinelone, carbon_black, cortex]
NESTED: list[Callable[[Start], dict[str, Any]]] = [udm, limacharlie]


def taken(content: str) -> tuple[list[Start], int]:
    """The starts that a file of this content gives, and how many records were quarantined."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        file.write_text(content, encoding="utf-8", newline="")
        (part,) = parts([str(file)], Options())
        reader = read(part, Options())
        names = list(Start.__dataclass_fields__)
        found = [Start(*row) for batch in reader for row in batch.select(names).iter_rows()]
        return found, sum(reading.quarantined for reading in reader.readings)


@pytest.mark.parametrize("written", [*FLAT, *NESTED], ids=lambda each: each.__name__)
@settings(max_examples=40, deadline=None)
@given(starts=st.lists(STARTS, min_size=1, max_size=5))
def test_json_gives_back_what_was_written(written: Callable[[Start], dict[str, Any]], starts: list[Start]) -> None:
    lines = "\n".join(json.dumps(written(each)) for each in starts)
    assert taken(lines) == (starts, 0)
    assert taken(json.dumps({"events": [written(each) for each in starts]}, indent=1)) == (starts, 0)


@pytest.mark.parametrize("written", FLAT, ids=lambda each: each.__name__)
@settings(max_examples=40, deadline=None)
@given(starts=st.lists(STARTS, min_size=1, max_size=5))
def test_a_table_gives_back_what_was_written(written: Callable[[Start], dict[str, Any]], starts: list[Start]) -> None:
    out = io.StringIO()
    table = csv.DictWriter(out, list(written(starts[0])), quoting=csv.QUOTE_ALL)
    table.writeheader()
    table.writerows(map(written, starts))
    assert taken(out.getvalue()) == (starts, 0)
