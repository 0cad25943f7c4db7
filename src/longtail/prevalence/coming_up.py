"""Behaviours → those that came up with their machine: services that the service manager started among many others.

A host that is watched for two weeks starts once or never in them, so each of its services is new on that day, and the
few hosts of a role (a mail server, a proxy) have services that no other host has. Nobody did that: the machine did.
"""

import polars as pl

from longtail.executions.paths import Zone, writable

MANAGER = r"^(?:\\windows\\system32\\services\.exe|/(?:usr/)?lib/systemd/systemd|/(?:usr/)?s?bin/init|/sbin/launchd)$"
CROWD = 5  # services that the service manager starts together where a machine comes up
MINUTES = 10  # before and after
INSTALLED = [Zone.PROGRAM_FILES.value, Zone.UNIX_OPT.value]
PROTECTED = [zone.value for zone in Zone if not writable(zone) and zone not in (Zone.NONE, Zone.REMOTE)]
"""Where it takes an administrator to put a program."""


def came_up(each: pl.DataFrame) -> pl.Series:
    """The behaviours (``behaviours.behaviours``) that began when their machine came up, by number.

    Those are the services that began together, ``CROWD`` or more, and what these start of their own software.
    """
    known = each.filter(pl.col("zone").cast(pl.String).is_in(PROTECTED))
    services = known.filter(pl.col("parent").cast(pl.String).str.contains(MANAGER)).sort("tenant", "host", "onset")
    if services.is_empty():
        return services["behaviour"]
    moment = ["tenant", "host", "onset"]
    around = services.rolling(
        "onset", period=f"{2 * MINUTES}m", offset=f"-{MINUTES}m", closed="both", group_by=["tenant", "host"]
    ).agg(pl.struct(pl.col("executable", "shape").cast(pl.String)).n_unique().alias("together"))
    crowded = around.filter(pl.col("together") >= CROWD).select(moment).unique()
    up = services.join(crowded, on=moment, how="semi")
    began = up.select(
        "tenant", "host", pl.col("executable").cast(pl.String).alias("parent"), pl.col("onset").alias("up")
    )
    own = (
        known.filter(pl.col("zone").cast(pl.String).is_in(INSTALLED))
        .with_columns(pl.col("parent").cast(pl.String))
        .join(began, on=["tenant", "host", "parent"])
        .filter((pl.col("onset") - pl.col("up")).abs() <= pl.duration(minutes=MINUTES))
    )
    return pl.concat([up["behaviour"], own["behaviour"]]).unique()
