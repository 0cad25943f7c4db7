"""What every output promises, whatever is written into the fields it draws."""

import io
import subprocess
import sys
from dataclasses import replace

import pytest
from output_hostile import SCRIPTS, TERMINAL, hostile_hunt
from output_hunts import rich_hunt, small_hunt

from longtail.errors import UsageError
from longtail.outputs import OUTPUTS
from longtail.outputs.output import output
from longtail.prevalence.findings import Hunt

NOTHING = Hunt((), (), (), None, None, 0, 0, 0, 0, 2.0)


def written(name: str, hunt: Hunt) -> str:
    stream = io.StringIO(newline="")
    output(name).write(hunt, stream)
    assert not stream.closed
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize("name", OUTPUTS)
def test_nothing_hidden_or_active_reaches_a_terminal(name: str) -> None:
    hunt = hostile_hunt(rich_hunt(), TERMINAL)
    lines = written(name, hunt).split("\n")
    assert [line for line in lines if not line.isprintable()] == []


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_output_is_utf8_and_the_same_each_time(name: str) -> None:
    hunt = hostile_hunt(small_hunt(), (*TERMINAL, *SCRIPTS[:10]))
    first = written(name, hunt)
    assert first.encode("utf-8") == written(name, hunt).encode("utf-8")


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_hunt_that_found_and_read_nothing_can_be_written(name: str) -> None:
    text = written(name, NOTHING)
    assert text == "" if name in ("jsonl", "ocsf") else text.endswith("\n")


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_alert_without_executions_can_be_written(name: str) -> None:
    bare = replace(small_hunt().alerts[0], executions=(), techniques=())
    assert bare.title in written(name, replace(NOTHING, alerts=(bare,)))


def test_an_unknown_output_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="no output is called xml: choose one of table, json"):
        output("xml")


def test_naming_the_outputs_loads_none_of_them() -> None:
    code = "import sys, longtail.outputs; print([m for m in ('rich', 'jinja2', 'polars', 'csv') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
