"""Anomalies → what they rest on, and sightings → what of them may be learnt: the part that needs a memory of alerts.

A *ground* is one aspect of one behaviour of an alert: this host ran this program (``executable``), or told it this
(``told``, ``feature``), or had it started by that (``parent``). Whoever is alerted on and not dismissed stays out of
what is learnt: not the one command that was told, but everything on that host that shows the same ground, under any
account of its class. Else the second command of the same day would teach what the first one alarmed about.

A dismissal is narrower: it excuses the same program told the same by the same parent, not all that the program may do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from longtail.executions.account_names import AccountClass
from longtail.prevalence.behaviours import ASPECT, UNIT, Meant, coarse_told, features_told
from longtail.prevalence.explain import WEAK_BITS
from longtail.prevalence.findings import Alert
from longtail.prevalence.telling import harmful

KINDS = ("executable", "told", "feature", "parent")
PROGRAM = ["location", "name", "zone"]
SCOPES = {
    "host": ("tenant", "account_class", "host"),
    "account": ("tenant", "account_class", "account"),
    "tenant": ("tenant", "account_class"),
    "all": ("account_class",),
}
"""For whom a verdict holds: what of ``SCOPE`` must be the same, by the name of the scope, narrowest first."""
SCOPE = ["tenant", "account_class", "host", "account"]
"""Whom a row of ``LEFT_OUT`` or ``EXCUSED`` is about; null stands for all."""

GROUND = pl.Schema(
    dict.fromkeys((*SCOPE, "executable", *PROGRAM, "hosted_by", "shape", "parent", "kind", "what"), pl.String())
)
"""One ground of one alert, in terms of sightings: the place of an executable may be called otherwise tomorrow."""

LEFT_OUT = pl.Schema(dict.fromkeys((*SCOPE, *PROGRAM, "kind", "what"), pl.String()))
EXCUSED = pl.Schema(dict.fromkeys((*SCOPE, "executable", *PROGRAM, "hosted_by", "shape", "parent"), pl.String()))


@dataclass(frozen=True)
class Memory:
    """What earlier alerts taught: grounds that are never learnt (``LEFT_OUT``), behaviours that no longer alarm
    (``EXCUSED``). ``meant``: what texts were found to mean before, to save time."""

    left_out: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LEFT_OUT))
    excused: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXCUSED))
    meant: Meant = field(default_factory=dict)


def notable(found: pl.DataFrame, surprises: pl.DataFrame) -> pl.DataFrame:
    """``behaviour, kind, what``: the aspects by which behaviours surprise, if only weakly.

    ``found`` and ``surprises`` are the tables of ``aspects`` and ``surprise``. Where the meaning alone surprises, that
    is what they were told, or the program where it was told nothing.
    """
    keys = [*UNIT, "kind", "given", "what", "first_day"]
    rare = surprises.filter(pl.col("bits") >= WEAK_BITS)
    shown = found.join(rare.filter(pl.col("kind").is_in(KINDS)).select(keys), on=keys, how="semi")
    meant = found.join(rare.filter(harmful()).select(keys), on=keys, how="semi").join(shown, on="behaviour", how="anti")
    told, programs = (
        found.filter(pl.col("kind") == kind).join(meant, on="behaviour", how="semi") for kind in ("told", "executable")
    )
    untold = programs.join(told, on="behaviour", how="anti")
    return pl.concat([shown, told, untold]).select("behaviour", "kind", "what").unique()


def grounds(told: pl.DataFrame, surprising: pl.DataFrame, located: pl.DataFrame) -> pl.DataFrame:
    """``alert``, the columns of ``GROUND``, ``last``: what alerts rest on, wherever on its host it shows; when last.

    ``told`` has the behaviours of each ``alert`` with their ``last`` moment, ``surprising`` is the table of
    ``notable``, ``located`` are the sightings that were judged.
    """
    resting = told.drop("name", "zone").join(surprising, on="behaviour")
    where = located.select(*UNIT, "executable", *PROGRAM).unique()
    return _in_order(resting.join(where, on=[*UNIT, "executable"]))


def of_cards(cards: Iterable[Alert], located: pl.DataFrame) -> pl.DataFrame:
    """The same of roll-out cards: their programs on each of their hosts, whatever they were told there."""
    rows = [(card.id, card.tenant, host, each.executable)
            for card in cards for host in card.hosts for each in card.executions]  # fmt: skip
    keys = ["tenant", "host", "executable"]
    told = pl.DataFrame(rows, schema=dict.fromkeys(("alert", *keys), pl.String), orient="row")
    where = (
        located.join(told, on=keys, how="semi")
        .group_by(*SCOPE, "executable", *PROGRAM)
        .agg(pl.col("last_seen").max().alias("last"))
    )
    untold = (pl.lit(None, pl.String).alias(name) for name in ("hosted_by", "shape", "parent"))
    shown = told.join(where, on=keys).with_columns(*untold, kind=pl.lit("executable"))
    return _in_order(shown.with_columns(what="executable"))


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    columns = ["alert", *GROUND]
    return rows.group_by(columns).agg(pl.col("last").max()).sort(columns, nulls_last=False)


def alarmed(found: pl.DataFrame, located: pl.DataFrame, left_out: pl.DataFrame) -> pl.DataFrame:
    """The aspects of behaviours with ``alarmed`` where ``left_out`` (``LEFT_OUT``) holds them: an alert rests on them.

    Repeated day after day they are no routine, and they were not there before anybody looked.
    """
    if left_out.is_empty():
        return found
    program = pl.col("kind") == "executable"
    resting = (
        scoped(left_out, UNIT)
        .join(located.select(*PROGRAM, "executable").unique(), on=PROGRAM)
        .with_columns(
            pl.when(program).then(pl.lit("")).otherwise("executable").alias("given"),
            pl.when(program).then("executable").otherwise("what").alias("what"),
        )
        .select(*SCOPE, *ASPECT)
        .unique()
    )
    rows = found.with_row_index("row")
    held = [rows.join(group, on=[*_given(group), *ASPECT], how="semi")["row"] for group in _by_scope(resting)]
    return found.with_columns(rows["row"].is_in(pl.concat([rows["row"].clear(), *held]).implode()).alias("alarmed"))


def learnable(classed: pl.DataFrame, left_out: pl.DataFrame) -> pl.DataFrame:
    """The sightings without those that show a ground of ``left_out`` (``LEFT_OUT``).

    Where ``classed`` has a column ``judged``, what is judged stays: it is only not learnt from.
    """
    if left_out.is_empty():
        return classed
    rows = classed.with_row_index("row")
    learnt = rows.filter(~pl.col("judged")) if "judged" in rows.columns else rows
    shown = [_showing(learnt, group) for group in _by_scope(_as_classed(left_out))]
    return rows.join(pl.concat(shown), on="row", how="anti", maintain_order="left").drop("row")


def _as_classed(left_out: pl.DataFrame) -> pl.DataFrame:
    """The same by the classes that ancestry tells, before the restless are told apart."""
    return left_out.with_columns(pl.col("account_class").replace(AccountClass.AUTOMATION, AccountClass.SERVICE))


def excused(each: pl.DataFrame, located: pl.DataFrame, dismissed: pl.DataFrame) -> pl.DataFrame:
    """Behaviours (with their bits) of which those that somebody dismissed (``EXCUSED``) surprise no more."""
    if dismissed.is_empty() or each.is_empty():
        return each
    known = located.select(*PROGRAM, "executable").unique()
    now = dismissed.drop("executable").join(known, on=PROGRAM).select(list(EXCUSED))
    silent = covered(each, pl.concat([dismissed, now]).unique())
    bits = ("bits", "executable_bits", "told_bits")
    return each.with_columns(pl.when(silent).then(0.0).otherwise(name).alias(name) for name in bits)


def covered(behaviours: pl.DataFrame, dismissed: pl.DataFrame) -> pl.Series:
    """Of each row with the columns of a behaviour, whether ``dismissed`` (``EXCUSED``) holds it: by executable, what
    carried it, what it was told and the name of its parent, for whom the dismissal is."""
    same = ["executable", "hosted_by", "shape", "parent"]
    rows = behaviours.select(*SCOPE, "executable", "hosted_by", "shape", _parent_name()).with_row_index("row")
    lawful = dismissed.with_columns(_parent_name())
    quiet = [
        rows.join(group, on=[*_given(group), *same], how="semi", nulls_equal=True)["row"] for group in _by_scope(lawful)
    ]
    return rows["row"].is_in(pl.concat([rows["row"].clear(), *quiet]).implode())


def scoped(rows: pl.DataFrame, same: Sequence[str]) -> pl.DataFrame:
    """The rows as being about all who have ``same`` (of ``SCOPE``) in common with them."""
    return rows.with_columns(pl.lit(None, pl.String).alias(name) for name in SCOPE if name not in same)


def _parent_name() -> pl.Expr:
    return pl.col("parent").str.extract(r"([^\\/]*)$", 1)


def _by_scope(table: pl.DataFrame) -> list[pl.DataFrame]:
    """Rows that are about the same columns of ``SCOPE``."""
    return table.with_columns(
        pl.concat_str(pl.col(name).is_null().cast(pl.String) for name in SCOPE).alias("about")
    ).partition_by("about", include_key=False)


def _given(group: pl.DataFrame) -> list[str]:
    return [name for name in SCOPE if group[name].null_count() == 0]


def _showing(learnt: pl.DataFrame, group: pl.DataFrame) -> pl.DataFrame:
    """``row``: the sightings that show a ground of the group."""
    keys = [*_given(group), *PROGRAM]
    near = learnt.select("row", "shape", "parent", *keys).join(group.select(*keys, "kind", "what").unique(), on=keys)
    asked = near.select("kind", "what", "shape", "parent").unique()
    answers = [_shows(*row) for row in asked.iter_rows()]
    yes = asked.with_columns(pl.Series("yes", answers, dtype=pl.Boolean)).filter("yes").drop("yes")
    return near.join(yes, on=["kind", "what", "shape", "parent"], how="semi", nulls_equal=True).select("row").unique()


@lru_cache(maxsize=1 << 16)
def _shows(kind: str, what: str, shape: str | None, parent: str | None) -> bool:
    """Whether a sighting of the program shows the aspect."""
    match kind:
        case "told":
            return what in coarse_told(shape or "")
        case "feature":
            return what in features_told(shape or "")
        case "parent":
            return (parent or "").replace("/", "\\").rpartition("\\")[2] == what
        case _:
            return True
