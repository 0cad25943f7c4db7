"""Titles and reasons say what is news, and no more: rare in the population, rare in this way, or new on this host."""

from datetime import timedelta
from typing import Any

import pytest
from prevalence_tables import START, Ran, anomaly, hosts, life, seen

from longtail.prevalence.acts import Row
from longtail.prevalence.findings import Alert
from longtail.prevalence.judgement import judged
from longtail.prevalence.likeness import Likeness
from longtail.prevalence.sentences import News, news, program_reason, reason, title, told_reason
from longtail.settings import Settings

FTP = r"\windows\system32\ftp.exe"
NET = r"\windows\system32\net.exe"
UNAME = r"\windows\system32\uname.exe"
CREDENTIALS = {"traits": [{"what": "takes credentials", "bits": 6.0}]}
INCIDENT = {"host": "db00", "account_class": "mssql"}
WHO = "SQL Server service account ran "


def usual(executable: str = UNAME, **other: Any) -> Row:
    """What a quarter of the hosts run on most days, and this one for the first time."""
    return anomaly(executable, **{"hosts_with": 10, "days_with": 9, **other})


def so_told(executable: str = NET, **other: Any) -> Row:
    """A program that every host runs, told what one host alone tells it."""
    told = {"executable_bits": 0.0, "told_bits": 8.0, "told_kind": "feature", "told_by": "/add"}
    return anomaly(executable, **{**told, "executable_hosts_with": 40, **other})


def titled(*rows: Row, likenesses: dict[int, Likeness] | None = None) -> str:
    return title(INCIDENT, rows, likenesses or {}).removeprefix(WHO)


def reasoned(*rows: Row) -> str:
    return reason(INCIDENT, rows, {})


@pytest.mark.parametrize(
    ("hosts_with", "expected"), [(1, News.PROGRAM), (8, News.PROGRAM), (9, News.HERE), (40, News.HERE)]
)
def test_what_a_fifth_of_the_other_hosts_run_is_new_only_here(hosts_with: int, expected: News) -> None:
    assert news(anomaly(UNAME, hosts_with=hosts_with)) is expected


@pytest.mark.parametrize(("hosts_with", "expected"), [(4, News.PROGRAM), (5, News.HERE)])
def test_what_is_seen_on_most_days_is_rare_on_fewer_hosts_only(hosts_with: int, expected: News) -> None:
    assert news(anomaly(UNAME, hosts_with=hosts_with, days_with=5)) is expected
    assert news(anomaly(UNAME, hosts_with=hosts_with, days_with=4)) is News.PROGRAM


def test_what_many_hosts_run_is_not_called_rare() -> None:
    assert titled(usual()) == "what is new on its host: uname"
    assert reasoned(usual()) == (
        "One program ran as never before on db00: uname.exe was seen on 10 of 40 hosts and 9 of 10 days"
        " of this population."
    )


def test_a_common_program_that_was_told_something_rare_is_rare_in_this_way() -> None:
    assert titled(so_told(), so_told(FTP)) == "net, ftp in ways its population almost never does"
    assert reasoned(so_told(told_hosts=1)) == (
        "One program ran as it almost never does on db00: net.exe is almost never told /add"
        " (on 2 of the 40 hosts of this population that run it)."
    )


def test_what_means_harm_is_said_of_all_hosts_and_not_of_those_that_run_the_program() -> None:
    harm = so_told(told_hosts=1, told_kind="trait", told_by="takes credentials")
    assert reasoned(harm) == (
        "One program ran as it almost never does on db00: net.exe almost never takes credentials"
        " (on 2 of the 40 hosts of this population)."
    )


def test_what_many_hosts_are_told_is_new_only_here() -> None:
    common = so_told(told_hosts=20, told_kind="parent", told_by="sqlservr.exe")
    assert titled(common) == "what is new on its host: net"
    assert "that sqlservr.exe starts net.exe is nothing rare (on 21 of the 40 hosts" in reasoned(common)
    assert told_reason(common) == "that sqlservr.exe starts net.exe is new on db00"


def test_a_mixed_story_names_only_what_is_rare() -> None:
    rows = (usual(), anomaly(FTP), so_told())
    assert titled(*rows) == "what its population almost never runs: ftp; and net in ways it almost never does"
    assert reasoned(*rows).startswith("One program lies in the tail on db00: ftp.exe was seen on 1 of 40 hosts")
    assert titled(usual(), anomaly(FTP)) == "what its population almost never runs: ftp"
    assert "tail on db00: ftp.exe was seen on 1 of 40 hosts" in reasoned(usual(**CREDENTIALS), anomaly(FTP))


def test_the_numbers_of_a_rare_program_so_told_are_called_so() -> None:
    assert "net.exe so told was seen on 1 of 40 hosts" in reasoned(so_told(executable_hosts_with=3))


def test_the_reason_speaks_of_what_bears_a_meaning_not_of_what_fewer_hosts_show() -> None:
    dump = anomaly(r"\tools\procdump.exe", "procdump -ma lsass.exe a.dmp", hosts_with=3, **CREDENTIALS)
    echo = anomaly(r"<builtin>\echo", "echo x", hosts_with=1, bits=15.0)
    assert "2 programs lie in the tail on db00: procdump.exe was seen on 3 of 40 hosts" in reasoned(echo, dump)


def test_a_title_begins_with_what_bears_a_meaning_and_goes_on_in_order_of_time() -> None:
    def at(second: int, name: str, **other: Any) -> Row:
        return anomaly(rf"\tools\{name}.exe", onset=START + timedelta(seconds=second), **other)

    alike = at(3, "svch0st")
    rows = [at(2, "b"), at(1, "a"), at(5, "dump", **CREDENTIALS), alike, at(4, "steal", **CREDENTIALS)]
    assert titled(*rows).endswith("never runs: steal, dump, a, b, svch0st")
    passes = {alike["behaviour"]: Likeness(None, "its name passes for svchost.exe")}
    assert titled(*rows, likenesses=passes).endswith("never runs: svch0st, steal, dump, a, b")


def test_why_gives_the_programs_own_numbers_and_says_where_it_is_only_new_here() -> None:
    row = so_told(executable_bits=4.0, executable_hosts_with=12, executable_days_with=7)
    assert program_reason(row) == (
        rf"{NET} is new on db00: it was run by this kind of account on 12 of 40 hosts and 7 of 10 days"
    )
    assert " was run by " in program_reason(anomaly(NET))


def found(rare: Ran, *more: Ran) -> Alert:
    fleet = hosts(20)
    (first, *_) = judged(seen([*life(fleet), *more, rare]), Settings(anomaly_bits=3.0), ("all",)).alerts
    return first


def test_a_judged_fleet_says_so_too() -> None:
    whoami = r"C:\Windows\System32\whoami.exe"
    others = [Ran(name, whoami, (day,)) for day, name in enumerate(hosts(20)[:9])]
    alone = found(Ran("db15", whoami, (9,)))
    assert alone.title == WHO + "what its population almost never runs: whoami"
    many = found(Ran("db15", whoami, (9,)), *others)
    assert many.host in {*hosts(20)[:9], "db15"}
    assert many.title == WHO + "what is new on its host: whoami"
    assert "ran as never before on" in many.reason
