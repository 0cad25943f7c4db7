"""Distinct process starts and alerts → the lawful use that rules are held against, program by program.

What ran on a host on a day of which an alert tells is neither lawful nor not: such host-days are left out, of what is
counted and of what it is counted against.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.detections.generalise import Deed
from longtail.detections.predicates import EVENT, Predicate, conjunction, lowered

STARTS = pl.Schema(
    {
        "tenant": pl.String(),
        "host": pl.String(),
        "account": pl.String(),
        "account_class": pl.String(),
        "day": pl.Date(),
        "image": pl.String(),
        "command_line": pl.String(),
        "parent_image": pl.String(),
        "parent_command_line": pl.String(),
        "runs": pl.UInt64(),
    }
)
"""Distinct process starts of a fleet: who ran what on which host and day, how often (``runs``)."""

FACE = ["image", "command_line", "parent_image", "account"]
"""The columns of a start that a rule sees."""
HOST_DAY = ["tenant", "host", "day"]
NUMBERS = ("name", "host_day", "host_number", "tenant_number")
"""The columns that a fleet adds to its starts, beside ``lawful``."""
KNOWN_ON = 3
"""Hosts whose system directories must hold a program for it to be known as one of the system's."""
_NAME = pl.col("image").str.extract(r"([^\\/]*)$").str.to_lowercase()
_SYSTEM = r"(?i)^.{0,4}[\\/](?:windows|winnt)[\\/](?:system32|syswow64|microsoft\.net)[\\/]|^/(?:usr/)?s?bin/"


Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tenants:
    """Whose each host and host-day is (by their numbers), and how many of them ran anything lawful, by tenant."""

    of_host: Numbers
    of_host_day: Numbers
    hosts: Numbers
    host_days: Numbers


@dataclass(frozen=True, slots=True)
class Fleet:
    """A fleet's starts, with ``host_day`` numbers, the ``name`` of what ran and whether it is ``lawful``."""

    starts: pl.DataFrame
    host_days: int
    known: frozenset[str]
    tenants: Tenants

    def use(self, names: Sequence[str]) -> "Use":
        """The lawful use of some programs by file name; of all programs where none is named."""
        rows = self.starts.filter(pl.col("lawful"))
        if names:
            rows = rows.filter(pl.col("name").is_in(list(names)))
        return _use(rows, self.host_days, self.tenants)


@dataclass(frozen=True, slots=True)
class Use:
    """How programs are lawfully used: distinct ``faces`` (lowered), and which face was seen on which host-day."""

    faces: pl.DataFrame
    face: Numbers
    host_day: Numbers
    host: Numbers
    of_host_days: int
    tenants: Tenants

    def held(self, predicates: Iterable[Predicate]) -> NDArray[np.bool_]:
        """For each face whether all predicates hold."""
        return conjunction(predicates, self.faces).to_numpy()


def without(of: Fleet, host_days: Iterable[tuple[str, str, date]]) -> Fleet:
    """The fleet with some host-days (tenant, host, day) that are neither lawful nor not."""
    schema = {name: STARTS[name] for name in HOST_DAY}
    apart = pl.DataFrame(list(host_days), schema=schema, orient="row").with_columns(pl.lit(True).alias("apart"))
    if apart.is_empty():
        return of
    marked = of.starts.join(apart, on=HOST_DAY, how="left")
    return _counted(marked.with_columns(pl.col("lawful") & pl.col("apart").is_null()).drop("apart"))


def fleet(starts: pl.DataFrame, deeds: Iterable[Deed]) -> Fleet:
    """The fleet's starts (columns of ``STARTS``) with what is known of them. Rows without an image are left out."""
    attacked = pl.DataFrame(
        sorted({(deed.tenant, deed.host, deed.day) for deed in deeds}),
        schema={name: STARTS[name] for name in HOST_DAY},
        orient="row",
    ).with_columns(pl.lit(False).alias("lawful"))
    told = (
        starts.select(pl.col(name).cast(kind) for name, kind in STARTS.items())
        .filter(pl.col("image").is_not_null())
        .with_columns(
            pl.col("tenant").fill_null("default"),
            pl.col("account", "account_class").fill_null(""),
            pl.col("host").fill_null("").str.to_lowercase(),
            _NAME.alias("name"),
        )
        .join(attacked, on=HOST_DAY, how="left", nulls_equal=True)
        .with_columns(
            pl.col("lawful").fill_null(True),
            pl.struct(HOST_DAY).rank("dense").alias("host_day"),
            pl.struct("tenant", "host").rank("dense").alias("host_number"),
            pl.col("tenant").rank("dense").alias("tenant_number") - 1,
        )
    )
    return _counted(told)


def _counted(told: pl.DataFrame) -> Fleet:
    lawful = told.filter(pl.col("lawful"))
    return Fleet(told, lawful["host_day"].n_unique(), _known(lawful), _tenants(told))


def _tenants(told: pl.DataFrame) -> Tenants:
    size = told["tenant_number"].n_unique()
    hosts, host_days = (
        told.group_by(name).agg(pl.col("tenant_number").first(), pl.col("lawful").any()).sort(name)
        for name in ("host_number", "host_day")
    )
    return Tenants(
        of_host=_by_number(hosts, "host_number"),
        of_host_day=_by_number(host_days, "host_day"),
        hosts=_lawful(hosts, size),
        host_days=_lawful(host_days, size),
    )


def _by_number(told: pl.DataFrame, name: str) -> Numbers:
    """The tenant of each number; numbers begin with 1."""
    tenants = np.zeros(told.height + 1, dtype=np.int64)
    tenants[told[name].to_numpy()] = told["tenant_number"].to_numpy()
    return tenants


def _lawful(told: pl.DataFrame, size: int) -> Numbers:
    rows = told.filter(pl.col("lawful"))["tenant_number"].to_numpy()
    return np.bincount(rows, minlength=size).astype(np.int64)


def _known(lawful: pl.DataFrame) -> frozenset[str]:
    """The file names that the system's own directories hold on several hosts, or on all of a few."""
    least = min(KNOWN_ON, lawful.select("tenant", "host").n_unique())
    found = (
        lawful.filter(pl.col("image").str.contains(_SYSTEM))
        .group_by("name")
        .agg(pl.struct("tenant", "host").n_unique().alias("hosts"))
        .filter(pl.col("hosts") >= max(1, least))
    )
    return frozenset(found["name"].to_list())


def _use(rows: pl.DataFrame, of_host_days: int, tenants: Tenants) -> Use:
    numbered = rows.select(pl.struct(FACE).rank("dense").alias("face"), "host_day", "host_number", *FACE)
    faces = numbered.unique("face").sort("face")
    seen = numbered.select("face", "host_day", "host_number").unique()
    return Use(
        lowered(faces.select(each for each in EVENT if each in FACE)),
        seen["face"].to_numpy().astype(np.int64) - 1,
        seen["host_day"].to_numpy().astype(np.int64),
        seen["host_number"].to_numpy().astype(np.int64),
        of_host_days,
        tenants,
    )
