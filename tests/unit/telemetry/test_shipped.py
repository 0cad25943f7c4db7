"""Records as pipelines hand them on: wrapped, flattened, joined, exported anew; the same starts come out."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from longtail.files.streams import Stream, as_utf8
from longtail.readings import Reading
from longtail.telemetry import Options, parts, read

GOLDEN = Path(__file__).parents[2] / "golden" / "telemetry"
NOW = "2026-03-02T04:05:06Z"
Records = list[dict[str, Any]]


def records_of(name: str) -> Records:
    (sample,) = (GOLDEN / name).glob("input*.json*")
    found = (line for line in sample.read_bytes().splitlines() if line.startswith(b"{"))
    return [record for line in found if (record := _decoded(line)) is not None]


def _decoded(line: bytes) -> dict[str, Any] | None:
    try:
        return json.loads(line)  # type: ignore[no-any-return]
    except ValueError:
        return None


def each(made: Callable[[dict[str, Any]], Any]) -> Callable[[Records], str]:
    return lambda records: "\n".join(json.dumps(made(record)) for record in records)


def flat(record: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in record.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, dict) and value else {before + name: value}
    return found


def table(records: Records, delimiter: str) -> str:
    rows = [flat(record) for record in records]
    out = io.StringIO()
    writer = csv.DictWriter(out, dict.fromkeys(name for row in rows for name in row), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(
        {name: json.dumps(value) if isinstance(value, list) else value for name, value in row.items()} for row in rows
    )
    return out.getvalue()


WRAPPED: dict[str, Callable[[Records], str]] = {
    "array a line": lambda records: "\n".join(json.dumps(records[at : at + 2]) for at in range(0, len(records), 2)),
    "filebeat": each(lambda r: {"@timestamp": NOW, "message": json.dumps(r), "agent": {"type": "filebeat"}, "ecs": {}}),
    "original": each(lambda r: {"@timestamp": NOW, "event": {"original": json.dumps(r)}}),
    "vector": each(lambda r: {"message": json.dumps(r), "source_type": "file", "timestamp": NOW, "host": "c"}),
    "fluentd": each(lambda r: {"log": json.dumps(r) + "\n", "stream": "stdout", "time": NOW}),
    "splunk's collector": each(lambda r: {"time": 1772424306.5, "host": "c", "event": r}),
    "splunk's collector, as text": each(lambda r: {"time": 1772424306.5, "host": "c", "event": json.dumps(r)}),
    "kafka": each(lambda r: {"topic": "t", "offset": 1, "value": r}),
    "kafka, as text": each(lambda r: {"topic": "t", "key": None, "value": json.dumps(r)}),
    "loki": each(lambda r: {"line": json.dumps(r), "labels": {"job": "x"}}),
    "data": each(lambda r: {"data": r}),
    "payload": each(lambda r: {"payload": r}),
    "flattened": each(flat),
    "syslog": lambda records: "\n".join(f"<13>1 {NOW} c nxlog - - - {json.dumps(each)}" for each in records),
}
TEXT = json.dumps


def cloudwatch(records: Records) -> str:
    told = [{"id": "3", "timestamp": 1772424306000, "message": TEXT(each)} for each in records]
    return json.dumps({"messageType": "DATA_MESSAGE", "owner": "1", "subscriptionFilters": ["f"], "logEvents": told})


def loki(records: Records) -> str:
    streams = [{"stream": {"job": "x"}, "values": [["1772424306000000000", TEXT(each)] for each in records]}]
    return json.dumps({"status": "success", "data": {"resultType": "streams", "result": streams}})


def splunk_rows(records: Records) -> str:
    rows = [[NOW, TEXT(each)] for each in records]
    return json.dumps({"preview": False, "init_offset": 0, "fields": ["_time", "_raw"], "rows": rows})


def elastic(records: Records) -> str:
    hits = [{"_index": "i", "_id": str(at), "_source": each} for at, each in enumerate(records)]
    return json.dumps({"_scroll_id": "a==", "took": 1, "timed_out": False, "hits": {"total": 2, "hits": hits}})


def kibana(records: Records) -> str:
    return json.dumps({"id": "a", "rawResponse": json.loads(elastic(records)), "isPartial": False})


def fields_of_elastic(record: dict[str, Any]) -> dict[str, Any]:
    return {"_index": "i", "fields": {name: [value] for name, value in flat(record).items()}}


def open_telemetry(records: Records) -> str:
    logs = [{"timeUnixNano": "1", "body": {"stringValue": TEXT(each)}} for each in records]
    return json.dumps({"resourceLogs": [{"resource": {}, "scopeLogs": [{"logRecords": logs}]}]})


def kusto(records: Records) -> str:
    rows = [flat(each) for each in records]
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [{"ColumnName": name, "DataType": "String"} for name in names]
    held = [[row.get(name) for name in names] for row in rows]
    return json.dumps({"Tables": [{"TableName": "Table_0", "Columns": columns, "Rows": held}]})


FURTHER: dict[str, Callable[[Records], str]] = {
    "run on": lambda records: "".join(map(TEXT, records)),
    "collector, run on": lambda records: "".join(TEXT({"time": 1.5, "event": each}) for each in records),
    "commas at the end": lambda records: ",\n".join(map(TEXT, records)) + ",\n",
    "flattened, without blanks": lambda records: "\n".join(
        json.dumps(flat(each), separators=(",", ":")) for each in records
    ),
    "with its text of XML": each(lambda r: {**r, "event": {"original": "<Event xmlns='x'><System/></Event>"}}),
    "behind a head, with XML": lambda records: "\n".join(
        f"{NOW} stdout F " + TEXT({**each, "note": "<Event xmlns='x'>"}) for each in records
    ),
    "cloudwatch": cloudwatch,
    "firehose": lambda records: "".join(cloudwatch([each]) for each in records),
    "loki's answer": loki,
    "splunk's rows": splunk_rows,
    "elastic's scroll": elastic,
    "kibana's answer": kibana,
    "elastic's fields": each(fields_of_elastic),
    "opentelemetry": open_telemetry,
    "kusto": kusto,
    "google's": each(lambda r: {"insertId": "x", "jsonPayload": r, "timestamp": NOW}),
    "google's, as text": each(lambda r: {"insertId": "x", "textPayload": TEXT(r), "timestamp": NOW}),
    "datadog's": each(lambda r: {"id": "a", "attributes": {"message": "m", "attributes": r}}),
    "fluent bit": each(lambda r: [1772424306.5, r]),
    "fluent bit, with what is known besides": each(lambda r: [[1772424306.5, {}], r]),
    "fluent bit's file": lambda records: "\n".join(f"sysmon: [1772424306.5, {TEXT(each)}]" for each in records),
    "kcat": each(lambda r: {"topic": "t", "offset": 1, "key": None, "payload": TEXT(r)}),
    "graylog": each(lambda r: {"version": "1.1", "host": "c", "short_message": TEXT(r), "timestamp": 1.5}),
    "twice": each(lambda r: {"topic": "t", "value": TEXT({"@timestamp": NOW, "message": TEXT(r)})}),
    "event hub": each(lambda r: {"Offset": "1", "Body": TEXT({"records": [{"time": NOW, "properties": r}]})}),
}
COLUMNS = ("_raw", "@rawstring", "message", "@message")
TABLES = {"commas": ",", "semicolons": ";", "tabs": "\t", "pipes": "|"}
SAMPLES = ("plain", "nxlog", "winlogbeat-6", "winlogbeat-7", "windows-export", "ocsf")
FLAT = ("plain", "nxlog", "winlogbeat-6", "winlogbeat-7", "wazuh", "tetragon", "ocsf")


def found_in(content: bytes, tmp_path: Path, name: str = "sql01.log") -> tuple[list[str], Reading]:
    file = tmp_path / name
    file.write_bytes(content)
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    rows = [str(row) for batch in reader for row in batch.drop("source", "record_id").iter_rows()]
    (reading,) = reader.readings
    return sorted(rows), reading


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("way", WRAPPED)
def test_what_a_shipper_wraps_is_read_as_it_was(way: str, sample: str, tmp_path: Path) -> None:
    records = records_of(sample)
    expected, _ = found_in(each(dict)(records).encode(), tmp_path)
    found, reading = found_in(WRAPPED[way](records).encode(), tmp_path)
    assert expected
    assert (found, reading.format, reading.quarantined) == (expected, sample, 0)


@pytest.mark.parametrize("sample", ["plain", "winlogbeat-7"])
@pytest.mark.parametrize("way", FURTHER)
def test_what_queues_and_answers_hold_is_read_as_it_was(way: str, sample: str, tmp_path: Path) -> None:
    records = records_of(sample)
    expected, _ = found_in(each(dict)(records).encode(), tmp_path)
    found, reading = found_in(FURTHER[way](records).encode(), tmp_path)
    assert (found, reading.format, reading.quarantined) == (expected, sample, 0)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_table_of_records_is_read_as_they_are(column: str, tmp_path: Path) -> None:
    records = records_of("winlogbeat-7")
    rows = [{"@timestamp": "1772424306000", "source": "c", column: TEXT(each)} for each in records]
    expected, _ = found_in(each(dict)(records).encode(), tmp_path)
    found, reading = found_in(table(rows, ",").encode(), tmp_path)
    assert (found, reading.format) == (expected, "winlogbeat-7")


@pytest.mark.parametrize(
    "before", ["#TYPE System.Management.Automation.PSCustomObject\r\n", "\ufeff#TYPE X\r\n", "sep=,\n"]
)
def test_what_stands_before_a_header_is_passed(before: str, tmp_path: Path) -> None:
    text = table(records_of("plain"), ",")
    assert found_in((before + text).encode(), tmp_path)[0] == found_in(text.encode(), tmp_path)[0]


@pytest.mark.parametrize("way", ["lines", "without blanks", "behind a head", "table", "xml"])
@pytest.mark.parametrize("told", ["echo ,time,host,image,", "echo <Event xmlns='x'>", ',"_raw","time","host","image",'])
def test_what_a_command_line_says_makes_no_file_another(told: str, way: str, tmp_path: Path) -> None:
    """Whoever starts the first program of a log has no say in what the log is."""
    records = [{**record, "command_line": told} for record in records_of("plain")]
    written = {
        "lines": each(dict),
        "without blanks": lambda held: "\n".join(json.dumps(one, separators=(",", ":")) for one in held),
        "behind a head": lambda held: "\n".join(f"<13>1 {NOW} c x - - - {TEXT(one)}" for one in held),
        "table": lambda held: table(held, ","),
        "xml": lambda held: "\n".join(f"<Event xmlns='x'><System/><a>{TEXT(one)}</a></Event>" for one in held),
    }[way](records)
    found, reading = found_in(written.encode(), tmp_path)
    assert (len(found), reading.format) == ((0, "windows-event") if way == "xml" else (len(records), "plain"))


def test_a_line_too_long_among_wrapped_ones_is_told(tmp_path: Path) -> None:
    lines = each(lambda r: {"message": TEXT(r)})(records_of("plain")).splitlines()
    found, reading = found_in(
        "\n".join([lines[0], '{"message": "' + "x" * (2 << 20) + '"}', *lines[1:]]).encode(), tmp_path
    )
    assert (len(found), reading.reasons) == (len(lines), {"line longer than 1 MiB": 1})


def test_long_records_that_wrap_others_are_looked_into(tmp_path: Path) -> None:
    lines = each(lambda r: {"padding": "x" * 100_000, "message": TEXT(r)})(records_of("plain"))
    assert len(found_in(lines.encode(), tmp_path)[0]) == len(records_of("plain"))


@pytest.mark.parametrize("sample", FLAT)
@pytest.mark.parametrize("way", [*TABLES, "parquet"])
def test_what_is_exported_as_a_table_is_read_as_it_was(way: str, sample: str, tmp_path: Path) -> None:
    records = records_of(sample)
    expected, _ = found_in(each(dict)(records).encode(), tmp_path)
    if way == "parquet":
        text = io.BytesIO()
        pl.read_csv(table(records, ",").encode(), infer_schema_length=None).write_parquet(text)
        found, reading = found_in(text.getvalue(), tmp_path, "sql01.parquet")
    else:
        found, reading = found_in(table(records, TABLES[way]).encode(), tmp_path)
    assert (found, reading.format) == (expected, sample)


def test_a_text_beside_a_start_does_not_hide_it(tmp_path: Path) -> None:
    starts = records_of("winlogbeat-7")
    talking = [{**start, "message": json.dumps({"time": NOW, "host": "x", "image": "y"})} for start in starts]
    expected, _ = found_in(each(dict)(starts).encode(), tmp_path)
    wrapped = [{"message": json.dumps(record)} for record in records_of("plain")]
    both, _ = found_in(each(dict)([*wrapped, *talking]).encode(), tmp_path)
    assert found_in(each(dict)(talking).encode(), tmp_path)[0] == expected
    assert set(expected) <= set(both)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig"])
def test_texts_in_other_encodings_are_known_marked_or_not(encoding: str, tmp_path: Path) -> None:
    text = each(dict)(records_of("plain"))
    assert found_in(text.encode(encoding), tmp_path)[0] == found_in(text.encode(), tmp_path)[0]


@pytest.mark.parametrize("head", [b"\0" * 64, b"ElfFile\0" * 8, b"{\0" * 4, b"\0a" * 4 + b"\0" * 56])
def test_bytes_that_are_no_utf_16_stay_as_they_are(head: bytes) -> None:
    assert as_utf8(Stream(io.BytesIO(head).read)).exactly(64) == head
