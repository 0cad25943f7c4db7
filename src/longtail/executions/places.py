"""Sighted locations → places: directories that are one place under many generated or chosen names, with their reasons.

Software is installed under other instance names, versions and folders on every host; counted apart, each copy is a
rarity. Counted together carelessly, ``C:\\Windows\\System33\\svchost.exe`` inherits the hosts of ``System32``. So two
locations of one file name in one zone are one place only if

* what differs was generated: the same directories with other placeholders (``{n}`` here, ``{ver}`` there); or
* the population shows that this one segment varies: at least ``Rules.values`` other values on at least ``Rules.hosts``
  *other* hosts, each value on few of them, for this program or for one that lies in the very same directory. Evidence
  is counted without the hosts of the member in question, so nobody's own folders speak for him. Never in system zones,
  and directly below a zone's root (where vendors' folders lie) only behind a common stem (``mssql{ver}.``…).

What remains for an attacker: someone who may already write to a product's folder on one host can name a folder like
one more instance *and* his file like a program which lies at that very depth in other instances; then he counts with
them. His own names (``evil.exe``), a misspelt product (``microsoft sql servr``), a look-alike system folder, another
zone or another depth gain him nothing. To make a segment vary by himself he needs ``Rules.values`` folders spread over
``Rules.hosts`` hosts other than the one he wants to hide, which is what being common costs anyway.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from longtail.executions.executable import Zone
from longtail.executions.installed import KEY, at_home
from longtail.executions.programs import programs
from longtail.executions.skeletons import SKELETON, skeletons, unified
from longtail.executions.zones import zone_of

__all__ = ["Cluster", "Member", "Places", "Rules", "place_mapping", "places"]

FIXED_ZONES = frozenset({Zone.SYSTEM.value, Zone.UNIX_SYSTEM.value, Zone.BUILTIN.value, Zone.NONE.value})
MEASURED = 13  # members that a member is measured against: enough for a mean to read
GROUP = ["name", "zone", "skeleton"]


@dataclass(frozen=True, slots=True)
class Rules:
    """What it takes to be one place.

    ``threshold``: largest mean distance of a cluster's directories, per segment (0 equal … 1 nothing in common).
    ``values``, ``hosts``: how many other values on how many other hosts show that a segment varies.
    ``few``: the largest share of those hosts that one value may be on and still count as one of many.
    ``block``: directories compared pair by pair; a larger block was shown to vary so widely that it needs no comparing.
    """

    threshold: float = 0.5
    values: int = 3
    hosts: int = 3
    few: float = 0.25
    block: int = 400


DEFAULT = Rules()


@dataclass(frozen=True, slots=True)
class Member:
    """One location of a cluster, the file name there, and the number of distinct hosts it was seen on."""

    location: str
    name: str
    hosts: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """One place of one program: ``hosts`` is the number of distinct hosts over all members."""

    name: str
    zone: str
    place: str
    hosts: int
    members: tuple[Member, ...]

    def hides(self, member: Member) -> int:
        """How many hosts the member is counted on without having been seen there: what the merge could hide."""
        return self.hosts - member.hosts

    def distance(self, member: Member) -> float:
        """The member's mean distance from (a dozen of) the others, per directory: 0 equal … 1 nothing in common."""
        others = [each.location for each in self.members[:MEASURED] if each != member]
        apart = [directory_distance(member.location, other) for other in others]
        return round(sum(apart) / len(apart), 4) if apart else 0.0


@dataclass(frozen=True, slots=True)
class Places:
    """``mapping``: one row a distinct ``name, zone, location``, with its ``program`` and ``place``.

    ``program`` is the name, or ``{*}.exe`` where the folder's names are made anew each time (see ``programs``); what
    counts as one is (``program``, ``place``). ``clusters`` tells every merge.
    """

    mapping: pl.DataFrame
    clusters: tuple[Cluster, ...]


def places(locations: pl.DataFrame, rules: Rules = DEFAULT, served: pl.DataFrame | None = None) -> Places:
    """Which sighted locations are one place.

    ``locations`` has ``name, zone, location, tenant, host``, all strings; repeated rows count once, their order does
    not matter. A location that joins nothing is its own place. ``served`` are those of ``locations`` that service
    managers start: what is one service, installed elsewhere, is at home where the others have it.
    """
    sighted = _sighted(locations)
    joined = _joined(sighted, rules)
    if served is not None:
        joined = at_home(joined, _by_host(served))
    return Places(_mapping(joined), tuple(_clusters(sighted, joined)))


