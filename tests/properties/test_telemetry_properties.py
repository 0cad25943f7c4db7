"""Whatever bytes a file holds, reading it ends, counts, and loses no more than what is damaged."""

import os
import tempfile
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longtail.readings import Reading
from longtail.telemetry import Options, parts, read, readings_merged
from longtail.telemetry.format import Format
from longtail.telemetry.formats import FORMATS

GOLDEN = Path(__file__).parents[1] / "golden" / "telemetry"
SAMPLES = {format.name: next((GOLDEN / format.name).glob("input.*")).read_bytes() for format in FORMATS}
LINED = sorted(name for name in SAMPLES if not SAMPLES[name].lstrip().startswith(b"["))
MAGICS = (
    b"",
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b"PK\x03\x04",
    b"ElfFile\0",
    b"PAR1",
    b"\xff\xfe",
    b"{",
    b"[{",
    b"<Event ",
)


def taken(content: bytes, options: Options | None = None) -> tuple[list[dict[str, object]], tuple[Reading, ...]]:
    """Events and readings of a file with this content."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")  # noqa: PTH118
        Path(path).write_bytes(content)
        rows, readings = [], []
        options = options or Options(host="here")
        for part in parts([path], options):
            reader = read(part, options)
            rows += [row for batch in reader for row in batch.drop("source").to_dicts()]
            readings += reader.readings
        return rows, readings_merged(readings)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(MAGICS), st.binary(max_size=3000))
def test_arbitrary_bytes_are_read_or_named_as_unknown(magic: bytes, rest: bytes) -> None:
    rows, readings = taken(magic + rest)
    assert len(rows) == sum(reading.process_starts for reading in readings)
    assert all(reading.notes or reading.quarantined or reading.format != "unknown" for reading in readings)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A golden sample with bits flipped, a piece taken out, or bytes put in."""
    name = draw(st.sampled_from(sorted(SAMPLES)))
    content = bytearray(SAMPLES[name])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content) - 1))
        kind = draw(st.sampled_from(["flip", "cut", "insert", "truncate"]))
        if kind == "flip":
            content[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del content[at : at + draw(st.integers(1, 40))]
        elif kind == "insert":
            content[at:at] = draw(st.binary(min_size=1, max_size=40))
        elif at > len(content) // 2:
            del content[at:]
        if not content:
            break
    return name, bytes(content)


@settings(max_examples=120, deadline=None)
@given(mutated())
def test_a_damaged_sample_is_read_and_counted_the_same_in_any_batches(case: tuple[str, bytes]) -> None:
    _, content = case
    rows, readings = taken(content)
    assert len(rows) == sum(reading.process_starts for reading in readings)
    assert taken(content, Options(batch_rows=1, host="here"))[0] == rows


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(LINED), st.data())
def test_damage_within_one_line_costs_at_most_that_record(name: str, data: st.DataObject) -> None:
    whole, _ = taken(SAMPLES[name])
    lines = SAMPLES[name].split(b"\n")
    at = data.draw(st.sampled_from([number for number in range(1, len(lines) - 1) if lines[number]]))
    damaged = bytearray(lines[at])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.sampled_from([b for b in range(256) if b not in b'\n"']))
    rows, _ = taken(b"\n".join([*lines[:at], bytes(damaged), *lines[at + 1 :]]))
    lost = [row for row in whole if row not in rows]
    assert len(lost) <= 1


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(LINED), st.integers(2, 9), st.integers(1, 60))
def test_cutting_a_file_into_ranges_changes_nothing(name: str, pieces: int, copies: int) -> None:
    format = next(each for each in FORMATS if each.name == name)
    lines = SAMPLES[name].split(b"\n")
    header = [lines.pop(0)] if SAMPLES[name].startswith((b"Timestamp", b",TenantId")) else []
    content = b"\n".join([*header, *lines[:-1] * copies, b""])
    whole, cut = _whole_and_cut(content, format, pieces)
    assert cut == whole


def _whole_and_cut(content: bytes, format: Format, pieces: int) -> tuple[object, object]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = str(Path(folder, "file"))
        Path(path).write_bytes(content)
        patch.setattr(import_module("longtail.telemetry.parts"), "CUT_FROM", 0)
        patch.setattr(import_module("longtail.telemetry.ranges"), "BLOCK", 512)
        return _read(path, 1), _read(path, pieces)


def _read(path: str, pieces: int) -> object:
    rows, readings = [], []
    for part in parts([path], Options(), pieces):
        reader = read(part, Options())
        rows += [row for batch in reader for row in batch.to_dicts()]
        readings += reader.readings
    return rows, readings_merged(readings)
