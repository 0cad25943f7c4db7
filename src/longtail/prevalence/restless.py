"""Service accounts of ordinary names → those that run something new most days: build servers, deployment, automation.

What such an account runs next is told to it by people, so neither its own past nor its population says anything of it.
In one class with the steady ones, it would hide them.
"""

import polars as pl

from longtail.executions.account_names import AccountClass
from longtail.executions.accounts import account_key

SETTLED_AFTER = 3  # days of an account on a host before a new thing on it says something
LEAST_QUIET = 0.6  # the share of its settled host-days that must bring nothing of its own
_WHOSE = ["tenant", "key"]


def told_apart(located: pl.DataFrame) -> pl.DataFrame:
    """Located habits, the restless among the service accounts in a class of their own."""
    services = located.filter(pl.col("account_class") == AccountClass.SERVICE)
    if services.is_empty():
        return located
    names = services.select("account").drop_nulls().unique()
    named = names.with_columns(pl.Series("key", map(account_key, names["account"]), dtype=pl.String))
    found = _restless(services.join(named, on="account")).join(named, on="key")
    apart = found.select("tenant", "account", pl.lit(AccountClass.SERVICE.value).alias("account_class"), restless=True)
    rows = located.join(apart, on=["tenant", "account", "account_class"], how="left", maintain_order="left")
    told = pl.when("restless").then(pl.lit(AccountClass.AUTOMATION.value)).otherwise("account_class")
    return rows.with_columns(told.alias("account_class")).drop("restless")


def _restless(services: pl.DataFrame) -> pl.DataFrame:
    """``tenant, key`` of accounts with too few settled host-days that bring nothing that nowhere else is run."""
    days = services.select(*_WHOSE, "host", "days").explode("days").unique().rename({"days": "day"})
    settled = days.filter(pl.col("day").rank("ordinal").over(*_WHOSE, "host") > SETTLED_AFTER)
    began = services.group_by(*_WHOSE, "host", "executable").agg(pl.col("days").list.first().min().alias("day"))
    alone = began.filter(pl.len().over("executable") == 1).select(*_WHOSE, "host", "day").unique()
    quiet = settled.join(alone.with_columns(new=True), on=[*_WHOSE, "host", "day"], how="left")
    share = quiet.group_by(_WHOSE).agg(pl.col("new").is_null().mean().alias("quiet"))
    return share.filter(pl.col("quiet") < LEAST_QUIET).select(_WHOSE)
