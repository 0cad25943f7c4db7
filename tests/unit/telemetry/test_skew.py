"""A shipper that writes local time for UTC is found out by Sysmon's own times, and its other times are moved."""

import json
from pathlib import Path
from typing import Any

import pytest

from longtail.telemetry import Options, Part, parts, read

SYSMON, SECURITY = "Microsoft-Windows-Sysmon/Operational", "Security"


def sysmon(utc: str, shipped: str | None, host: str = "sql01", event: int = 3, **more: Any) -> dict[str, Any]:
    shipping = {"@timestamp": shipped} if shipped else {}
    head = {"EventID": event, "Hostname": host, "Channel": SYSMON}
    return {**head, "Image": "C:\\a.exe", "UtcTime": utc, **shipping, **more}


def security(host: str = "sql01", **times: str) -> dict[str, Any]:
    return {"EventID": 4688, "Hostname": host, "Channel": SECURITY, "NewProcessName": "C:\\b.exe", **times}


def told(records: list[dict[str, Any]], tmp_path: Path, pretty: bool = False) -> tuple[list[str], tuple[str, ...]]:
    """The times of the starts, and the notes."""
    file = tmp_path / "events.json"
    file.write_text(json.dumps(records, indent=1) if pretty else "\n".join(map(json.dumps, records)), encoding="utf-8")
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    times = [str(time)[:19] for batch in reader for time in batch["time"]]
    return times, reader.readings[0].notes


FOUR_OFF = [sysmon(f"2026-03-02 08:05:0{at}.100", f"2026-03-02T04:05:0{at + 1}Z") for at in range(3)]
LATER = "2026-03-02T04:06:00Z"


@pytest.mark.parametrize("pretty", [False, True])
def test_other_channels_of_the_host_are_moved_and_it_is_told(pretty: bool, tmp_path: Path) -> None:
    records = [security(**{"@timestamp": LATER}), *FOUR_OFF, security("web02", **{"@timestamp": LATER})]
    times, notes = told(records, tmp_path, pretty)
    assert times == ["2026-03-02 08:06:00", "2026-03-02 04:06:00"]
    assert notes == ("times that the shipper wrote -4 h off, told by Sysmon's own beside them, and moved: 1 records",)


@pytest.mark.parametrize(
    "others",
    [
        FOUR_OFF[:2],
        [*FOUR_OFF, sysmon("2026-03-02 08:05:09", "2026-03-02T07:05:09Z")],
        [sysmon(f"2026-03-02 08:05:0{at}", f"2026-03-02T04:1{at}:30Z") for at in range(3)],
        [sysmon(f"2026-03-02 08:05:0{at}", f"2026-02-20T08:05:0{at}Z") for at in range(3)],
        [sysmon(f"2026-03-02 08:05:0{at}", f"2026-03-02T08:05:2{at}Z") for at in range(3)],
    ],
    ids=["too few", "not of one mind", "no quarter of an hour", "days away", "shipped a little later"],
)
def test_nothing_is_moved_by_less(others: list[dict[str, Any]], tmp_path: Path) -> None:
    times, notes = told([*others, security(**{"@timestamp": LATER})], tmp_path)
    assert (times, notes) == (["2026-03-02 04:06:00"], ())


def test_the_zone_of_local_times_is_told_by_sysmon_too(tmp_path: Path) -> None:
    local = [sysmon(f"2026-03-02 08:05:0{at}", None, EventTime=f"2026-03-02 13:35:0{at}") for at in range(3)]
    times, notes = told([*local, security(EventTime="2026-03-02 13:36:00")], tmp_path)
    assert times == ["2026-03-02 08:06:00"]
    assert [note.partition(" off")[0] for note in notes] == ["times that the shipper wrote +5.5 h"]
    times, notes = told([*local, security("web02", EventTime="2026-03-02 13:36:00")], tmp_path)
    assert times == ["2026-03-02 13:36:00"]
    assert [note.partition(":")[0] for note in notes] == ["local times without a zone, read as UTC"]


def test_sysmons_own_starts_stay_where_they_are(tmp_path: Path) -> None:
    start = sysmon("2026-03-02 08:07:00", "2026-03-02T04:07:01Z", event=1)
    assert told([*FOUR_OFF, start], tmp_path) == (["2026-03-02 08:07:00"], ())


def test_ranges_of_a_file_are_moved_alike(tmp_path: Path) -> None:
    records = [*FOUR_OFF, *(security(**{"@timestamp": f"2026-03-02T04:06:{at:02d}Z"}) for at in range(60))]
    file = tmp_path / "events.json"
    file.write_text("\n".join(map(json.dumps, records)) + "\n", encoding="utf-8")
    lines = file.read_bytes().splitlines(keepends=True)
    start = sum(map(len, lines[:30]))
    readers = [read(Part(str(file), str(file), *cut), Options()) for cut in ((0, start, 1), (start, None, 31))]
    times = [str(time)[11:19] for reader in readers for batch in reader for time in batch["time"]]
    assert times == [f"08:06:{at:02d}" for at in range(60)]
