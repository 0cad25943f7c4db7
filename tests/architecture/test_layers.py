"""The layers of the house, as `.importlinter` writes them down, hold; and nothing was forgotten in it."""

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from longtail.cli import VERBS
from longtail.outputs import OUTPUTS

ROOT = Path(__file__).parents[2]


def _contract(name: str) -> dict[str, list[str]]:
    written = configparser.ConfigParser()
    written.read(ROOT / ".importlinter")
    return {key: value.split() for key, value in written[f"importlinter:contract:{name}"].items()}


def test_every_contract_is_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed beside this interpreter")
    done = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


def test_a_new_verb_or_output_is_a_neighbour_nobody_knows() -> None:
    assert set(_contract("verbs")["modules"]) == set(VERBS.values())
    assert set(_contract("outputs")["modules"]) == set(OUTPUTS.values())


def test_every_package_has_its_place_in_the_layers() -> None:
    placed = set(_contract("layers")["layers"]) - {"|", ":"}
    package = ROOT / "src" / "longtail"
    there = {
        f"longtail.{each.stem}"
        for each in package.iterdir()
        if (each.is_dir() and any(each.glob("*.py"))) or (each.suffix == ".py" and each.stem != "__init__")
    }
    assert placed == there
