"""``longtail ingest`` and ``longtail store``: what they say, where they say it, and the exit codes they promise."""

import json
from pathlib import Path

import pytest
from cli_calls import Done, Run, lines, start

from longtail import store


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two tenants, two days, four starts."""
    folder = tmp_path / "logs"
    folder.mkdir()
    for tenant in ("contoso", "litware"):
        days = [start(tenant=tenant, host=f"{tenant}-db", time=f"2026-03-0{day}T10:00:00Z") for day in (2, 3)]
        (folder / f"{tenant}.jsonl").write_text(lines(*days), "utf-8")
    return folder


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    return tmp_path / "lake"


def _json(done: Done) -> dict[str, object]:
    told: dict[str, object] = json.loads(done.out)
    return told


def test_ingest_says_what_it_added_and_what_counted_already(run: Run, logs: Path, lake: Path) -> None:
    first = run("ingest", logs, "--store", lake)
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith(f"4 process starts from 2 files added to {lake} as ")
    again = run("ingest", logs, "--store", lake)
    assert again.code == 0 and again.out.startswith("0 process starts from 2 files")
    assert "2 files counted already and not again" in again.out


def test_ingest_as_json(run: Run, logs: Path, lake: Path) -> None:
    told = _json(run("ingest", logs, "--store", lake, "-f", "json"))
    assert (told["files"], told["files_known"], told["commits"], told["process_starts"]) == (2, 0, 1, 4)
    assert _json(run("ingest", logs, "--store", lake, "-f", "json"))["files_known"] == 2


def test_bad_records_are_kept_out_and_told(run: Run, logs: Path, lake: Path) -> None:
    (logs / "bad.jsonl").write_text(lines(start()) + "{broken\n", "utf-8")
    done = run("ingest", logs, "--store", lake)
    assert done.code == 4
    assert "1 record quarantined in 1 file" in done.err and "bad.jsonl: " in done.err
    assert run("ingest", logs, "--store", lake.with_name("other"), "-q").err == ""


def test_standard_input_counts_once_too(run: Run, lake: Path) -> None:
    assert run("ingest", "-", "--store", lake, text=lines(start(), start(host="db2"))).out.startswith(
        "2 process starts"
    )
    assert "counted already" in run("ingest", "-", "--store", lake, text=lines(start(), start(host="db2"))).out
    assert set(store.sightings(str(lake))["example_source"]) == {"-"}


def test_the_same_file_for_another_tenant_is_something_else(run: Run, tmp_path: Path, lake: Path) -> None:
    (tmp_path / "starts.jsonl").write_text(lines(start()), "utf-8")
    for tenant in ("a", "b", "a"):
        assert run("ingest", tmp_path / "starts.jsonl", "--store", lake, "--tenant", tenant).code == 0
    seen = store.sightings(str(lake))
    assert sorted(seen["tenant"].unique()) == ["a", "b"] and set(seen["runs"]) == {1}


def test_what_is_no_telemetry_is_not_marked_as_counted(run: Run, tmp_path: Path, lake: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see\n", "utf-8")
    for _ in range(2):
        told = _json(run("ingest", tmp_path / "notes.txt", "--store", lake, "-f", "json"))
        assert (told["files_known"], told["commits"]) == (0, 0)


def test_nothing_to_read_is_an_error(run: Run, tmp_path: Path, lake: Path) -> None:
    done = run("ingest", tmp_path / "nothing", "--store", lake)
    assert done.code == 1 and "no such file" in done.err
    assert run("ingest", tmp_path).code == 2, "no --store"


def test_status_as_a_table_and_as_json(run: Run, logs: Path, lake: Path) -> None:
    run("ingest", logs, "--store", lake)
    table = run("store", "status", lake)
    assert table.code == 0 and "2 days, 2026-03-02 to 2026-03-03" in table.out and "litware" in table.out
    told = _json(run("store", "status", "--store", lake, "-f", "json"))
    assert (told["schema"], told["starts"], told["inputs"], told["batches"]) == (1, 4, 2, 1)
    assert told["tenants"] == [
        {"tenant": "contoso", "hosts": 1, "starts": 2},
        {"tenant": "litware", "hosts": 1, "starts": 2},
    ]


def test_of_one_tenant_nothing_is_told_that_others_have_part_in(run: Run, logs: Path, lake: Path) -> None:
    run("ingest", logs, "--store", lake)
    more = logs.parent / "more.jsonl"
    more.write_text(lines(*(start(tenant="litware", host=f"l{n}", time="2026-03-09T10:00:00Z") for n in range(9))))
    before = run("store", "status", lake, "--tenant", "contoso", "-f", "json")
    run("ingest", more, "--store", lake)
    run("store", "compact", lake)
    after = run("store", "status", lake, "--tenant", "contoso", "-f", "json")
    assert after.out == before.out, "what others do shows nowhere"
    told = _json(after)
    assert told["days"] == [{"day": f"2026-03-0{day}", "rows": 2, "files": None, "bytes": None} for day in (2, 3)]
    assert (told["rows"], told["starts"], told["files"], told["batches"], told["version"]) == (4, 2, None, None, None)
    assert "4 rows; schema 1\n2 process starts\n" in run("store", "status", lake, "--tenant", "contoso").out


def test_verify_exits_with_1_when_something_is_wrong(run: Run, logs: Path, lake: Path) -> None:
    run("ingest", logs, "--store", lake)
    sound = run("store", "verify", lake)
    assert sound.code == 0 and sound.out.startswith("sound")
    next((lake / "sightings").rglob("*.parquet")).unlink()
    wrong = run("store", "verify", lake)
    assert wrong.code == 1 and "cannot be read" in wrong.out
    assert _json(run("store", "verify", lake, "-f", "json"))["sound"] is False


def test_compact_and_vacuum_say_what_they_did(run: Run, logs: Path, lake: Path) -> None:
    for file in sorted(logs.iterdir()):
        run("ingest", file, "--store", lake)
    assert run("store", "compact", lake).out.startswith("2 days rewritten\n  before  4 files")
    assert run("store", "vacuum", lake).out == "0 days dropped; 0 unreferenced files deleted\n"
    kept = run("store", "vacuum", lake, "--grace", "0h", "--keep", "2026-03-03")
    assert kept.out == "1 day dropped: 2026-03-02 to 2026-03-02; 5 unreferenced files deleted\n"
    assert run("store", "verify", lake).code == 0


@pytest.mark.parametrize("words", [(), ("one", "--store", "two")])
def test_one_store_is_named_once(run: Run, words: tuple[str, ...]) -> None:
    done = run("store", "status", *words)
    assert done.code == 2 and "name one store" in done.err


def test_hostile_names_do_not_reach_the_terminal(run: Run, tmp_path: Path, lake: Path) -> None:
    (tmp_path / "x\x1b[2J.jsonl").write_text(lines(start(tenant="\x1b[31mred")) + "{broken\n", "utf-8")
    done = run("ingest", tmp_path, "--store", lake)
    told = run("store", "status", lake).out
    assert done.code == 4 and "\x1b" not in done.out + done.err + told
