"""File names → programs: in a folder that is made anew each time, names that are made anew each time too.

Agents unpack ``\\windows\\temp\\qagent_{hex}\\kisog.exe`` under names a person might have chosen: no test of one name
can tell. The population does: in folders of that one template many names of one kind occur, each on few hosts and
nowhere else. Such a name counts as ``{*}.exe``, by evidence from hosts other than those it was seen on; a name that is
known anywhere else (``cmd.exe``), or on many hosts, keeps to itself. What remains for an attacker: a file of a fresh
name in a folder named like the agent's counts with the agent's files.
"""

import polars as pl

from longtail.executions.executable import Zone
from longtail.executions.zones import writable

NAMES_PER_VALUE = 2  # a name is chosen more freely than a folder: twice as many must vary
_MADE_ANEW = r"\{\*\}[^\\/{}]*[\\/]$"
_PLAIN_NAME = r"^[a-z0-9]{3,12}\.[a-z0-9]{2,4}$|^\{rand\}\.[a-z0-9]{2,4}$"
_LOOSE_ZONES = [zone.value for zone in Zone if writable(zone)]


def programs(sighted: pl.DataFrame, values: int, hosts: int) -> pl.DataFrame:
    """``name, zone, kind, program``: the names that stand for any name of their extension in their folder.

    ``sighted`` has ``name, zone, kind, host`` (``kind``: the location with untyped placeholders). At least
    ``NAMES_PER_VALUE * values`` other names on at least ``hosts`` other hosts must show it.
    """
    group = ["zone", "kind", "suffix"]
    rows = _candidates(sighted)
    counts = rows.group_by(group).agg(
        pl.col("name").n_unique().alias("names"), pl.col("host").n_unique().alias("hosts")
    )
    touched = rows.group_by(*group, "host").agg(pl.len().alias("touched"))
    members = (
        rows.join(touched, on=[*group, "host"], how="inner")
        .group_by("name", *group)
        .agg(pl.col("touched").sum(), pl.len().alias("own"))
        .join(counts, on=group, how="inner")
    )
    enough = (pl.col("names") >= pl.col("touched") + NAMES_PER_VALUE * values) & (
        pl.col("hosts") >= pl.col("own") + hosts
    )
    generated = pl.col("name").str.starts_with("{rand}") & (pl.col("names") > NAMES_PER_VALUE * values)
    return members.filter(enough | generated).select(
        "name", "zone", "kind", ("{*}" + pl.col("suffix")).alias("program")
    )


def _candidates(sighted: pl.DataFrame) -> pl.DataFrame:
    """Distinct names, with their suffix, that are rare and known nowhere else, in folders that are made anew."""
    known = pl.concat_str("zone", pl.lit("\x00"), "kind").n_unique().over("name") > 1
    rand = pl.col("name").str.starts_with("{rand}")
    here = (
        pl.col("zone").is_in(_LOOSE_ZONES)
        & pl.col("kind").str.contains(_MADE_ANEW)
        & pl.col("name").str.contains(_PLAIN_NAME)
    )
    rows = sighted.select("name", "zone", "kind", "host").unique()
    rows = (
        rows.filter(~known | rand)
        .filter(here)
        .with_columns(pl.col("name").str.extract(r"(\.[a-z0-9]+)$").alias("suffix"))
    )
    on = pl.col("host").n_unique().over("name", "zone", "kind")
    most = pl.max_horizontal(pl.lit(2), pl.col("host").n_unique().over("zone", "kind", "suffix") // 10)
    return rows.filter((on <= most) | rand)
