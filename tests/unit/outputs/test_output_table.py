"""What a person reads in a terminal, and what a pipe gets instead."""

import io
import re
from dataclasses import replace

import pytest
from output_hostile import TERMINAL, hostile_hunt
from output_hunts import rich_hunt, small_hunt

from longtail.outputs.table import STEPS_SHOWN, WHOLE_STORIES, write
from longtail.outputs.wording import counted, price, seen, share, span, summary
from longtail.prevalence.findings import Hunt, NormalAt, Prevalence
from longtail.text import clean

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def shown(hunt: Hunt, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    write(hunt, stream)
    return stream.getvalue()


def test_it_tells_the_story_then_what_it_rests_on_then_what_was_left_out() -> None:
    text = shown(rich_hunt())
    order = [
        "4 alerts",
        "CRITICAL",
        "bitsadmin  /transfer",
        "HIGH",
        "\nJudged\n",
        "\nNot judged\n",
        "people: 402",
        "\nFiles\n",
    ]
    assert sorted(order, key=text.index) == order
    assert "1 of 412 hosts, 1 of 14 days" in text
    assert "36 × chunk checksum does not match" in text
    assert "<builtin>\\echo in cmd.exe" in text


def test_colour_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in shown(small_hunt(), Terminal())
    assert "\x1b" not in shown(small_hunt())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in shown(small_hunt())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shown(small_hunt())
    assert "\x1b" not in shown(small_hunt(), Terminal())


def test_on_a_terminal_too_only_our_own_colours_are_escapes() -> None:
    text = COLOUR.sub("", shown(hostile_hunt(rich_hunt(), TERMINAL), Terminal()))
    assert [line for line in text.split("\n") if not line.isprintable()] == []


def test_markup_in_a_command_is_only_text() -> None:
    text = shown(hostile_hunt(small_hunt(), ("[/x] [bold]b[/bold] :skull: [link=x]",)))
    assert "[/x] [bold]b[/bold] :skull: [link=x]" in text


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_it_keeps_to_the_width_it_is_given(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    widest = max(len(line) for line in shown(rich_hunt()).splitlines())
    assert widest <= int(columns)


def test_long_stories_and_many_alerts_say_what_they_leave_out() -> None:
    alert = small_hunt().alerts[0]
    long = replace(alert, executions=alert.executions * 3)
    text = shown(replace(small_hunt(), alerts=(long,) * (WHOLE_STORIES + 5)))
    assert f"and {len(long.executions) - STEPS_SHOWN} more: --format jsonl has them all" in text
    assert text.count("CRITICAL") == WHOLE_STORIES + 5
    assert text.count("id " + clean(alert.id)) == WHOLE_STORIES


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_a_narrow_terminal_keeps_the_commands_and_whom_a_row_is_about(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = shown(small_hunt())
    assert max(map(len, text.splitlines())) <= columns
    squeezed = re.sub(r"\s+", "", text)
    for each in small_hunt().alerts[0].executions:
        command = re.sub(r"\s+", "", clean(each.command_line or each.executable))
        assert command in squeezed
    assert f"{small_hunt().alerts[0].first_seen:%H:%M:%S}  " in text and "96of412hosts" in squeezed
    judged = text.split("\nJudged\n")[1].splitlines()
    assert columns < 60 or re.search(r"^contoso.*412 .*96 % .*60 %", "\n".join(judged), re.MULTILINE)


def test_of_many_files_those_with_something_to_tell_are_shown() -> None:
    quiet, _, damaged = small_hunt().readings
    text = shown(replace(small_hunt(), readings=(quiet,) * 3_000 + (damaged,)))
    assert "and 2,961 more: -v lists them, --format json has them all" in text
    assert "logs/truncated.evtx: 36 × chunk checksum does not match; 1 × record is cut short; the file ends" in text


def test_the_summary_counts_everything_with_its_denominator() -> None:
    assert summary(small_hunt()) == [
        "1,221,419 process starts on 412 hosts from 3 files, 2026-10-23 02:14:07Z to 2026-11-06 02:14:07Z "
        "(5,768 judged host-days)",
        "1 population judged, 1 not judged",
        "3 alerts: 1 critical, 1 low, 1 informational, calibrated for 2 false alerts per 1,000 host-days",
        "37 records quarantined in 1 file",
    ]


def test_words_for_numbers() -> None:
    assert seen(Prevalence(1, 412, 1, 14, 3, 1_200_000)) == "1 of 412 hosts · 1 of 14 days · 3 of 1,200,000 runs"
    assert [share(value) for value in (1.0, 0.97, 0.034, 0.0024, 0.0)] == ["100 %", "97 %", "3.4 %", "0.24 %", "0 %"]
    first = small_hunt().alerts[0].first_seen
    assert span(first, small_hunt().alerts[0].last_seen) == "55 s"
    assert span(first, first.replace(day=12)) == "9 days"


def test_numbers_beside_a_line_that_carries_others_say_that_they_are_the_shells() -> None:
    execution = small_hunt().alerts[0].executions[0]
    named = {
        r"\windows\system32\cmd.exe": "cmd.exe: ",
        "/bin/sh": "sh: ",
        "/usr/bin/python{ver}": "python{ver}: ",
        r"\windows\system32\whoami.exe": "",
    }
    assert {each: counted(replace(execution, executable=each)) for each in named} == named
    assert counted(replace(execution, executable="sh", hosted_by="cmd.exe")) == ""
    assert re.search(r"/c taskkill /im 360rp\.exe.*  cmd\.exe: 96 of 412 hosts", shown(small_hunt()))


def test_the_price_of_being_normal_is_besides_what_was_seen() -> None:
    ten = Prevalence(10, 26, 14, 15, 20, 900)
    assert price(NormalAt(1, 1), ten) == "would be normal with at least 1 host for 1 day more"
    assert price(NormalAt(9, 5), ten) == "would be normal with at least 9 hosts for 5 days more"
    assert price(NormalAt(26, 15), ten) == "would be normal only if every host ran it"
