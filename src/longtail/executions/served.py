"""Sightings of machine accounts → whose work they are: what runs below a service, and below nothing else.

A service that runs as the machine itself (SQL Server as NETWORK SERVICE, an application pool as SYSTEM) shares its
account with everything else. What it starts is its own; so is what only those programs start, however deep: a ``cmd``
that on this host nothing but ``sqlservr`` and its children ever began, and the ``whoami`` below it. A shell that others
start too under that account says nothing of its children.
"""

import polars as pl

DEPTH = 4  # programs below a service that are followed
_WHERE = ["tenant", "host", "account"]


def served(sightings: pl.DataFrame, services: pl.DataFrame, accounts: list[str]) -> pl.DataFrame:
    """``row`` (of sightings) with the ``served`` class of those of these account classes that are a service's work.

    ``services`` has ``parent``, the services' programs, and the class ``served`` below them.
    """
    of_machine = sightings.with_row_index("row").filter(pl.col("account_class").is_in(accounts))
    direct = of_machine.join(services, on="parent").select(*_WHERE).unique()
    near = of_machine.join(direct, on=_WHERE, how="semi").select(
        "row", *_WHERE, "parent", (pl.col("location") + pl.col("name")).alias("program"), pl.col("hosted_by").is_null()
    )
    below = near.join(services, on="parent", how="left")
    only = _begun_by_services_alone(below.filter("hosted_by"))
    for _ in range(DEPTH):
        starters = (
            below.filter(pl.col("served").is_not_null() & pl.col("hosted_by"))
            .join(only, on=[*_WHERE, "program"], how="semi")
            .group_by(*_WHERE, pl.col("program").alias("parent"))
            .agg(pl.col("served").min().alias("handed_on"))
        )
        below = (
            below.join(starters, on=[*_WHERE, "parent"], how="left")
            .with_columns(pl.coalesce("served", "handed_on").alias("served"))
            .drop("handed_on")
        )
    return below.filter(pl.col("served").is_not_null()).select("row", "served")


def _begun_by_services_alone(below: pl.DataFrame) -> pl.DataFrame:
    """``tenant, host, account, program``: those that on their host only services and such programs start."""
    only = below.select(*_WHERE, "program").unique()
    for _ in range(DEPTH):
        starters = only.rename({"program": "parent"})
        strangers = below.filter(pl.col("served").is_null()).join(starters, on=[*_WHERE, "parent"], how="anti")
        only = only.join(strangers, on=[*_WHERE, "program"], how="anti")
    return only
