"""Big files are cut into ranges that, read apart, give what the whole gives."""

import pickle
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest
from evtx_writer import evtx, sysmon_start

from longtail.readings import Reading
from longtail.telemetry import Options, Part, parts, read, readings_merged

ROWS = 3000


def json_lines() -> bytes:
    row = '{{"time": "2026-03-02T04:05:06Z", "host": "h", "image": "C:\\\\a{0}.exe", "pid": {0}}}\n'
    return "".join(row.format(at) for at in range(ROWS)).encode()


def quoted_csv() -> bytes:
    row = '2026-03-02T04:05:06Z,h,C:\\a{0}.exe,"x ""{0}"",\nsecond line",{0}\n'
    return ("time,host,image,command_line,pid\n" + "".join(row.format(at) for at in range(ROWS))).encode()


def event_log() -> bytes:
    data = {"UtcTime": "2026-03-02 04:05:06.789", "Image": "C:\\a.exe"}
    return evtx(
        [sysmon_start(at, "2026-03-02T04:05:06.789Z", "h", {**data, "ProcessId": str(at)}) for at in range(ROWS // 10)]
    )


def table(path: Path) -> bytes:
    pl.DataFrame(
        {"time": ["2026-03-02T04:05:06Z"] * ROWS, "host": "h", "image": "a.exe", "pid": range(ROWS)}
    ).write_parquet(path)
    return path.read_bytes()


def taken(work: list[Part]) -> tuple[list[dict[str, object]], tuple[Reading, ...]]:
    readers = [read(pickle.loads(pickle.dumps(part)), Options()) for part in work]
    rows = [row for reader in readers for batch in reader for row in batch.to_dicts()]
    return rows, readings_merged(reading for reader in readers for reading in reader.readings)


@pytest.mark.parametrize("kind", ["json", "csv", "evtx", "parquet"])
def test_ranges_give_what_the_whole_gives(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("longtail.telemetry.parts"), "CUT_FROM", 0)
    monkeypatch.setattr(import_module("longtail.telemetry.ranges"), "BLOCK", 4096)
    monkeypatch.setattr(import_module("longtail.telemetry.ranges"), "SLICE_ROWS", 500)
    file = tmp_path / "file"
    content = {"json": json_lines, "csv": quoted_csv, "evtx": event_log, "parquet": lambda: table(file)}[kind]()
    file.write_bytes(content)
    cut = parts([str(file)], Options(), pieces=4)
    assert len(cut) >= 3
    assert parts([str(file)], Options(), pieces=4) == cut
    assert taken(cut) == taken(parts([str(file)], Options()))
    assert len(taken(cut)[0]) == (ROWS // 10 if kind == "evtx" else ROWS)


def test_a_csv_whose_quotes_cannot_be_trusted_is_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("longtail.telemetry.parts"), "CUT_FROM", 0)
    monkeypatch.setattr(import_module("longtail.telemetry.ranges"), "BLOCK", 4096)
    file = tmp_path / "file"
    file.write_bytes(quoted_csv().replace(b"C:\\a7.exe", b'C:\\a"7.exe'))
    assert len(parts([str(file)], Options(), pieces=4)) == 1


def test_globs_folders_and_files_know_their_root(tmp_path: Path) -> None:
    for name in ("b/x.json", "a/y.json", "a/z.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    whole = parts([str(tmp_path)], Options())
    assert [Path(part.path).relative_to(tmp_path).as_posix() for part in whole] == ["a/y.json", "a/z.txt", "b/x.json"]
    globbed = parts([str(tmp_path / "*" / "*.json")], Options())
    assert {part.root for part in globbed} == {str(tmp_path)}
    assert len(globbed) == 2
