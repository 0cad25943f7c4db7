"""Telemetry on a disk to findings: what is read, learnt from, judged and told along the way."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from longtail.errors import NothingToRead
from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import in_order, merge, sightings
from longtail.pipelines import Fold, Progress, Request, Source, hunt, observed, reading
from longtail.settings import Settings
from longtail.telemetry import Options

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SQL = r"C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\sqlservr.exe"
USUAL = r"C:\Windows\System32\conhost.exe"
TOOL = r"C:\ProgramData\sync\syncagent.exe"
HOSTS = [f"db{number:02}" for number in range(12)]


def started(host: str, day: int, image: str = USUAL, minute: int = 0) -> dict[str, object]:
    return {
        "time": MONDAY + timedelta(days=day, minutes=minute),
        "host": host,
        "account": r"NT SERVICE\MSSQLSERVER",
        "image": image,
        "command_line": image,
        "parent_image": SQL,
    }


def usual(days: Iterable[int]) -> list[dict[str, object]]:
    return [started(host, day) for day in days for host in HOSTS]


def written(file: Path, rows: list[dict[str, object]]) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows, schema=PROCESS_EVENT).write_parquet(file)
    return str(file)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Eight days of twelve servers, one file a day, with a new tool on one of them on the seventh."""
    for day in range(8):
        tool = [started("db03", day, TOOL, 30)] if day == 6 else []
        written(tmp_path / "logs" / f"day{day}.parquet", [*usual([day]), *tool])
    return tmp_path / "logs"


def request(*paths: object, **other: object) -> Request:
    return Request(tuple(map(str, paths)), **other)  # type: ignore[arg-type]


def test_a_hunt_counts_what_it_read_and_tells_what_is_rare(logs: Path) -> None:
    found = hunt(request(logs))
    assert (found.process_starts, found.hosts, found.host_days) == (97, 12, 96)
    assert (found.first_seen, found.last_seen) == (MONDAY, MONDAY + timedelta(days=7))
    assert len(found.readings) == 8
    assert found.budget == Settings().budget
    (population,) = found.populations
    assert population.judged and population.hosts == 12
    (alert,) = found.alerts
    assert alert.host == "db03"
    assert [each.executable for each in alert.executions if each.role == "anomaly"] == [
        r"\programdata\sync\syncagent.exe"
    ]


def test_the_bars_rank_what_a_population_runs_and_mark_its_tail(logs: Path) -> None:
    (population,) = hunt(request(logs)).populations
    usual_bar, tool_bar = population.bars
    assert (usual_bar.executable, usual_bar.hosts, usual_bar.share) == (r"\windows\system32\conhost.exe", 12, 1.0)
    assert (tool_bar.hosts, tool_bar.days, tool_bar.runs) == (1, 1, 1)
    assert tool_bar.tail and tool_bar.anomalous and not usual_bar.tail and not usual_bar.anomalous


def test_progress_rises_to_the_whole(logs: Path) -> None:
    steps: list[Progress] = []
    hunt(request(logs), steps.append)
    assert [each.done for each in steps] == sorted(each.done for each in steps)
    assert steps[-1].done == steps[-1].total > 0
    assert steps[-1].process_starts == 97


def test_what_a_baseline_knows_is_learnt_from_and_not_told(logs: Path, tmp_path: Path) -> None:
    earlier = [*usual(range(-8, 0)), started("db03", -3, TOOL), started("db05", -6, r"C:\ProgramData\old\old.exe")]
    baseline = (written(tmp_path / "before.parquet", earlier),)
    assert [each.host for each in hunt(request(logs)).alerts] == ["db03"]
    found = hunt(request(logs, baseline=baseline))
    assert found.alerts == ()
    assert (found.process_starts, found.host_days) == (97, 96)


def test_an_account_that_was_not_asked_for_is_listed_and_not_judged(logs: Path) -> None:
    found = hunt(request(logs, accounts=("postgres",)))
    assert found.alerts == ()
    assert [(each.judged, each.reason) for each in found.populations] == [(False, "not asked for (--account)")]
    assert found.populations[0].bars == ()


def test_too_little_telemetry_is_an_outcome_and_no_failure(tmp_path: Path) -> None:
    found = hunt(request(written(tmp_path / "one.parquet", [started("db00", 0)])))
    assert found.alerts == ()
    assert found.populations[0].reason.startswith("not enough data: 1 host runs")


def test_a_file_without_a_process_start_gives_an_empty_hunt(tmp_path: Path) -> None:
    found = hunt(request(written(tmp_path / "none.parquet", [])))
    assert (found.alerts, found.populations, found.first_seen, found.hosts) == ((), (), None, 0)


def test_a_path_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingToRead):
        hunt(request(tmp_path / "*.evtx"))


def test_the_tenant_comes_from_the_options_where_the_record_names_none(logs: Path) -> None:
    seen, _ = observed(Source((str(logs),), Options(tenant="contoso")))
    assert seen["tenant"].unique().to_list() == ["contoso"]


def test_what_is_observed_is_one_row_a_sighting_in_one_order(logs: Path) -> None:
    forth, _ = observed(Source(tuple(sorted(map(str, logs.iterdir()))), Options()))
    back, _ = observed(Source(tuple(sorted(map(str, logs.iterdir()), reverse=True)), Options()))
    assert forth.equals(back)
    assert forth.equals(in_order(merge([forth])))


@pytest.mark.parametrize("waiting", [1, 3, 400_000])
def test_a_fold_is_the_sum_of_all_it_was_given_however_few_may_wait(
    waiting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FOLD_ROWS", waiting)
    tables = [
        sightings(pl.DataFrame([started(host, day % 3, minute=day)], schema=PROCESS_EVENT))
        for day in range(4)
        for host in HOSTS[:3]
    ]
    folded = Fold()
    assert folded.whole().is_empty()
    for number, table in enumerate(tables, start=1):
        folded.add(table)
        if number % 5 == 0:
            assert in_order(folded.whole()).equals(in_order(merge(tables[:number])))
    assert in_order(folded.whole()).equals(in_order(merge(tables)))
    assert in_order(folded.whole()).equals(in_order(folded.whole()))
