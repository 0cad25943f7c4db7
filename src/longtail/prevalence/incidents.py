"""Anomalies → incidents: what one account did on one host that belongs together in time, as one scored story."""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta

import polars as pl

from longtail.executions.hosts import host
from longtail.executions.zones import zone_of
from longtail.prevalence.acts import OF_EVERYTHING, WRITABLE, Row, acts, starts_itself, things_told, told_earlier
from longtail.prevalence.habits import SERVICES
from longtail.prevalence.installers import CACHES, INSTALLERS
from longtail.prevalence.likeness import Likeness, file_name
from longtail.prevalence.techniques import techniques
from longtail.prevalence.telling import TELLING

ACTOR = ["tenant", "account_class", "host", "account"]

FADING = 0.8  # the power of its rank that an act's surprise is divided by: many weak ones do not make a strong one
RARE_SHARE = 0.75  # of the bar of anomalies, from which an act is rare enough to be one with others
FEW = 0.25  # the share of hosts up to which a program is one of few
TOGETHER = 6.0  # bits for every doubling of the things told: benign rarities come alone, attacks come in bursts
DRAWN_OUT = 6.0  # bits lost for every doubling of the hours: a burst is worse than the same things over a day
PASSES_FOR = 24.0  # bits when a program passes for a common one: chance alone rarely spells so
RUNS_WHAT_IT_WROTE = 5.0  # bits when a program runs that an earlier command of the story fetched, copied or wrote
DISGUISED = 12.0  # bits when something is run by a host under another name
UNKNOWN_PROGRAM = 6.0  # bits when a new program, not a script, runs from a place that anybody can write to
SPREADING = 15.0  # bits when such a program appears on other hosts too within a day, with no installer behind it
SEVERAL = 2  # other hosts that make it spreading
PAUSE = timedelta(hours=1)  # without anything told: what follows may have nothing to do with what was
MOST_BURSTS = 16  # of one story that are weighed together

TELLS_MUCH = 3.0  # the weight of the bits of a trait that hardly any administrator's command has
USUAL = 0.75  # the weight of the bits of other traits
TECHNIQUE = 0.25  # the weight of the bits of an ATT&CK technique, which traits tell in more general words
PROXIES = ("T1127", "T1218")  # programs of the system that run what is not: few administrators need them
PROGRAMS = (".exe", ".dll", ".com", ".scr", ".cpl", ".sys")


def anomalous(each: pl.DataFrame, bar: float) -> pl.DataFrame:
    """The behaviours that are anomalies: by their own bits, or because enough that is rare came together."""
    return each.filter((pl.col("bits") >= bar) | pl.col("behaviour").is_in(_together(each, bar).implode()))


def _together(each: pl.DataFrame, bar: float) -> pl.Series:
    """The behaviours of bursts in which different programs, none beyond the ``bar``, surprise as much as two that are.

    Where a population is small no act is rare enough alone; an intruder does several within minutes.
    """
    lone = pl.col("executable_hosts").fill_null(0) <= FEW * pl.col("executable_of_hosts").fill_null(0)
    kept = each.filter((pl.col("bits") >= RARE_SHARE * bar) & lone & pl.col("account_class").is_in(SERVICES))
    rare = kept.sort(*ACTOR, "onset", "behaviour")
    begins = (pl.col("onset") - pl.col("onset").shift(1).over(ACTOR) > PAUSE).fill_null(value=True)
    bursts = rare.with_columns(begins.cum_sum().alias("burst"))
    rank = pl.col("bits").rank("ordinal", descending=True).over("burst")
    enough = (
        bursts.group_by("burst", "executable")
        .agg(pl.col("bits").max())
        .with_columns((pl.col("bits") / rank**FADING).alias("faded"))
        .group_by("burst")
        .agg(pl.col("faded").sum())
        .filter(pl.col("faded") >= 2 * bar)
    )
    return bursts.join(enough, on="burst", how="semi")["behaviour"]


def grouped(anomalous: pl.DataFrame, quiet_hours: float) -> pl.DataFrame:
    """Anomalies with ``incident``: a new one begins where an account on a host was quiet for ``quiet_hours``."""
    gap = pl.col("onset") - pl.col("onset").shift(1).over(ACTOR)
    begins = gap.is_null() | (gap > pl.duration(seconds=round(quiet_hours * 3600)))
    return anomalous.sort(*ACTOR, "onset", "behaviour").with_columns(begins.cum_sum().alias("incident"))


def scored(anomalous: pl.DataFrame, likenesses: Mapping[int, Likeness]) -> pl.DataFrame:
    """One row an incident: its actor, ``start``, ``end``, how many ``anomalies``, ``score`` in bits; worst first."""
    incidents = []
    for rows in anomalous.partition_by("incident", maintain_order=True):
        story = rows.sort("onset", "behaviour").to_dicts()
        incidents.append(
            {
                **{name: story[0][name] for name in ("incident", *ACTOR)},
                "start": story[0]["onset"],
                "end": story[-1]["onset"],
                "anomalies": len(story),
                "score": score(story, likenesses),
            }
        )
    return pl.DataFrame(incidents, infer_schema_length=None).sort("score", "incident", descending=[True, False])


