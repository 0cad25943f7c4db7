"""What was learnt, counted once and kept → a judgement of a few hosts' news in moments, by the same numbers.

Judging counts over a whole fleet. All that it counts are sums over units, so the sums of what was learnt are kept, what
the news adds is added, and only the hosts with news are looked at one by one. A host's past is what was learnt of it
and what was watched of it; what it did before is no news.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from longtail.prevalence.anomalies import counted, sizes, weighed, widened
from longtail.prevalence.behaviours import ASPECT, POPULATION, UNIT, Meant, aspects, behaviours
from longtail.prevalence.findings import Alert, Severity
from longtail.prevalence.grounds import LEFT_OUT, learnable, notable, scoped
from longtail.prevalence.habits import NAMED_CLASS
from longtail.prevalence.incidents import anomalous, grouped, scored
from longtail.prevalence.judgement import Weighed, model
from longtail.prevalence.likeness import Common, common_executables
from longtail.prevalence.moments import NOBODY_EXCUSED, Judged, Terms
from longtail.prevalence.placed import Classes, classed, known
from longtail.prevalence.population import measured, selected
from longtail.prevalence.price import priced
from longtail.prevalence.severity import Thresholds
from longtail.prevalence.standing_harm import Harm, harm
from longtail.prevalence.stories import likenesses, thresholds
from longtail.prevalence.surprise import COUNTED, Counts, exposures, rated_by, surprises, tallied, unit_rows, units
from longtail.prevalence.window import Hashes, Host, Window, hashes, not_among
from longtail.settings import Settings

ONCE = {
    "could": [*UNIT, "given"],
    "show": [*UNIT, *ASPECT],
    "brief": [*UNIT, *ASPECT],
    "host_days": [*UNIT, "given", "day"],
    "novel": [*UNIT, "given", "stratum", "first_day"],
}
"""What a unit counts once for, in each of the tables of ``COUNTED``."""


@dataclass(frozen=True)
class Learnt:
    """Habits that were learnt, of the judged populations: located, sorted by host, and where each host's stand.

    ``keys`` are their sorted ``hashes`` under ``seed``, which nobody can foresee; ``counted`` those of the rows that
    their units count with, by the names of ``ONCE``.
    """

    rows: pl.DataFrame
    where: Mapping[Host, tuple[int, int]]
    keys: Hashes
    counted: Mapping[str, Hashes]
    seed: int

    def of(self, hosts: Sequence[Host]) -> pl.DataFrame:
        """Those of some hosts."""
        slices = [self.rows.slice(*self.where[each]) for each in hosts if each in self.where]
        return pl.concat([self.rows.clear(), *slices])

    def news(self, sightings: pl.DataFrame, window: Window) -> pl.DataFrame:
        """Sightings of what their hosts neither did in what was learnt nor in the window."""
        fresh = sightings.filter(not_among(self.keys, hashes(sightings, self.seed)))
        return fresh.filter(pl.Series(window.unseen(hashes(fresh, self.seed)), dtype=pl.Boolean))

    def uncounted(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Of rows that units count with those that they did not count with in what was learnt."""
        return rows.filter(not_among(self.counted[name], _once(name, rows, self.seed)))


