"""What an attacker, a full disk or a broken network leaves in a log costs only itself, and is counted."""

import gzip
import io
import json
import resource
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard
from evtx_writer import CHUNK, evtx, sysmon_start
from telemetry_kit import FORMATS, Result, golden_events, golden_input, read_all

from longtail.errors import NothingToRead, UsageError
from longtail.telemetry import Options
from longtail.telemetry.format import Carrier

GOOD = {"time": "2026-03-02T04:05:06Z", "host": "sql01", "image": "C:\\a.exe", "command_line": "a"}
REPLACED = "\ufffd"


def line(**changed: object) -> bytes:
    return json.dumps({**GOOD, **changed}).encode()


KEPT = {  # hostile line → the command line it must be kept with
    "lone surrogate": (line(command_line="X").replace(b"X", b"\\ud800x"), REPLACED + "x"),
    "swapped surrogates": (line(command_line="X").replace(b"X", b"\\udc00\\ud800"), REPLACED * 2),
    "surrogate in another field": (line(other="X").replace(b"X", b"\\ud800"), "a"),
    "bad UTF-8": (line(command_line="X").replace(b"X", b"\xffx"), REPLACED + "x"),
    "CESU surrogate": (line(command_line="X").replace(b"X", b"\xed\xa0\x80x"), REPLACED * 3 + "x"),
    "raw escape": (line(command_line="X").replace(b"X", b"\x1b[31mx"), "\x1b[31mx"),
    "raw NUL": (line(command_line="X").replace(b"X", b"x\0y"), "x\0y"),
    "escaped NUL": (line(command_line="x\0y"), "x\0y"),
    "byte order mark inside": (b"\xef\xbb\xbf" + line(), "a"),
    "NaN elsewhere": (line(other=0).replace(b": 0}", b": NaN}"), "a"),
    "infinite elsewhere": (line(other=0).replace(b": 0}", b": -Infinity}"), "a"),
    "a number of 2^64": (line(pid=2**64), "a"),
    "a pid that is no number": (line(pid="none"), "a"),
    "a pid that is a list": (line(pid=[1]), "a"),
    "a hexadecimal pid": (line(pid="0x1f4"), "a"),
    "duplicate keys": (line().replace(b'"command_line": "a"', b'"command_line": "b", "command_line": "a"'), "a"),
    "carriage return": (line() + b"\r", "a"),
    "a number for a command line": (line(command_line=5), "5"),
    "a long but allowed line": (line(command_line="x" * 900_000), "x" * 900_000),
}

QUARANTINED = {
    "cut short": line()[:-5],
    "not an object": b"[1, 2]",
    "a word": b"hello",
    "nested 5,000 deep": line(other="X").replace(b'"X"', b"[" * 5000 + b"]" * 5000),
    "an open string": b'{"time": "2026',
    "an endless number": line(pid="X").replace(b'"X"', b"1" * 6000),
    "a line of 1.5 MiB": line(command_line="x" * 1_500_000),
    "no time": line(time=None),
    "an unreadable time": line(time="yesterday"),
    "an impossible time": line(time="2026-13-45T99:99:99Z"),
    "no image": line(image=""),
}


def read_lines(tmp_path: Path, *lines: bytes) -> Result:
    file = tmp_path / "hostile.json"
    file.write_bytes(b"\n".join(lines) + b"\n")
    return read_all(file)


@pytest.mark.parametrize("hostile", KEPT)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_line_that_can_be_repaired_is_kept_beside_its_neighbours(tmp_path: Path, hostile: str, place: int) -> None:
    lines = [line(command_line="first"), line(command_line="last")]
    expected = ["first", "last"]
    lines.insert(place, KEPT[hostile][0])
    expected.insert(place, KEPT[hostile][1])
    result = read_lines(tmp_path, *lines)
    assert result.events["command_line"].to_list() == expected
    assert result.readings[0].quarantined == 0


