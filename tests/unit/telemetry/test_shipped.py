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
