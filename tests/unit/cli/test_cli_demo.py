"""What the demo says of all it found, beside the little that it shows."""

from dataclasses import replace
from pathlib import Path

import pytest

from longtail import pipelines
from longtail.cli.demo import _tell


def test_a_demo_shows_one_alert_and_summarises_all(attacked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = pipelines.hunt(pipelines.Request((str(attacked),)))
    assert len(found.alerts) == 1
    _tell(replace(found, alerts=found.alerts * 3))
    told = capsys.readouterr().out
    assert told.startswith("1 of 3 alerts shown") and told.count(f"id {found.alerts[0].id}") == 1
    assert "from 1 file," in told and "\n3 alerts: 3 " in told and told.count("Summary") == 1
