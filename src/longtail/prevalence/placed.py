"""Where what was learnt lies and whose it is → the same said of a few new sightings, as if they had been there."""

from dataclasses import dataclass

import polars as pl

from longtail.executions.accounts import account_class
from longtail.executions.claims import OF_THE_MACHINE, serving
from longtail.executions.installed import KEY
from longtail.executions.paths import Zone, executable, writable
from longtail.executions.places import place_mapping
from longtail.executions.schema import SIGHTING
from longtail.prevalence.behaviours import POPULATION, located

STARTED = ["image", "parent_image"]
SIGHTED = ["name", "zone", "location", "tenant", "host"]
ACCOUNT = ["tenant", "host", "account"]
TRUSTED = [zone.value for zone in Zone if not writable(zone) and zone is not Zone.NONE]


@dataclass(frozen=True)
class Classes:
    """What accounts were shown to be (``claims``), and whose work machine accounts do ``below`` which program."""

    claims: pl.DataFrame
    below: pl.DataFrame

    def of(self, sightings: pl.DataFrame) -> pl.DataFrame:
        """Sightings with accounts classed by ancestry.

        What an account was shown to be on its host holds for it; what it is everywhere, for hosts not known yet. A
        machine account's class is told by the parent: by what was learnt of it on the host, or because it is a service.
        """
        shared = self.claims.group_by("tenant", "account").agg(
            pl.col("claimed").first().alias("shared"), pl.col("claimed").n_unique().alias("classes")
        )
        of_machine = pl.col("account_class").is_in(OF_THE_MACHINE)
        return (
            sightings.join(self.claims, on=ACCOUNT, how="left")
            .join(shared.filter(pl.col("classes") == 1), on=["tenant", "account"], how="left")
            .join(self.below, on=[*ACCOUNT, "parent"], how="left")
            .join(serving(sightings["parent"]), on="parent", how="left")
            .with_columns(pl.when(of_machine).then(pl.coalesce("below", "served")).alias("served"))
            .with_columns(pl.coalesce("claimed", "shared", "served", "account_class").alias("account_class"))
            .select(sightings.columns)
        )


@dataclass(frozen=True)
class Known:
    """Of what was learnt: every location with its place (``mapping``), who sighted it, the classes that accounts were
    shown to be, and a sighting of every program that a bare name may mean."""

    mapping: pl.DataFrame
    sighted: pl.DataFrame
    classes: Classes
    programs: pl.DataFrame

    def placed(self, sightings: pl.DataFrame) -> pl.DataFrame:
        """Sightings that are ``classed``, with ``executable``, ``place`` and ``program``."""
        classed = sightings.with_columns(pl.lit(True).alias("mine"))
        other = self.programs.with_columns(pl.lit(False).alias("mine"))
        mapping = pl.concat([self.mapping, self._joining(classed)])
        together = pl.concat([classed, other], how="diagonal")
        return located(together, mapping).filter("mine").drop("mine")

    def _joining(self, sightings: pl.DataFrame) -> pl.DataFrame:
        """The places of locations that are new, by the other locations of the same program: the place these have."""
        new = sightings.select(SIGHTED).unique().join(self.mapping, on=KEY, how="anti")
        if new.is_empty():
            return self.mapping.clear()
        names = pl.col("name").is_in(new["name"].unique().implode())
        found = place_mapping(pl.concat([self.sighted.filter(names), new]))
        own = found.join(new, on=KEY, how="semi")
        members = (
            found.rename({"place": "joined", "program": "called"})
            .join(self.mapping, on=KEY)
            .sort("zone", "called", "joined", "place")
            .group_by("zone", "called", "joined", maintain_order=True)
            .agg(pl.col("program").first(), pl.col("place").first())
        )
        return (
            own.rename({"place": "joined", "program": "called"})
            .join(members, on=["zone", "called", "joined"], how="left")
            .select(
                *KEY, pl.coalesce("program", "called").alias("program"), pl.coalesce("place", "joined").alias("place")
            )
            .select(self.mapping.columns)
        )


def classed(events: pl.DataFrame, classes: Classes) -> pl.DataFrame:
    """``start`` (the row of a process start), ``tenant``, ``account_class``: whose it is, told by its account, before
    it is given a meaning."""
    texts = (
        pl.col("tenant").fill_null("default"),
        pl.col("account").fill_null(""),
        pl.col("host").str.to_lowercase(),
    )
    named = events.select(*texts, *STARTED).with_row_index("start")
    kinds = named.select("account", *STARTED).unique()
    called = [account_class(*kind).value for kind in kinds.iter_rows()]
    parents = [str(executable(parent)) if parent else None for _, _, parent in kinds.iter_rows()]
    told = kinds.with_columns(
        pl.Series("account_class", called, dtype=pl.String), pl.Series("parent", parents, dtype=pl.String)
    )
    who = named.join(told, on=["account", *STARTED], how="left", nulls_equal=True)
    return classes.of(who.drop(STARTED)).select("start", *POPULATION)


def known(placed: pl.DataFrame, mapping: pl.DataFrame) -> Known:
    """What is known of habits that were learnt, by how they were ``placed``; ``named_class`` was their class before
    ancestry was looked at."""
    shown = placed.filter(pl.col("named_class") != pl.col("account_class")).rename({"account_class": "claimed"})
    of_machine = pl.col("named_class").is_in(OF_THE_MACHINE)
    claims = shown.filter(~of_machine).select(*ACCOUNT, "claimed").unique(ACCOUNT, maintain_order=True)
    below = shown.filter(of_machine).select(*ACCOUNT, "parent", pl.col("claimed").alias("below"))
    classes = Classes(claims, below.unique([*ACCOUNT, "parent"], maintain_order=True))
    unix = pl.col("example_image").str.starts_with("/")
    programs = (
        placed.filter(pl.col("zone").is_in(TRUSTED))
        .with_columns(unix.alias("unix"), pl.col("days").list.first().alias("day"))
        .unique([*KEY, "unix"], keep="first", maintain_order=True)
        .select(list(SIGHTING))
    )
    return Known(mapping, placed.select(SIGHTED).unique(), classes, programs)
