"""Places of services → the place that a service of the same name and directories has on other hosts.

SQL Server lies below ``Program Files`` on one host, in ``D:\\MSSQL15.HR\\MSSQL\\Binn`` on the next and in
``E:\\SQL\\MSSQL16.BI\\MSSQL\\Binn`` on a third: whoever set it up chose the root, and the product the rest. That these
are one place is believed where

* the service manager starts a program there, which takes an administrator to arrange;
* and on at least ``LEAST_HOSTS`` other hosts starts one of the same name from a directory that ends alike.

What else of that product lies there counts as at home too; other names (``evil.exe``) gain nothing, and no place that
users, temporary files or the system itself have counts.
"""

import polars as pl

from longtail.executions.executable import Zone

SERVICE_MANAGER = "\\windows\\system32\\services.exe"
CHOSEN = [Zone.PROGRAM_FILES.value, Zone.OTHER.value, Zone.OTHER_DRIVE.value]
"""Where those who set software up put it."""
LEAST_HOSTS = 3
TAIL = 2  # directories that must be alike
KEY = ["name", "zone", "location"]


def at_home(joined: pl.DataFrame, served: pl.DataFrame) -> pl.DataFrame:
    """Places with those of services that are installed elsewhere replaced by the one that other hosts have.

    ``joined``: one row a ``name, zone, location``, with its ``program`` and ``place``. ``served``: ``name, zone,
    location, host`` of what service managers start.
    """
    ends = served.filter(pl.col("zone").is_in(CHOSEN)).join(joined, on=KEY)
    moved = _moved(ends.with_columns(_tail()))
    own = joined.select("program", pl.col("place").alias("home")).unique()
    found = joined.join(moved, on=["zone", "location"]).join(own, on=["program", "home"], how="semi")
    return (
        joined.join(found.select(*KEY, "home"), on=KEY, how="left")
        .with_columns(pl.coalesce("home", "place").alias("place"))
        .drop("home")
    )


def _moved(ends: pl.DataFrame) -> pl.DataFrame:
    """``zone, location, home``: the directories whose service has its home elsewhere, and where."""
    known = ends.filter(pl.col("host").n_unique().over("program", "tail") > LEAST_HOSTS)
    homes = (
        known.group_by("program", "tail", "place")
        .agg(
            pl.col("host").n_unique().alias("hosts"), (pl.col("zone") == Zone.PROGRAM_FILES.value).any().alias("usual")
        )
        .sort("usual", "hosts", "place", descending=[True, True, False])
        .group_by("program", "tail", maintain_order=True)
        .agg(pl.col("place").first().alias("home"))
    )
    return (
        ends.join(homes, on=["program", "tail"])
        .filter(pl.col("place") != pl.col("home"))
        .sort("zone", "location", "home")
        .unique(["zone", "location"], keep="first", maintain_order=True)
        .select("zone", "location", "home")
    )


def _tail() -> pl.Expr:
    """The last directories of a location, below the drive or the folder that all software is in."""
    segments = pl.col("location").str.strip_chars("\\").str.split("\\")
    below = segments.list.eval(pl.element().filter(~pl.element().str.contains(r"^(?:\{drive\}:|program files.*)$")))
    return below.list.tail(TAIL).list.join("\\").alias("tail")
