"""What holds for every plan, and how hard the fleet is for simple models."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longtail.executions.schema import PROCESS_EVENT
from longtail.fleet import Plan, events, host_events, truth
from longtail.fleet.estate import machine
from longtail.fleet.seats import seats

plans = st.builds(
    Plan,
    machines=st.integers(1, 8),
    days=st.integers(1, 3),
    seed=st.integers(0, 2**40),
    attacks=st.integers(0, 4),
    intensity=st.just(0.1),
    preset=st.sampled_from(["mixed", "sql", "windows", "linux"]),
)


@settings(max_examples=8, deadline=None)
@given(plans)
def test_any_plan_gives_a_fleet_whose_truth_agrees(plan: Plan) -> None:
    made = pl.concat(list(events(plan, 3)))
    assert made.schema == PROCESS_EVENT
    assert made.equals(pl.concat([host_events(plan, index) for index in range(plan.machines)]))
    rows = set(made.select("time", "host", "image", "command_line").rows())
    for incident in truth(plan).incidents:
        assert incident.events
        assert {(each.time, each.host, each.image, each.command_line) for each in incident.events} <= rows


HARD = Plan(machines=100, days=8, seed=11, preset="sql", tenants=6, intensity=0.1)


@pytest.fixture(scope="module")
def sql_events() -> pl.DataFrame:
    hosts = [machine(HARD, index) for index in range(HARD.machines)]
    kinds = ("mssql", "sqlagent")
    found = {(host.name, seat.account) for host in hosts for seat in seats(HARD, host) if seat.kind in kinds}
    accounts = pl.DataFrame(sorted(found), schema=["host", "account"], orient="row")
    return pl.concat(list(events(HARD))).join(accounts, on=["host", "account"])


def share_on_one_host(made: pl.DataFrame, column: str) -> float:
    return float(made.group_by(column).agg(pl.col("host").n_unique() == 1)["host"].mean())  # type: ignore[arg-type]


def test_most_of_what_sql_accounts_run_is_seen_on_one_host_only(sql_events: pl.DataFrame) -> None:
    assert 0.9 <= share_on_one_host(sql_events, "command_line") <= 0.99
    assert 0.5 <= share_on_one_host(sql_events, "image") <= 0.9


def found_first(ranked: pl.DataFrame) -> float:
    wanted = {(each.host, each.account) for each in truth(HARD).incidents}
    top = ranked.head(len(wanted)).select("host", "account").rows()
    return len(wanted & set(top)) / len(wanted)


def test_the_rarest_path_finds_few_of_the_attacks(sql_events: pl.DataFrame) -> None:
    rarity = sql_events.group_by("image").agg(pl.col("host").n_unique().alias("hosts"), pl.len().alias("runs"))
    ranked = (
        sql_events.join(rarity, on="image")
        .group_by("host", "account")
        .agg(pl.col("hosts").min(), pl.col("runs").min())
        .sort("hosts", "runs", "host", "account")
    )
    assert found_first(ranked) <= 0.45


KEYWORDS = (
    r"(?i)taskkill|ntsd|ftp\b|bitsadmin|certutil|whoami|net1? +(?:user|localgroup|group)|nltest|mshta|regsvr32|rundll32"
    r"|-enc|download|iex|\\users\\public|\\temp\\|procdump|reg +save|vssadmin|schtasks|sc +create|wmic|systeminfo"
    r"|tasklist|ipconfig|stratum|potato|psexec|curl|http://"
)


def test_a_list_of_keywords_finds_some_but_not_most(sql_events: pl.DataFrame) -> None:
    hits = pl.col("command_line").str.extract_all(KEYWORDS).list.eval(pl.element().str.to_lowercase())
    ranked = (
        sql_events.with_columns(hits.alias("hit"))
        .explode("hit", empty_as_null=True, keep_nulls=True)
        .group_by("host", "account")
        .agg(pl.col("hit").drop_nulls().n_unique())
        .sort("hit", "host", "account", descending=[True, False, False])
    )
    assert 0.1 <= found_first(ranked) <= 0.7
