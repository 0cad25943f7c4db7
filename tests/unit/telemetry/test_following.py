"""A folder that is looked at again and again: what is appended, renamed, cut, replaced or packed is read once."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from longtail.telemetry.following import Folder
from longtail.telemetry.options import Options


def lines(*names: str) -> str:
    """A process start on each host of these names, of one length each."""
    start = {"time": "2026-03-02T10:00:00Z", "image": "C:\\Windows\\System32\\cmd.exe", "command_line": "cmd /c dir"}
    return "".join(json.dumps({**start, "host": name}) + "\n" for name in names)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(str(tmp_path), Options())


def hosts(frames: Iterator[object]) -> list[str]:
    return [host for frame in frames for host in frame["host"]]  # type: ignore[index]


def test_what_is_appended_is_read_once_and_half_a_line_when_it_is_whole(log: Path, folder: Folder) -> None:
    text = lines("db1", "db2")
    log.write_text(text[:-20])
    assert hosts(folder.news()) == ["db1"]
    with log.open("a") as stream:
        stream.write(text[-20:] + lines("db3").rstrip())
    assert hosts(folder.news()) == ["db2"]
    assert hosts(folder.news()) == []
    assert hosts(folder.rest()) == ["db3"]


@pytest.mark.parametrize("name", ["app.log.1", "old/app.log"])
def test_a_file_that_is_renamed_goes_on_and_the_new_one_begins(log: Path, folder: Folder, name: str) -> None:
    log.write_text(lines("db1"))
    assert hosts(folder.news()) == ["db1"]
    moved = log.parent / name
    moved.parent.mkdir(exist_ok=True)
    log.rename(moved)
    with moved.open("a") as stream:
        stream.write(lines("db2"))
    log.write_text(lines("db3"))
    assert sorted(hosts(folder.news())) == ["db2", "db3"]


@pytest.mark.parametrize("more", [("db9",), ("db9", "db8"), ("db9", "db8", "db7", "db6")])
def test_a_file_that_is_cut_is_read_anew_however_long_it_is_by_then(
    log: Path, folder: Folder, more: tuple[str, ...]
) -> None:
    log.write_text(lines("db1", "db2"))
    assert hosts(folder.news()) == ["db1", "db2"]
    inode = log.stat().st_ino
    os.truncate(log, 0)
    with log.open("a") as stream:
        stream.write(lines(*more))
    assert log.stat().st_ino == inode
    found = hosts(folder.news())
    with log.open("a") as stream:
        stream.write(lines("db5"))
    assert found + hosts(folder.news()) == [*more, "db5"]


def test_a_file_that_another_takes_the_place_of_is_read_to_its_end(log: Path, folder: Folder) -> None:
    log.write_text(lines("db1"))
    assert hosts(folder.news()) == ["db1"]
    with log.open("a") as stream:
        stream.write(lines("db2"))
    other = log.with_suffix(".new")
    other.write_text(lines("db3"))
    other.replace(log)
    assert hosts(folder.news()) == ["db2", "db3"]


def test_a_folder_that_is_new_is_looked_into_and_one_that_is_gone_is_no_error(log: Path, folder: Folder) -> None:
    below = log.parent / "a" / "b"
    below.mkdir(parents=True)
    (below / "x.jsonl").write_text(lines("db1"))
    assert hosts(folder.news()) == ["db1"]
    (below / "x.jsonl").unlink()
    below.rmdir()
    assert hosts(folder.news()) == []


def test_what_is_packed_is_read_when_it_has_come_to_rest(log: Path) -> None:
    folder = Folder(str(log.parent), Options(), rests=0.05)
    packed = gzip.compress(lines("db1", "db2").encode())
    file = log.with_suffix(".gz")
    file.write_bytes(packed[:30])
    assert hosts(folder.news()) == hosts(folder.news()) == []
    file.write_bytes(packed)
    assert hosts(folder.news()) == hosts(folder.news()) == []  # not yet at rest
    found: list[str] = []
    while not found:
        found = hosts(folder.news())
    assert found == ["db1", "db2"]
    assert hosts(folder.news()) == []
    assert folder.told()[0].quarantined == 0


def test_a_pipe_among_the_files_is_not_waited_for(log: Path, folder: Folder) -> None:
    os.mkfifo(log.parent / "pipe")
    log.write_text(lines("db1"))
    assert hosts(folder.news()) == ["db1"]
    assert hosts(folder.rest()) == []
