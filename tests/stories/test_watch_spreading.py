"""An attacker who goes from host to host while nobody looks: a watch tells the last of them as it told the first."""

from datetime import timedelta

import polars as pl
import pytest
from lake_days import ACCOUNT, ATTACK, EVERYDAY, FIRST, SQL, TOOL, Told, lake

from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import sightings
from longtail.pipelines.learning import LearnRequest, learn
from longtail.prevalence.findings import Alert
from longtail.prevalence.standing import Standing, standing
from longtail.prevalence.window import Window
from longtail.settings import Settings

HOSTS = 12


@pytest.fixture(scope="module")
def stands(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    made = lake(tmp_path_factory.mktemp("spreading"), hosts=HOSTS)
    learnt = learn(LearnRequest(made.kept), made.now)
    return standing(learnt.habits, Settings(), ("auto",), learnt.meant)


def ran(host: int, told: Told, since: timedelta) -> pl.DataFrame:
    """What a host's SQL Server runs so long after the model's last evening."""
    rows = [
        {
            "time": FIRST + timedelta(days=7, hours=21, minutes=minute) + since,
            "tenant": "contoso", "host": f"codb{host:02}", "account": ACCOUNT, "image": image, "command_line": line,
            "parent_image": SQL, "pid": 400 + minute, "record_id": f"{host}-{minute}",
        }
        for minute, (image, line) in enumerate(told)
    ]  # fmt: skip
    return sightings(pl.DataFrame(rows, schema=PROCESS_EVENT))


def told_of(stands: Standing, told: Told, apart: timedelta) -> list[Alert]:
    window = Window()
    found = [stands.judged(ran(host, told, host * apart), window).alerts for host in range(HOSTS)]
    assert [len(each) for each in found] == [1] * HOSTS
    return [alert for (alert,) in found]


@pytest.mark.parametrize("told", [ATTACK, TOOL])
def test_a_host_a_day_makes_nothing_normal(stands: Standing, told: Told) -> None:
    first, *others = told_of(stands, told, timedelta(days=1))
    assert min(each.score for each in others) >= first.score - 1.0
    assert {each.severity for each in others} == {first.severity}


def test_many_hosts_in_an_hour_are_worse_than_one(stands: Standing) -> None:
    first, *others = told_of(stands, ATTACK, timedelta(minutes=5))
    assert others[-1].score > first.score


def test_a_host_that_is_new_to_its_population_is_one_of_its_hosts(stands: Standing) -> None:
    (alert,) = stands.judged(ran(77, (*EVERYDAY, *ATTACK), timedelta(0)), Window()).alerts
    shares = [each.prevalence for each in alert.executions]
    assert max(each.hosts for each in shares) == HOSTS + 1
    assert all(each.hosts <= each.of_hosts and each.days <= each.of_days for each in shares)