def place_mapping(locations: pl.DataFrame, rules: Rules = DEFAULT) -> pl.DataFrame:
    """The ``mapping`` of ``places`` alone: which clusters that makes is not asked."""
    return _mapping(_joined(_sighted(locations), rules))


def _joined(sighted: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Every sighted location with its ``program`` and ``place``."""
    kinds = sighted.select(*KEY, "kind").unique()
    varying = _varying(sighted, rules)
    anew = programs(sighted, rules.values, rules.hosts)
    renamed = pl.when(pl.col("program").is_not_null()).then("kind")
    return (
        kinds.join(varying, on=["name", "zone", "kind"], how="left")
        .join(anew, on=["name", "zone", "kind"], how="left")
        .with_columns(_place())
        .with_columns(
            pl.coalesce("varied", renamed, "place").alias("place"), pl.coalesce("program", "name").alias("program")
        )
    )


def _mapping(joined: pl.DataFrame) -> pl.DataFrame:
    return joined.select(*KEY, "program", "place").sort(KEY)


def _sighted(locations: pl.DataFrame) -> pl.DataFrame:
    """Distinct ``name, zone, location, host`` with the location's ``kind``: its placeholders without their types."""
    distinct = locations["location"].unique()
    kinds = pl.DataFrame(
        {"location": distinct, "kind": pl.Series([unified(each) for each in distinct.to_list()], dtype=pl.String)}
    )
    return _by_host(locations).join(kinds, on="location", how="inner")


def _by_host(locations: pl.DataFrame) -> pl.DataFrame:
    """Distinct ``name, zone, location, host``, hosts of two tenants told apart."""
    host = pl.concat_str(pl.col("tenant").fill_null(""), pl.lit("\x00"), "host").alias("host")
    return locations.select(*KEY, host).unique()


def _place() -> pl.Expr:
    """The location itself, or its kind where several locations differ in their placeholders only."""
    alone = pl.col("location").n_unique().over("name", "zone", "kind") == 1
    return pl.when(alone).then("location").otherwise("kind").alias("place")


def _varying(sighted: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """``name, zone, kind, varied``: the kinds that share a place because the population shows a segment to vary."""
    candidates = _candidates(sighted.filter(~pl.col("zone").is_in(list(FIXED_ZONES))), rules)
    rows = [row for group in candidates.partition_by(GROUP, maintain_order=True) for row in _cut(group, rules)]
    found = pl.DataFrame(rows, schema=dict.fromkeys(("name", "zone", "kind", "varied"), pl.String), orient="row")
    # a kind that varies at two depths is placed at the wider one, ties by spelling
    return (
        found.with_columns(pl.len().over("name", "zone", "varied").alias("width"))
        .sort("width", "varied", descending=[True, False])
        .unique(["name", "zone", "kind"], keep="first", maintain_order=True)
        .drop("width")
    )


def _candidates(sighted: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The directories that evidence admits to a skeleton: ``name, zone, kind, skeleton, value, depth``."""
    kinds = sighted["kind"].unique()
    split = pl.DataFrame(
        [(kind, *each) for kind in kinds.to_list() for each in skeletons(kind)],
        schema={"kind": pl.String, **SKELETON},
        orient="row",
    )
    rows = sighted.select("name", "zone", "kind", "host").unique().join(split, on="kind", how="inner")
    rows = rows.filter(pl.col("value").n_unique().over(GROUP) > 1)
    admitted = _admitted(rows, rules)
    companions = rows.join(admitted.select("zone", "skeleton", "value").unique(), on=["zone", "skeleton", "value"])
    columns = ["name", "zone", "kind", "skeleton", "value", "depth"]
    return pl.concat([admitted.select(columns), companions.select(columns)]).unique().sort(columns)


def _admitted(rows: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """The members for which enough other values on enough other hosts remain when their own hosts are left out.

    Only values on few hosts are evidence. A value on many hosts is no newcomer and needs nothing left out.
    """
    carried = pl.col("host").n_unique().over(*GROUP, "value")
    most = pl.max_horizontal(pl.lit(2.0), pl.col("host").n_unique().over(GROUP) * rules.few)
    judged = rows.with_columns((carried <= most).alias("rare"))
    rare = judged.filter("rare")
    evidence = rare.group_by(GROUP).agg(
        pl.col("value").n_unique().cast(pl.Int64).alias("values"),
        pl.col("host").n_unique().cast(pl.Int64).alias("hosts"),
    )
    told = evidence.filter((pl.col("values") >= rules.values) & (pl.col("hosts") >= rules.hosts))
    touched = rare.group_by(*GROUP, "host").agg(pl.col("value").n_unique().cast(pl.Int64).alias("touched"))
    members = (
        judged.join(told, on=GROUP, how="inner")
        .join(touched, on=[*GROUP, "host"], how="left")
        .group_by(*GROUP, "kind", "value", "depth", "rare", "values", "hosts")
        .agg(pl.col("touched").sum(), pl.len().cast(pl.Int64).alias("own"))
    )
    others = (pl.col("values") - pl.col("touched") >= rules.values) & (pl.col("hosts") - pl.col("own") >= rules.hosts)
    return members.filter(~pl.col("rare") | others)


def _cut(group: pl.DataFrame, rules: Rules) -> list[tuple[str, str, str, str]]:
    """``name, zone, kind, place`` for every member of one program's skeleton that lies near enough to another."""
    if group.height < 2:
        return []
    name, zone, skeleton = group.row(0, named=True)["name"], group["zone"][0], group["skeleton"][0]
    labels = _labels(group["value"].to_list(), group["depth"][0], rules)
    clusters: dict[int, list[str]] = {}
    for label, kind in zip(labels, group["kind"].to_list(), strict=True):
        clusters.setdefault(label, []).append(kind)
    several = [members for members in clusters.values() if len(members) > 1]
    return [
        (name, zone, kind, skeleton if len(several) == 1 else min(members)) for members in several for kind in members
    ]


def _labels(values: list[str], depth: int, rules: Rules) -> list[int]:
    """The cluster of each value: average linkage over the directories' distance, which only this segment makes."""
    if len(values) > rules.block:
        return [0] * len(values)
    distances = _distances(values, depth)
    if distances.max() <= rules.threshold:  # then so is every mean of them
        return [0] * len(values)
    from scipy.cluster.hierarchy import fcluster, linkage  # dear to load, and most populations need none of it
    from scipy.spatial.distance import squareform

    tree = linkage(squareform(distances, checks=False), method="average")
    return [int(label) for label in fcluster(tree, t=rules.threshold, criterion="distance")]


def _distances(values: list[str], depth: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.asarray(cdist(values, values, scorer=Indel.normalized_distance, dtype=np.float64)) / depth


def _clusters(sighted: pl.DataFrame, joined: pl.DataFrame) -> list[Cluster]:
    """Every place of more than one name or location, in the order of program, zone and place."""
    one = ["program", "place"]
    merged = joined.filter(pl.concat_str("location", pl.lit("\x00"), "name").n_unique().over(one) > 1)
    rows = sighted.join(merged.select(*KEY, "program", "place"), on=KEY, how="inner")
    hosts = rows.group_by(one).agg(pl.col("host").n_unique())
    members = rows.group_by(*KEY, *one).agg(pl.col("host").n_unique().alias("own"))
    told = members.join(hosts, on=one, how="left").sort(*one, "zone", "location", "name")
    return [_cluster(group) for group in told.partition_by(one, maintain_order=True)]


def _cluster(group: pl.DataFrame) -> Cluster:
    first = group.row(0, named=True)
    members = zip(group["location"].to_list(), group["name"].to_list(), group["own"].to_list(), strict=True)
    zone = first["zone"] if group["zone"].n_unique() == 1 else zone_of(first["place"]).value
    return Cluster(first["program"], zone, first["place"], first["host"], tuple(Member(*member) for member in members))


def directory_distance(one: str, other: str) -> float:
    """The mean, over the segments of two locations, of how different they are (0 equal … 1 nothing in common)."""
    first, second = (each.replace("/", "\\").strip("\\").split("\\") for each in (one, other))
    pairs = zip(first, second, strict=False)
    apart = sum(Indel.normalized_distance(*pair) for pair in pairs if pair[0] != pair[1])
    return (apart + abs(len(first) - len(second))) / max(len(first), len(second))
