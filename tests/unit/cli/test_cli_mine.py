"""The command line of ``mine``: what is written where, what is refused, and that nobody's files are lost."""

import json
import shutil
from pathlib import Path

import mining_kit as kit
import pytest
from cli_calls import Run
from click.testing import CliRunner

from longtail.cli import longtail
from longtail.outputs.rules_converted import TARGETS


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The alerts of one attack, and everything that ran."""
    folder = tmp_path_factory.mktemp("mining")
    return kit.alerts(folder), kit.telemetry(folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.fixture(scope="module")
def first_run(world: tuple[Path, Path]) -> Path:
    folder = world[0].parent / "rules"
    words = ("mine", world[0], "--telemetry", world[1], "-o", folder, "--convert", "all")
    done = CliRunner().invoke(longtail, list(map(str, words)))
    assert (done.exit_code, done.stdout) == (0, ""), done.output
    return folder


@pytest.fixture
def mined(first_run: Path, tmp_path: Path) -> Path:
    """What one run wrote, to be written over."""
    return Path(shutil.copytree(first_run, tmp_path / "rules"))


def test_one_file_a_rule_a_report_a_layer_and_the_queries(mined: Path) -> None:
    found = contents(mined)
    rules = [name for name in found if name.endswith(".yml")]
    assert any("rundll32" in name for name in rules)
    stems = [name.removesuffix(".yml") for name in rules]
    queries = {f"converted/{target}/{stem}.{each.suffix}" for target, each in TARGETS.items() for stem in stems}
    assert set(found) == {*rules, *queries, "report.md", "navigator.json", "manifest.json"}
    layer = json.loads(found["navigator.json"])
    assert "T1003.001" in {each["techniqueID"] for each in layer["techniques"]}


def test_the_same_input_gives_the_same_bytes(run: Run, world: tuple[Path, Path], mined: Path) -> None:
    again = mined.parent / "again"
    assert run("mine", world[0], "--telemetry", world[1], "-o", again, "--convert", "all", "-j", 1).code == 0
    assert contents(again) == contents(mined)


def test_nothing_of_the_incident_is_in_a_rule_or_a_query(mined: Path) -> None:
    for name, content in contents(mined).items():
        if name not in ("report.md", "manifest.json"):
            assert [token for token in kit.INSTANCE if token.encode() in content] == [], name


def test_no_secret_is_written_anywhere(mined: Path) -> None:
    assert all(kit.PASSWORD.encode() not in content for content in contents(mined).values())
    report = (mined / "report.md").read_text("utf-8")
    assert "net user backdoor {redacted:password} /add" in report


def test_the_report_says_why_there_is_no_rule(mined: Path) -> None:
    report = (mined / "report.md").read_text("utf-8")
    written, _, refused = report.partition("## Not written")
    assert "rundll32 C:" in written and "net user" in refused
    assert "per 10,000" in written and "Survives:" in written


def test_the_mined_rule_finds_the_deed_and_no_lawful_use(run: Run, world: tuple[Path, Path], mined: Path) -> None:
    done = run("backtest", mined, "--telemetry", world[1], "-f", "jsonl", "-q")
    rules = [json.loads(line) for line in done.out.splitlines()]
    accounts = [{each["name"] for each in rule["accounts"]} for rule in rules]
    assert accounts and all(kit.SQL in each and kit.SYSTEM not in each for each in accounts)


def test_bad_lines_are_told_with_their_place_and_the_others_are_mined(
    run: Run, world: tuple[Path, Path], tmp_path: Path
) -> None:
    alerts = kit.alerts(tmp_path, "{broken", "", '"text"', json.dumps(kit.alert(executions=7)), "[" * 100_000)
    done = run("mine", alerts, "--telemetry", world[1], "-o", tmp_path / "rules")
    assert done.code == 4
    assert list((tmp_path / "rules").glob("*.yml"))
    for line in (2, 4, 5, 6):
        assert f"{alerts}:{line}: " in done.err
    assert f"{alerts}:3" not in done.err
    report = (tmp_path / "rules" / "report.md").read_text("utf-8")
    assert "4 alerts could not be read" in report and f"{alerts.name}:5" in report


def test_alerts_come_from_standard_input_too(run: Run, world: tuple[Path, Path], tmp_path: Path) -> None:
    done = run("mine", "-", "--telemetry", world[1], "-o", tmp_path / "rules", text=world[0].read_text())
    assert done.code == 0
    assert " written; " in done.err and list((tmp_path / "rules").glob("*.yml"))


def test_what_is_no_file_of_alerts_is_an_error(run: Run, world: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("hello\nworld\n")
    done = run("mine", other, "--telemetry", world[1], "-o", tmp_path / "rules")
    assert done.code == 1
    assert "hunt -f jsonl" in done.err and "other.txt:1" in done.err
    assert not (tmp_path / "rules").exists()
    assert run("mine", tmp_path / "none", "--telemetry", world[1], "-o", tmp_path / "rules").code == 1


def test_no_alerts_are_no_rules_and_no_error(run: Run, world: tuple[Path, Path], tmp_path: Path) -> None:
    done = run("mine", "-", "--telemetry", world[1], "-o", tmp_path / "rules", text="")
    assert done.code == 0
    assert not list((tmp_path / "rules").glob("*.yml")) and (tmp_path / "rules" / "report.md").exists()


def test_a_folder_that_holds_something_is_left_alone(run: Run, world: tuple[Path, Path], tmp_path: Path) -> None:
    mine = ("mine", world[0], "--telemetry", world[1], "-o", tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    assert run(*mine).code == 2
    assert contents(tmp_path) == {"notes.txt": b"mine"}
    assert run(*mine, "--force").code == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_only_what_a_former_run_wrote_is_replaced(run: Run, world: tuple[Path, Path], mined: Path) -> None:
    (mined / "own.yml").write_text("title: mine")
    report = (mined / "report.md").read_bytes()
    (mined / "report.md").write_text("scribble")
    done = run("mine", world[0], "--telemetry", world[1], "-o", mined, "--force")
    assert done.code == 0
    assert (mined / "report.md").read_bytes() == report
    assert (mined / "own.yml").read_text() == "title: mine"
    assert not (mined / "converted").exists(), "what this run did not write is gone"


def test_a_file_of_somebody_else_is_never_overwritten(run: Run, world: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("mine")
    done = run("mine", world[0], "--telemetry", world[1], "-o", tmp_path, "--force")
    assert done.code == 2 and "report.md" in done.err
    assert contents(tmp_path) == {"report.md": b"mine"}


def test_a_manifest_cannot_reach_out_of_its_folder(run: Run, world: tuple[Path, Path], tmp_path: Path) -> None:
    outside, rules = tmp_path / "outside.txt", tmp_path / "rules"
    outside.write_text("mine")
    rules.mkdir()
    manifest = {"written_by": "longtail mine", "files": ["../outside.txt", str(outside)]}
    (rules / "manifest.json").write_text(json.dumps(manifest))
    assert run("mine", world[0], "--telemetry", world[1], "-o", rules, "--force").code == 0
    assert outside.read_text() == "mine"


def test_a_link_out_of_the_folder_is_not_followed(run: Run, world: tuple[Path, Path], mined: Path) -> None:
    elsewhere = mined.parent / "elsewhere"
    (mined / "converted").rename(elsewhere)
    (mined / "converted").symlink_to(elsewhere)
    before = contents(elsewhere)
    done = run("mine", world[0], "--telemetry", world[1], "-o", mined, "--force", "--convert", "sqlite")
    assert done.code == 2 and "leads out" in done.err
    assert contents(elsewhere) == before


@pytest.mark.parametrize(
    "words", [("mine",), ("mine", "a"), ("mine", "a", "-o", "b"), ("mine", "a", "--telemetry", "b")]
)
def test_what_is_missing_is_wrong_usage(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).code == 2


def test_rules_that_know_the_deed_already_are_named(run: Run, world: tuple[Path, Path], tmp_path: Path) -> None:
    rules = kit.rule_folder(tmp_path)
    (rules / "dumps.yml").write_text(kit.DUMPS)
    done = run("mine", world[0], "--telemetry", world[1], "-o", tmp_path / "rules", "--existing", rules)
    assert done.code == 4, "one of the existing rules cannot be read"
    assert "broken.yml" in done.err
    report = (tmp_path / "rules" / "report.md").read_text("utf-8")
    assert "too: Dumps; 0% of the starts are new" in report
