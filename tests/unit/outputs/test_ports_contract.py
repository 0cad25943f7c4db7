"""What every output of ``ports`` promises, whatever is written into the fields it draws."""

import io
import subprocess
import sys
from dataclasses import replace

import pytest
from output_hostile import SCRIPTS, TERMINAL
from output_ports import NOTHING, OTHERS, forgotten, hostile_ports, many_ports, small_ports

from longtail.errors import UsageError
from longtail.outputs.ports import OUTPUTS, output
from longtail.ports.findings import Ports, Verdict

READ_BY_PEOPLE = ("table", "html", "markdown")


def written(name: str, ports: Ports) -> str:
    stream = io.StringIO(newline="")
    output(name).write(ports, stream)
    assert not stream.closed
    return stream.getvalue()


@pytest.mark.parametrize("name", OUTPUTS)
def test_nothing_hidden_or_active_reaches_a_terminal(name: str) -> None:
    lines = written(name, hostile_ports(TERMINAL)).split("\n")
    assert [line for line in lines if not line.isprintable()] == []


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_output_is_utf8_and_the_same_each_time(name: str) -> None:
    ports = hostile_ports((*TERMINAL, *SCRIPTS[:10]))
    first = written(name, ports)
    assert first.encode("utf-8") == written(name, ports).encode("utf-8")
    assert "\r" not in first


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_run_that_found_and_read_nothing_can_be_written(name: str) -> None:
    text = written(name, NOTHING)
    assert text == "" if name == "jsonl" else text.endswith("\n")


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_finding_without_rules_remedies_or_evidence_can_be_written(name: str) -> None:
    bare = replace(forgotten(), openings=(), remedies=(), expected=(), runs_instead=None, also_governed=())
    assert bare.machine in written(name, replace(NOTHING, recommendations=(bare,)))


@pytest.mark.parametrize("name", READ_BY_PEOPLE)
def test_people_read_everything_that_was_found_and_everything_that_was_not_looked_at(name: str) -> None:
    text = written(name, small_ports())
    for words in (
        "2 openings to close, of 6 open ports on 300 machines",
        "sqlagent.exe",
        "79 of 84 (94 %)",
        "the whole Internet (0.0.0.0/0), through allow-sql",
        "on 6 days",
        "looked at: nothing listens",
        "2026-11-17 04:55:12Z",
        "w3wp.exe",
        "3 other machines: ",
        "kept until the migration ends",
        "no telemetry of this machine",
        "build-9.contoso.example",
        "nothing is left",
        "is not known here",
        "an exception matches nothing",
        "let in 443/tcp only",
    ):
        assert words in text, words


@pytest.mark.parametrize("name", ("table", "html"))
def test_a_port_is_shown_with_how_well_it_was_learnt_and_what_doing_nothing_would_cost(name: str) -> None:
    text = written(name, small_ports())
    for words in ("2.2 %", "28 %", "3.4 %", "26 %", "0.95 %", "0.960", "0.913", "0.951", "0.412", "no: no signature"):
        assert words in text, words


@pytest.mark.parametrize("name", OUTPUTS)
def test_findings_stand_most_worth_closing_first_and_what_somebody_answers_for_is_none(name: str) -> None:
    ports = small_ports()
    shuffled = replace(ports, recommendations=tuple(reversed(ports.recommendations)))
    text = written(name, replace(shuffled, unjoined=(), privileges=(), profiles=()))
    if name == "json":
        text = text[text.index('"recommendations"') :]
    order = [text.index(machine) for machine in ("vm-web-07", "vm-app-2", "vm-web-08")]
    assert order == sorted(order)


@pytest.mark.parametrize("name", READ_BY_PEOPLE)
def test_what_is_cut_is_said(name: str) -> None:
    text = written(name, many_ports(1_200, 230))
    assert "1,200" in text
    assert "--format json" in text
    assert len(text) < 6_000_000


@pytest.mark.parametrize("name", READ_BY_PEOPLE)
def test_a_label_is_not_called_a_port(name: str) -> None:
    ports = small_ports()
    label = replace(ports.profiles[0], port=0, protocol="role=db", label="0/role=db")
    odd = replace(forgotten(), port=0, protocol="role=db", openings=(), remedies=())
    fine = replace(OTHERS[0], port=0, protocol="role=db", openings=())
    text = written(name, replace(NOTHING, profiles=(label,), recommendations=(odd, fine), machines=9))
    assert "1 of 2 labelled machines unlike those that share the label, 9 machines with telemetry" in text
    assert "role=db" in text and "to close" not in text.lower() and "0/role=db" not in text
    assert "No command is known" not in text


@pytest.mark.parametrize("name", READ_BY_PEOPLE)
def test_port_nought_is_a_port_and_not_a_label(name: str) -> None:
    ports = small_ports()
    nought = replace(ports.profiles[0], port=0, label="0/tcp")
    text = written(name, replace(ports, profiles=(nought,), recommendations=(replace(forgotten(), port=0),)))
    assert "1 opening to close" in text and "0/tcp" in text


def test_an_unknown_output_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="no output is called xml: choose one of table, json"):
        output("xml")


def test_naming_the_outputs_loads_none_of_them() -> None:
    code = (
        "import sys, longtail.outputs.ports;"
        "print([m for m in ('rich', 'jinja2', 'polars', 'csv', 'sklearn') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_only_two_verdicts_are_findings() -> None:
    assert [each for each in Verdict if each.finding] == [Verdict.UNBACKED, Verdict.LOOPBACK_ONLY]