@pytest.mark.parametrize("hostile", QUARANTINED)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_line_that_cannot_be_used_costs_only_itself(tmp_path: Path, hostile: str, place: int) -> None:
    lines = [line(command_line="first"), line(command_line="last")]
    lines.insert(place, QUARANTINED[hostile])
    result = read_lines(tmp_path, *lines)
    assert result.events["command_line"].to_list() == ["first", "last"]
    (reading,) = result.readings
    assert (reading.quarantined, [each.place for each in reading.examples]) == (1, [f"{reading.path}:{place + 1}"])


def test_repairs_are_counted_and_the_value_of_a_hex_pid_is_read(tmp_path: Path) -> None:
    result = read_lines(tmp_path, KEPT["raw NUL"][0], line(), KEPT["a hexadecimal pid"][0])
    assert any("repaired" in note and note.endswith(": 1 records") for note in result.readings[0].notes)
    assert result.events["pid"].to_list() == [None, None, 500]


def test_odd_but_readable_times_are_kept_and_noted(tmp_path: Path) -> None:
    written = ["1970-01-01T00:00:00Z", "2106-02-07T06:28:15Z", "2026-03-29T02:30:00+14:00", 1772424306, "1772424306123"]
    result = read_lines(tmp_path, *(line(time=each) for each in written))
    assert [str(time) for time in result.events["time"].dt.replace_time_zone(None)] == [
        "1970-01-01 00:00:00",
        "2106-02-07 06:28:15",
        "2026-03-28 12:30:00",
        "2026-03-02 04:05:06",
        "2026-03-02 04:05:06.123000",
    ]
    assert any(note.endswith(": 2 records") for note in result.readings[0].notes)


LINED = [each for each in FORMATS if golden_input(each).suffix in (".jsonl", ".csv", ".xml")]
GARBAGE = (b'{"cut', b"\x00\x01\xff\xfe", b"]]}}", b"\x1b]52;c;aGk=\x07", b"<Event ", b",,,,", b"x" * 1_200_000)


