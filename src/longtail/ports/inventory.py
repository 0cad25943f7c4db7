"""Sightings and snapshots → the inventory: which machine runs which executable, in canonical spelling and place.

Starts and snapshots are given meaning by the same code, hosted executions (``java -jar x.jar``) included. Besides, each
service that ``svchost.exe -s NAME`` tells is an executable of its own: the image says nothing about what it serves.
"""

import polars as pl

from longtail.executions.executable import Zone
from longtail.executions.places import FIXED_ZONES, places
from longtail.ports.evidence import INVENTORY, LOOKED_AT
from longtail.ports.running import SERVICE, SVCHOST, remembered

WHO = ["tenant", "host"]
WHAT = ["name", "zone", "location"]
SEEN = (pl.col("first_seen").min(), pl.col("last_seen").max())
COLUMNS = list(INVENTORY)
PROCESS = ["image", "command_line"]
MEANING = pl.Schema(dict.fromkeys((*PROCESS, *WHAT), pl.String()))
COMM = 15  # bytes of a process's name that Linux keeps: longer ones are cut


def inventory(sightings: pl.DataFrame | None, snapshots: pl.DataFrame | None) -> pl.DataFrame:
    """One row (schema ``INVENTORY``) a machine and executable, in the order of tenant, host and executable.

    ``sightings`` has the schema ``SIGHTING``, ``snapshots`` the schema ``RUNNING``; both may be None. ``location`` is
    the place that the location belongs to (see ``executions.places``) and ``name`` the program there. Hosts are in
    lower case. A bare name (a listing without paths) stands for the program that the population knows by it, in its
    most common place. Times are the first and the last of any finding that has one.
    """
    found = [pl.DataFrame(schema=INVENTORY)]
    found += [] if sightings is None else [_started(sightings)]
    found += [] if snapshots is None else [_running(snapshots)]
    return _in_order(_placed(_located(_summed(pl.concat(found)))))


def looked_at(snapshots: pl.DataFrame) -> pl.DataFrame:
    """The hosts (schema ``LOOKED_AT``) of which a snapshot or an inventory (schema ``RUNNING``) lists what runs."""
    hosts = snapshots.select("tenant", pl.col("host").str.to_lowercase()).unique().sort(WHO)
    return hosts.select(list(LOOKED_AT))


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by(*WHO, *WHAT).agg(*SEEN).select(COLUMNS)


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Summed and sorted by numbers that stand for machines and programs: sorting millions of texts takes seconds."""
    machines = rows.select(WHO).unique().sort(WHO).with_row_index("machine")
    programs = rows.select(WHAT).unique().sort(WHAT).with_row_index("program")
    coded = (
        rows.select(*WHO, *WHAT, "first_seen", "last_seen")
        .join(machines, on=WHO, how="left")
        .join(programs, on=WHAT, how="left")
        .group_by("machine", "program")
        .agg(*SEEN)
        .sort("machine", "program")
    )
    told = [machines[coded["machine"]], programs[coded["program"]], coded.select("first_seen", "last_seen")]
    return pl.concat(told, how="horizontal").select(COLUMNS)


def _started(sightings: pl.DataFrame) -> pl.DataFrame:
    """What started, and the services that command lines of the shared service process tell."""
    told = sightings.filter(pl.col("name") == SVCHOST).with_columns(
        pl.col("example_command_line").str.extract(SERVICE).str.to_lowercase().alias("service")
    )
    services = told.filter(pl.col("service").is_not_null()).with_columns(
        pl.concat_str(pl.lit(f"{SVCHOST} -s "), "service").alias("name"),
        pl.lit("").alias("location"),
        pl.lit(Zone.BUILTIN.value).alias("zone"),
    )
    return pl.concat([sightings.select(COLUMNS), services.select(COLUMNS)])


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
        snapshots.select(*WHO, *PROCESS, "first_seen", "last_seen")
        .join(meant, on=PROCESS, how="inner", nulls_equal=True)
        .with_columns(pl.col("tenant").fill_null("default"), pl.col("host").str.to_lowercase())
        .select(COLUMNS)
    )


def _located(rows: pl.DataFrame) -> pl.DataFrame:
    """Bare names as the programs that the population knows by them, in the place that most hosts have them in."""
    bare = (pl.col("location") == "") & (pl.col("zone") == Zone.NONE.value)
    named = rows.filter(bare)
    if not named.height:
        return rows
    known = rows.filter((pl.col("location") != "") & (pl.col("zone") != Zone.BUILTIN.value))
    common = (
        known.group_by(WHAT)
        .agg(pl.len().alias("hosts"))
        .sort("hosts", "location", descending=[True, False])
        .unique("name", keep="first", maintain_order=True)
    )
    meant = named.select("name").unique().join(_known_as(common), on="name", how="inner")
    found = named.join(meant, on="name", how="left", suffix="_known").with_columns(
        pl.coalesce("called", "name").alias("name"),
        pl.coalesce("location_known", "location").alias("location"),
        pl.coalesce("zone_known", "zone").alias("zone"),
    )
    return pl.concat([rows.filter(~bare), found.select(COLUMNS)])


def _known_as(common: pl.DataFrame) -> pl.DataFrame:
    """``name`` as listings write it → the program: its file's name, without ``.exe``, or cut as Linux cuts it."""
    called = common.rename({"name": "called"}).drop("hosts")
    spelt = (
        pl.col("called"),
        pl.col("called").str.strip_suffix(".exe"),
        pl.col("called").str.slice(0, COMM),
    )
    tables = [called.with_columns(each.alias("name")) for each in spelt]
    return pl.concat(tables).unique("name", keep="first", maintain_order=True)


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Every location as the place it belongs to. Only programs that may have several are looked at."""
    kinds = rows.select(WHAT).unique()
    free = ~pl.col("zone").is_in(list(FIXED_ZONES))
    several = (pl.len().over("name", "zone") > 1) & free
    generated = pl.col("location").str.contains("{", literal=True)
    names = kinds.filter(several | generated).select("name").unique()
    open_to_doubt = rows.join(names, on="name", how="semi").select(*WHAT, *WHO)
    mapping = places(open_to_doubt).mapping
    return rows.join(mapping, on=WHAT, how="left").with_columns(
        pl.coalesce("program", "name").alias("name"), pl.coalesce("place", "location").alias("location")
    )
