"""What a person does who took a service's account over is not the service's doing; what the service does still is."""

import polars as pl
import pytest
from prevalence_tables import Ran, hosts, started

from longtail.executions.sightings import in_order, sightings
from longtail.prevalence.behaviours import behaviours
from longtail.prevalence.habits import habits
from longtail.prevalence.judgement import judged, model
from longtail.prevalence.sessions import in_session
from longtail.settings import Settings

SERVER, BASH, SUDO = "/usr/lib/postgresql/15/bin/postgres", "/usr/bin/bash", "/usr/bin/sudo"
LIFE = [
    Ran(name, "/usr/bin/gzip", line="gzip -c wal", parent=SERVER, account="postgres") for name in hosts(30, "pg")
]  # fmt: skip


def ran(image: str, line: str, parent: str, minute: float, host: str = "pg03") -> Ran:
    return Ran(host, image, (7,), line, parent, account="postgres", minute=minute)


OPENED = ran(BASH, "-bash", SUDO, 10)
AROUND = [
    ran("/usr/bin/less", "less log/postgresql.log", BASH, 12),
    ran("/usr/bin/vim", "vim .bash_profile", BASH, 13),
    ran("/usr/bin/ls", "ls -la", BASH, 14),
]
COMMAND = ran(BASH, "bash -c /srv/report.sh", SERVER, 5)


def names(events: pl.DataFrame) -> set[str]:
    """The programs of behaviours below a person's shell."""
    each = behaviours(model(habits([in_order(sightings(events))]).with_columns(judged=pl.lit(True)))[0])
    return set(each.filter(each["behaviour"].is_in(in_session(each).implode()))["name"])


def numbered(*starts: tuple[Ran, int, int]) -> pl.DataFrame:
    """The process starts with their numbers and their parents'."""
    rows = started(each for each, _, _ in starts)
    pids = ({"pid": pid, "parent_pid": parent} for _, pid, parent in starts)
    return rows.drop("pid", "parent_pid").hstack(pl.DataFrame(list(pids))).select(rows.columns)


def test_what_a_person_s_shell_starts_is_in_the_session() -> None:
    assert names(started([*LIFE, OPENED, *AROUND])) == {"bash", "less", "vim", "ls"}


@pytest.mark.parametrize(("called", "whose"), [("-bash", {"less", "vim", "ls"}), ("bash", set()), ("bash -i", set())])
def test_a_login_shell_is_known_by_how_it_is_called(called: str, whose: set[str]) -> None:
    events = started([*LIFE, *AROUND]).with_columns(
        pl.when(pl.col("parent_image") == BASH).then(pl.lit(called)).alias("parent_command_line")
    )
    assert names(events) == whose


@pytest.mark.parametrize(
    "shell",
    [
        ran(BASH, "bash -i", SERVER, 10),  # the service's own
        ran(BASH, "bash -c id", SUDO, 10),  # told what to run
        ran(BASH, "bash", "/usr/bin/python3.11", 10),
    ],
)
def test_shells_that_nobody_opened_by_hand_are_no_session(shell: Ran) -> None:
    assert names(started([*LIFE, shell, *AROUND])) == set()


def test_where_the_service_starts_the_same_shell_only_numbers_tell() -> None:
    assert names(started([*LIFE, OPENED, COMMAND, *AROUND])) == {"bash"}
    below = [(AROUND[0], 950, 900), (AROUND[1], 951, 900), (AROUND[2], 952, 700)]
    assert names(numbered((COMMAND, 700, 400), (OPENED, 900, 880), *below)) == {"bash", "less", "vim"}


def test_a_number_that_was_used_before_tells_nothing() -> None:
    early = ran("/usr/bin/less", "less log", BASH, 1)
    assert names(numbered((COMMAND, 700, 400), (OPENED, 900, 880), (early, 950, 900))) == {"bash"}


def score(*more: Ran) -> float:
    """That of the worst alert on the host; 0 without any."""
    found = judged(in_order(sightings(started([*LIFE, *more]))), Settings(), ("all",)).alerts
    return max((each.score for each in found if each.host == "pg03"), default=0.0)


def test_a_look_around_by_a_person_weighs_less_than_by_the_service() -> None:
    assert score(OPENED, *AROUND) < 0.75 * score(ran(BASH, "bash -i", SERVER, 10), *AROUND)


def test_harm_is_harm_in_a_session_too() -> None:
    taken = ran("/usr/bin/cat", "cat /etc/shadow", BASH, 15)
    assert score(OPENED, *AROUND, taken) > score(OPENED, *AROUND) + 30
