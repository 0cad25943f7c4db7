"""Habits → behaviours: what each account was seen to do on each host, each thing once, with the days it was seen.

A *population* is a tenant × account class, a *unit* one host of it. A behaviour is one executable told one thing
(command shape) by one parent; its *aspects* are what can be common or rare about it: the executable itself, what it
was told (the coarse shape, and each single feature of it), who started it, and the meanings (traits) of its command.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import polars as pl
import polars.selectors as cs

from longtail.executions.argv import MAX_TEXT
from longtail.executions.odd_spelling import broken_up, oddly_cased
from longtail.executions.paths import Zone, writable
from longtail.executions.schema import EXAMPLE
from longtail.executions.shapes import coarse, features
from longtail.executions.traits import traits
from longtail.executions.volatile import stood_in
from longtail.prevalence.techniques import techniques

POPULATION = ["tenant", "account_class"]
UNIT = [*POPULATION, "host"]
BEHAVIOUR = [*UNIT, "account", "executable", "name", "zone", "place", "hosted_by", "shape", "parent"]
ASPECT = ["kind", "given", "what"]
NAMES = [*UNIT, *ASPECT, "stratum", "executable", "name", "zone", "place"]
Meant = Mapping[str, Mapping[str, Sequence[str]]]
"""By kind of aspect what texts were found to mean: a command line its traits, a shape what it tells."""

NOTHING_MEANT: Meant = {}
ODD_CASE = "is spelt in oddly mixed case"
BROKEN_UP = "breaks its words up"
EVERYDAY = frozenset(("T1059.001", "T1059.003", "T1059.004", "T1059.006", "T1070.004"))  # shells and deleting files
OWNED = [
    zone.value
    for zone in (
        Zone.OTHER,
        Zone.OTHER_DRIVE,
        Zone.PROGRAM_FILES,
        Zone.PROGRAM_DATA,
        Zone.NETWORK_SHARE,
        Zone.UNIX_OPT,
        Zone.UNIX_VAR,
        Zone.UNIX_OTHER,
    )
]
"""Where an organisation keeps its own programs: a directory that is familiar there vouches for what else it holds."""


def located(sightings: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Sightings with ``executable``: the cluster of their directory and their program (from ``places``), as one string.

    ``places`` maps (name, zone, location) to a place and a program (the name, where it is not made anew each time). A
    bare name (``taskkill`` inside ``cmd /c``) is the program that a shell would find by that name, where the fleet has
    one in a place of trust; else it stays bare.
    """
    placed = sightings.join(places, on=["name", "zone", "location"], how="left").with_columns(
        pl.coalesce("place", "location").alias("place"), pl.coalesce("program", "name").alias("program")
    )
    return (
        placed.with_columns(_unix().alias("unix"))
        .join(_known_programs(placed), on=["name", "unix"], how="left")
        .with_columns(
            pl.when(pl.col("zone") == Zone.NONE.value)
            .then(pl.coalesce("known_program", "name"))
            .otherwise(pl.col("place") + pl.col("program"))
            .alias("executable")
        )
        .drop("known_program", "unix")
    )


def _unix() -> pl.Expr:
    """Whether a sighting is of a Unix host, by the path of the process."""
    return pl.col("example_image").str.starts_with("/")


def _known_programs(placed: pl.DataFrame) -> pl.DataFrame:
    """Bare name → the program a shell would find by it: the commonest of that name where not everybody may write."""
    trusted = [zone.value for zone in Zone if not writable(zone) and zone not in (Zone.NONE, Zone.BUILTIN, Zone.REMOTE)]
    known = (
        placed.lazy()
        .filter(pl.col("zone").is_in(trusted))
        .with_columns(_unix().alias("unix"))
        .group_by("name", "place", "zone", "unix")
        .agg(pl.struct("tenant", "host").n_unique().alias("hosts"))
        .sort(pl.col("zone").is_in(["system", "unix-system"]), "hosts", "place", descending=[True, True, False])
        .group_by("name", "unix", maintain_order=True)
        .agg(pl.col("place").first())
        .select("name", "unix", (pl.col("place") + pl.col("name")).alias("known_program"))
    )
    stems = known.filter(pl.col("name").str.ends_with(".exe")).with_columns(pl.col("name").str.strip_suffix(".exe"))
    return pl.concat([known, stems]).unique(["name", "unix"], keep="first", maintain_order=True).collect()


