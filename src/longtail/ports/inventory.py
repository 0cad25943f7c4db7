"""Starts and snapshots → the inventory: which machine runs which executable, in canonical spelling and place.

Starts and snapshots are given meaning by the same code, hosted executions (``java -jar x.jar``) included. Besides, each
service that ``svchost.exe -s NAME`` tells is an executable of its own: the image says nothing about what it serves.
"""

from dataclasses import dataclass

import polars as pl

from longtail.executions.executable import Zone
from longtail.executions.places import FIXED_ZONES, places
from longtail.executions.zones import writable
from longtail.ports.boots import booted
from longtail.ports.evidence import INVENTORY
from longtail.ports.listings import listed
from longtail.ports.running import remembered

WHO = ["tenant", "host"]
WHAT = ["name", "zone", "location"]
SEEN = (pl.col("first_seen").min(), pl.col("last_seen").max(), pl.col("listed").max(), pl.col("passing").all())
COLUMNS = list(INVENTORY)
FOUND = pl.Schema({
    **{name: kind for name, kind in INVENTORY.items() if name != "passing"},
    "argued": pl.Boolean(), "source": pl.UInt32(),  # what `listings` asks of a finding
    "days": pl.UInt64(), "managed": pl.Boolean(),  # what `boots` does
})  # fmt: skip
PROCESS = ["image", "command_line"]
MEANING = pl.Schema(dict.fromkeys((*PROCESS, *WHAT), pl.String()))
LOOSE = [zone.value for zone in Zone if writable(zone)]
COMM = 15  # bytes of a process's name that Linux keeps: longer ones are cut


def inventory(starts: pl.DataFrame | None, snapshots: pl.DataFrame | None) -> pl.DataFrame:
    """One row (schema ``INVENTORY``) a machine and executable, in the order of tenant, host and executable.

    ``starts`` has the schema ``STARTED``, ``snapshots`` the schema ``RUNNING``; both may be None. ``location`` is
    the place that the location belongs to (see ``executions.places``) and ``name`` the program there. Hosts are in
    lower case. A bare name (a listing without paths) stands for the program that the population knows by it, in its
    most common place. Times are the first and the last of any finding that has one.
    """
    found = [pl.DataFrame(schema=FOUND)]
    found += [] if starts is None else [_started(starts)]
    found += [] if snapshots is None else [_running(snapshots)]
    coded = _coded(pl.concat(found))
    meant = _placed(coded, _located(coded))
    return _in_order(coded, meant)


@dataclass(frozen=True, slots=True)
class _Coded:
    """Findings as numbers, ``machine`` and ``program``, which are the rows of the other two tables.

    Tens of thousands of machines and thousands of programs make millions of findings: their texts are looked at once.
    """

    rows: pl.DataFrame
    machines: pl.DataFrame
    programs: pl.DataFrame


def _coded(found: pl.DataFrame) -> _Coded:
    machines = found.select(WHO).unique().sort(WHO).with_row_index("machine")
    programs = found.select(WHAT).unique().sort(WHAT).with_row_index("program")
    rows = found.join(machines, on=WHO, how="left").join(programs, on=WHAT, how="left")
    rows = rows.drop(*WHO, *WHAT)
    return _Coded(booted(listed(rows, programs), programs), machines, programs)


def _in_order(coded: _Coded, meant: pl.DataFrame) -> pl.DataFrame:
    """One row a machine and program; ``meant`` are what the programs are in the end."""
    kinds = meant.select(WHAT).unique().sort(WHAT).with_row_index("kind")
    kind_of = meant.join(kinds, on=WHAT, how="left").select("program", "kind")
    rows = coded.rows.join(kind_of, on="program", how="left").group_by("machine", "kind").agg(*SEEN)
    rows = rows.sort("machine", "kind")
    told = [coded.machines[rows["machine"]], kinds[rows["kind"]], rows.drop("machine", "kind")]
    return pl.concat(told, how="horizontal").select(COLUMNS)


