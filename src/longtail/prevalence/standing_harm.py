"""What means harm in what was learnt, kept → a moment's news of accounts that no population speaks for, judged by all.

As ``anybody`` judges a fleet, so are its news judged: by everybody. What means harm is rare, whoever does it, so starts
are dropped by their command lines, and what is left is counted anew each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from longtail.prevalence.anomalies import sizes, widened
from longtail.prevalence.anybody import HARM, Everybody, as_one, for_both, harmful_acts, watched
from longtail.prevalence.anybody import Judged as Populations
from longtail.prevalence.behaviours import POPULATION, UNIT, Meant, behaviours, meanings, readable, showing
from longtail.prevalence.grounds import LEFT_OUT, learnable, scoped
from longtail.prevalence.habits import NAMED_CLASS
from longtail.prevalence.harmless import Harmless
from longtail.prevalence.judgement import Weighed
from longtail.prevalence.moments import NOBODY_EXCUSED, Judged, Terms
from longtail.prevalence.sentences import TENANT
from longtail.prevalence.telling import HARMFUL
from longtail.prevalence.window import Hashes, Window, hashes, not_among


@dataclass
class Watched:
    """What was watched so far: what means harm on each host (``window``), what of it alarmed and so speaks for nobody
    (``left_out``), and which command lines mean none, as they are read."""

    window: Window = field(default_factory=Window)
    left_out: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LEFT_OUT))
    harmless: Harmless = field(default_factory=Harmless)

    def others(self, hosts: pl.DataFrame) -> pl.DataFrame:
        """What is remembered of other than these ``hosts``, as far as nobody was alarmed by it."""
        known = self.window.of(list(self.window.hosts)).join(hosts, on=["tenant", "host"], how="anti")
        return learnable(known.drop("judged"), self.left_out).with_columns(judged=pl.lit(False))


@dataclass(frozen=True)
class Harm:
    """What means harm in what was learnt, whoever did it (``learnt``: located habits, ``keys``: theirs, sorted); the
    ``days`` on which each host was watched, the ``sizes`` of all accounts together, and which populations are ``left``
    to be told harm (None: all that are not judged)."""

    learnt: pl.DataFrame
    keys: Hashes
    days: pl.DataFrame
    sizes: pl.DataFrame
    terms: Terms
    meant: Meant
    left: pl.DataFrame | None
    seed: int

    def suspected(self, events: pl.DataFrame, watched: Watched) -> pl.DataFrame:
        """The process starts whose command lines mean harm."""
        lines = events.select(pl.col("command_line").drop_nulls().unique())
        read = lines.with_columns(readable(lines["command_line"]).alias("text"))
        new = read.filter(watched.harmless.unknown(read["text"])).rename({"command_line": "example_command_line"})
        watched.harmless.ask([new["text"]])
        harmful = new.join(showing(new, HARMFUL, self.meant), on="example_command_line", how="semi")
        watched.harmless.answered(harmful["text"])
        return events.filter(pl.col("command_line").is_in(harmful["example_command_line"].implode()))

    def judged(self, seen: pl.DataFrame, watched: Watched, dismissed: pl.DataFrame = NOBODY_EXCUSED) -> Judged:
        """The alerts of the hosts on which ``seen`` (``SIGHTING`` of what is ``suspected``) has news, which is
        ``watched`` from now on. What somebody ``dismissed`` (``EXCUSED``) alarms no more."""
        mine = self.terms.known.classes.of(seen).with_row_index("row")
        news = self.terms.placed(mine, self._fresh(mine, watched.window)["row"])
        if news.is_empty():
            return Judged()
        now = watched.window.of(watched.window.add(news))
        rows = pl.concat([each.select(self.learnt.columns) for each in (self.learnt, watched.others(now), now)])
        found = self.terms.told(self._weighed(rows), rows, now, dismissed)
        alarming = scoped(found.grounds, UNIT).select(list(LEFT_OUT))
        watched.left_out = pl.concat([watched.left_out, alarming]).unique()
        return found

    def _fresh(self, mine: pl.DataFrame, window: Window) -> pl.DataFrame:
        """Sightings of what their hosts neither did in what was learnt nor in the window."""
        fresh = mine.filter(not_among(self.keys, hashes(mine, self.seed)))
        return fresh.filter(pl.Series(window.unseen(hashes(fresh, self.seed)), dtype=pl.Boolean))

    def _weighed(self, rows: pl.DataFrame) -> Weighed:
        """The behaviours of harmful habits, learnt and new, with their bits, their counts and their price."""
        on = rows.select("tenant", "host", "days")
        everybody = Everybody(watched(pl.concat([self.days, on])), for_both(widened(self.sizes, as_one(rows))), rows)
        of_none = Populations(behaviours(rows.clear()), pl.DataFrame(schema=HARM))
        acts, why = harmful_acts(rows, of_none, everybody, self.terms.settings, self.meant)
        return Weighed(acts.with_columns(pl.lit(TENANT).alias("among")), why)


def harm(placed: pl.DataFrame, asked: pl.DataFrame, accounts: Sequence[str], terms: Terms, seed: int) -> Harm:
    """What means harm in located habits; ``asked`` is the table of ``population.selected`` for these ``accounts``."""
    learnt = placed.join(showing(placed, HARMFUL), on="example_command_line", how="semi").drop(NAMED_CLASS)
    everybody = {each.casefold() for each in accounts} & {"auto", "all"}
    days = placed.select("tenant", "host", "days").explode("days").unique()
    return Harm(
        learnt=learnt,
        keys=np.unique(hashes(learnt, seed)),
        days=days.group_by("tenant", "host").agg(pl.col("days")),
        sizes=sizes(as_one(placed)),
        terms=terms,
        meant=meanings(behaviours(learnt)),
        left=None if everybody else asked.filter("left").select(POPULATION),
        seed=seed,
    )
