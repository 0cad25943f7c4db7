"""What the tests of snapshots, sockets and attacks share: the golden pairs, and reading as one table of rows."""

import json
import os
from pathlib import Path
from typing import Any

import polars as pl

from longtail.telemetry import Gathered, Options, gathered
from longtail.telemetry.format import Format
from longtail.telemetry.formats import EVIDENCE

REPOSITORY = Path(__file__).parents[2]
GOLDEN = REPOSITORY / "tests" / "golden" / "evidence"
SHARED = Path(os.environ.get("LONGTAIL_SHARED", REPOSITORY.parent / "shared")) / "data"
HOST = Options(host="here")


def taken(*paths: Path | str, options: Options = HOST) -> Gathered:
    """Everything that the paths say."""
    return gathered([str(path) for path in paths], options)


def rows(found: Gathered) -> list[dict[str, Any]]:
    """All rows but for their source, each with its kind, times as text; what is not known is left out."""
    tables = {"running": found.running, "listening": found.listening, "attacked": found.attacked}
    return [
        {"kind": kind, **{name: value for name, value in row.items() if value is not None}}
        for kind, table in tables.items()
        for row in table.drop("source").with_columns(pl.col(pl.Datetime).dt.strftime("%FT%TZ")).to_dicts()
    ]


def golden_input(format: Format) -> Path:
    """The format's own sample."""
    return next((GOLDEN / format.name).glob("input.*"))


def golden_rows(format: Format) -> list[dict[str, Any]]:
    """What the sample must give."""
    return [json.loads(line) for line in (GOLDEN / format.name / "expected.jsonl").read_text("utf-8").splitlines()]


__all__ = ["EVIDENCE", "HOST", "SHARED", "golden_input", "golden_rows", "rows", "taken"]
