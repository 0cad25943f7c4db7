"""Lists of processes that name no time → the moment at which what they hold ran, as far as it can be told.

``Get-Process``, Velociraptor, osqueryi and ``ps -o lstart`` tell when each process began, and nothing of when they
looked: it was not before the youngest process of the list began.
"""

import polars as pl

RESIDENTS = (
    # what a system starts once and runs until it is off, and an example
    (r"\\windows\\system32\\(?:wininit|services|lsass)\.exe", r"\windows\system32\lsass.exe"),
    (r"/(?:usr/)?s?bin/(?:agetty|init)", "/usr/sbin/agetty"),
    (r"/(?:usr/)?lib/systemd/systemd(?:-journald|-udevd)", "/usr/lib/systemd/systemd-udevd"),
)
RESIDENT = f"^(?:{'|'.join(pattern for pattern, _ in RESIDENTS)})$"
AHEAD = "-14h"  # a list that names no zone may tell its machine's own time: this far ahead of UTC, nowhere further
USUAL = 0.9  # of the machines of a system with such lists must hold one, for the lists to tell what runs


def dated(rows: pl.DataFrame, programs: pl.DataFrame) -> pl.DataFrame:
    """``rows`` (see `listings.listed`) with ``listed`` set in lists that name no time and hold what always runs.

    It is set to when the youngest of the list's processes began, at the earliest. Machines of which a list has a time
    keep to that.
    """
    told = pl.col("source").is_not_null()
    timed = pl.col("listed").is_not_null().any().over("machine")
    untimed = rows.filter(told & ~timed)
    if untimed.is_empty() or untimed.height == rows.height:  # without starts there is nothing to hold against a list
        return rows
    found = rows.join(_youngest(untimed, programs), on="machine", how="left", maintain_order="left")
    filled = pl.when(told).then(pl.coalesce("listed", "youngest"))
    return found.with_columns(filled.alias("listed")).drop("youngest")


def _youngest(untimed: pl.DataFrame, programs: pl.DataFrame) -> pl.DataFrame:
    """By machine, when the ``youngest`` process began in a list that holds what always runs.

    Empty unless nearly all machines with such lists have one that does: else nobody knows what the lists tell.
    """
    path = pl.concat_str("location", "name")
    residents = programs.filter(path.str.contains(RESIDENT)).select("program", pl.lit(True).alias("resident"))
    lists = (
        untimed.join(residents, on="program", how="left")
        .group_by("machine", "source")
        .agg(pl.col("resident").any(), pl.col("first_seen").max().alias("youngest"))
    )
    whole = lists.filter("resident").group_by("machine").agg(pl.col("youngest").max().dt.offset_by(AHEAD))
    return whole if whole.height >= USUAL * lists["machine"].n_unique() else whole.clear()
