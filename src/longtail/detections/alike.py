"""What deeds mean × the starts of a whole fleet → host-days that look like the deeds, though no alert told of them.

The same technique on an account that nothing models raises no alert. Counted as lawful use it would forbid the very
rule that finds it, so such host-days are neither lawful nor not, as those that alerts tell of; and a person should look
at them. What looks alike must mean what lawful use of the program hardly means, and must be no habit: a job comes
again, on the same host or on others.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.detections.generalise import SHELLS, UNKNOWN, Cluster
from longtail.detections.legitimate import HOST_DAY, Fleet, Numbers, Use
from longtail.detections.meanings import GENERAL
from longtail.detections.predicates import Predicate, conjunction
from longtail.detections.programs import file_names
from longtail.detections.subject import subject
from longtail.secrets import redacted

LEAST_BITS = 8.0
"""What a host-day's starts must mean together, in bits: as much as one lawful use in 256 does."""
MOST_DAYS = 2
"""Days of one host on which something may be seen that is not yet a habit."""
MOST_HOSTS, MOST_SHARE = 3, 0.01
"""Hosts, or share of all hosts, that may show something that is not yet a habit of the fleet."""

FACE = ("image", "command_line", "account")
Bits = NDArray[np.float64]


@dataclass(frozen=True, slots=True, order=True)
class Alike:
    """A host-day that looks like the deeds: what was told there, by whom, with secrets redacted, and what it means."""

    day: date
    tenant: str
    host: str
    told: tuple[tuple[str, str, str], ...]  # label of the technique, account, command line


def alike(found: Iterable[Cluster], fleet: Fleet) -> tuple[Alike, ...]:
    """The host-days on which lawful starts mean what the deeds of clusters mean, in one order."""
    limit = max(MOST_HOSTS, int(MOST_SHARE * fleet.tenants.hosts.sum()))
    rare = [told for cluster in found if (told := _rare(cluster, fleet, limit)) is not None]
    if not rare:
        return ()
    enough = pl.concat(rare).filter(pl.col("bits").sum().over("host_day") >= LEAST_BITS).drop("bits")
    starts = fleet.starts.filter(pl.col("lawful")).with_columns(pl.col(FACE).str.to_lowercase().name.prefix("lower_"))
    keys = [f"lower_{name}" for name in FACE]
    rows = starts.join(enough.rename(dict(zip(FACE, keys, strict=True))), on=["host_day", *keys], nulls_equal=True)
    return tuple(sorted(_told(rows)))


def _told(rows: pl.DataFrame) -> Iterable[Alike]:
    for (tenant, host, day), of_day in rows.group_by(HOST_DAY):
        lines = sorted({(row["label"], row["account"], redacted(row["command_line"] or ""))
                        for row in of_day.iter_rows(named=True)})  # fmt: skip
        yield Alike(day, tenant, host, tuple(lines))


def _base(cluster: Cluster) -> tuple[Predicate, ...]:
    """What every rule of the cluster would demand; nothing where a shell only carries what is judged by itself."""
    return () if cluster.program in SHELLS and cluster.core is None else subject(cluster)


def _rare(cluster: Cluster, fleet: Fleet, limit: int) -> pl.DataFrame | None:
    """Of each host-day the use that means most of what the cluster's deeds mean, and is no habit."""
    if not (base := _base(cluster)):
        return None
    names = () if cluster.program == UNKNOWN else file_names(cluster.program, cluster.posix)
    use = fleet.use(names if not cluster.out_of_place else (cluster.program,))
    bits = meant(cluster, use, base)[use.face]
    rows = np.flatnonzero(_no_habit(bits, use, limit))
    told = use.faces[use.face[rows]].select(FACE).with_columns(
        pl.Series("host_day", use.host_day[rows]), pl.Series("bits", bits[rows]), pl.lit(cluster.label).alias("label")
    )  # fmt: skip
    return told.sort("bits", *FACE, descending=[True, False, False, False]).unique("host_day", keep="first")


def meant(cluster: Cluster, use: Use, base: Sequence[Predicate]) -> Bits:
    """For each face how many bits of meaning it shares with the deeds; none where it means nothing by itself."""
    bits = np.zeros(use.faces.height)
    at = np.flatnonzero(use.held(base))
    faces, events = use.faces[at], cluster.events()
    told = {row.predicate for row in GENERAL if row.predicate.telling and conjunction((row.predicate,), events).any()}
    by_subject: dict[str, Bits] = {}
    for each in told:
        said = conjunction((each,), faces).to_numpy() * -math.log2(each.usual)
        by_subject[each.about] = np.maximum(by_subject.get(each.about, 0.0), said)
    of_core = -math.log2(math.prod(each.usual for each in base if not each.negated))
    more = sum(by_subject.values(), np.zeros(len(at)))
    enough = cluster.out_of_place or (cluster.core is not None and cluster.core.enough)
    bits[at] = np.where((more > 0) | enough, of_core + more, 0.0)
    return bits


def _no_habit(bits: Bits, use: Use, limit: int) -> NDArray[np.bool_]:
    """The rows of a use that mean something and are no habit, of their host or of the fleet."""
    rows = bits > 0
    days = np.unique(np.stack([use.host[rows], use.host_day[rows]], axis=1), axis=0)
    often = np.flatnonzero(np.bincount(days[:, 0].astype(np.int64), minlength=1) > MOST_DAYS)
    usual = max((each for each in np.unique(bits[rows]) if _hosts(use.host[bits >= each]) > limit), default=0.0)
    return rows & (bits > usual) & ~np.isin(use.host, often)


def _hosts(numbers: Numbers) -> int:
    return int(np.unique(numbers).size)
