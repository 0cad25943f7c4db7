"""What a shell is told, taken apart into simple commands: cmd.exe, POSIX sh and PowerShell."""

import pytest

from longtail.executions.powershell import decoded, parameter, statements
from longtail.executions.shell import MAX_COMMANDS, cmd_commands, cmd_text, sh_commands


def _lines(text: str) -> list[str]:
    return [simple.line for simple in cmd_commands(text)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("echo open 1.2.3.4>So.2", ["echo open 1.2.3.4"]),
        ("echo 111>>So.2", ["echo 111"]),
        ("dir 2>nul 1>a.txt", ["dir"]),
        ("a&b&&c||d|e", ["a", "b", "c", "d", "e"]),
        ('echo "a & b" & c', ['echo "a & b"', "c"]),
        ("echo a ^& b", ["echo a & b"]),
        ("ec^ho a", ["echo a"]),
        ("a 2>&1 & b", ["a", "b"]),
        ("(a) & (b & (c))", ["a", "b", "c"]),
        ("echo a(b) & c", ["echo a(b)", "c"]),
        ("@a", ["a"]),
        (",;= a", ["a"]),
        ("if exist x y", ["y"]),
        ('if /i not "%a%"=="b c" (x) else y', ["x", "y"]),
        ("if errorlevel 1 if defined v z", ["z"]),
        ("if %a% geq 3 z", ["z"]),
        ("for %i in (1 2) do x %i", ["x %i"]),
        ("for /l %%i in (1,1,5) do (x & y)", ["x", "y"]),
        ("for /f \"tokens=1 delims=,\" %a in ('x /y') do z %a", ["x /y", "z %a"]),
        ("a\r\nb", ["a", "b"]),
        ("", []),
        ("&&|()", []),
        ("> f", []),
    ],
)
def test_cmd_text_falls_into_commands(text: str, lines: list[str]) -> None:
    assert _lines(text) == lines


def test_the_text_of_a_command_keeps_its_redirections_and_what_ends_it() -> None:
    first, second = cmd_commands("echo a^b >> f.txt && del f.txt")
    assert (first.text, first.then, second.text, second.then) == ("echo a^b >> f.txt", "&&", "del f.txt", "")


@pytest.mark.parametrize(
    ("tail", "text"),
    [
        ("/c whoami", "whoami"),
        ('/c "whoami /all"', "whoami /all"),
        ('/c ""C:\\a b\\x.exe" -y"', '"C:\\a b\\x.exe" -y'),
        ('/c "C:\\a b\\x.exe" -y', '"C:\\a b\\x.exe" -y'),
        ('/c "C:\\a b\\x.exe"', '"C:\\a b\\x.exe"'),
        ('/s /c "C:\\a b\\x.exe"', "C:\\a b\\x.exe"),
        ('/c "x.exe -d c:\\a.exe"', "x.exe -d c:\\a.exe"),
        ('/c "C:\\b\\x.exe -d c:\\a.exe"', "C:\\b\\x.exe -d c:\\a.exe"),
        ('/c "C:\\b\\x.exe" -c "C:\\y" -i 4', '"C:\\b\\x.exe" -c "C:\\y" -i 4'),  # else a quote is in the name
        ('/c "copy "a" "b""', 'copy "a" "b"'),
        ("/q/kdir", "dir"),
        ("/R dir", "dir"),
        ("/q", None),
        ("", None),
        ('/c "', ""),
    ],
)
def test_cmd_drops_the_first_and_last_quote(tail: str, text: str | None) -> None:
    assert cmd_text(tail) == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("cd /tmp && ./x; y | z &", ["cd /tmp", "./x", "y", "z"]),
        ("a > f 2>&1 < g", ["a"]),
        ("echo 'a; b' \"c | d\" e\\;f", ["echo 'a; b' \"c | d\" e\\;f"]),
        ("if [ -f x ]; then y; else z; fi", ["[ -f x ]", "y", "z"]),
        ("for i in 1 2; do x $i; done", ["x $i"]),
        ("while true; do x; done", ["true", "x"]),
        ("A=1 B='c d' x", ["x"]),
        ("echo $(x y) `z`", ["echo", "x y", "z"]),
        ("a # b; c\nd", ["a", "d"]),
        ("! a", ["a"]),
        ("{ a; b; }", ["a", "b"]),
        ("{echo,Y3Vy}|{base64,-d}|{bash,-i}", ["echo Y3Vy", "base64 -d", "bash -i"]),
        ("ls {a,b}", ["ls {a,b}"]),
        ("", []),
    ],
)
def test_sh_text_falls_into_commands(text: str, lines: list[str]) -> None:
    assert [simple.line for simple in sh_commands(text) if simple.line != "}"] == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a; b | c", ["a", "b", "c"]),
        ("$x = Get-Item y; & 'z'", ["Get-Item y", "& 'z'"]),
        ("if ($a) { x } else { y }", ["$a", "x", "y"]),
        ("wh`oami # no", ["whoami"]),
        ("'a; b'", ["'a; b'"]),
        ("", []),
    ],
)
def test_powershell_text_falls_into_statements(text: str, lines: list[str]) -> None:
    assert list(statements(text)) == lines


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("-e", "encodedcommand"),
        ("-EC", "encodedcommand"),
        ("/enc", "encodedcommand"),
        ("\u2013nop", "noprofile"),
        ("--noprofile", "noprofile"),
        ("-ep", "executionpolicy"),
        ("-ex", "executionpolicy"),
        ("-w", "windowstyle"),
        ("-c", "command"),
        ("-f", "file"),
        ("-x", ""),
        ("file", ""),
        ("-", ""),
    ],
)
def test_parameters_are_known_by_their_beginning(word: str, name: str) -> None:
    assert parameter(word) == name


def test_encoded_text_is_decoded_leniently() -> None:
    assert decoded("dwBoAG8AYQBtAGkA") == "whoami"
    assert decoded("'dwBoAG8AYQBtAGkA'") == "whoami"
    assert decoded("dwBoAG8AYQBtAGkAI") == "whoami"
    assert decoded("aGVsbG8gd29ybGQ=") is None
    assert decoded("-not base64-") is None
    assert decoded("dwBoAG8A=AYQBtAG") == "who", "what follows the padding is not read, and does not raise"


def test_a_chain_is_read_up_to_its_limit() -> None:
    assert len(_lines("a&" * 1000)) == MAX_COMMANDS
    assert len(list(sh_commands("a;" * 1000))) == MAX_COMMANDS
    assert len(list(statements("a;" * 1000))) == MAX_COMMANDS
