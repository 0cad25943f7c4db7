"""Accounts that cannot be modelled → what plainly means harm, judged by all accounts of the fleet together.

A class of accounts on four hosts says nothing of what is normal for it, and what people do is new every day. But what
hands on a shell or takes credentials is rare whoever does it: there is a population for that, and it is everybody.
"""

from dataclasses import dataclass

import polars as pl

from longtail.executions.account_names import AccountClass
from longtail.prevalence.anomalies import counted, sizes, weighed
from longtail.prevalence.behaviours import ASPECT, UNIT, Meant, aspects, behaviours, showing
from longtail.prevalence.grounds import notable
from longtail.prevalence.habits import days_watched
from longtail.prevalence.price import priced
from longtail.prevalence.surprise import SHRINKAGE, others, surprises, units
from longtail.prevalence.telling import COMMON, GRAVE, GRAVE_TOGETHER, HARMFUL, harmful, unexcused
from longtail.settings import Settings

WINDOWS, UNIX = "anybody", "anybody-unix"  # the classes that all accounts are of here
PRICE = ("normal_hosts", "normal_days")
SHOWN = ("hosts_with", "days_with", "runs_with", "hosts_of", "days_of", "runs_of", "among")
HARM = pl.Schema({"behaviour": pl.UInt32(), "what": pl.String(), "rare": pl.Boolean(), "common_at": pl.Int64()})
FIRST = 1 << 31  # number of a behaviour: those of the judged populations are fewer


@dataclass(frozen=True)
class Judged:
    """Behaviours of judged populations, and which of them mean harm (``HARM``)."""

    each: pl.DataFrame
    harm: pl.DataFrame


@dataclass(frozen=True)
class Everybody:
    """All accounts together: the host-days that they were ``watched`` on, how many there are (``sizes``), and
    ``located`` habits, in which it is counted who else runs what."""

    watched: pl.DataFrame
    sizes: pl.DataFrame
    located: pl.DataFrame


def everybody(placed: pl.DataFrame) -> Everybody:
    """All accounts of located habits."""
    return Everybody(watched(placed), for_both(sizes(as_one(placed))), placed)


def means_harm(found: pl.DataFrame, rated: pl.DataFrame) -> pl.DataFrame:
    """``HARM``: which behaviours mean which harm, and whether it is ``rare`` for others of the class to do the like.

    ``found`` and ``rated`` are the tables of ``aspects`` and ``surprises``. ``common_at``: so many more hosts of the
    population that do the like, and it would not be.
    """
    could = pl.col("of_hosts") + SHRINKAGE
    more = ((COMMON - others()) * could).floor().clip(0) + 1
    keys = [*UNIT, *ASPECT]
    share = rated.filter(harmful()).select(*keys, (others() <= COMMON).alias("rare"), more.alias("common_at"))
    known = found.filter(harmful()).join(share, on=keys, how="left")
    return known.select(list(HARM)).cast(HARM)


