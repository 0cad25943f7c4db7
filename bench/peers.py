"""A fleet → its alerts as other tools would rank them: the same telemetry, their notion of rare.

Each is given what it lacks: the service accounts are picked for it, the same classes of account that the product
finds, and its alerts are grouped, one a host, account class and day. So what is compared is the ranking.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from bench.fleets import BUCKET, Fleet
from bench.keywords import KEYWORDS
from longtail.executions.account_names import AccountClass
from longtail.executions.claims import reclassified
from longtail.executions.schema import UTC_TIME

RANKED = pl.Schema(
    {
        "tenant": pl.String(),
        "host": pl.String(),
        "start": UTC_TIME,
        "end": UTC_TIME,
        "score": pl.Float64(),
        "raised": pl.Boolean(),
    }
)
"""Alerts, most alarming first. ``raised``: the tool would have told someone (the product: medium or above)."""

NO_SERVICE = frozenset(
    {AccountClass.SYSTEM, AccountClass.ROOT, AccountClass.MACHINE, AccountClass.HUMAN, AccountClass.OTHER}
)
LEARNING_BUCKETS = 20  # of a host, before which Elastic's ``rare`` says nothing
RARE_KEYWORDS = 2  # different ones, from which a day's command lines are worth a ticket
POPULATION = ("tenant", "account_class")
WHERE = ("tenant", "host", "account_class", "day")


@dataclass(frozen=True, slots=True)
class Peer:
    """A way to rank a fleet's alerts, and what it stands for."""

    ranked: Callable[[Fleet], pl.DataFrame]
    stands_for: str


def rarest_path(fleet: Fleet) -> pl.DataFrame:
    """The image path, as it stands in the log, that the fewest hosts of the account's population run."""
    return _rarest(_service_starts(fleet), ["image"])


def rarest_name(fleet: Fleet) -> pl.DataFrame:
    """The file name alone that the fewest hosts of the account's population run."""
    named = _service_starts(fleet).with_columns(pl.col("image").str.extract(r"([^\\/]*)$").str.to_lowercase())
    return _rarest(named, ["image"])


def rarest_shape(fleet: Fleet) -> pl.DataFrame:
    """The product's own executables and command shapes, by plain prevalence."""
    return _rarest(_services(fleet), ["location", "name", "shape"])


def rare_by_host(fleet: Fleet) -> pl.DataFrame:
    """The file name that the fewest quarters of an hour of its host have seen, whoever runs it."""
    of_host = ["tenant", "host"]
    counted = fleet.buckets.with_columns(
        pl.col("bucket").n_unique().over(of_host).alias("of_buckets"),
        pl.len().over(*of_host, "name").alias("buckets"),
        pl.col("bucket").rank("dense").over(of_host).alias("number"),
    ).filter(pl.col("number") > LEARNING_BUCKETS)
    rows = counted.with_columns(
        (pl.col("of_buckets") / pl.col("buckets")).log(2).alias("score"),
        (pl.col("buckets") == 1).alias("raised"),
        pl.col("bucket").alias("start"),
        pl.col("bucket").dt.offset_by(BUCKET).alias("end"),
        pl.col("bucket").dt.date().alias("day"),
    )
    return _told(rows, ["tenant", "host", "day"])


def keywords(fleet: Fleet) -> pl.DataFrame:
    """How many different words of an expert's list the command lines of a day hold."""
    told = _services(fleet).with_columns(pl.col("example_command_line").fill_null("").str.to_lowercase().alias("line"))
    hits = told.with_columns(
        pl.col("line").str.contains(pattern).alias(f"keyword {number}") for number, pattern in enumerate(KEYWORDS)
    )
    found = (
        hits.filter(pl.any_horizontal(pl.col("^keyword .*$")))
        .group_by(WHERE)
        .agg(
            pl.col("^keyword .*$").any(),
            pl.col("first_seen").min().alias("start"),
            pl.col("last_seen").max().alias("end"),
        )
    )
    score = pl.sum_horizontal(pl.col("^keyword .*$").cast(pl.Float64))
    return _told(found.with_columns(score.alias("score"), (score >= RARE_KEYWORDS).alias("raised")), list(WHERE))


PEERS: Mapping[str, Peer] = {
    "rarest path": Peer(rarest_path, "least frequency of occurrence of full paths, by account"),
    "rarest name": Peer(rarest_name, "Splunk's and Sentinel's rare executables, by account"),
    "rare by host": Peer(rare_by_host, "Elastic's rare process by host, in buckets of 15 minutes"),
    "keywords": Peer(keywords, "an expert's list of suspicious words"),
    "rarest shape": Peer(rarest_shape, "the product's sightings, ranked by plain prevalence"),
}


def _services(fleet: Fleet) -> pl.DataFrame:
    """The sightings of service accounts, classed as the product classes them."""
    return reclassified(fleet.sightings).filter(~pl.col("account_class").is_in([each.value for each in NO_SERVICE]))


def _service_starts(fleet: Fleet) -> pl.DataFrame:
    account = ["tenant", "host", "account"]
    classes = _services(fleet).select(*account, "account_class").unique(account, keep="first", maintain_order=True)
    return fleet.starts.join(classes, on=account, how="inner")


def _rarest(seen: pl.DataFrame, thing: list[str]) -> pl.DataFrame:
    """One row a host, class, day: the rarest thing of that day, by hosts, then days, then runs, in its population."""
    whole = seen.group_by(*POPULATION, *thing).agg(
        pl.col("host").n_unique().alias("hosts"),
        pl.col("day").n_unique().alias("days"),
        pl.col("runs").sum().alias("all"),
    )
    of = seen.group_by(POPULATION).agg(pl.col("host").n_unique().alias("of_hosts"))
    rows = seen.join(whole, on=[*POPULATION, *thing], nulls_equal=True).join(of, on=POPULATION)
    rarity = -pl.struct("hosts", "days", "all", -pl.col("of_hosts").cast(pl.Int64)).rank("dense").cast(pl.Float64)
    return _told(
        rows.with_columns(
            rarity.alias("score"),
            (pl.col("hosts") == 1).alias("raised"),
            pl.col("first_seen").alias("start"),
            pl.col("last_seen").alias("end"),
        ),
        list(WHERE),
    )


def _told(rows: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """One row a group, spanning all that is equally the worst in it; the most alarming first."""
    worst = rows.filter(pl.col("score") == pl.col("score").max().over(group))
    told = worst.group_by([*dict.fromkeys(["tenant", "host", *group])]).agg(
        pl.col("start").min(), pl.col("end").max(), pl.col("score").max(), pl.col("raised").any()
    )
    order = ["score", "tenant", "host", "start"]
    return told.sort(order, descending=[True, False, False, False]).select(RANKED.names()).cast(RANKED)
