"""How surprising something is: by the other hosts and by this host's own past, never by how often it ran."""

from dataclasses import replace

import polars as pl
import pytest
from prevalence_tables import DAYS, TOOL, Ran, bits, hosts, life, placed, surprises

from longtail.prevalence.surprise import MOST_BITS, exposures

FLEET = hosts(20)
NEWS = ("budget", "letters", "photos", "orders", "travel", "planner", "minutes", "invoice", "mailing")
LATE = (7, 8, 9)


def shown_on(number: int, days: tuple[int, ...] = LATE) -> list[Ran]:
    """A fleet of which that many hosts, besides the last one on its last day, ran the tool on these days."""
    others = [Ran(name, TOOL, days) for name in FLEET[:number]]
    return [*life(FLEET), *others, Ran(FLEET[-1], TOOL, (9,))]


def on_last(ran: list[Ran]) -> float:
    return bits(ran, FLEET[-1])


def test_what_nobody_else_runs_surprises_much_more_than_what_most_run() -> None:
    nowhere, nearly_everywhere = on_last(shown_on(0)), on_last(shown_on(16, tuple(DAYS)))
    assert nowhere > 6.0 > nearly_everywhere
    assert nowhere > nearly_everywhere + 4.0


def test_more_other_hosts_never_make_it_more_surprising() -> None:
    falling = [on_last(shown_on(number, tuple(DAYS))) for number in (0, 1, 2, 4, 8, 16)]
    assert falling == sorted(falling, reverse=True)
    assert falling[0] > falling[-1]


def test_hosts_of_the_same_moment_say_less_than_hosts_of_earlier_days() -> None:
    at_once = [*life(FLEET), *(Ran(name, TOOL, (9,)) for name in FLEET[:3]), Ran(FLEET[-1], TOOL, (9,))]
    assert _credit(at_once) > _credit(shown_on(3, tuple(DAYS)))


def _credit(ran: list[Ran]) -> int:
    """How rare the tool counts as on the last host, in steps of rarity."""
    found = surprises(ran).filter(kind="executable", host=FLEET[-1], what=r"\programdata\sync\syncagent.exe")
    return int(found["rarity"][0])


def test_five_hundred_more_runs_change_nothing() -> None:
    padded = [*life(FLEET), Ran(FLEET[-1], TOOL, (9,), times=500)]
    assert on_last(padded) == on_last(shown_on(0))


def test_a_hosts_own_novelties_do_not_make_novelty_ordinary_for_itself() -> None:
    own = [Ran(FLEET[-1], rf"C:\ProgramData\own{letter}\tool{letter}.exe", (5,)) for letter in "abcdefgh"]
    assert on_last([*shown_on(0), *own]) == pytest.approx(on_last(shown_on(0)), abs=0.01)


def test_a_population_where_something_new_comes_every_day_is_surprised_by_less() -> None:
    restless = [
        Ran(name, rf"C:\ProgramData\{name}\{word}-{name}.exe", (day,))
        for name, word in zip(FLEET[:9], NEWS, strict=True)
        for day in (2, 4, 6, 8)
    ]
    restless = [replace(each, image=each.image.replace(".exe", f"-{NEWS[each.days[0]]}.exe")) for each in restless]
    assert on_last([*shown_on(0), *restless]) < on_last(shown_on(0)) - 1.5


def test_small_populations_lean_on_what_other_tenants_show() -> None:
    names, elsewhere = hosts(3), hosts(30, "far")
    alone = [*life(names), *life(elsewhere, tenant="fabrikam"), Ran(names[-1], TOOL, (9,))]
    known = [*alone, *(Ran(name, TOOL, tuple(DAYS), tenant="fabrikam") for name in elsewhere)]
    assert bits(known, names[-1]) < bits(alone, names[-1])


def test_what_has_recurred_since_the_start_has_a_past() -> None:
    weekly = [*life(FLEET), Ran(FLEET[-1], TOOL, (1, 3, 5, 7, 9))]
    sudden = [*life(FLEET), Ran(FLEET[-1], TOOL, (7, 8, 9))]
    assert on_last(weekly) < 1.0 < on_last(sudden)


def test_bits_are_bounded_and_every_count_lies_within_its_denominator() -> None:
    found = surprises(shown_on(4))
    assert found["bits"].is_between(0.0, MOST_BITS).all()
    assert (found["hosts"] >= 0).all() and (found["hosts"] <= found["of_hosts"]).all()
    assert (found["elsewhere"] >= 0).all() and (found["elsewhere"] <= found["of_elsewhere"]).all()


def test_one_host_alone_gives_an_answer_too() -> None:
    assert 0.0 <= bits([*life(["only"]), Ran("only", TOOL, (9,))], "only") <= MOST_BITS


def test_the_days_a_host_was_watched_are_counted_for_it_and_for_each_executable() -> None:
    watched = exposures(placed([Ran("a", days=(0, 1, 4)), Ran("a", TOOL, (4,))]))
    whole = watched.filter(pl.col("given") == "").sort("day")
    assert whole["before"].to_list() == [0, 1, 2]
    assert watched.filter(pl.col("given").str.ends_with("syncagent.exe"))["before"].to_list() == [0]


def test_the_first_act_in_days_of_a_quiet_service_surprises_as_that_of_a_busy_one() -> None:
    names = hosts(12)
    tool, shell = r"C:\Program Files\MySQL\bin\resolveip.exe", r"C:\Windows\System32\whoami.exe"
    who = {"account": r"NT SERVICE\MySQL", "parent": r"C:\Program Files\MySQL\bin\mysqld.exe"}
    quiet, busy = (
        bits(
            [*life(names), *(Ran(name, tool, days, **who) for name in names), Ran(names[3], shell, (7,), **who)],
            names[3],
            r"\windows\system32\whoami.exe",
        )
        for days in ((0,), DAYS)
    )
    assert quiet > busy - 0.5 > 5.0
