"""A file of no known format is named with what it looks like, in one clean line."""

from pathlib import Path

import pytest

from longtail.telemetry import Options, parts, read
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
