"""``longtail watch`` as a person runs it: a real process over real files and pipes, told what is new while it runs."""

import csv
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from lake_days import ACCOUNT, ATTACK, EVERYDAY, FIRST, SQL, SYSTEM32, lake

from longtail import models
from longtail.pipelines.learning import LearnRequest, learn

LONGTAIL = str(Path(sys.executable).with_name("longtail"))
PATIENCE = 60.0  # seconds: the machine may be busy, and nothing here measures


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What twelve SQL Servers do in a week."""
    made = lake(tmp_path_factory.mktemp("learnt"))
    path = Path(made.place).parent / "model.longtail"
    with path.open("wb") as stream:
        models.saved(learn(LearnRequest(made.kept), made.now), stream)
    return path


def starts(host: str, ran: Sequence[tuple[str, str]], hour: int = 21, account: str = ACCOUNT) -> list[str]:
    """Process starts of the day after the model, as lines."""
    return [
        json.dumps(
            {
                "time": (FIRST + timedelta(days=7, hours=hour, minutes=number)).isoformat(),
                "tenant": "contoso", "host": host, "account": account, "image": image, "command_line": line,
                "parent_image": SQL, "pid": 400 + number,
            }
        ) + "\n"
        for number, (image, line) in enumerate(ran)
    ]  # fmt: skip


EVERYONE = [line for host in range(12) for line in starts(f"codb{host:02}", EVERYDAY, hour=4)]


@dataclass
class Watched:
    """A watch that runs over a folder; what it told goes to a file, so that the test can look at any time."""

    process: "subprocess.Popen[str]"
    folder: Path
    out: Path

    def write(self, name: str, lines: Sequence[str]) -> None:
        with (self.folder / name).open("a") as stream:
            stream.writelines(lines)

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.read_text().splitlines()] if self.out.exists() else []

    def until(self, holds: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if holds(self.told()):
                return self.told()
            time.sleep(0.05)
        raise AssertionError(f"not told: {self.told()}")

    def stopped(self, number: int = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


@pytest.fixture
def watched(model: Path, tmp_path: Path) -> Iterator[Watched]:
    folder, out = tmp_path / "logs", tmp_path / "alerts.jsonl"
    folder.mkdir()
    words = [LONGTAIL, "watch", folder, "--model", model, "--every", "100ms", "-o", out]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(f"watching {folder}: 1 population")
        yield Watched(process, folder, out)
        if process.poll() is None:
            process.kill()


def hosts(told: Sequence[dict[str, Any]]) -> set[str]:
    return {each["host"] for each in told}


def test_a_folder_that_grows_rotates_and_loses_files(watched: Watched) -> None:
    watched.write("app.log", [*EVERYONE, *starts("codb03", ATTACK)])
    (first,) = watched.until(lambda told: hosts(told) == {"codb03"})
    assert first["severity"] == "critical"
    assert {"taskkill.exe", "ftp.exe", "svn.exe"} <= {
        each["executable"].rpartition("\\")[2] for each in first["executions"]
    }
    # half a line, then the rest of it, then the same incident repeated: told once
    whole = "".join(starts("codb05", ATTACK))
    watched.write("app.log", [whole[:-40]])
    time.sleep(0.3)
    watched.write("app.log", [whole[-40:], *starts("codb03", ATTACK), "{no json\n"])
    watched.until(lambda told: "codb05" in hosts(told))
    # renamed, and begun anew under its name
    (watched.folder / "app.log").rename(watched.folder / "app.log.1")
    watched.write("app.log.1", starts("codb06", ATTACK))
    watched.write("app.log", starts("codb07", ATTACK))
    watched.until(lambda told: {"codb06", "codb07"} <= hosts(told))
    # cut to nothing and written again
    (watched.folder / "app.log").write_text("".join(starts("codb08", ATTACK)[:2]))
    # gone as soon as it was written to
    watched.write("app.log.1", starts("codb09", ATTACK))
    (watched.folder / "app.log.1").unlink()
    told = watched.until(lambda told: {"codb08", "codb09"} <= hosts(told))
    once = [each["id"] for each in told if each["host"] == "codb03"]
    assert once == [first["id"]]
    watched.process.send_signal(signal.SIGUSR1)
    code, said = watched.stopped()
    assert code == 130
    assert "1 record quarantined in 1 file" in said
    assert "app.log: not JSON: 1" in said
    assert "Traceback" not in said


def test_an_incident_that_becomes_worse_is_told_again_and_whole_files_are_read_at_rest(watched: Watched) -> None:
    import gzip

    watched.write("a.jsonl", starts("codb04", ((SYSTEM32 + "taskkill.exe", "taskkill /im 360rp.exe /f"),)))
    (mild,) = watched.until(lambda told: hosts(told) == {"codb04"})
    assert mild["severity"] != "critical"
    packed = gzip.compress("".join(starts("codb04", ATTACK)).encode())
    (watched.folder / "b.jsonl.gz").write_bytes(packed)
    _, worse = watched.until(lambda told: len(told) > 1)
    assert worse["id"] == mild["id"]
    assert (worse["severity"], worse["score"] > mild["score"]) == ("critical", True)
    assert watched.stopped(signal.SIGTERM)[0] == 130


def test_a_watch_whose_judge_was_stopped_says_so_and_ends(watched: Watched) -> None:
    (judge,) = (each for each in psutil.Process(watched.process.pid).children() if "spawn_main" in str(each.cmdline()))
    judge.kill()
    watched.write("app.log", EVERYONE)
    _, said = watched.process.communicate(timeout=PATIENCE)
    assert watched.process.returncode == 1
    assert said == "longtail: the process that judges has ended: it was stopped, or there was no memory left for it\n"


def test_a_watch_that_is_killed_leaves_no_judge_behind(watched: Watched) -> None:
    left = psutil.Process(watched.process.pid).children()
    watched.process.kill()
    watched.process.wait()
    assert left and not psutil.wait_procs(left, timeout=PATIENCE)[1]


def test_an_output_that_cannot_be_written_is_said(model: Path) -> None:
    found = piped(model, [*EVERYONE, *starts("codb03", ATTACK)], "-q", "-o", "/dev/full", "--force")
    assert (found.returncode, found.stderr) == (1, "longtail: /dev/full cannot be written: No space left on device\n")


def piped(model: Path, lines: Sequence[str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [LONGTAIL, "watch", "-", "--model", str(model), "--every", "100ms", *words],
        input="".join(lines), capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


def test_standard_input_is_followed_to_its_end(model: Path) -> None:
    last = starts("codb05", ATTACK)[-1].rstrip("\n")
    found = piped(model, [*EVERYONE, *starts("codb03", ATTACK), last], "--fail-on", "high")
    assert hosts([json.loads(line) for line in found.stdout.splitlines()]) == {"codb03", "codb05"}
    assert found.returncode == 3
    bad = piped(model, [*EVERYONE, "{no json\n"], "-q")
    assert (bad.returncode, bad.stdout, bad.stderr) == (4, "", "")


def test_what_a_person_does_is_told_where_it_plainly_means_harm(model: Path) -> None:
    shell, explorer = SYSTEM32 + "cmd.exe", "C:\\Windows\\explorer.exe"
    lines = ("cmd.exe /k ping fileserver", "cmd.exe /c reg save hklm\\sam C:\\PerfLogs\\s.hiv")
    by_anna = [line.replace(json.dumps(SQL), json.dumps(explorer))
               for line in starts("codb04", [(shell, each) for each in lines], account="CONTOSO\\anna")]  # fmt: skip
    (alert,) = [json.loads(line) for line in piped(model, [*EVERYONE, *by_anna]).stdout.splitlines()]
    told = [each["command_line"] for each in alert["executions"] if each["role"] == "anomaly"]
    assert (alert["host"], alert["account"], set(told)) == ("codb04", "CONTOSO\\anna", {lines[1]})


def test_slashed_dates_are_read_in_the_order_that_is_told(model: Path) -> None:
    begun = [json.loads(line) for line in [*EVERYONE, *starts("codb03", ATTACK)]]
    text = io.StringIO()
    table = csv.DictWriter(text, list(begun[0]))
    table.writeheader()
    for each in begun:
        table.writerow({**each, "time": datetime.fromisoformat(each["time"]).strftime("%d/%m/%Y %H:%M:%S")})
    for order, day in (("day-first", "2026-03-09"), ("month-first", "2026-09-03")):
        told = piped(model, [text.getvalue()], "--date-order", order, "-q").stdout.splitlines()
        assert told and {json.loads(line)["first_seen"][:10] for line in told} == {day}


def test_a_model_of_one_tenant_watches_that_one(tmp_path: Path) -> None:
    made = lake(tmp_path)
    model = tmp_path / "contoso.longtail"
    with model.open("wb") as stream:
        models.saved(learn(LearnRequest(replace(made.kept, tenant="contoso")), made.now), stream)
    refused = piped(model, [], "--tenant", "fabrikam")
    assert refused.returncode == 2 and "learnt of tenant contoso alone: --tenant fabrikam is another" in refused.stderr
    other = [line.replace('"contoso"', '"fabrikam"') for line in starts("codb03", ATTACK)]
    found = piped(model, [*EVERYONE, *other, *starts("codb05", ATTACK)])
    assert hosts([json.loads(line) for line in found.stdout.splitlines()]) == {"codb05"}
    assert "1 population judged, of tenant contoso alone" in found.stderr
    assert "3 process starts of other tenants passed over: the model was learnt of contoso alone" in found.stderr


def test_an_alert_is_told_while_the_pipe_is_open(model: Path) -> None:
    words = [LONGTAIL, "watch", "-", "--model", model, "--every", "100ms", "-q"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("".join(starts("codb03", ATTACK)))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["host"] == "codb03"
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