def coded(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with their ``NAMES`` as numbers that stand for them: joined and grouped in half the time and memory."""
    return rows.with_columns(pl.col(name).cast(pl.Categorical) for name in NAMES if name in rows.columns)


def spelt(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of ``coded`` with their names as texts again."""
    return rows.with_columns(cs.categorical().cast(pl.String))


def behaviours(located_habits: pl.DataFrame) -> pl.DataFrame:
    """Each behaviour of each unit once: ``onset`` (its first moment), first and last day, on how many days, runs.

    ``judged`` if any of it is judged, and it ``began`` if its first moment is: else that was learnt from. The example
    event is that of the first moment.
    """
    return (
        located_habits.lazy()
        .sort("first_seen", "example_pid", "example_record_id", *BEHAVIOUR)
        .group_by(BEHAVIOUR, maintain_order=True)
        .agg(
            pl.col("first_seen").min().alias("onset"),
            pl.col("last_seen").max().alias("last"),
            pl.col("days").list.first().min().alias("first_day"),
            pl.col("days").list.last().max().alias("last_day"),
            pl.col("days").explode().n_unique().cast(pl.Int64).alias("days"),
            pl.col("runs").sum(),
            pl.col("judged").any(),
            pl.col("judged").first().alias("began"),
            *(pl.col(name).first() for name in EXAMPLE),
        )
        .with_row_index("behaviour")
        .collect()
    )


def aspects(each: pl.DataFrame, meant: Meant = NOTHING_MEANT) -> pl.DataFrame:
    """The aspects of behaviours, long: one row a (behaviour, kind, given, what), with the behaviour's unit and days.

    ``kind`` is ``executable``, ``told``, ``feature``, ``parent`` or ``trait``; ``given`` is what an aspect is
    conditional on (the executable, for what it was told), else empty. ``stratum`` groups aspects whose novelty is
    alike: an executable's zone, else the kind. Nothing has ``alarmed`` yet: that takes a memory.
    ``meant`` has what is known already (``meanings``); the rest is read.
    """

    base = [*UNIT, "behaviour", "first_day", "last_day", "days"]
    parented = each.with_columns(pl.col("parent").str.extract(r"([^\\/]*)$", 1).alias("parent_name")).filter(
        pl.col("parent_name") != ""
    )
    lines = [
        each.select(*base, **_aspect("executable", pl.lit(""), pl.col("executable"), pl.col("zone"))),
        parented.select(*base, **_aspect("parent", pl.col("executable"), pl.col("parent_name"))),
        *(_exploded(each, base, kind, meant.get(kind, {})) for kind in MEANINGS),
        each.filter(pl.col("zone").is_in([zone.value for zone in Zone if writable(zone)])).select(
            *base, **_aspect("trait", pl.lit(""), pl.lit("runs from a place that anybody can write to"))
        ),
        _technical(each, base),
        each.filter(pl.col("zone").is_in(OWNED)).select(*base, **_aspect("place", pl.lit(""), pl.col("place"))),
    ]
    return pl.concat(lines).with_columns(pl.lit(False).alias("alarmed"))


def meanings(each: pl.DataFrame) -> Meant:
    """What the texts of behaviours mean, which takes longest to tell."""
    return {
        kind: {text: list(meaning(text)) for text in _read(each, kind)["text"].unique()}
        for kind, (_, meaning) in MEANINGS.items()
    }


def showing(each: pl.DataFrame, wanted: AbstractSet[str], meant: Meant = NOTHING_MEANT) -> pl.DataFrame:
    """``example_command_line``: the command lines among those of behaviours or habits that have one of some traits."""
    read, known = _read(each, "trait"), meant.get("trait", {})
    texts = [text for text in read["text"].unique() if not wanted.isdisjoint(known.get(text) or _traits(text))]
    return read.filter(pl.col("text").is_in(texts)).select("example_command_line")


def _technical(each: pl.DataFrame, base: list[str]) -> pl.DataFrame:
    """The ATT&CK techniques of what was run, as traits: what a population does every day is no news about it."""
    raw = each.select("name", "example_command_line").unique()
    read = raw.with_columns(readable(raw["example_command_line"]).alias("line"))
    told = [
        (name, line, id)
        for name, line in read.select("name", "line").unique().iter_rows()
        for id in techniques(name, line)
        if id not in EVERYDAY
    ]
    meant = pl.DataFrame(told, schema=dict.fromkeys(("name", "line", "what"), pl.String), orient="row")
    return (
        each.join(read, on=["name", "example_command_line"], nulls_equal=True, maintain_order="left")
        .join(meant, on=["name", "line"], maintain_order="left_right")
        .select(*base, **_aspect("trait", pl.lit(""), pl.col("what"), pl.lit("technique")))
    )


def _aspect(kind: str, given: pl.Expr, what: pl.Expr, stratum: pl.Expr | None = None) -> dict[str, pl.Expr]:
    return {"kind": pl.lit(kind), "given": given, "what": what, "stratum": pl.lit(kind) if stratum is None else stratum}


def _exploded(each: pl.DataFrame, base: list[str], kind: str, known: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """A row a behaviour and thing that its text means; ``known`` has what some texts mean, the rest is read."""
    (column, meaning), read = MEANINGS[kind], _read(each, kind)
    told = [
        (text, what) for text in read["text"].unique() for what in (known[text] if text in known else meaning(text))
    ]
    meant = pl.DataFrame(told, schema={"text": pl.String, "what": pl.String}, orient="row")
    given = pl.lit("") if kind == "trait" else pl.col("executable")
    return (
        each.join(read, on=column, nulls_equal=True, maintain_order="left")
        .join(meant, on="text", maintain_order="left_right")
        .select(*base, **_aspect(kind, given, pl.col("what")))
    )


def _read(each: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Each distinct text that a kind of aspect is told by, and the ``text`` that is read for it."""
    column, _ = MEANINGS[kind]
    raw = each.select(column).unique()
    texts = raw[column].fill_null("")
    return raw.with_columns((readable(texts) if kind == "trait" else texts).alias("text"))


def readable(lines: pl.Series) -> pl.Series:
    """Command lines as their meaning is read: with stand-ins, for many differ by what machines made up only."""
    return stood_in(lines.fill_null(""), small=False)


_NAMED = re.compile(r"<(?:rand|user|name|host|word)>|[a-z_$-]*(?:<n>|\d)[\w<>$-]*$")
_SQL_OBJECT = re.compile(r"<sql:(\w+):(?!xp_|sp_)[^>]*>")


def coarse_told(shape: str) -> tuple[str, ...]:
    """The coarse shape of a command, if it says more than the program's name."""
    return (" ".join(map(_named, coarse(shape).split(" "))),) if " " in shape else ()


def features_told(shape: str) -> list[str]:
    """The features of a shape, whatever names one thing (a host, a database, a procedure) counted as a name."""
    return sorted(set(map(_named, features(shape))))


def _named(token: str) -> str:
    return "<name>" if _NAMED.fullmatch(token) else _SQL_OBJECT.sub(r"<sql:\1>", token)


def _traits(command_line: str) -> Iterable[str]:
    found, text = sorted(trait.value for trait in traits(command_line)), command_line[:MAX_TEXT]
    odd = ((ODD_CASE, oddly_cased), (BROKEN_UP, broken_up))
    return [*found, *(name for name, is_so in odd if is_so(text))]


MEANINGS: dict[str, tuple[str, Callable[[str], Iterable[str]]]] = {
    "told": ("shape", coarse_told),
    "feature": ("shape", features_told),
    "trait": ("example_command_line", _traits),
}
"""The kinds of aspects that are read from a text: which text, and how."""