def _started(starts: pl.DataFrame) -> pl.DataFrame:
    """Starts among findings: nothing was listed."""
    return starts.with_columns(_absent("listed", "argued", "source")).select(list(FOUND))


def _absent(*names: str) -> list[pl.Expr]:
    return [pl.lit(None, FOUND[name]).alias(name) for name in names]


def _running(snapshots: pl.DataFrame) -> pl.DataFrame:
    """What runs: each distinct process is given meaning once."""
    distinct = snapshots.select(PROCESS).unique()
    rows = [
        (image, line, each.name, str(each.zone), each.location)
        for image, line in distinct.iter_rows()
        for each in remembered(image, line)
    ]
    meant = pl.DataFrame(rows, schema=MEANING, orient="row")
    return (
        snapshots.select(*WHO, *PROCESS, "first_seen", "last_seen", "source")
        .join(meant, on=PROCESS, how="inner", nulls_equal=True)
        .with_columns(
            pl.col("tenant").fill_null("default"),
            pl.col("host").str.to_lowercase(),
            pl.col("last_seen").alias("listed"),
            pl.col("command_line").is_not_null().alias("argued"),
            pl.col("source").cast(pl.Categorical).to_physical().cast(pl.UInt32),
            *_absent("days", "managed"),
        )
        .select(list(FOUND))
    )


def _located(coded: _Coded) -> pl.DataFrame:
    """The programs, bare names as what the population knows by them, in the place that most machines have it in."""
    bare = (pl.col("location") == "") & (pl.col("zone") == Zone.NONE.value)
    named = coded.programs.filter(bare)
    if named.is_empty():
        return coded.programs
    spread = coded.rows.group_by("program").agg(pl.col("machine").n_unique().alias("machines"))
    common = (
        coded.programs.filter((pl.col("location") != "") & (pl.col("zone") != Zone.BUILTIN.value))
        .join(spread, on="program", how="left")
        .sort("machines", *WHAT, descending=[True, False, False, False])
        .unique("name", keep="first", maintain_order=True)
    )
    told = named.join(_known_as(common), on="name", how="left").select(
        "program",
        pl.coalesce("called", "name").alias("name"),
        pl.coalesce("known_zone", "zone").alias("zone"),
        pl.coalesce("known_location", "location").alias("location"),
    )
    return pl.concat([coded.programs.filter(~bare), told])


def _known_as(common: pl.DataFrame) -> pl.DataFrame:
    """``name`` as listings write it → the program: its file's name, without ``.exe``, or cut as Linux cuts it."""
    known = common.select(
        pl.col("name").alias("called"), pl.col("zone").alias("known_zone"), pl.col("location").alias("known_location")
    )
    called = pl.col("called")
    spelt = (called, called.str.strip_suffix(".exe"), called.str.slice(0, COMM))
    return pl.concat([known.with_columns(each.alias("name")) for each in spelt]).unique(
        "name", keep="first", maintain_order=True
    )


def _placed(coded: _Coded, programs: pl.DataFrame) -> pl.DataFrame:
    """The programs in the places that their locations belong to."""
    doubtful = _doubtful(programs)
    seen = coded.rows.select("machine", "program").unique().join(doubtful, on="program", how="inner")
    hosts = seen.select(*WHAT, pl.lit("").alias("tenant"), pl.col("machine").cast(pl.String).alias("host"))
    mapping = places(hosts).mapping.rename({"program": "placed"})
    return programs.join(mapping, on=WHAT, how="left").with_columns(
        pl.coalesce("placed", "name").alias("name"), pl.coalesce("place", "location").alias("location")
    )


def _doubtful(programs: pl.DataFrame) -> pl.DataFrame:
    """Those of whose names any may be one place with another, or be made anew: only they need to be compared."""
    generated = pl.col("location").str.contains("{", literal=True)
    several = pl.col("location").n_unique().over("name", "zone") > 1
    fixed = pl.col("zone").is_in(list(FIXED_ZONES))
    names = programs.filter((several & (~fixed | generated)) | (generated & pl.col("zone").is_in(LOOSE)))
    return programs.join(names.select("name").unique(), on="name", how="semi")