@dataclass(frozen=True)
class Chosen:
    """Who is judged at all: the ``populations``, those ``left`` that can only be told harm (None: all others); and the
    ``classes`` that accounts were shown to be."""

    classes: Classes
    populations: pl.DataFrame
    left: pl.DataFrame | None

    def of(self, events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Of process starts (``PROCESS_EVENT``) those that are judged, which are few, and those of whom is left."""
        kinds = classed(events, self.classes)
        judged = kinds.join(self.populations, on=POPULATION, how="semi")["start"]
        rest = kinds.join(self.populations, on=POPULATION, how="anti")
        left = (rest if self.left is None else rest.join(self.left, on=POPULATION, how="semi"))["start"]
        return events[judged.sort()], events[left.sort()]


@dataclass(frozen=True)
class Standing:
    """All that judging a few hosts needs to know of the rest; ``populations`` are those that are judged at all."""

    populations: pl.DataFrame
    learnt: Learnt
    counts: Counts
    sizes: pl.DataFrame
    terms: Terms
    meant: Meant
    harm: Harm

    @property
    def chosen(self) -> Chosen:
        """Who is judged at all."""
        return Chosen(self.terms.known.classes, self.populations, self.harm.left)

    def judged(self, seen: pl.DataFrame, window: Window, dismissed: pl.DataFrame = NOBODY_EXCUSED) -> Judged:
        """The alerts of the hosts on which ``seen`` (``SIGHTING``) has news, which ``window`` remembers from now on.

        An incident that goes on is among them as a whole, under its first name. What somebody ``dismissed``
        (``EXCUSED``) alarms no more.
        """
        mine = self.terms.known.classes.of(seen).with_row_index("row")
        fresh = self.learnt.news(mine.join(self.populations, on=POPULATION, how="semi"), window)["row"]
        news = self.terms.placed(mine, fresh)
        if news.is_empty():
            return Judged()
        hosts = window.add(news)
        past, now = self.learnt.of(hosts), window.of(hosts)
        chosen = pl.concat([past, now.select(past.columns)])
        found = self.terms.told(self._weighed(chosen, window, hosts), chosen, now, dismissed)
        self._keep_out(found.alerts, found.grounds, window)
        return found

    def _keep_out(self, alerts: Sequence[Alert], grounds: pl.DataFrame, window: Window) -> None:
        """What alerts rest on counts for other hosts only as what is of one moment: nobody becomes normal by spreading,
        and that a program spreads is seen."""
        ids = [each.id for each in alerts if each.severity > Severity.INFORMATIONAL]
        alarming = grounds.filter(pl.col("alert").is_in(ids))
        hosts = list(alarming.select("tenant", "host").unique().iter_rows())
        if not hosts:
            return
        past, now = self.learnt.of(hosts), window.of(hosts)
        left = learnable(now.drop("judged"), scoped(alarming, UNIT).select(list(LEFT_OUT)))
        chosen = pl.concat([past, left.with_columns(pl.lit(True).alias("judged")).select(past.columns)])
        found = aspects(behaviours(chosen), self.meant)
        rows = rated_by(unit_rows(found, exposures(chosen)), near(self.counts, found)).rows
        window.count(self._uncounted({name: each for name, each in rows.items() if name != "brief"}), hosts)

    def _uncounted(self, rows: Counts) -> Counts:
        """Of rows that units count with those that they did not count with in what was learnt."""
        return {name: self.learnt.uncounted(name, each) for name, each in rows.items()}

    def _weighed(self, chosen: pl.DataFrame, window: Window, hosts: Sequence[Host]) -> Weighed:
        """The behaviours of the window on some hosts, with their bits, their counts and their price."""
        each = behaviours(chosen)
        found = aspects(each, self.meant)
        rows, learnt = unit_rows(found, exposures(chosen)), near(self.counts, found)
        window.count(self._uncounted(rated_by(rows, learnt).rows), hosts)
        shown = rated_by(rows, _added(learnt, window, found))
        rated = surprises(shown)
        mine = weighed(each, found, rated).filter("judged")
        same = self.learnt.rows.filter(pl.col("executable").is_in(mine["executable"].unique().implode()))
        everywhere = pl.concat([same, chosen.filter("judged").select(same.columns)])
        whole = widened(self.sizes, everywhere)
        full = counted(priced(mine, shown, self.terms.settings.anomaly_bits), everywhere, whole)
        return Weighed(full, notable(found, rated))


def _added(learnt: Counts, window: Window, found: pl.DataFrame) -> Counts:
    """What was learnt and what the window adds to it, as far as it concerns these aspects."""
    added = near({name: tallied(name, rows) for name, rows in window.added.items()}, found)
    return {
        name: pl.concat([each, added[name]]).group_by(COUNTED[name]).agg(pl.col("n").sum())
        for name, each in learnt.items()
    }


def near(counts: Counts, found: pl.DataFrame) -> Counts:
    """The counts that these aspects are judged by."""
    given = pl.concat(
        [found.select("account_class", "given"), found.select("account_class", given=pl.lit(""))]
    ).unique()
    aspect = found.select("account_class", *ASPECT).unique()
    return {
        name: each.join(aspect, on=aspect.columns, how="semi")
        if "what" in each.columns
        else each.join(given, on=given.columns, how="semi")
        for name, each in counts.items()
    }


def standing(found: pl.DataFrame, settings: Settings, accounts: Sequence[str], meant: Meant) -> Standing:
    """What was learnt (``HABIT``), counted. Takes as long as judging all of it does."""
    learnt = found.with_columns(pl.col("account_class").alias(NAMED_CLASS), judged=pl.lit(False))
    placed, where = model(learnt)
    asked = selected(measured(placed), accounts, settings)
    populations = asked.filter("judged").select(POPULATION)
    chosen = placed.join(populations, on=POPULATION, how="semi").drop(NAMED_CLASS).sort("tenant", "host")
    each = behaviours(chosen)
    aspects_of = aspects(each, meant)
    counted = units(aspects_of, exposures(chosen))
    common = common_executables(placed)
    full = weighed(each, aspects_of, surprises(counted))
    terms = Terms(known(placed, where.mapping), common, _cut(full, chosen, common, settings), settings)
    seed = random.SystemRandom().getrandbits(63)
    return Standing(
        populations=populations,
        learnt=_learnt(chosen, counted.rows, seed),
        counts=counted.counts,
        sizes=sizes(chosen),
        terms=terms,
        meant=meant,
        harm=harm(placed, asked, accounts, terms, seed),
    )


def _once(name: str, rows: pl.DataFrame, seed: int) -> Hashes:
    """One number for each row that units count with, the same for what counts once."""
    return rows.select(pl.struct(ONCE[name]).hash(seed)).to_series().to_numpy()


def _learnt(chosen: pl.DataFrame, rows: Counts, seed: int) -> Learnt:
    runs = chosen.with_row_index("row").group_by("tenant", "host").agg(pl.col("row").min(), pl.len())
    where = {(tenant, host): (row, length) for tenant, host, row, length in runs.iter_rows()}
    counted = {name: np.unique(_once(name, rows[name], seed)) for name in ONCE}
    return Learnt(chosen, where, np.unique(hashes(chosen, seed)), counted, seed)


def _cut(
    each: pl.DataFrame, chosen: pl.DataFrame, common: Mapping[str, dict[str, Common]], settings: Settings
) -> Thresholds:
    """The scores of each severity, by the benign rarities of what was learnt."""
    found = grouped(anomalous(each, settings.anomaly_bits), settings.quiet_hours)
    scores = scored(found, likenesses(found, common))["score"] if found.height else pl.Series([], dtype=pl.Float64)
    return thresholds(scores, chosen.with_columns(pl.lit(True).alias("judged")), settings)
