"""Accounts that cannot be modelled → what plainly means harm, judged by all accounts of the fleet together.

A class of accounts on four hosts says nothing of what is normal for it, and what people do is new every day. But what
hands on a shell or takes credentials is rare whoever does it: there is a population for that, and it is everybody.
"""

import polars as pl

from longtail.executions.account_names import AccountClass
from longtail.prevalence.anomalies import counted, weighed
from longtail.prevalence.behaviours import UNIT, Meant, aspects, behaviours, showing
from longtail.prevalence.grounds import notable
from longtail.prevalence.habits import days_watched
from longtail.prevalence.price import priced
from longtail.prevalence.surprise import surprises, units
from longtail.prevalence.telling import GRAVE, GRAVE_TOGETHER, HARMFUL, harmful, unexcused
from longtail.settings import Settings

ANYBODY = "anybody"  # the class that all accounts are of here
FIRST = 1 << 31  # number of a behaviour: those of the judged populations are fewer


def harmful_acts(
    left: pl.DataFrame, judged: pl.DataFrame, placed: pl.DataFrame, settings: Settings, meant: Meant
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What means harm in habits that are ``left``, as behaviours with their bits, and by what those surprise.

    ``judged`` are the behaviours of the judged populations that mean harm, ``placed`` the located habits of all. How
    rare an act is, and how often a host-day brings one as rare, is counted over all hosts whatever the account.
    """
    own = behaviours(left.join(showing(left, HARMFUL, meant), on="example_command_line", how="semi"))
    own = own.with_columns(pl.col("behaviour") + FIRST)
    pooled, everybody = _of_anybody(pl.concat([own, judged.select(own.columns)])), _of_anybody(placed)
    found = unexcused(aspects(pooled, meant), pooled)
    of_people = own.filter(pl.col("account_class") == AccountClass.HUMAN)["behaviour"]
    together = (pl.col("what").is_in(GRAVE_TOGETHER) & harmful()).sum().over("behaviour") == len(GRAVE_TOGETHER)
    grave = harmful(GRAVE) | together | ~pl.col("behaviour").is_in(of_people.implode())
    meaning_harm = found.filter(harmful() & grave)
    shown = units(meaning_harm, _watched(everybody))
    rated = surprises(shown)
    bits = weighed(pooled, meaning_harm, rated).join(own, on="behaviour", how="semi")
    full = counted(priced(bits, shown, settings.anomaly_bits), everybody)
    named = full.drop("account_class").join(own.select("behaviour", "account_class"), on="behaviour")
    return named.select(full.columns), notable(found, rated)


def _of_anybody(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.lit(ANYBODY).alias("account_class"))


def _watched(everybody: pl.DataFrame) -> pl.DataFrame:
    days = days_watched(everybody).select(*UNIT, pl.lit("").alias("given"), "day")
    before = pl.col("day").rank("ordinal").over([*UNIT, "given"]) - 1
    return days.with_columns(before.cast(pl.Int64).alias("before"))
