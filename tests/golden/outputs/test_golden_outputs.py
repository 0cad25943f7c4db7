"""The bytes of every output for one fixed hunt; ``LONGTAIL_GOLDEN=write pytest tests/golden/outputs`` renews them."""

import difflib
import io
import os
from pathlib import Path

import pytest
from output_hunts import mssql, small_hunt

from longtail.outputs.chart import prevalence_chart
from longtail.outputs.output import output

HERE = Path(__file__).parent
KEPT = {"table": "hunt.txt", "jsonl": "hunt.jsonl", "json": "hunt.json", "csv": "hunt.csv", "html": "hunt.html"}


def compare(path: Path, written: str) -> None:
    if os.environ.get("LONGTAIL_GOLDEN") == "write":
        path.write_bytes(written.encode())
    kept = path.read_bytes()
    if kept != written.encode():
        lines = difflib.unified_diff(kept.decode().splitlines(), written.splitlines(), "kept", "now", lineterm="", n=1)
        pytest.fail(f"{path.name} changed:\n" + "\n".join(line[:240] for line in list(lines)[:60]), pytrace=False)


@pytest.mark.parametrize("name", KEPT)
def test_an_output_keeps_its_bytes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    written = io.StringIO(newline="")
    output(name).write(small_hunt(), written)
    compare(HERE / KEPT[name], written.getvalue())


@pytest.mark.parametrize("width", [1120, 380])
def test_the_chart_keeps_its_bytes(width: int) -> None:
    compare(HERE / f"chart-{width}.svg", prevalence_chart(mssql(), width))
