"""Which populations can be judged: how large, how long, how stable, and what is missing where they cannot."""

import polars as pl
import pytest
from prevalence_tables import ACCOUNT, DAYS, Ran, hosts, life, placed

from longtail.prevalence.population import measured, selected
from longtail.settings import Settings

PERSON = r"CONTOSO\anna"
DESKTOP = r"C:\Windows\explorer.exe"
TOOLS = ("budget", "letters", "photos", "orders", "travel", "planner", "minutes", "invoice", "mailing", "holidays")


def person(names: list[str]) -> list[Ran]:
    """A person on every host, who runs something of their own each day."""
    return [
        Ran(name, rf"C:\Users\anna\{name}\{TOOLS[day]}-{name}.exe", (day,), parent=DESKTOP, account=PERSON)
        for name in names
        for day in DAYS
    ]


MIXED = [*life(hosts(12)), *person(["north", "south", "east", "west", "paris", "london", "berlin", "madrid"])]


def verdicts(ran: list[Ran], *accounts: str) -> dict[str, tuple[bool, str]]:
    found = selected(measured(placed(ran)), accounts or ("auto",), Settings())
    return {row["account_class"]: (row["judged"], row["reason"]) for row in found.to_dicts()}


def test_a_service_that_always_does_the_same_is_stable_and_a_person_is_not() -> None:
    stability = dict(measured(placed(MIXED)).select("account_class", "stability").iter_rows())
    assert stability["mssql"] == 1.0
    assert stability["human"] < 0.5


def test_a_population_counts_its_hosts_days_accounts_and_runs() -> None:
    (row,) = measured(placed([*life(hosts(4)), Ran("db00", times=5, minute=30)])).to_dicts()
    assert (row["hosts"], row["span"], row["runs"], row["accounts"]) == (4, 10, 4 * 10 + 5 * 10, [ACCOUNT])
    assert row["unseen"] == 0.0


def test_the_unseen_mass_is_the_share_of_what_one_host_alone_runs() -> None:
    alone = Ran("db00", r"C:\ProgramData\sync\syncagent.exe", (5,))
    (row,) = measured(placed([*life(hosts(4)), alone])).to_dicts()
    assert row["unseen"] == pytest.approx(1 / 5)


def test_too_few_hosts_are_told_with_how_many_are_missing() -> None:
    judged, reason = verdicts(life(hosts(3)))["mssql"]
    assert not judged
    assert reason.startswith("not enough data: 3 hosts")
    assert "at least 5" in reason


def test_too_few_days_are_told_with_how_many_are_missing() -> None:
    judged, reason = verdicts(life(hosts(8), days=(0, 1)))["mssql"]
    assert not judged
    assert reason.startswith("not enough data: 2 days")
    assert "at least 3" in reason


def test_a_small_tenant_is_judged_with_its_class_in_the_other_tenants() -> None:
    ran = [*life(hosts(2)), *life(hosts(9, "far"), tenant="fabrikam")]
    found = selected(measured(placed(ran)), ("auto",), Settings())
    assert dict(found.select("tenant", "judged").iter_rows()) == {"contoso": True, "fabrikam": True}


def test_auto_takes_the_stable_and_says_why_not_the_others() -> None:
    found = verdicts(MIXED, "auto")
    assert found["mssql"][0]
    assert not found["human"][0]
    assert found["human"][1].startswith("not stable enough to model")


@pytest.mark.parametrize(
    ("asked", "judged"),
    [
        (("all",), {"mssql", "human"}),
        (("human",), {"human"}),
        (("MSSQL",), {"mssql"}),
        ((PERSON.upper(),), {"human"}),
        ((ACCOUNT, PERSON), {"mssql", "human"}),
        (("auto", "human"), {"mssql", "human"}),
        (("nobody",), set()),
    ],
)
def test_accounts_are_chosen_by_class_or_name_whatever_the_case(asked: tuple[str, ...], judged: set[str]) -> None:
    assert {name for name, (chosen, _) in verdicts(MIXED, *asked).items() if chosen} == judged


def test_what_was_not_asked_for_says_so() -> None:
    assert verdicts(MIXED, "human")["mssql"] == (False, "not asked for (--account)")


def test_what_was_asked_for_by_name_still_needs_enough_data() -> None:
    judged, reason = verdicts(life(hosts(2)), "mssql", "all")["mssql"]
    assert not judged and reason.startswith("not enough data")


def test_where_no_host_was_watched_long_enough_the_days_are_what_is_missing() -> None:
    three = life(hosts(8), days=(0, 1, 2))
    judged, reason = verdicts(three)["mssql"]
    assert not judged and reason.startswith("not enough data: ")
    assert "on more than 3 days" in reason and "at least 4 are needed" in reason
    judged, reason = verdicts(three, "mssql")["mssql"]
    assert judged and reason.startswith("asked for") and "cannot be told" in reason
    assert "unknown" not in reason and "stable: " not in reason


def test_what_is_judged_and_what_is_not_says_of_whom_the_share_is_and_what_is_needed() -> None:
    found = verdicts(MIXED)
    assert found["mssql"][1].startswith("stable: over all tenants 100% of this account class's host-days")
    assert found["mssql"][1].endswith(" 60% are needed")
    assert "over all tenants" in found["human"][1] and found["human"][1].endswith(" 98.5% are needed")
    assert verdicts(MIXED, "all")["human"][1].startswith("asked for (--account), not stable: over all tenants")


def test_a_share_just_short_of_what_is_needed_does_not_read_as_enough() -> None:
    row = {"account_class": "human", "accounts": [], "class_hosts": 9, "class_days": 9, "class_stability": 0.9797}
    found = selected(pl.DataFrame([{**row, "hosts": 9, "span": 9}]), ("auto",), Settings())
    assert "97% of" in found["reason"][0] and "98.5% are needed" in found["reason"][0]


def test_too_few_hosts_are_those_of_all_tenants() -> None:
    ran = [*life(hosts(1)), *life(hosts(3, "far"), tenant="fabrikam")]
    found = selected(measured(placed(ran)), ("auto",), Settings())
    assert {reason.partition(",")[0] for reason in found["reason"]} == {
        "not enough data: 4 hosts run this account class in all tenants together"
    }


def test_no_sightings_make_no_population() -> None:
    assert measured(placed([])).is_empty()
    assert selected(measured(placed([])), ("auto",), Settings()).schema["judged"] == pl.Boolean


DATABASE = {"account": r"NT SERVICE\MySQL", "parent": r"C:\MySQL\bin\mysqld.exe"}


def test_a_service_that_hardly_ever_runs_anything_was_watched_all_the_same() -> None:
    names = hosts(8)
    seldom = [Ran(name, r"C:\MySQL\bin\resolveip.exe", (0,), **DATABASE) for name in names]
    assert verdicts([*life(names), *seldom])["mysql"][0]
    assert not verdicts(seldom)["mysql"][0]  # nothing else shows that the hosts were watched on other days


def test_a_person_who_was_not_at_work_was_not_watched() -> None:
    names = hosts(8)
    once = [Ran(name, rf"C:\Users\anna\{name}\{name}.exe", (5,), parent=DESKTOP, account=PERSON) for name in names]
    assert not verdicts([*life(names), *once])["human"][0]
