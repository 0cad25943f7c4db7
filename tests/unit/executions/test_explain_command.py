"""The verb that shows how one command line is read."""

import json

import pytest
from click.testing import CliRunner

from longtail.cli import longtail

LINE = '"C:\\Windows\\system32\\cmd.exe" /c echo open 1.2.3.4>So.2'


def _run(*arguments: str, text: str | None = None) -> str:
    done = CliRunner().invoke(longtail, ["explain-command", *arguments], input=text)
    assert done.exit_code == 0, done.output
    return done.output


def test_it_tells_what_really_ran() -> None:
    shown = _run(LINE)
    for part in (
        "\\windows\\system32\\cmd.exe [system]",
        "echo [builtin]",
        "echo open <ip> > <file:2>",
        "echo to file",
    ):
        assert part in shown


def test_json_carries_everything() -> None:
    told = json.loads(_run(LINE, "-f", "json"))
    assert told["argv"][1:3] == ["/c", "echo"]
    assert [(each["name"], each["zone"], each["hosted_by"]) for each in told["hosted"]] == [
        ("echo", "builtin", "cmd.exe")
    ]
    assert told["traits"] == ["bare_address", "echo_to_file", "remote_argument"]


def test_a_line_may_come_from_standard_input_and_its_image_apart() -> None:
    told = json.loads(_run("-", "--image", "C:\\Temp\\svc.exe", "-f", "json", text="svc.exe C:\\Temp\\a.dll,Run\n"))
    assert told["executable"]["zone"] == "temp"
    assert told["hosted"][0]["hosted_by"] == "svc.exe"


def test_posix_reads_quotes_as_a_shell_does() -> None:
    assert json.loads(_run("timeout 5 '/tmp/a b'", "--posix", "-f", "json"))["argv"][2] == "/tmp/a b"


@pytest.mark.parametrize("style", ["table", "json"])
def test_nothing_written_by_an_attacker_reaches_the_terminal_as_an_order(style: str) -> None:
    shown = _run("cmd /c echo \x1b]52;c;AAAA\x07 [/oops] \u202e > x", "-f", style)
    assert "\x1b" not in shown and "\x07" not in shown and "\u202e" not in shown
