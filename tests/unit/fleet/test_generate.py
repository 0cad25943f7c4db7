"""A plan makes a fleet, and the truth about it agrees with it."""

from datetime import timedelta

import polars as pl
import pytest

from longtail.errors import UsageError
from longtail.executions.schema import PROCESS_EVENT
from longtail.fleet import Plan, Truth, events, host_events, truth
from longtail.fleet.attacks import ATTACKS
from longtail.fleet.estate import machine, tenants
from longtail.fleet.seats import seats
from longtail.fleet.words import TOKEN, known

SMALL = Plan(machines=24, days=3, seed=3, attacks=5, intensity=0.3)


def table(plan: Plan) -> pl.DataFrame:
    return pl.concat(list(events(plan)))


def test_the_schema_is_that_of_a_process_event() -> None:
    made = table(SMALL)
    assert made.schema == PROCESS_EVENT
    assert (
        made.select("time", "tenant", "host", "account", "image", "pid", "record_id").null_count().sum_horizontal()[0]
        == 0
    )


def test_the_same_plan_gives_the_same_rows_in_chunks_of_any_size() -> None:
    whole = table(SMALL)
    assert whole.equals(pl.concat(list(events(SMALL, 7))))
    assert whole.filter(pl.col("host") == machine(SMALL, 5).name).equals(host_events(SMALL, 5))


def test_another_seed_gives_another_fleet() -> None:
    other = Plan(machines=24, days=3, seed=4, attacks=5, intensity=0.3)
    assert not host_events(SMALL, 0).equals(host_events(other, 0))


def test_each_host_comes_in_the_order_of_time_and_within_the_plan() -> None:
    plan = Plan(machines=8, days=2, seed=1)
    first, last = plan.start - timedelta(hours=8), plan.start + timedelta(days=2, hours=8)  # clocks are off
    for chunk in events(plan, 1):
        assert chunk["time"].is_sorted()
        assert chunk["time"].is_between(first, last).all()


def test_no_token_is_left_in_any_text() -> None:
    plan = Plan(
        machines=120,
        days=1,
        seed=2,
        intensity=0.3,
        recipes=tuple(attack.name for attack in ATTACKS),
        attacks=len(ATTACKS),
    )
    facts = {fact for index in range(120) for seat in seats(plan, machine(plan, index)) for fact in seat.facts}
    made = table(plan)
    for name in ("account", "image", "command_line", "parent_image", "parent_command_line"):
        texts = made.select(pl.col(name).drop_nulls().unique()).filter(pl.col(name).str.contains("{", literal=True))[
            name
        ]
        left = [m[0] for text in texts.to_list() for m in TOKEN.finditer(text) if known(m[1]) or m[1] in facts]
        assert left == []


def in_events(made: pl.DataFrame, known_truth: Truth) -> None:
    for incident in known_truth.incidents:
        for event in (*incident.events, *incident.preparation):
            rows = made.filter(
                (pl.col("time") == event.time)
                & (pl.col("host") == event.host)
                & (pl.col("account") == event.account)
                & (pl.col("image") == event.image)
                & pl.col("command_line").eq_missing(pl.lit(event.command_line))
            )
            assert rows.height == 1, event


def test_every_true_event_is_in_the_telemetry_once() -> None:
    told = truth(SMALL)
    assert len(told.incidents) == 5
    in_events(table(SMALL), told)


def test_an_incident_says_where_it_is() -> None:
    for incident in truth(SMALL).incidents:
        own = [event for event in incident.events if event.host == incident.host]
        assert any(event.account == incident.account for event in own)
        assert incident.first_seen == min(event.time for event in incident.events)
        assert incident.last_seen == max(event.time for event in incident.events)
        assert incident.host in incident.hosts


def test_no_two_incidents_share_a_host() -> None:
    told = truth(Plan(machines=200, days=3, seed=1)).incidents
    assert len({incident.host for incident in told}) == len(told) == 15


def test_a_quiet_fleet_lives_the_same_life_without_the_attacks() -> None:
    quiet = Plan(machines=24, days=3, seed=3, quiet=True, intensity=0.3)
    assert truth(quiet).incidents == ()
    gone = sum(len(incident.events) for incident in truth(SMALL).incidents)
    assert table(SMALL).height - table(quiet).height == gone > 0


def test_tenants_are_of_very_different_sizes_and_fill_the_plan() -> None:
    sizes = [tenant.size for tenant in tenants(Plan(machines=300))]
    assert sum(sizes) == 300
    assert max(sizes) > 100
    assert sum(3 <= size <= 10 for size in sizes) >= 3


@pytest.mark.parametrize("machines", [1, 2, 3, 7])
def test_tiny_fleets_are_fleets(machines: int) -> None:
    plan = Plan(machines=machines, days=1, seed=1)
    assert table(plan)["host"].n_unique() == machines
    truth(plan)


def test_happenings_name_what_looks_like_an_attack_and_is_none() -> None:
    kinds = {happening.kind for happening in truth(Plan(machines=300, days=14, seed=1)).happenings}
    assert {"patch night", "roll-out", "late joiner", "silent", "skewed clock", "no command lines"} <= kinds


def test_a_roll_out_reaches_the_hosts_it_names_in_its_window() -> None:
    plan = Plan(machines=120, days=14, seed=1, quiet=True)
    rolled = next(each for each in truth(plan).happenings if each.kind == "patch night")
    assert len(rolled.hosts) > 1
    index = next(i for i in range(120) if machine(plan, i).name == rolled.hosts[0] and not machine(plan, i).oddity)
    boots = host_events(plan, index).filter(pl.col("image").str.ends_with("wininit.exe"))
    assert boots["time"].is_between(rolled.first_seen, rolled.last_seen + timedelta(minutes=5)).any()


def test_a_late_joiner_is_late_and_a_host_without_command_lines_has_none() -> None:
    plan = Plan(machines=300, days=6, seed=1)
    odd = {machine(plan, index).oddity: index for index in range(300)}
    late = host_events(plan, odd["late joiner"])
    assert late["time"].min() > plan.start + timedelta(days=2.9)  # type: ignore[operator]
    assert host_events(plan, odd["no command lines"])["command_line"].null_count() > 0


def test_sql_accounts_are_virtual_and_ordinary_names() -> None:
    plan = Plan(machines=120, days=1, seed=1, preset="sql")
    accounts = {seat.account for i in range(120) for seat in seats(plan, machine(plan, i)) if seat.kind == "mssql"}
    virtual = {each for each in accounts if each.lower().startswith("nt service\\")}
    assert virtual and accounts - virtual


@pytest.mark.parametrize(
    "wrong", [{"machines": 0}, {"days": 0}, {"intensity": 0.0}, {"preset": "x"}, {"tenants": 9, "machines": 3}]
)
def test_a_plan_that_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Plan(**wrong)  # type: ignore[arg-type]