def score(story: Sequence[Row], likenesses: Mapping[int, Likeness]) -> float:
    """How alarming a story is, in bits: that of its most alarming stretch.

    ``story`` is one incident's anomalies in the order of time. What else was rare on that host in the days around an
    attack, by chance or by the attacker's will, must not make the attack look drawn out: more never alarms less.
    """
    edges = _edges(story)
    told = [-1 if each is None else each for each in told_earlier(story)]
    return max(
        _stretch_score(story[start:end], likenesses, max(told[start:end]) >= start)
        for first, start in enumerate(edges[:-1])
        for end in edges[first + 1 : first + 1 + MOST_BURSTS]
    )


def _edges(story: Sequence[Row]) -> list[int]:
    """Where the bursts of a story begin, each after nothing happened for ``PAUSE``, and where the last one ends."""
    quiet = (at for at in range(1, len(story)) if story[at]["onset"] - story[at - 1]["onset"] > PAUSE)
    return [0, *quiet, len(story)]


def _stretch_score(story: Sequence[Row], likenesses: Mapping[int, Likeness], runs_what_it_wrote: bool) -> float:
    """How surprising the acts are, that they come together, and what they mean.

    The weights were fitted on generated fleets and rounded; none of them names a program.
    """
    deeds = acts(story)
    greatest = sorted((max(row["bits"] for row in act) for act in deeds), reverse=True)
    surprise = sum(bits / rank**FADING for rank, bits in enumerate(greatest, start=1))
    told = sum(map(things_told, deeds))
    hours = (story[-1]["onset"] - story[0]["onset"]).total_seconds() / 3600
    weight: float = (
        surprise
        + TOGETHER * math.log2(told)
        - DRAWN_OUT * math.log2(1 + hours)
        + _meaning(story)
        + PASSES_FOR * any(_passes_for_another(row, likenesses) for row in story)
        + RUNS_WHAT_IT_WROTE * runs_what_it_wrote
        + DISGUISED * any(_disguised(row) for row in story)
        + UNKNOWN_PROGRAM * any(_unknown_program(row) for row in story)
        + SPREADING * bool(spreading(story))
    )
    return weight


def _passes_for_another(row: Row, likenesses: Mapping[int, Likeness]) -> bool:
    """Whether a program passes for another; one that unpacked itself has its own name, unless that is the system's."""
    unpacked = starts_itself(row) and not OF_EVERYTHING.match(row["parent"])
    return bool(likenesses[row["behaviour"]].passes_for) and not unpacked


def _meaning(story: Sequence[Row]) -> float:
    """The bits of the story's traits, each once, weighed by how much it tells."""
    bits: dict[str, float] = {}
    for row in story:
        for trait in row["traits"] or ():
            bits[trait["what"]] = max(bits.get(trait["what"], 0.0), trait["bits"])
    return sum(_weight(what) * each for what, each in bits.items())


def _weight(what: str) -> float:
    if what in TELLING:
        return TELLS_MUCH
    return TECHNIQUE if _is_technique(what) and not what.startswith(PROXIES) else USUAL


def _is_technique(what: str) -> bool:
    return what[:1] == "T" and what[1:2].isdigit()


def spreading(story: Sequence[Row]) -> set[str]:
    """The unknown programs of a story that appeared on other hosts too, with no installer behind them."""
    unbidden = (row for act in acts(story) if not any(map(_installed, act)) for row in act)
    return {row["executable"] for row in unbidden if _unknown_program(row) and _elsewhere_too(row)}


def _unknown_program(row: Row) -> bool:
    """Whether a new program, not a script, runs from a place that anybody can write to.

    What a process itself is, is a program whatever its name; what a host carries may be a script or a document.
    """
    anybodys = row["zone"] in WRITABLE and zone_of(row["place"]).value in WRITABLE  # no service installed elsewhere
    return anybodys and (row["hosted_by"] is None or row["name"].endswith(PROGRAMS) or _by_proxy(row))


def _by_proxy(row: Row) -> bool:
    """Whether a program of the system ran it that runs what is not the system's, script or not."""
    told = techniques(row["hosted_by"], row["example_command_line"] or "")
    return any(each.startswith(PROXIES) for each in told)


def _elsewhere_too(row: Row) -> bool:
    """Whether it appeared on other hosts at the same moment."""
    return (row["executable_same_moment"] or 0) >= SEVERAL


def _installed(row: Row) -> bool:
    return bool(INSTALLERS.match(file_name(row["parent"])) or CACHES.match(row["parent"] or ""))


def _disguised(row: Row) -> bool:
    """Whether what ran was carried by a host under another name (a copy of ``rundll32`` called something else)."""
    return row["hosted_by"] is not None and host(row["hosted_by"]) is None