def harmful_acts(
    left: pl.DataFrame, judged: Judged, among: Everybody, settings: Settings, meant: Meant
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What means harm in habits that are ``left``, and what hardly anybody else of its ``judged`` population does, as
    behaviours with their bits, and by what those surprise.

    How rare an act is, and how often a host-day brings one as rare, is counted ``among`` all hosts whatever the
    account.
    """
    own = behaviours(left.join(showing(left, HARMFUL, meant), on="example_command_line", how="semi"))
    own = own.with_columns(pl.col("behaviour") + FIRST)
    known = judged.each.filter(pl.col("behaviour").is_in(judged.harm["behaviour"].implode())).select(own.columns)
    both = pl.concat([own, known.cast(dict(own.schema))])  # type: ignore[arg-type]
    pooled = _of_anybody(both)
    shows = unexcused(aspects(pooled, meant), pooled)
    found = shows.filter(harmful())
    of_people = own.filter(pl.col("account_class") == AccountClass.HUMAN)["behaviour"]
    together = pl.col("what").is_in(GRAVE_TOGETHER).sum().over("behaviour") == len(GRAVE_TOGETHER)
    counting = found.filter(harmful(GRAVE) | together | ~pl.col("behaviour").is_in(of_people.implode()))
    shown = units(counting, among.watched)
    rated = surprises(shown)
    of_judged = counting.join(judged.harm.filter("rare"), on=["behaviour", "what"], how="semi")
    asked = pl.concat([counting.filter(pl.col("behaviour") >= FIRST), of_judged])
    bits = weighed(pooled, asked, rated).join(asked, on="behaviour", how="semi")
    full = counted(priced(bits, shown, settings.anomaly_bits), _of_anybody(among.located), among.sizes)
    named = full.drop("account_class").join(both.select("behaviour", "account_class"), on="behaviour")
    return named.select(full.columns), notable(shows.join(asked, on="behaviour", how="semi"), rated)


def raised(judged: Judged, acts: pl.DataFrame, anomaly_bits: float) -> pl.DataFrame:
    """Judged behaviours with the surprise that what they mean has among all accounts, where that is the greater.

    What the program itself surprises by already is part of it. The price is what it takes to be normal to both: to the
    population, and to all, unless so many of the population do the like that all are not asked.
    """
    told = [name for name in judged.each.columns if name.startswith("told_")]
    by_all = acts.select("behaviour", *(pl.col(name).alias(f"all_{name}") for name in ("bits", *told, *PRICE, *SHOWN)))
    asked = judged.harm.filter("rare").group_by("behaviour").agg(pl.col("common_at").max())
    more, left_over = pl.col("all_bits") > pl.col("bits"), pl.col("all_told_bits") - pl.col("executable_bits")
    known = pl.col("bits") >= anomaly_bits
    rows = (
        judged.each.join(by_all, on="behaviour", how="left", maintain_order="left")
        .join(asked, on="behaviour", how="left", maintain_order="left")
        .with_columns(_cheaper(), all_told_bits=left_over.clip(0.0), more=more)
        .with_columns(dearer=pl.col("more") & ~(known & (_cost("") > _cost("all_"))))
        .with_columns(shown=pl.col("more") & (left_over > pl.col("executable_bits")))
    )
    which = {"more": ("bits", *told), "dearer": PRICE, "shown": SHOWN}
    changed = [
        pl.when(flag).then(f"all_{name}").otherwise(name).alias(name) for flag, names in which.items() for name in names
    ]
    return rows.with_columns(changed).select(judged.each.columns)


def _cheaper() -> list[pl.Expr]:
    """The price of being normal to all, or of being common in the population, whichever is less."""
    common = pl.col("common_at") < _cost("all_")
    paid = {"normal_hosts": pl.col("common_at"), "normal_days": pl.lit(1, pl.Int64)}
    return [pl.when(common).then(paid[name]).otherwise(f"all_{name}").alias(f"all_{name}") for name in PRICE]


def _cost(of: str) -> pl.Expr:
    """Host-days; none are enough where there is no price."""
    return (pl.col(f"{of}normal_hosts") * pl.col(f"{of}normal_days")).cast(pl.Float64).fill_null(float("inf"))


def _of_anybody(rows: pl.DataFrame) -> pl.DataFrame:
    """Windows and Unix apart: a scanner that reads every ``/etc/shadow`` hides no ``ntdsutil``."""
    unix = pl.col("example_image").str.starts_with("/").fill_null(False)
    return rows.with_columns(pl.when(unix).then(pl.lit(UNIX)).otherwise(pl.lit(WINDOWS)).alias("account_class"))


def as_one(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows as if all accounts were of one class."""
    return rows.with_columns(pl.lit(WINDOWS).alias("account_class"))


def for_both(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows about all hosts, for each of the two: a fleet of few Unix hosts still says what is rare."""
    return pl.concat([rows.with_columns(pl.lit(each).alias("account_class")) for each in (WINDOWS, UNIX)])


def watched(seen: pl.DataFrame) -> pl.DataFrame:
    """The ``exposures`` of all accounts as one: each host with each day on which it showed anything."""
    days = days_watched(as_one(seen)).select(*UNIT, pl.lit("").alias("given"), "day")
    before = pl.col("day").rank("ordinal").over([*UNIT, "given"]) - 1
    return for_both(days.with_columns(before.cast(pl.Int64).alias("before")))
