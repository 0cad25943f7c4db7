"""Whatever an attacker writes: reading a command line never raises, never grows, and says the same twice."""

import string

from hypothesis import example, given, settings
from hypothesis import strategies as st

from longtail.executions.argv import posix_argv, windows_argv
from longtail.executions.hosted import MAX_FOUND, hosted
from longtail.executions.shapes import MAX_LENGTH, coarse, features, shape
from longtail.executions.shell import cmd_commands, sh_commands
from longtail.executions.traits import traits
from longtail.executions.words import kind

GRAMMAR = [
    *("cmd", "cmd.exe /c ", "sh -c ", "powershell -c ", "powershell -enc ", "rundll32 ", "regsvr32 ", "mshta ", "env "),
    *("if exist ", "for %i in (", ") do ", "start ", "call ", "echo ", "iex ", "& ", "&& ", "| ", "> ", ">> ", "2>&1 "),
    *("(", ")", "{", "}", '"', "'", "^", "\\", "`", "$(", ";", "\n", " ", "/i:", "-f ", "@", "%x%", "\u00a0", "\x00"),
    *("C:\\Temp\\a.dll,Run", "http://1.2.3.4/x", "\\\\h\\s", "/tmp/x", "javascript:", "dwBoAG8AYQBtAGkA", "="),
]
ANYTHING = st.text(max_size=200)
LIKELY = st.lists(st.sampled_from(GRAMMAR) | st.text(max_size=4), max_size=40).map("".join)
LINES = ANYTHING | LIKELY


@settings(max_examples=400, deadline=None)
@given(LINES, st.none() | LINES)
@example("cmd /c \ud800 & x", None)
def test_reading_is_total_and_bounded(line: str, image: str | None) -> None:
    found = hosted(image, line)
    assert len(found) <= MAX_FOUND
    told = shape(line, image or "")
    assert len(told) <= MAX_LENGTH
    assert coarse(coarse(told)) == coarse(told)
    assert list(features(told)) == sorted(set(features(told)))
    traits(line)
    assert (found, told) == (hosted(image, line), shape(line, image or ""))


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_splitting_loses_no_letter(line: str) -> None:
    written = "".join(windows_argv(line))
    assert [each for each in written if each not in '\\" \t'] == [each for each in line if each not in '\\" \t']


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet=string.ascii_letters + string.digits + ' \\"/-', min_size=1), min_size=1, max_size=6))
def test_arguments_come_back_as_they_were_quoted(arguments: list[str]) -> None:
    line = "x " + " ".join(_quoted(each) for each in arguments)
    assert windows_argv(line)[1:] == arguments


def _quoted(argument: str) -> str:
    """An argument as the C runtime's rules ask for it to be written."""
    written, slashes = "", 0
    for character in argument:
        written += "\\" * (slashes + 1) + character if character == '"' else character
        slashes = slashes + 1 if character == "\\" else 0
    return f'"{written}{chr(92) * slashes}"'


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(min_size=0), max_size=6))
def test_posix_arguments_come_back_as_they_were_quoted(arguments: list[str]) -> None:
    line = " ".join("'" + each.replace("'", "'\\''") + "'" for each in arguments)
    assert posix_argv(line) == arguments


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_commands_of_a_text_are_made_of_it(line: str) -> None:
    for simple in [*cmd_commands(line), *sh_commands(line)]:
        assert len(simple.line) <= len(line) and set(simple.text) <= set(line)


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_a_kind_has_no_blank(word: str) -> None:
    assert not any(blank in kind(word) for blank in " \t\n")


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["net.exe user x /add", "ftp.exe -s:So.2", "sc.exe stop svc", "cmd.exe /c taskkill /f /im x.exe"]),
    st.randoms(use_true_random=False),
)
def test_case_carets_and_dashes_make_no_difference(line: str, chance: object) -> None:
    from random import Random

    assert isinstance(chance, Random)
    letters = [each.upper() if chance.random() < 0.5 else each for each in line]
    spelt = "".join("^" + each if each.isalpha() and place > 8 and chance.random() < 0.2 else each
                    for place, each in enumerate(letters))  # fmt: skip
    assert shape(spelt) == shape(line)
    assert traits(spelt) == traits(line)
