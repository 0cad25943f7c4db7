"""Aspects of behaviours → those that no repetition excuses: what began with an act that hardly any lawful one is like.

A job that returns day after day speaks for itself, and so would an intruder who comes back every day, if the days after
an act could excuse it. They do not where the act means harm and hardly any other host of the population does the like:
what its account began around it is judged by the days before it alone, however often it returns.
"""

from collections.abc import Set as AbstractSet
from datetime import timedelta

import polars as pl

from longtail.executions.traits import Trait
from longtail.prevalence.behaviours import ASPECT, BROKEN_UP, ODD_CASE, POPULATION, UNIT

AROUND = timedelta(hours=1)  # what an account began so near to a telling act belongs to it
COMMON = 0.25  # the share of other hosts that do the like from which on an act tells nothing
DOUBT = 4.0  # other hosts' worth of doubt about that share
ACTOR = [*UNIT, "account"]

TELLING = frozenset(
    (
        Trait.BARE_ADDRESS.value,
        Trait.FETCHES_PROGRAM.value,
        Trait.RUNS_FROM_THE_WEB.value,
        Trait.TAKES_CREDENTIALS.value,
        Trait.READS_PASSWORDS.value,
        Trait.ENCODED.value,
        Trait.WEAKENS_DEFENCE.value,
        Trait.HANDS_ON_A_SHELL.value,
        Trait.OPENS_A_WAY_IN.value,
        Trait.ANSWERS_TO_A_SHARE.value,
        ODD_CASE,
        BROKEN_UP,
    )
)
"""Traits that hardly an administrator's command has."""

HARMFUL = TELLING - {Trait.ENCODED.value}
"""Those that hardly a lawful routine has either: what manages machines encodes its commands, every day."""

GRAVE = HARMFUL - {
    Trait.BARE_ADDRESS.value, Trait.FETCHES_PROGRAM.value, Trait.OPENS_A_WAY_IN.value, ODD_CASE, BROKEN_UP,
}  # fmt: skip
"""Those that hardly anybody's command has: people ping addresses, fetch programs, make administrators."""
GRAVE_TOGETHER = {Trait.BARE_ADDRESS.value, Trait.FETCHES_PROGRAM.value}
"""Those that hardly anybody's command has both of: a program from a bare address."""


def harmful(meanings: AbstractSet[str] = HARMFUL) -> pl.Expr:
    """Whether an aspect is a meaning that is hardly ever lawful."""
    return (pl.col("kind") == "trait") & pl.col("what").is_in(meanings)


def unexcused(found: pl.DataFrame, each: pl.DataFrame) -> pl.DataFrame:
    """The aspects (``found``) of behaviours (``each``), with ``alarmed`` too where a telling act brought them.

    An act brought an aspect if, on that host, it is the first to show it; what was only learnt from is no act.
    """
    near = _near(each, _telling(found))
    if near.is_empty():
        return found
    onset = pl.col("onset")
    first = (
        found.join(each.select("behaviour", "onset"), on="behaviour")
        .filter(onset == onset.min().over([*UNIT, *ASPECT]))
        .join(near, on="behaviour", how="semi")
        .select("behaviour", *ASPECT, pl.lit(True).alias("brought"))
    )
    return (
        found.join(first.unique(), on=["behaviour", *ASPECT], how="left", maintain_order="left")
        .with_columns((pl.col("alarmed") | pl.col("brought").fill_null(False)).alias("alarmed"))
        .drop("brought")
    )


def _telling(found: pl.DataFrame) -> pl.DataFrame:
    """``behaviour``: those with a telling trait that hardly any other host of their population shows."""
    traits = found.filter(harmful())
    hosts = found.group_by(POPULATION).agg((pl.col("host").n_unique() - 1).alias("of_others"))
    others = traits.group_by(*POPULATION, "what").agg((pl.col("host").n_unique() - 1).alias("others"))
    share = pl.col("others") / (pl.col("of_others") + DOUBT)
    rare = others.join(hosts, on=POPULATION).filter(share <= COMMON)
    return traits.join(rare, on=[*POPULATION, "what"], how="semi").select("behaviour").unique()


def _near(each: pl.DataFrame, telling: pl.DataFrame) -> pl.DataFrame:
    """``behaviour``: what the same account began on the same host around one of the ``telling``."""
    began = each.filter("began").select("behaviour", "onset", *ACTOR)
    acts = began.join(telling, on="behaviour", how="semi").select(*ACTOR, pl.col("onset").alias("act"))
    apart = (pl.col("onset") - pl.col("act")).abs()
    return began.join(acts, on=ACTOR).filter(apart <= AROUND).select("behaviour").unique()
