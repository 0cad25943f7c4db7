"""What begins on several hosts at once is told on each of them, with the others; nobody is hidden by it."""

from datetime import timedelta
from typing import Any

import pytest
from prevalence_tables import START, TOOL, Ran, hosts, life, seen

from longtail.prevalence.companions import ALONE, MOST_LOOKED_AT, companions
from longtail.prevalence.findings import Alert, Severity
from longtail.prevalence.judgement import judged
from longtail.settings import Settings

Story = list[dict[str, Any]]


def story(host: str, *deeds: tuple[str, float], tenant: str = "contoso", told: str | None = None) -> Story:
    """What a host ran: programs, each with the minute at which it began; known ones where it matters what was told."""
    bits = {"executable_bits": 1.0 if told else 8.0, "told_bits": 7.0}
    return [
        {"tenant": tenant, "host": host, "executable": what, "shape": f"{what} {told or host}", **bits,
         "onset": START + timedelta(minutes=at)}
        for what, at in deeds
    ]  # fmt: skip


def hosts_of(*stories: Story) -> list[tuple[str, ...]]:
    return [each.hosts for each in companions(stories)]


def test_each_names_the_others_and_within_how_long() -> None:
    found = companions([story("a", ("x", 0)), story("b", ("x", 1)), story("c", ("x", 9.5)), story("d", ("y", 0))])
    assert [each.hosts for each in found] == [("b", "c"), ("a", "c"), ("a", "b"), ()]
    assert found[0].sentence == " The same began on 2 other hosts within 10 minutes: b, c."
    assert found[0].title == " (as on 2 other hosts)"
    assert found[3] == ALONE and found[3].sentence == found[3].title == ""


def test_many_are_counted_and_few_named() -> None:
    (first, *_) = companions([story(f"h{number}", ("x", 0)) for number in range(6)])
    assert first.sentence == " The same began on 5 other hosts within a minute: h1, h2, h3 and more."


def test_what_one_host_did_besides_takes_nothing_from_it() -> None:
    more = story("c", ("x", 2), ("whoami", 30), ("net", 31))
    assert hosts_of(story("a", ("x", 0)), story("b", ("x", 1)), more) == [("b", "c"), ("a", "c"), ("a", "b")]


@pytest.mark.parametrize(
    "others",
    [
        [story("b", ("x", 0)), story("b", ("x", 1))],  # one other host, twice
        [story("b", ("x", 0), tenant="fabrikam"), story("c", ("x", 0), tenant="fabrikam")],
        [story("b", ("x", 61)), story("c", ("x", 120))],  # not at once
        [story("b", ("y", 0)), story("c", ("z", 0))],
        [story("b", ("x", 0), ("y", 300)), story("c", ("y", 0))],
    ],
)
def test_what_is_not_the_same_is_told_alone(others: list[Story]) -> None:
    (first, *_) = companions([story("a", ("x", 0), ("w", 1)), *others])
    assert first.sentence == ""
    (alone, *_) = companions([story("a", ("x", 0)), *others])
    assert alone.sentence == ""


def test_a_rare_program_is_the_same_whatever_it_was_told_and_a_known_one_is_not() -> None:
    assert hosts_of(*(story(host, ("x", 0)) for host in "abc"))[0] == ("b", "c")
    assert hosts_of(*(story(host, ("x", 0), told=host) for host in "abc"))[0] == ()
    assert hosts_of(*(story(host, ("x", 0), told="/c del y") for host in "abc"))[0] == ("b", "c")


def test_what_is_on_very_many_hosts_is_not_counted_further() -> None:
    found = companions([story(f"h{number}", ("x", 0)) for number in range(1000)])
    assert all(f"{MOST_LOOKED_AT - 1} or more other hosts" in each.sentence for each in found)


def alerts(*ran: Ran) -> list[Alert]:
    fleet = [*life(hosts(60)), *life(hosts(20, "web")), *ran]
    return list(judged(seen(fleet), Settings(), accounts=["all"]).alerts)


def test_whoever_spreads_is_told_on_every_host_as_loud_as_on_one() -> None:
    spread = [Ran(f"db{number:02}", TOOL, days=[7], minute=number) for number in range(4)]
    (single,) = (each for each in alerts(spread[0]) if each.host == "db00")
    told = {each.host: each for each in alerts(*spread)}
    assert set(told) == {"db00", "db01", "db02", "db03"}
    assert all("The same began on 3 other hosts within " in each.reason for each in told.values())
    assert all(each.title.endswith("(as on 3 other hosts)") for each in told.values())
    assert "The same began" not in single.reason
    assert min(each.severity for each in told.values()) >= min(single.severity, Severity.LOW)
