"""Where a result goes: files whole or not at all, links kept, pipes and devices written to, never replaced."""

import os
import threading
from pathlib import Path

import pytest
from cli_calls import Run

from longtail.files.written import running_stream, whole_file, written

HUNT = ("-q", "-f", "jsonl", "-j", "1")


def test_what_a_link_leads_to_is_replaced_and_the_link_stays(run: Run, attacked: Path, tmp_path: Path) -> None:
    real, link = tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to("real.jsonl")
    assert run("hunt", attacked, *HUNT, "-o", link).code == 2
    assert run("hunt", attacked, *HUNT, "-o", link, "--force").code == 0
    assert link.is_symlink() and real.read_text().startswith('{"id"')
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_link_to_nothing_yet_makes_what_it_leads_to(run: Run, attacked: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.jsonl"
    link.symlink_to("later.jsonl")
    assert run("hunt", attacked, *HUNT, "-o", link).code == 0
    assert link.is_symlink() and (tmp_path / "later.jsonl").read_text().startswith('{"id"')


def test_links_in_a_circle_are_wrong_usage(run: Run, attacked: Path, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    done = run("hunt", attacked, *HUNT, "-o", tmp_path / "a", "--force")
    assert (done.code, done.out) == (2, "") and "cannot be written" in done.err


def test_a_folder_is_no_file(run: Run, attacked: Path, tmp_path: Path) -> None:
    done = run("hunt", attacked, *HUNT, "-o", tmp_path, "--force")
    assert done.code == 2 and "is a folder" in done.err


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_pipe_is_written_to_and_stays(run: Run, attacked: Path, tmp_path: Path, force: tuple[str, ...]) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    assert run("hunt", attacked, *HUNT, "-o", pipe, *force).code == 0
    reader.join(10)
    assert pipe.is_fifo() and read[0].startswith('{"id"')


def test_an_open_stream_of_the_shell_is_written_to(run: Run, attacked: Path, tmp_path: Path) -> None:
    out = tmp_path / "log"
    out.write_text("kept\n")
    (tmp_path / "stdout").symlink_to(f"/dev/fd/{(held := os.open(out, os.O_WRONLY | os.O_APPEND))}")
    assert run("hunt", attacked, *HUNT, "-o", tmp_path / "stdout").code == 0
    os.close(held)
    assert out.read_text().startswith('kept\n{"id"')


def test_what_lies_beside_a_file_is_left_alone(run: Run, attacked: Path, tmp_path: Path) -> None:
    (tmp_path / "r.jsonl.partial").write_text("mine")
    assert run("hunt", attacked, *HUNT, "-o", tmp_path / "r.jsonl").code == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["r.jsonl", "r.jsonl.partial"]
    assert (tmp_path / "r.jsonl.partial").read_text() == "mine"


def test_what_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("old")
    with pytest.raises(ZeroDivisionError), written(kept) as stream:
        stream.write("new")
        raise ZeroDivisionError
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("kept", "old")]


def test_a_file_of_a_folder_of_ours_replaces_a_link_and_follows_none(tmp_path: Path) -> None:
    outside, link = tmp_path / "outside", tmp_path / "rule.yml"
    outside.write_text("theirs")
    link.symlink_to(outside)
    with whole_file(link) as stream:
        stream.write("ours")
    assert (outside.read_text(), link.read_text(), link.is_symlink()) == ("theirs", "ours", False)


def test_a_running_stream_begins_a_file_anew_and_continues_a_pipe(tmp_path: Path) -> None:
    file = tmp_path / "alerts"
    file.write_text("old, and longer than what comes")
    with running_stream(file) as stream:
        stream.write("new")
    assert file.read_text() == "new"


def test_a_demo_replaces_nobodys_report(run: Run, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("mine")
    done = run("demo", "-o", tmp_path)
    assert (done.code, (tmp_path / "report.html").read_text()) == (2, "mine")
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
