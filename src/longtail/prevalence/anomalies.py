"""Behaviours + surprise → anomalies: which behaviours lie in the tail, by how many bits, and by which aspect."""

import polars as pl

from longtail.prevalence.behaviours import ASPECT, OWNED, POPULATION, UNIT
from longtail.prevalence.coming_up import came_up
from longtail.prevalence.sessions import in_session
from longtail.prevalence.telling import harmful

MOST_BITS = 10.0  # one rarity in a thousand host-days: beyond that the count of host-days speaks, not the rarity
FAMILIAR = 0.5  # the weight of a new program in a directory that the unit already ran others from
COUNTS = ("hosts", "of_hosts", "elsewhere", "of_elsewhere", "before", "same_moment")
RECURRING_DAYS = 3  # a behaviour seen on this many days is somebody's routine as much as somebody's attack
RECURRING = 0.5  # the weight of such a behaviour
BY_ITSELF = 0.25  # the weight of what came up with its machine
BY_A_PERSON = 0.5  # the weight of what a person did who took the account over


def weighed(each: pl.DataFrame, found: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Behaviours with ``bits`` (their surprise), its parts ``executable_bits`` and ``told_bits``, and ``traits``.

    An aspect weighs on the behaviours of the day on which it first appeared on the unit: what a host has shown before
    is its own past. An executable's surprise and the greatest surprise in what it was told add up, because the second
    is conditional on the first (chain rule); who started it counts for what the starter's own surprise leaves over, and
    that it means harm for what the program's own surprise does. A host (``cmd /c``) is not judged by what it was told:
    the executions it carries are, each in its own right.
    """
    counts = ("bits", *COUNTS)
    on_day = found.join(
        judged.select(*UNIT, *ASPECT, "first_day", *counts), on=[*UNIT, *ASPECT, "first_day"]
    ).with_columns(pl.col("bits").clip(0.0, MOST_BITS))
    told_itself = on_day.join(_carriers(each), on="behaviour", how="anti")
    own = told_itself.filter(pl.col("kind").is_in(["told", "feature"]))
    executable = _familiar(on_day.filter(pl.col("kind") == "executable"), each, found, judged)
    parents = on_day.filter(pl.col("kind") == "parent")
    left_over = _left_over(parents, pl.concat([own, executable, parents]), each)
    told = pl.concat([own, left_over, _harm(told_itself.filter(harmful()), executable)])
    result = (
        each.join(_greatest(executable, "executable"), on="behaviour", how="left")
        .join(_greatest(told, "told"), on="behaviour", how="left")
        .join(_traits(on_day), on="behaviour", how="left")
    )
    total = pl.col("executable_bits") + pl.col("told_bits")
    routine = (pl.col("days") >= RECURRING_DAYS) & ~pl.col("behaviour").is_in(
        found.filter("alarmed")["behaviour"].implode()
    )
    weight = pl.when(routine).then(RECURRING).otherwise(1.0) * _explained(each, told_itself.filter(harmful()))
    return result.with_columns(pl.col("executable_bits", "told_bits").fill_null(0.0)).with_columns(
        (total * weight).alias("bits")
    )


def _explained(each: pl.DataFrame, meaning_harm: pl.DataFrame) -> pl.Expr:
    """The weight of what is rare for a reason that is known, and means no harm."""
    harm = pl.col("behaviour").is_in(meaning_harm["behaviour"].implode())
    by_itself, by_a_person = (
        pl.col("behaviour").is_in(known.implode()) & ~harm for known in (came_up(each), in_session(each))
    )
    return pl.when(by_itself).then(BY_ITSELF).when(by_a_person).then(BY_A_PERSON).otherwise(1.0)


def _familiar(executable: pl.DataFrame, each: pl.DataFrame, found: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """A new program in a directory that this unit already runs others from surprises less than one in a new place."""
    place = judged.filter(pl.col("kind") == "place").select(
        *UNIT, pl.col("what").alias("place"), pl.col("first_day").alias("since")
    )
    known = (
        each.select("behaviour", *UNIT, "place", "zone", "first_day")
        .filter(pl.col("zone").is_in(OWNED))
        .join(place, on=[*UNIT, "place"])
        .filter(pl.col("since") < pl.col("first_day"))
        .select("behaviour", pl.lit(FAMILIAR).alias("share"))
    )
    return (
        executable.join(known, on="behaviour", how="left")
        .with_columns(pl.col("bits") * pl.col("share").fill_null(1.0))
        .drop("share")
    )


def _left_over(parents: pl.DataFrame, surprising: pl.DataFrame, each: pl.DataFrame) -> pl.DataFrame:
    """What a surprising parent leaves of the surprise that it started something: the rest follows from the parent."""
    starters = (
        surprising.join(each.select("behaviour", "name"), on="behaviour")
        .group_by(*UNIT, "first_day", pl.col("name").alias("what"))
        .agg(pl.col("bits").max().alias("explained"))
    )
    return (
        parents.join(starters, on=[*UNIT, "first_day", "what"], how="left")
        .with_columns((pl.col("bits") - pl.col("explained").fill_null(0.0)).clip(0.0).alias("bits"))
        .drop("explained")
    )


def _harm(meant: pl.DataFrame, executable: pl.DataFrame) -> pl.DataFrame:
    """What a program's own surprise leaves of the surprise that what it was told means harm."""
    program = executable.group_by("behaviour").agg(pl.col("bits").max().alias("explained"))
    return (
        meant.join(program, on="behaviour", how="left")
        .with_columns((pl.col("bits") - pl.col("explained").fill_null(0.0)).clip(0.0).alias("bits"))
        .drop("explained")
    )


def _carriers(each: pl.DataFrame) -> pl.DataFrame:
    """Behaviours that only carry another: the same command line also gave a hosted execution."""
    carried = each.filter(pl.col("hosted_by").is_not_null()).select("host", "example_command_line").unique()
    direct = each.filter(pl.col("hosted_by").is_null())
    return direct.join(carried, on=["host", "example_command_line"], how="semi").select("behaviour")


def _greatest(of_kind: pl.DataFrame, name: str) -> pl.DataFrame:
    of_kind = of_kind.sort("bits", "kind", "what")
    columns = [column for column in of_kind.columns if column not in ("behaviour", *UNIT)]
    last = of_kind.group_by("behaviour", maintain_order=True).agg(pl.col(columns).last())
    return last.select(
        "behaviour",
        pl.col("bits").alias(f"{name}_bits"),
        pl.col("kind").alias(f"{name}_kind"),
        pl.col("what").alias(f"{name}_by"),
        *(pl.col(each).alias(f"{name}_{each}") for each in COUNTS),
    )


def _traits(on_day: pl.DataFrame) -> pl.DataFrame:
    rare = on_day.filter((pl.col("kind") == "trait") & (pl.col("bits") > 1.0))
    return rare.group_by("behaviour", maintain_order=True).agg(
        pl.struct(pl.col("what").cast(pl.String), "bits").alias("traits")
    )


def sizes(located: pl.DataFrame) -> pl.DataFrame:
    """One row a population: ``hosts_of``, ``days_of``, ``runs_of``."""
    return located.group_by(POPULATION).agg(
        pl.col("host").n_unique().alias("hosts_of"),
        pl.col("days").explode().n_unique().alias("days_of"),
        pl.col("runs").filter(pl.col("hosted_by").is_null()).sum().alias("runs_of"),
    )


def widened(whole: pl.DataFrame, located: pl.DataFrame) -> pl.DataFrame:
    """The ``sizes`` of what was learnt, at least those of what is counted: a host may be new to its population."""
    both = pl.concat([whole, sizes(located)]).group_by(POPULATION).agg(pl.all().max())
    return both.select(whole.columns)


def counted(each: pl.DataFrame, located: pl.DataFrame, whole: pl.DataFrame | None = None) -> pl.DataFrame:
    """Behaviours with their prevalence: ``hosts_with`` of ``hosts_of``, and so for days and runs.

    What is counted is the executable, or the executable so told where that is the greater surprise. ``whole`` has the
    ``sizes`` of the populations where ``located`` is only the sightings of these executables.
    """
    whole = sizes(located) if whole is None else whole
    by_executable = located.group_by(*POPULATION, "executable").agg(*_spread("executable"))
    by_shape = located.group_by(*POPULATION, "executable", "shape").agg(*_spread("told"))
    told = pl.col("told_bits") > pl.col("executable_bits")
    return (
        each.join(whole, on=POPULATION, how="left")
        .join(by_executable, on=[*POPULATION, "executable"], how="left")
        .join(by_shape, on=[*POPULATION, "executable", "shape"], how="left", nulls_equal=True)
        .with_columns(
            pl.when(told).then(f"told_{name}").otherwise(f"executable_{name}").alias(name)
            for name in ("hosts_with", "days_with", "runs_with")
        )
    )


def _spread(prefix: str) -> list[pl.Expr]:
    return [
        pl.col("host").n_unique().alias(f"{prefix}_hosts_with"),
        pl.col("days").explode().n_unique().alias(f"{prefix}_days_with"),
        pl.col("runs").sum().alias(f"{prefix}_runs_with"),
    ]
