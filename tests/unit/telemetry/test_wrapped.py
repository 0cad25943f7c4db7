"""Records that stand whole inside those of another export are taken out and read as what they are."""

import csv
import io
import json
from pathlib import Path

import pytest
from telemetry_kit import golden_events, golden_input, read_all

from longtail.telemetry.appended import Appended, Unfit
from longtail.telemetry.formats import EVERY, FORMATS
from longtail.telemetry.options import Options
from longtail.telemetry.ranges import ranges_of

BY_NAME = {format.name: format for format in FORMATS}


def raw_events(name: str) -> list[str]:
    """The golden sample of a format, event by event."""
    text = golden_input(BY_NAME[name]).read_text(encoding="utf-8")
    if name == "windows-text":
        return ["03/02/2026 " + each.rstrip("\n") for each in text.split("03/02/2026 ")[1:]]
    return text.splitlines()


def as_csv(raws: list[str]) -> str:
    out = io.StringIO()
    table = csv.DictWriter(out, ["_serial", "_time", "host", "_raw"], quoting=csv.QUOTE_ALL)
    table.writeheader()
    rows = enumerate(raws)
    table.writerows({"_serial": at, "_time": "2026-03-02 04:05:06", "host": "x", "_raw": raw} for at, raw in rows)
    return out.getvalue()


def as_results(raws: list[str]) -> str:
    return "\n".join(
        json.dumps({"preview": False, "offset": at, "result": {"_raw": raw}}) for at, raw in enumerate(raws)
    )


def as_answer(raws: list[str]) -> str:
    head = {"preview": False, "init_offset": 0, "messages": [], "fields": [{"name": "_raw"}]}
    return json.dumps({**head, "results": [{"host": "x", "_raw": raw} for raw in raws]})


def as_bodies(raws: list[str]) -> str:
    return "\n".join(json.dumps({"body": raw, "type": "raw"}, ensure_ascii=False) for raw in raws)


def behind_heads(raws: list[str]) -> str:
    return "".join(f"<14>1 2026-03-02T04:05:06Z sql01 agent - - - {raw}\n" for raw in raws)


WRAPPINGS = (as_csv, as_results, as_answer, as_bodies)


@pytest.mark.parametrize("wrapping", WRAPPINGS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("name", ["windows-event", "windows-text", "nxlog", "winlogbeat-7", "crowdstrike-fdr"])
def test_what_is_wrapped_reads_as_it_would_bare(name: str, wrapping: object, tmp_path: Path) -> None:
    file = tmp_path / "export"
    file.write_text(wrapping(raw_events(name)), encoding="utf-8")  # type: ignore[operator]
    found, bare = read_all(file), read_all(golden_input(BY_NAME[name]))
    if name == "windows-text":  # the export's own time stands in for the machine's, which has no zone
        assert found.rows("time") == bare.rows("time")
    else:
        assert found.rows() == bare.rows()
    (reading,) = found.readings
    assert (reading.format, reading.quarantined) == (name, 0)


@pytest.mark.parametrize("name", ["nxlog", "winlogbeat-7", "ecs", "wazuh", "windows-export"])
def test_json_behind_the_heads_of_syslog_lines_reads_as_it_would_bare(name: str, tmp_path: Path) -> None:
    file = tmp_path / "syslog"
    file.write_text("Mar  2 04:05:06 sql01 kernel: nothing\n" + behind_heads(raw_events(name)), encoding="utf-8")
    found = read_all(file)
    assert found.rows("record_id") == read_all(golden_input(BY_NAME[name])).rows("record_id")
    assert found.readings[0].quarantined == 1


@pytest.mark.parametrize("indent", [None, 2])
def test_rows_under_columns_read_as_the_table_that_they_are(indent: int | None, tmp_path: Path) -> None:
    format = BY_NAME["sentinel-securityevent"]
    rows = list(csv.reader(io.StringIO(golden_input(format).read_text(encoding="utf-8"))))
    columns = [{"name": name.removesuffix(" [UTC]"), "type": "string"} for name in rows[0]]
    other = {"name": "Statistics", "columns": [{"name": "x"}], "rows": []}
    answer = {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": rows[1:]}, other]}
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(answer, indent=indent), encoding="utf-8")
    found = read_all(file)
    assert found.rows("record_id") == read_all(golden_input(format)).rows("record_id")
    assert found.readings[0].quarantined == 0


def test_rows_that_are_cut_short_or_no_rows_cost_only_themselves(tmp_path: Path) -> None:
    row = ["2026-03-02T04:05:06Z", "sql01", "C:\\a.exe", ["nested", [1]], None]
    names = ["time", "host", "image", "tags", "pid"]
    table = {"columns": [{"name": name} for name in names], "rows": [row, [], ["short"], row]}
    file = tmp_path / "answer.json"
    file.write_text(json.dumps({"tables": [table]})[:-20], encoding="utf-8")
    found = read_all(file)
    assert found.events["image"].to_list() == ["C:\\a.exe"]
    assert found.readings[0].quarantined + found.readings[0].passed_over >= 2


def test_a_wrapped_file_is_not_cut_and_a_growing_one_is_read_at_rest(tmp_path: Path) -> None:
    raws = raw_events("windows-event")
    for wrapping in WRAPPINGS:
        text = wrapping(raws)
        file = tmp_path / "export"
        file.write_text(text, encoding="utf-8")
        assert ranges_of(str(file), EVERY, 4) == []
        with pytest.raises(Unfit):
            list(Appended("export", "", Options()).take(text.encode() + b"\n"))


@pytest.mark.parametrize("body", ["a word", "<p>", "7 days", '"', ""])
def test_a_plain_record_with_a_field_of_that_name_is_no_wrapper(body: str, tmp_path: Path) -> None:
    (event, *_) = golden_events(BY_NAME["plain"])
    record = {**event, "time": "2026-03-02T04:05:06Z", "body": body}
    file = tmp_path / "plain.jsonl"
    file.write_text(
        "\n".join(json.dumps(each) for each in (record, {**record, "http": {"body": "{}"}})), encoding="utf-8"
    )
    assert read_all(file).events.height == 2