@pytest.mark.parametrize("format", LINED, ids=lambda each: each.name)
@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_between_the_records_of_any_format_costs_no_record(format, garbage, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    plain = golden_input(format)
    lines = plain.read_bytes().splitlines(keepends=True)
    hostile = tmp_path / "hostile.log"
    hostile.write_bytes(lines[0] + b"".join(each + garbage + b"\n" for each in lines[1:]))
    events, expected = read_all(hostile), read_all(plain)
    named = [name for name in ("record_id",) if Carrier.CSV in format.carriers]
    assert events.rows(*named) == expected.rows(*named)
    (reading,) = events.readings
    (usual,) = expected.readings
    assert reading.quarantined + reading.passed_over - usual.passed_over == len(lines) - 1


def test_a_quote_that_is_never_closed_costs_its_line(tmp_path: Path) -> None:
    header = b"time,host,image,command_line\n"
    row = b'2026-03-02T04:05:06Z,sql01,C:\\a.exe,"%s"\n'
    file = tmp_path / "a.csv"
    file.write_bytes(
        header
        + row % b"one"
        + b'2026-03-02T04:05:06Z,sql01,"C:\\a.exe,two\n'
        + row % b"x, y"
        + row % b"l1\nl2"
        + row % b"last"
    )
    result = read_all(file)
    assert result.events["command_line"].to_list() == ["one", "x, y", "l1\nl2", "last"]
    assert result.events["record_id"].to_list() == ["2", "4", "5", "7"]
    assert result.readings[0].quarantined == 1


def starts(number: int) -> bytes:
    data = {"UtcTime": "2026-03-02 04:05:06.789", "Image": "C:\\a.exe", "CommandLine": "é" * 50, "User": "CONTOSO\\x"}
    return evtx(
        [
            sysmon_start(at, "2026-03-02T04:05:06.789Z", "sql01", {**data, "ProcessId": str(at)})
            for at in range(1, number + 1)
        ]
    )


def test_damage_to_a_log_costs_only_the_chunk_it_is_in(tmp_path: Path) -> None:
    whole = starts(100)
    file = tmp_path / "a.evtx"
    damaged = bytearray(whole)
    damaged[4096 + 2 * CHUNK : 4096 + 2 * CHUNK + 8] = b"\0" * 8
    file.write_bytes(damaged)
    assert read_all(file).events["pid"].to_list() == [*range(1, 41), *range(61, 101)]
    assert read_all(file).readings[0].examples[0].place == f"{file}:chunk 2"
    file.write_bytes(b"\0" * 4096 + whole[4096:])
    assert read_all(file).events.height == 100
    assert any("header" in note for note in read_all(file).readings[0].notes)


@pytest.mark.parametrize("cut", [1, 4000, 4096, 4097, 70_000, 200_000, 331_775])
def test_a_truncated_log_is_always_reported(cut: int, tmp_path: Path) -> None:
    file = tmp_path / "a.evtx"
    file.write_bytes(starts(100)[:cut])
    (reading,) = read_all(file).readings
    assert reading.notes or reading.quarantined
    assert reading.process_starts >= 20 * ((cut - 4096) // CHUNK)


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_bombs_are_refused_with_memory_flat(tmp_path: Path) -> None:
    good = line() + b"\n"
    zeros = bytes(1 << 20)
    bombs = {"a.gz": gzip.GzipFile, "a.zst": None}
    with gzip.open(tmp_path / "a.gz", "wb", compresslevel=9) as file:
        file.write(good)
        for _ in range(300):
            file.write(zeros)
    with (tmp_path / "a.zst").open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as packed:
        packed.write(good)
        for _ in range(512):
            packed.write(zeros)
    before = peak_mib()
    for name in bombs:
        result = read_all(tmp_path / name)
        assert result.events.height == 1
        assert "unpacks to more than" in " ".join(result.readings[0].reasons)
    assert peak_mib() - before < 64


def test_a_line_of_64_mib_is_dropped_with_memory_flat(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    with file.open("wb") as out:
        for _ in range(64):
            out.write(b"x" * (1 << 20))
        out.write(b"\n" + line() + b"\n")
    before = peak_mib()
    result = read_all(file)
    assert (result.events.height, result.readings[0].quarantined) == (1, 1)
    assert peak_mib() - before < 48


def test_a_zip_of_too_many_files_and_a_folder_climbing_name_do_no_harm(tmp_path: Path) -> None:
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(10_001):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    (tmp_path / "many.zip").write_bytes(many.getvalue())
    assert read_all(tmp_path / "many.zip").readings[0].quarantined == 1
    inside = tmp_path / "inside"
    inside.mkdir()
    with zipfile.ZipFile(inside / "slip.zip", "w") as archive:
        archive.writestr("../../escaped.json", line() + b"\n")
    with tarfile.open(inside / "slip.tar", "w") as tar:
        info = tarfile.TarInfo("/tmp/../../escaped.json")
        info.size = len(line())
        tar.addfile(info, io.BytesIO(line()))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert read_all(inside).events.height == 2
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["inside", "many.zip", "slip.tar", "slip.zip"]


def test_a_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a.json").write_bytes(line() + b"\n")
    assert read_all(tmp_path).events.height == 1


@pytest.mark.parametrize("format", FORMATS, ids=lambda each: each.name)
def test_a_packed_file_cut_short_keeps_what_came_before(format, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    packed = gzip.compress(golden_input(format).read_bytes() + b"\n" * 70_000)
    file = tmp_path / "a.gz"
    file.write_bytes(packed[:-12])
    result = read_all(file)
    assert result.events.height == len(golden_events(format))
    assert result.readings[0].quarantined >= 1


def test_what_is_no_telemetry_is_named_and_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    for name, content in {
        "a.txt": b"hello\n",
        "b.bin": bytes(range(256)),
        "empty": b"",
        "c.parquet": b"PAR1xxxx",
    }.items():
        (tmp_path / name).write_bytes(content)
    readings = read_all(tmp_path).readings
    assert [reading.format for reading in readings] == ["unknown"] * 4
    assert all(reading.notes for reading in readings)
    with pytest.raises(NothingToRead, match=r"nothing\.json"):
        read_all(tmp_path / "nothing.json")
    with pytest.raises(UsageError, match="plain"):
        read_all(tmp_path, options=Options(format_in="no-such"))
