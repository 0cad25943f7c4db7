"""What a person reads of ports in a terminal: complete, within its width, and with commands that can be copied."""

import io
import re
from dataclasses import replace

import pytest
from output_hostile import TERMINAL
from output_ports import OTHERS, forgotten, hostile_ports, many_ports, small_ports

from longtail.outputs.ports.commands import COMMAND_SHOWN, lines, steps, warning
from longtail.outputs.ports.table import WHOLE_FINDINGS, WHOLE_PROFILES, write
from longtail.outputs.ports.view import in_use, left, not_judged, profiles_told
from longtail.outputs.ports.wording import error, grouped, missing, span, summary
from longtail.ports.findings import Ports, Remedy, Unjoined, Verdict

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(ports: Ports, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    write(ports, stream)
    return stream.getvalue()


def test_ports_come_first_then_what_to_close_then_what_was_left_out() -> None:
    text = shown(small_ports())
    order = [
        "2 openings to close",
        "1433/tcp  open on 84 of 300 machines  learnable",
        "\nFurther ports\n",
        "3389/tcp",
        "12 of 300 machines",
        "To close, most worth closing first",
        "vm-web-07  1433/tcp  nothing behind it  0.94",
        "vm-app-2  1433/tcp  loopback only  0.71",
        "\nAccepted by an exception\n",
        "\nWide open, and what would do instead\n",
        "\nNot judged\n",
        "\nIn use\n",
        "\nNot joined\n",
        "\nFiles\n",
        "1 × a rule without a direction",
        "note: an exception matches nothing",
        "\nSummary\n",
    ]
    assert sorted(order, key=text.index) == order


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_commands_are_whole_lines_and_all_else_keeps_to_the_width(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    printed = shown(small_ports()).splitlines()
    for each in small_ports().recommendations:
        for remedy in each.remedies if not each.excepted else ():
            for command in (remedy.command, remedy.rehearse, remedy.undo):
                assert all(f"       {line}" in printed for line in command.split("\n") if line)
    rest = [line for line in printed if not line.startswith("       az ")]
    assert max(map(len, rest)) <= int(columns)


def test_colour_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in shown(small_ports(), Terminal())
    assert "\x1b" not in shown(small_ports())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shown(small_ports(), Terminal())


def test_on_a_terminal_too_only_our_own_colours_are_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    text = COLOUR.sub("", shown(hostile_ports(TERMINAL), Terminal()))
    assert [line for line in text.split("\n") if not line.isprintable()] == []


def test_markup_in_a_name_is_only_text() -> None:
    assert "[/x] [bold]b[/bold] :skull:" in shown(hostile_ports(("[/x] [bold]b[/bold] :skull:",)))


def test_findings_beyond_the_first_are_lines_and_ports_beyond_the_first_rows() -> None:
    text = shown(replace(many_ports(WHOLE_FINDINGS + 5, WHOLE_PROFILES + 3), privileges=()))
    assert text.count("rehearse:") == WHOLE_FINDINGS
    assert text.count("nothing behind it") == WHOLE_FINDINGS + 5 + 1
    assert text.count("what accompanies it") == WHOLE_PROFILES
    assert "\nFurther ports\n" in text


def test_a_command_is_shown_whole_or_not_at_all_and_says_when_it_cannot_be_copied() -> None:
    assert lines("a\nb") == ("a", "b")
    assert lines("echo \x1b[2J\u202e") == ("echo \\x1b[2J\\u202e",)
    assert "hidden characters" in warning("echo \x1b[2J")
    assert warning("a\nb") == ""
    long = "x" * (COMMAND_SHOWN + 1)
    assert lines(long) == () and "20,001 characters" in warning(long)


def test_steps_come_in_the_order_they_are_taken_and_an_unknown_one_is_left_out() -> None:
    remedy = Remedy("aws", "machine", "close it", "undo it", "try it", "mind it")
    assert [(what, told) for what, told, _ in steps(remedy)] == [
        ("rehearse", ("try it",)),
        ("close on aws, for this machine only", ("close it",)),
        ("undo", ("undo it",)),
    ]
    assert [what for what, _, _ in steps(replace(remedy, rehearse="", undo=""))] == [
        "close on aws, for this machine only"
    ]


def test_executables_are_grouped_as_the_article_does() -> None:
    assert grouped({"\\x\\": ("a.exe", "b.exe"), "\\y\\": ("c.exe",), "": ("d", "e"), "\\z\\": ()}) == [
        "\\x\\: [a.exe, b.exe]",
        "\\y\\c.exe",
        "no directory: [d, e]",
    ]


def test_what_is_missing_does_not_run_here() -> None:
    names = [each.executable.rpartition("\\")[2] for each in missing(forgotten())]
    assert names == ["sqlagent.exe", "sqlservr.exe", "agentcore.exe", "databasemail.exe", "fdhost.exe"]
    assert missing(replace(forgotten(), verdict=Verdict.BACKED)) == []


def test_what_differs_in_numbers_only_is_told_once_with_its_number() -> None:
    watched = [
        replace(OTHERS[1], machine=f"vm-{at}", port=1433 + at % 2, reason=f"hardly watched ({at} executables)")
        for at in range(9)
    ]
    (group,) = not_judged(replace(small_ports(), recommendations=tuple(watched)))
    assert (group.openings, group.machines, group.ports) == (9, 9, ("1433/tcp", "1434/tcp"))
    assert group.examples == ("vm-0", "vm-1", "vm-2") and group.reason == "hardly watched (0 executables)"
    served = [replace(each, verdict=Verdict.BACKED, reason=each.machine) for each in watched]
    assert [each.openings for each in in_use(replace(small_ports(), recommendations=tuple(served)))] == [5, 4]


def test_what_could_not_be_joined_is_counted_by_side_and_reason() -> None:
    some = [Unjoined("t", f"h{at}", "telemetry", f"ambiguous: {at} machines could be meant") for at in range(2, 7)]
    groups = left([*some, Unjoined("t", "m", "network", "no telemetry of this machine")])
    assert [(each.side, each.number) for each in groups] == [("telemetry", 5), ("network", 1)]


def test_ports_that_could_be_learnt_come_before_the_others_and_with_something_to_close_first() -> None:
    learnt, other = small_ports().profiles
    quiet = replace(learnt, port=80, machines_open=999)
    dull = replace(learnt, port=25, learnable=False)
    whole, further = profiles_told(replace(small_ports(), profiles=(other, dull, quiet, learnt)), 9)
    assert [each.port for each in whole] == [1433, 80, 25]
    assert [each.port for each in further] == [3389]
    assert [each.port for each in profiles_told(replace(small_ports(), profiles=(quiet, learnt)), 1)[1]] == [80]


def test_the_summary_counts_what_somebody_answers_for_apart() -> None:
    told = summary(small_ports())
    assert any("1 nothing behind it, 1 loopback only" in line for line in told)
    assert "1 finding accepted by an exception" in told
    assert "1 record quarantined in 1 file" in told


def test_spans_and_errors_in_words() -> None:
    opening = forgotten().openings[0]
    assert [span(replace(opening, first=first, last=last)) for first, last in ((22, 22), (80, 90), (0, 65_535))] == [
        "22/tcp",
        "80-90/tcp",
        "all/tcp",
    ]
    assert (error(0.00128), error(0.2778), error(float("nan"))) == ("0.13 %", "28 %", "–")
