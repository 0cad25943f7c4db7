"""How a run ends that cannot go on: one sentence and the promised code, never a traceback."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_calls import Run, lines, start, story

LONGTAIL = f"{sys.executable} -c 'from longtail.cli import main; main()'"


def shell(command: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """What a shell gives for it, with the codes of all commands of a pipe."""
    words = ["bash", "-c", f"set -o pipefail; {command}"]
    return subprocess.run(words, capture_output=True, timeout=60, env={**os.environ, **environment})


@pytest.mark.parametrize("when", ["9999999d", "99999999999999999999w", "0001-01-01T00:00:00+14:00"])
def test_a_moment_before_all_dates_is_wrong_usage(run: Run, attacked: Path, when: str) -> None:
    done = run("hunt", attacked, "--since", when)
    assert (done.code, done.out) == (2, "") and "Invalid value for '--since'" in done.err


def test_a_full_disk_behind_stdout_is_1_and_said(attacked: Path) -> None:
    if not Path("/dev/full").is_char_device():
        pytest.skip("no /dev/full")
    done = shell(f"{LONGTAIL} hunt {attacked} -q -j 1 -f csv >/dev/full")
    assert (done.returncode, done.stderr) == (1, b"longtail: the output: No space left on device\n")


def test_a_reader_that_leaves_early_is_no_failure_however_much_is_to_come(tmp_path: Path) -> None:
    many = [{**each, "host": f"{each['host']}-{'x' * 3000}"} for each in story()]
    (tmp_path / "starts.jsonl").write_text(lines(*many), "utf-8")
    done = shell(f"{LONGTAIL} hunt {tmp_path} -q -j 1 -f json | head -c 1")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"{", b"")


def test_a_table_is_written_in_the_characters_there_are(attacked: Path) -> None:
    done = shell(f"{LONGTAIL} hunt {attacked} -j 1", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "host-days" in done.stdout.decode() and b"\\u" not in done.stdout


def test_json_stays_the_same_json_where_stdout_has_only_ascii(tmp_path: Path) -> None:
    file = tmp_path / "starts.jsonl"
    file.write_text(lines(*story(), start(host="dbé𝔸", account="été")), "utf-8")
    plain = shell(f"{LONGTAIL} hunt {file} -q -j 1 -f json --account all", PYTHONIOENCODING="ascii").stdout
    whole = shell(f"{LONGTAIL} hunt {file} -q -j 1 -f json --account all", PYTHONIOENCODING="utf-8").stdout
    assert plain.isascii() and not whole.isascii()
    assert json.loads(plain) == json.loads(whole)


def workers_of(process: int) -> int:
    """How many processes it has begun."""
    try:
        return len(Path(f"/proc/{process}/task/{process}/children").read_text().split())
    except OSError:
        return 0


@pytest.mark.parametrize("after", [0.0, 0.5])
def test_control_c_ends_every_process(tmp_path: Path, after: float) -> None:
    text = lines(*story()) * 60
    for number in range(6):
        (tmp_path / f"{number}.jsonl").write_text(text, "utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", "from longtail.cli import main; main()", "hunt", tmp_path, "-q", "-j", "3"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        begun = time.monotonic()
        while workers_of(process.pid) < 3 and time.monotonic() < begun + 20:  # two workers, and what watches them
            time.sleep(0.02)
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=20)  # its end is that of every process that holds the pipe
    assert process.returncode == 130
    assert b"Traceback" not in said
