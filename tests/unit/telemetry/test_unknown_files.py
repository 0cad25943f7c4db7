"""A file of no known format is named with what it looks like, in one clean line."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from longtail.files.streams import Stream
from longtail.files.tally import Tally
from longtail.telemetry import Options, parts, read
from longtail.telemetry.format import Carrier, Record
from longtail.telemetry.formats.plain import PLAIN
from longtail.telemetry.recognition import recognised
from longtail.telemetry.sight import ALIKE
from longtail.telemetry.unknown import what_it_looks_like

LOOKS = {
    b"": "it is empty",
    b"\r\n \n": "it is empty",
    b"MZ\x90\x00\x03\x00\x00\x00\x04": "binary data that begins 4d 5a 90 00 03 00 00 00",
    b'{"Timestamp": 1, "RuleTitle": "x"}\n': "JSON with the names Timestamp, RuleTitle; name its columns",
    b'[\n {"a": 1,\n  "b": 2}\n]': "JSON with the names a, b; name its columns",
    b"Timestamp;RuleTitle;Details\n1;2;3\n": "a table with the columns Timestamp, RuleTitle, Details; name its columns",
    b",".join(b"c%d" % each for each in range(20)): "c5, c6, c7 and 12 more; name its columns",
    b"<html>\n<body>": "XML that begins “<html>”",
    b"AnalysisType: rule\nFilename: x\n": "text that begins “AnalysisType: rule”",
    b"x" * 5000: "text that begins “" + "x" * 60 + "…”",
}


@pytest.mark.parametrize("head", LOOKS)
def test_what_it_looks_like_is_told(head: bytes) -> None:
    assert LOOKS[head] in what_it_looks_like(head)


@pytest.mark.parametrize(
    "head", [b'{"\x1b]0;x\x07[/b]": 1}', b'{"a\\nb\\u202e": 1}', b"a\x1b[31m,b\x9b,c\r,d\n", b"\xff\xfe\xfd"]
)
def test_what_stands_in_it_is_told_in_printable_letters_on_one_line(head: bytes) -> None:
    assert what_it_looks_like(head * 100).isprintable()


def test_the_reading_of_the_file_says_it(tmp_path: Path) -> None:
    file = tmp_path / "hayabusa.csv"
    file.write_text("Timestamp,RuleTitle,Level\n", encoding="utf-8")
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    assert list(reader) == []
    (note,) = reader.readings[0].notes
    assert "nothing was read from it: a table with the columns Timestamp, RuleTitle, Level" in note


def looks_at(text: bytes) -> int:
    """How many records of a text are shown to a format that recognises none."""
    shown: list[Record] = []

    def recognises(record: Record) -> bool:
        shown.append(record)
        return False

    format = replace(PLAIN, recognises=recognises, carriers=(Carrier.JSON,))
    assert recognised(Stream(io.BytesIO(text).read), Tally(""), (format,)) is None
    return len(shown)


@pytest.mark.parametrize("indent", [None, 1])
def test_what_comes_again_and_again_is_looked_at_a_few_times(indent: int | None) -> None:
    records = [{"a": number, "b": {"c": "x" * 100}, "d": [{"e": 1}]} for number in range(20_000)]
    lines = [json.dumps(each, indent=indent) for each in records]
    assert looks_at("\n".join(lines).encode()) <= ALIKE
    assert looks_at(f"[{','.join(lines)}]".encode()) <= ALIKE


def test_what_is_new_among_it_is_found_however_late() -> None:
    start = {"time": "2026-03-02T04:05:06Z", "host": "h", "image": "/a"}
    others = [json.dumps({"a": number, "filler": "x" * 1000}) for number in range(5000)]
    for text in ("\n".join([*others, json.dumps(start)]), f"[\n{','.join([*others, json.dumps(start)])}]"):
        found = recognised(Stream(io.BytesIO(text.encode()).read), Tally(""))
        assert found is not None
        assert found.format.name == "plain"


def test_a_file_of_one_endless_line_is_not_called_empty(tmp_path: Path) -> None:
    file = tmp_path / "blob.txt"
    file.write_bytes(b"a" * (3 << 20))
    (part,) = parts([str(file)], Options())
    reader = read(part, Options())
    assert list(reader) == []
    assert reader.readings[0].notes[0].endswith("all of it is lines that are too long to be read")
