"""The command line of ``backtest``, and of ``hunt --rules``: how often rules fire, where, and what was left out."""

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import mining_kit as kit
import pytest
from cli_calls import Run


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Rules of all kinds, and everything that ran."""
    folder = tmp_path_factory.mktemp("backtest")
    return kit.rule_folder(folder), kit.telemetry(folder)


def objects(run: Run, *words: object) -> dict[str, dict[str, Any]]:
    done = run("backtest", *words, "-f", "jsonl", "-q")
    return {each["title"]: each for each in map(json.loads, done.out.splitlines())}


def test_a_rule_is_counted_in_host_days_of_host_days(run: Run, world: tuple[Path, Path]) -> None:
    found = objects(run, world[0], "--telemetry", world[1])["Lists transfers"]
    listing = kit.HOSTS // 5 * kit.DAYS
    assert (found["runs"], found["host_days"], found["of_host_days"]) == (listing, listing, kit.HOSTS * kit.DAYS)
    assert (found["hosts"], found["of_hosts"]) == (kit.HOSTS // 5, kit.HOSTS)
    assert found["per_10000"] == pytest.approx(2000) and 2000 < found["at_most_per_10000"] < 2350
    assert {each["name"]: each["host_days"] for each in found["tenants"]} == {"contoso": 56, "fabrikam": 56}
    assert len(found["days"]) == kit.DAYS and {each["host_days"] for each in found["days"]} == {8}
    assert [each["name"] for each in found["accounts"]] == [kit.SYSTEM]
    assert found["examples"][0]["command_line"] == "bitsadmin /list /allusers"


def test_a_rule_that_never_fires_has_a_bound_and_one_that_cannot_has_a_reason(
    run: Run, world: tuple[Path, Path], tmp_path: Path
) -> None:
    never = tmp_path / "never.yml"
    never.write_text(kit.LISTS.replace("/list", "/never"))
    found = objects(run, never, world[0], "--telemetry", world[1])
    assert found["Lists transfers"]["at_most_per_10000"] > 0
    assert found["Knows a hash"]["applicable"] is False
    assert found["Knows a hash"]["lacking"] == ["Hashes"] and "Hashes" in found["Knows a hash"]["notes"][0]


def test_what_was_refused_and_what_is_no_process_rule_is_told_with_reasons(run: Run, world: tuple[Path, Path]) -> None:
    done = run("backtest", world[0], "--telemetry", world[1], "-f", "json")
    assert done.code == 4
    found = json.loads(done.out)
    assert [Path(each["place"]).name for each in found["refused"]] == ["broken.yml"]
    assert [Path(each["place"]).name for each in found["not_process_rules"]] == ["network.yml"]
    assert found["rule_files"] == 5, "a folder is read at any depth, and only its rule files"
    assert "broken.yml" in done.err and "1 rule not applicable" in done.err and "1 rule not read" in done.err


def test_the_table_names_what_fires_and_what_does_not(run: Run, world: tuple[Path, Path]) -> None:
    done = run("backtest", world[0], "--telemetry", world[1])
    assert done.err == ""
    assert "2 of 3 rules fire" in done.out
    for told in ("Lists transfers", "112 of 560", "Not applicable here", "Knows a hash", "network_connection",
                 "broken.yml", "Summary"):  # fmt: skip
        assert told in done.out


def test_a_spreadsheet_gets_one_row_a_rule(run: Run, world: tuple[Path, Path]) -> None:
    done = run("backtest", world[0], "--telemetry", world[1], "-f", "csv", "-q")
    rows = {row["title"]: row for row in csv.DictReader(io.StringIO(done.out))}
    assert rows["Lists transfers"]["host_days"] == "112"
    assert rows["Fetches"]["accounts"] == f"{kit.ALICE} 1/1; {kit.SQL} 1/1"
    assert rows["Knows a hash"]["applicable"] == "False"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--fail-on", "high"), 3),
        (("--fail-on", "critical"), 0),
        (("--fail-above", "10"), 3),
        (("--fail-above", "9999"), 0),
    ],
)
def test_a_pipeline_can_be_made_to_fail(run: Run, world: tuple[Path, Path], words: tuple[str, ...], code: int) -> None:
    fetches = world[0] / "deep" / "fetches.yaml"
    assert run("backtest", fetches, "--telemetry", world[1], "-q", *words).code == code


def test_files_and_globs_are_named_as_well_as_folders(run: Run, world: tuple[Path, Path]) -> None:
    assert set(objects(run, world[0] / "*.yml", "--telemetry", world[1])) == {"Lists transfers", "Knows a hash"}
    assert set(objects(run, world[0] / "**" / "fetches.*", "--telemetry", world[1])) == {"Fetches"}


def test_a_huge_file_is_refused_unread_and_the_others_run(run: Run, world: tuple[Path, Path], tmp_path: Path) -> None:
    huge = tmp_path / "huge.yml"
    with huge.open("wb") as file:
        file.truncate(3 << 30)
    began = time.monotonic()
    done = run("backtest", huge, world[0] / "lists.yml", "--telemetry", world[1], "-f", "json")
    assert time.monotonic() - began < 30
    assert done.code == 4
    found = json.loads(done.out)
    assert [each["title"] for each in found["rules"]] == ["Lists transfers"]
    assert "larger than 10 MB" in found["refused"][0]["reason"]


def test_no_rule_at_all_is_an_error(run: Run, world: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("none")
    done = run("backtest", tmp_path, "--telemetry", world[1])
    assert done.code == 1 and "no rule file" in done.err
    assert run("backtest", tmp_path / "none.yml", "--telemetry", world[1]).code == 1
    assert run("backtest", "--telemetry", world[1]).code == 2


def test_hostile_titles_and_command_lines_reach_nobody(run: Run, tmp_path: Path) -> None:
    starts, rule = tmp_path / "s.jsonl", tmp_path / "r.yml"
    row = kit.start("db1", 0, (kit.BITSADMIN, "=bitsadmin /list \x1b[31m [/red]"), ("t", "=cmd", "p"))
    starts.write_text(json.dumps({**row, "time": row["time"].isoformat()}) + "\n")
    rule.write_text(kit.LISTS.replace("Lists transfers", '"=1+1 \\e[31m[/b]"'))
    for style in ("table", "csv", "jsonl", "json"):
        done = run("backtest", rule, "--telemetry", starts, "-f", style)
        assert done.code == 0 and "\x1b" not in done.out + done.err
    rows = list(csv.reader(io.StringIO(run("backtest", rule, "--telemetry", starts, "-f", "csv").out)))
    assert not any(cell.startswith("=") for cell in rows[1])


def test_rules_hunt_beside_the_model_on_every_account(run: Run, world: tuple[Path, Path]) -> None:
    done = run("hunt", world[1], "--rules", world[0], "--account", "system", "-f", "jsonl")
    assert done.code == 4, "one rule could not be read"
    found = [json.loads(line) for line in done.out.splitlines()]
    fetches = [each for each in found if each["title"] == "Fetches"]
    assert {(each["tenant"], each["host"], each["account"]) for each in fetches} == {
        ("contoso", "db3", kit.SQL),
        ("fabrikam", "db8", kit.ALICE),
    }
    assert {each["severity"] for each in fetches} == {"high"} and {*fetches[0]["techniques"]} == {"T1197"}
    assert set(fetches[0]) == set(kit.alert()), "the same shape as any alert"
    (ran,) = fetches[0]["executions"]
    assert ran["role"] == "anomaly" and "/transfer" in ran["command_line"]
    assert ran["prevalence"] == {"hosts": 2, "of_hosts": 40, "days": 2, "of_days": 14, "runs": 2, "of_runs": 676}
    assert all(fetches[1]["id"] in each["similar"] for each in fetches[:1])
    scores = [each["score"] for each in found]
    assert scores == sorted(scores, reverse=True)
    assert "114 alerts of 2 of 3 rules" in done.err and "1 rule not run" in done.err


def test_a_hunt_fails_on_rules_that_fire(run: Run, world: tuple[Path, Path]) -> None:
    fetches = world[0] / "deep" / "fetches.yaml"
    asked = ("hunt", world[1], "--rules", fetches, "--account", "system", "-q")
    assert run(*asked, "--fail-on", "high").code == 3
    assert run(*asked, "--fail-on", "critical").code == 0
