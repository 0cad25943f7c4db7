"""Process trees as text."""

import pytest

from longtail.fleet.script import CMD, CONHOST, NET1, Step, steps


def images(script: str) -> list[str]:
    return [step.image.rpartition("\\")[2] for step in steps(script)]


def test_indentation_is_descent() -> None:
    tree = steps("services> C:\\App\\a.exe | a.exe -run\n  whoami.exe | whoami\n    C:\\b.exe\n  C:\\c.exe")
    assert [step.parent for step in tree] == ["services", 0, 1, 0]
    assert tree[0].command_line == "a.exe -run"


def test_xp_cmdshell_quotes_cmd_and_starts_each_external_program() -> None:
    shell, console, program = steps("xp: taskkill /im 360rp.exe /f")
    assert shell == Step(CMD, '"C:\\Windows\\system32\\cmd.exe" /c taskkill /im 360rp.exe /f', "")
    assert console.image == CONHOST
    assert program == Step("C:\\Windows\\System32\\taskkill.exe", "taskkill  /im 360rp.exe /f", 0)


def test_one_blank_is_left_where_it_is_asked_for() -> None:
    assert steps("xp=: ftp -s:So.2")[-1].command_line == "ftp -s:So.2"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("xp: echo open 1.2.3.4>So.2", ["cmd.exe", "conhost.exe"]),
        ("xp: D:\\jobs\\run.bat x", ["cmd.exe", "conhost.exe"]),
        ("xp: dir C:\\ & ping h && whoami", ["cmd.exe", "conhost.exe", "PING.EXE", "whoami.exe"]),
        ('xp: powershell -c "a; b | c & d"', ["cmd.exe", "conhost.exe", "powershell.exe"]),
        ("xp: powershell iwr x ^| iex", ["cmd.exe", "conhost.exe", "powershell.exe"]),
        ("xp: dtexec /set \\A[x];5", ["cmd.exe", "conhost.exe", "DTExec.exe"]),
        ("xp: netstat -an 2>&1", ["cmd.exe", "conhost.exe", "NETSTAT.EXE"]),
        ("xp: net user x /add", ["cmd.exe", "conhost.exe", "net.exe", "net1.exe"]),
        ("xp: net use \\\\a\\b", ["cmd.exe", "conhost.exe", "net.exe"]),
    ],
)
def test_what_a_shell_starts(script: str, expected: list[str]) -> None:
    assert images(script) == expected


def test_a_changed_directory_is_where_the_program_is() -> None:
    assert steps("xp: cd /d C:\\Temp & x.exe")[-1].image == "C:\\Temp\\x.exe"


def test_a_unix_shell_splits_at_semicolons_but_not_in_quotes() -> None:
    tree = steps("sh: id; python3 -c 'a;b' | sort")
    assert [step.image for step in tree] == ["{sh}", "/usr/bin/id", "/usr/bin/python3", "/usr/bin/sort"]


def test_deeper_lines_hang_from_the_last_program_of_the_shell() -> None:
    tree = steps("xp: net user a\n  C:\\x.exe")
    assert tree[-1].parent == next(i for i, step in enumerate(tree) if step.image.endswith("net.exe"))
    assert tree[tree[-1].parent].image != NET1


def test_a_line_goes_on_after_two_dots_and_an_at_sign_is_the_image() -> None:
    (step,) = steps('C:\\a b\\c.exe | @ -x\n.. -y "z"')
    assert step.command_line == '"C:\\a b\\c.exe" -x -y "z"'


def test_an_account_is_inherited() -> None:
    tree = steps("C:\\a.exe\n  !system C:\\b.exe\n    C:\\c.exe")
    assert [step.account for step in tree] == ["", "system", "system"]
