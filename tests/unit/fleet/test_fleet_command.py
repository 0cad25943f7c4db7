"""The command line of the fleet."""

from pathlib import Path

from click.testing import CliRunner

from longtail.cli import longtail
from longtail.cli.fleet import FORMATS as CHOICES
from longtail.cli.fleet import PRESETS as PRESET_CHOICES
from longtail.errors import OutputExists, UsageError
from longtail.fleet.formats import FORMATS
from longtail.fleet.plan import PRESETS

ARGUMENTS = ["--machines", "4", "--days", "1", "--intensity", "0.2"]


def test_it_writes_where_it_is_told_and_says_how_much(tmp_path: Path) -> None:
    result = CliRunner().invoke(longtail, ["fleet", "-o", str(tmp_path / "f"), *ARGUMENTS])
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "process starts of 4 hosts" in result.stderr
    assert (tmp_path / "f" / "truth.json").exists()


def test_it_overwrites_a_fleet_only_by_force(tmp_path: Path) -> None:
    arguments = ["-o", str(tmp_path / "f"), *ARGUMENTS]
    CliRunner().invoke(longtail, ["fleet", *arguments])
    assert isinstance(CliRunner().invoke(longtail, ["fleet", *arguments]).exception, OutputExists)
    assert CliRunner().invoke(longtail, ["fleet", *arguments, "--force", "--quiet"]).exit_code == 0
    assert '"incidents": []' in (tmp_path / "f" / "truth.json").read_text("utf-8")


def test_an_unknown_attack_leaves_the_old_fleet_alone(tmp_path: Path) -> None:
    arguments = ["-o", str(tmp_path / "f"), *ARGUMENTS]
    CliRunner().invoke(longtail, ["fleet", *arguments])
    assert isinstance(
        CliRunner().invoke(longtail, ["fleet", *arguments, "--force", "--attack", "x"]).exception, UsageError
    )
    assert (tmp_path / "f" / "truth.json").exists()


def test_it_names_its_attacks() -> None:
    result = CliRunner().invoke(longtail, ["fleet", "--list-attacks"])
    assert result.exit_code == 0
    assert "article" in result.stdout and "+padding" in result.stdout


def test_the_choices_are_those_of_the_generator() -> None:
    assert tuple(FORMATS) == CHOICES
    assert PRESETS == PRESET_CHOICES
