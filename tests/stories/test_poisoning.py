"""Whoever repeats, spreads or waits does not become normal while nobody dismisses him: he is told each time."""

from collections.abc import Callable, Sequence
from random import Random

import polars as pl
import pytest
from lake_days import ACCOUNT, EVERYDAY, FIRST, SQL, TOOL

from longtail.executions.claims import reclassified
from longtail.executions.schema import PROCESS_EVENT
from longtail.executions.sightings import in_order, sightings
from longtail.ledger.memory import UNIT
from longtail.prevalence.findings import Alert
from longtail.prevalence.grounds import LEFT_OUT, Memory, learnable, scoped
from longtail.prevalence.judgement import Judgement, judged
from longtail.settings import Settings

SEEDS = range(20)
NAME = TOOL[0][0].rpartition("\\")[2].lower()

Act = tuple[int, int]
"""A host by its number runs the attacker's tool, on a day by its number."""


def fleet(seed: int) -> tuple[int, int, Random]:
    """How many hosts, for how many days, and the chance of that seed."""
    chance = Random(seed)
    return chance.randrange(8, 24), chance.randrange(8, 11), chance


def seen(hosts: int, days: int, acts: Sequence[Act]) -> pl.DataFrame:
    """The sightings of hosts that do the same every day, and of the attacker's acts."""
    usual = [(host, day, told) for host in range(hosts) for day in range(days) for told in EVERYDAY]
    rows = [
        {
            "time": FIRST.replace(hour=9).timestamp() * 1e6 + (day * 86_400 + number % 7_000) * 1e6,
            "tenant": "contoso", "host": f"db{host:02}", "account": ACCOUNT, "image": image, "command_line": line,
            "parent_image": SQL, "pid": number,
        }
        for number, (host, day, (image, line)) in enumerate([*usual, *((*act, TOOL[0]) for act in acts)])
    ]  # fmt: skip
    whole = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("time").cast(pl.Int64))
    blank = (pl.lit(None).alias(name) for name in PROCESS_EVENT if name not in whole.columns)
    return in_order(sightings(whole.with_columns(*blank).select(list(PROCESS_EVENT)).cast(dict(PROCESS_EVENT))))


def about_the_tool(found: Judgement) -> list[Alert]:
    return [alert for alert in found.alerts if any(each.executable.endswith(NAME) for each in alert.executions)]


def judged_on(day: int, table: pl.DataFrame, memory: Memory) -> Judgement:
    """A day judged by those before it."""
    days = sorted(table["day"].unique())
    today = pl.col("day") == days[day]
    return judged(table.filter(today), Settings(), ("all",), table.filter(pl.col("day") < days[day]), memory)


def repeats(chance: Random, hosts: int, days: int) -> list[Act]:
    """The same host, day after day."""
    host = chance.randrange(hosts)
    return [(host, day) for day in range(days - 3, days)]


def spreads(chance: Random, hosts: int, days: int) -> list[Act]:
    """Another host each day."""
    return list(zip(chance.sample(range(hosts), 3), range(days - 3, days), strict=True))


def waits(chance: Random, hosts: int, days: int) -> list[Act]:
    """The same host, days apart."""
    host = chance.randrange(hosts)
    return [(host, day) for day in (days - 5, days - 3, days - 1)]


PLANS: tuple[Callable[[Random, int, int], list[Act]], ...] = (repeats, spreads, waits)


@pytest.mark.parametrize("seed", SEEDS)
def test_he_is_told_each_time_and_learnt_never(seed: int) -> None:
    hosts, days, chance = fleet(seed)
    acts = PLANS[seed % 3](chance, hosts, days)
    memory, table = Memory(), seen(hosts, days, acts)
    for host, day in acts:
        found = judged_on(day, table, memory)
        assert {f"db{host:02}"} == {each.host for each in about_the_tool(found)}
        grounds = scoped(found.grounds, UNIT).select(list(LEFT_OUT))
        memory = Memory(pl.concat([memory.left_out, grounds]).unique())
    assert NAME in table["name"].to_list()
    assert NAME not in learnable(reclassified(table), memory.left_out)["name"].to_list()
