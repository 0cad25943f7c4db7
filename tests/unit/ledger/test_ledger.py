"""A ledger keeps each incident once, forgets nothing that was said, and is the same on SQLite and on PostgreSQL."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from longtail.errors import UsageError
from longtail.ledger import FutureLedger, Ledger, LedgerError, opened
from longtail.ledger.columns import escaped, unescaped
from longtail.ledger.incidents import Entry, State, entries, numbered, recorded
from longtail.ledger.marks import judged_up_to, mark
from longtail.ledger.memory import remembered, without
from longtail.ledger.recommendations import Advice, Change, Looked, advised
from longtail.ledger.refusals import NotInLedger
from longtail.ledger.untold import RECOMMENDATION, Debts
from longtail.ledger.verdicts import (
    Unlearned,
    Verdict,
    listed,
    no_longer_learnt,
    refuse_unknown,
    unlearn,
)
from longtail.ledger.verdicts import (
    given as say,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUIET = timedelta(hours=24)
GROUND = {
    "tenant": "contoso", "account_class": "mssql", "host": "db1", "account": "svc", "executable": "\\x\\evil.exe",
    "location": "\\x\\", "name": "evil.exe", "zone": "public", "hosted_by": None, "shape": "evil.exe -a",
    "parent": "\\sql\\sqlservr.exe", "kind": "executable", "what": "\\x\\evil.exe",
}  # fmt: skip


def entry(id: str = "a1", host: str = "db1", hour: float = 0, name: str = "evil.exe", **other: object) -> Entry:
    """An alert about one program on one host, so many hours after noon."""
    when = NOON + timedelta(hours=hour)
    ground = {**GROUND, "host": host, "name": name, "executable": f"\\x\\{name}", "what": f"\\x\\{name}"}
    made = Entry(
        id, "contoso", "mssql", "svc", host, 0, when, when, when, 30.0, 2, f"ran {name}", "{}", numbered([ground])
    )
    return replace(made, **other)  # type: ignore[arg-type]


def keep(book: Ledger, *judged: Entry, now: datetime = NOON) -> list[tuple[str, State]]:
    with book.writing() as connection:
        return [(each.id, each.state) for each in recorded(connection, book.store, judged, QUIET, now)]


def kept(book: Ledger) -> list[Entry]:
    with book.reading() as connection:
        return entries(connection, book.store)


def verdict(book: Ledger, alert: str, what: str = "benign", scope: str = "host", **other: object) -> None:
    with book.writing() as connection:
        say(connection, book.store, Verdict(alert, what, scope, "because", NOON, **other))  # type: ignore[arg-type]


def test_what_is_kept_comes_back_as_it_was(book: Ledger) -> None:
    odd = entry(host="db\0\ue000e\n'; --", title='"ran" \\ 💀', hour=0.123456)
    assert keep(book, odd) == [("a1", State.NEW)]
    assert kept(book) == [odd]


def test_the_same_twice_is_one_row(book: Ledger) -> None:
    keep(book, entry(), entry("b2", "db2"))
    assert keep(book, entry(), entry("b2", "db2")) == [("a1", State.KNOWN), ("b2", State.KNOWN)]
    assert len(kept(book)) == 2


def test_another_first_act_is_the_same_incident_by_what_it_rests_on_or_by_its_time(book: Ledger) -> None:
    keep(book, entry())
    assert keep(book, entry("c3", hour=30)) == [("a1", State.UPDATED)]
    assert keep(book, entry("d4", hour=40, name="other.exe")) == [("a1", State.UPDATED)]
    assert keep(book, entry("e5", hour=100, name="third.exe")) == [("e5", State.NEW)]
    found = kept(book)
    assert [each.id for each in found] == ["a1", "e5"]
    assert {row["name"] for row in found[0].grounds.values()} == {"evil.exe", "other.exe"}
    assert found[0].last_seen == NOON + timedelta(hours=40)


def test_of_two_alerts_at_once_each_is_one_incident(book: Ledger) -> None:
    keep(book, entry())
    found = keep(book, entry("c3", hour=1), entry("a1", hour=0))
    assert found == [("c3", State.NEW), ("a1", State.KNOWN)]
    assert len(kept(book)) == 2


def test_a_card_that_reached_more_hosts_is_the_same_card(book: Ledger) -> None:
    keep(book, entry(hosts=5))
    assert keep(book, entry("f6", "db0", hour=1, hosts=9)) == [("a1", State.UPDATED)]


def test_it_goes_on_when_it_shows_on_another_day_and_not_every_hour(book: Ledger) -> None:
    keep(book, entry())
    assert keep(book, entry(last_shown=NOON + timedelta(hours=3))) == [("a1", State.KNOWN)]
    assert keep(book, entry(last_shown=NOON + timedelta(hours=23))) == [("a1", State.UPDATED)]


def test_nothing_told_gets_less_alarming(book: Ledger) -> None:
    keep(book, entry(score=90.0, severity=4, told="all of it"))
    keep(book, entry(score=20.0, severity=2, told="some of it", last_shown=NOON + timedelta(days=1)))
    keep(book, entry(score=20.0, hour=-1))
    found = kept(book)[0]
    assert (found.score, found.severity, found.told) == (90.0, 4, "all of it")
    assert (found.first_seen, found.last_shown) == (NOON - timedelta(hours=1), NOON + timedelta(days=1))


def test_a_store_knows_its_own_alerts_only(book: Ledger) -> None:
    keep(book, entry())
    other = replace(book, store="store-2")
    assert kept(other) == []
    assert keep(other, entry()) == [("a1", State.NEW)]


def memory(book: Ledger, now: datetime = NOON):  # type: ignore[no-untyped-def]
    with book.reading() as connection:
        return remembered(connection, book.store, now)


def test_an_open_alert_is_kept_out_by_its_class_of_account_and_by_its_account(book: Ledger) -> None:
    keep(book, entry(), entry("i0", "db9", severity=0))
    rows = memory(book).left_out.select("tenant", "account_class", "host", "account", "name").rows()
    assert sorted(rows, key=str) == [
        ("contoso", "mssql", "db1", None, "evil.exe"),
        ("contoso", None, "db1", "svc", "evil.exe"),
    ]


@pytest.mark.parametrize(
    ("scope", "who"),
    [
        ("host", ("contoso", "mssql", "db1", None)),
        ("account", ("contoso", "mssql", None, "svc")),
        ("tenant", ("contoso", "mssql", None, None)),
        ("all", (None, "mssql", None, None)),
    ],
)
def test_a_dismissal_holds_in_its_scope_and_for_its_time(book: Ledger, scope: str, who: tuple[object, ...]) -> None:
    keep(book, entry())
    verdict(book, "a1", scope=scope, expires=NOON + timedelta(days=9))
    found = memory(book)
    assert found.excused.select("tenant", "account_class", "host", "account").rows() == [who]
    assert found.left_out.is_empty()
    later = memory(book, NOON + timedelta(days=9))
    assert later.excused.is_empty() and later.left_out.height == 2


def test_a_dismissal_covers_other_alerts_of_the_same_in_its_scope(book: Ledger) -> None:
    keep(book, entry(), entry("b2", "db2"))
    verdict(book, "a1", scope="host")
    assert set(memory(book).left_out["host"]) == {"db2"}
    verdict(book, "a1", scope="tenant")
    assert memory(book).left_out.is_empty()


def test_a_dismissal_is_about_what_was_known_when_it_was_given(book: Ledger) -> None:
    keep(book, entry())
    verdict(book, "a1")
    later = NOON + timedelta(hours=2)
    assert keep(book, entry("a1", hour=1, name="other.exe"), now=later) == [("a1", State.UPDATED)]
    found = memory(book, later)
    assert set(found.left_out["name"]) == {"other.exe"}
    assert set(found.excused["name"]) == {"evil.exe"}
    assert keep(book, entry(), now=later) == [("a1", State.DISMISSED)]


def test_a_true_positive_is_kept_out_in_its_scope(book: Ledger) -> None:
    keep(book, entry())
    verdict(book, "a1", "true-positive", "tenant")
    rows = memory(book, NOON + timedelta(days=10_000)).left_out.select("account_class", "host", "account").rows()
    assert ("mssql", None, None) in rows


def test_a_later_verdict_revokes_the_earlier_and_both_are_kept(book: Ledger) -> None:
    keep(book, entry())
    verdict(book, "a1")
    verdict(book, "a1", "true-positive")
    with book.reading() as connection:
        said = listed(connection, book.store)
    assert [(each.verdict, each.revoked is None) for each in said] == [("benign", False), ("true-positive", True)]


def test_unlearning_an_alert_revokes_what_was_said_and_keeps_it_out(book: Ledger) -> None:
    keep(book, entry())
    verdict(book, "a1", scope="all")
    with book.writing() as connection:
        unlearn(connection, book.store, Unlearned("mistake", NOON, alert="a1"))
        assert [each.alert for each in no_longer_learnt(connection, book.store)] == ["a1"]
    assert memory(book).excused.is_empty() and memory(book).left_out.height == 2


def test_hosts_and_days_that_are_unlearnt_are_gone() -> None:
    seen = pl.DataFrame(
        {"tenant": ["a", "a", "b"], "host": ["x", "y", "x"], "last_seen": [NOON, NOON - timedelta(days=2), NOON]}
    )
    later = NOON + timedelta(days=1)
    assert without(seen, [Unlearned("", later, tenant="a", host="x")]).rows() == seen.rows()[1:]
    assert without(seen, [Unlearned("", later, before=NOON - timedelta(days=1))]).height == 2
    assert without(seen, [Unlearned("", later, alert="a1")]).height == 3


def test_what_is_not_there_is_refused(book: Ledger) -> None:
    keep(book, entry())
    with book.reading() as connection:
        refuse_unknown(connection, book.store, "a1", "contoso")
        for alert, tenant in (("zz", None), ("a1", "fabrikam")):
            with pytest.raises(NotInLedger, match="no such alert"):
                refuse_unknown(connection, book.store, alert, tenant)


def test_a_mark_moves_forward_only_and_is_of_one_tenant(book: Ledger) -> None:
    with book.writing() as connection:
        for version in (4, 3):
            mark(connection, book.store, None, version, NOON)
        mark(connection, book.store, "contoso", 1, NOON)
        assert judged_up_to(connection, book.store, None) == 4
        assert judged_up_to(connection, book.store, "contoso") == 1
        assert judged_up_to(connection, "store-2", None) is None


def test_recommendations_are_new_then_known_then_changed_and_closed_where_somebody_looked(book: Ledger) -> None:
    one = Advice("r1", "contoso", "vm1", 1433, "tcp", "unbacked", 0.5, "{}")
    here = Looked([("contoso", "vm1")])

    def look(found: list[Advice], looked: Looked) -> tuple[list[Change], int]:
        with book.writing() as connection:
            return advised(connection, book.store, found, looked, NOON)

    def told() -> None:
        with book.writing() as connection:
            Debts(book.store, RECOMMENDATION).settle(connection, ["r1"])

    assert look([one], here) == look([one], here) == ([Change.NEW], 0)
    told()
    assert look([one], here) == ([Change.KNOWN], 0)
    assert look([replace(one, verdict="backed")], here) == ([Change.CHANGED], 0)
    told()
    assert look([], Looked([("contoso", "vm2")])) == ([], 0)
    assert look([], Looked(here.machines, (3389,))) == ([], 0)
    assert look([], here) == ([], 1)
    assert look([one], here) == ([Change.REOPENED], 0)
    assert look([], here) == ([], 1)
    assert look([], here) == ([], 0)


def test_what_fails_in_the_middle_leaves_nothing(book: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), book.writing() as connection:
        recorded(connection, book.store, [entry()], QUIET, NOON)
        raise ZeroDivisionError
    assert kept(book) == []


def test_two_at_once_come_one_after_another(book: Ledger, url: str | None, tmp_path: Path) -> None:
    states: list[State] = []

    def judge() -> None:
        mine = opened(str(tmp_path), book.store, url)
        states.extend(state for _, state in keep(mine, *(entry(f"{n:02}", f"db{n}") for n in range(20))))

    threads = [threading.Thread(target=judge) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(kept(book)) == 20
    assert sorted(states) == [State.KNOWN] * 60 + [State.NEW] * 20


def test_a_later_versions_ledger_is_refused(book: Ledger, url: str | None, tmp_path: Path) -> None:
    with book.writing() as connection:
        connection.execute(text("UPDATE longtail SET value = '2'"))
    with pytest.raises(FutureLedger, match="schema 2, this version reads up to 1"):
        opened(str(tmp_path), book.store, url)


def test_what_is_no_ledger_is_told_without_a_trace(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"not a database, whatever it says" * 100)
    with pytest.raises(LedgerError, match=r"ledger\.sqlite: file is not a database"):
        opened(str(tmp_path), "s")
    with pytest.raises(LedgerError, match="nowhere"):
        opened(str(tmp_path), "s", "postgresql+psycopg://me:secret@/x?host=/nowhere")


@pytest.mark.parametrize("address", ["nonsense", "mongodb://x/y", "postgresql+nope://x/y"])
def test_a_url_that_is_none_is_wrong_usage(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match="--ledger"):
        opened(str(tmp_path), "s", address)


def test_a_store_in_the_cloud_needs_a_ledger_of_its_own() -> None:
    with pytest.raises(UsageError, match="--ledger"):
        opened("s3://soc/lake", "s")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("\0\ue0000e")))
def test_any_text_comes_back_and_holds_no_nul(value: str) -> None:
    assert unescaped(escaped(value)) == value
    assert "\0" not in escaped(value)
