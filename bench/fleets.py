"""A plan → the fleet as every model needs it: sightings, raw counts, truth; made once and kept in a folder."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

import longtail
from longtail.executions.sightings import in_order, merge, sightings
from longtail.fleet import Plan, Truth, events, truth

BUCKET = "15m"
FOLD = 16  # chunks of eight hosts whose tables may wait to be merged
PACKAGE = Path(longtail.__file__).parent
SOURCES = (PACKAGE / "executions", PACKAGE / "fleet", Path(__file__))

STARTS_KEY = ("day", "tenant", "host", "account", "image")
BUCKETS_KEY = ("tenant", "host", "name", "bucket")


@dataclass(frozen=True, slots=True)
class Fleet:
    """One fleet in three tables.

    ``sightings`` is the waist, which the product reads. ``starts`` counts each raw image a day, host and account
    (``runs, first_seen, last_seen``); ``buckets`` has one row for each file name, host and quarter of an hour.
    """

    plan: Plan
    sightings: pl.DataFrame
    starts: pl.DataFrame
    buckets: pl.DataFrame
    truth: Truth

    @property
    def host_days(self) -> int:
        """Machines times days."""
        return self.plan.machines * self.plan.days


def fleet(plan: Plan, cache: Path | None) -> Fleet:
    """The fleet of a plan, from the cache if it was made by the same sources before."""
    paths = (
        [cache / f"{fingerprint(plan)}-{name}.parquet" for name in ("sightings", "starts", "buckets")] if cache else []
    )
    if paths and all(path.exists() for path in paths):
        tables = [pl.read_parquet(path) for path in paths]
    else:
        tables = list(_made(plan))
        for table, path in zip(tables, paths, strict=False):
            _kept(table, path)
    return Fleet(plan, tables[0], tables[1], tables[2], truth(plan))


def fingerprint(plan: Plan) -> str:
    """A name for the plan under the sources that turn it into tables: another source, another name."""
    digest = hashlib.blake2b(repr(plan).encode(), digest_size=12)
    for path in _source_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _source_files() -> list[Path]:
    return sorted(file for source in SOURCES for file in ([source] if source.is_file() else source.rglob("*.py")))


def _kept(table: pl.DataFrame, path: Path) -> None:
    """Under its name only once it is whole: a run that is stopped leaves no half table behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    table.write_parquet(unfinished)
    unfinished.replace(path)


def _made(plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    seen: list[pl.DataFrame] = []
    starts: list[pl.DataFrame] = []
    buckets: list[pl.DataFrame] = []
    for chunk in events(plan):
        seen.append(sightings(chunk))
        starts.append(_starts(chunk))
        buckets.append(_buckets(chunk))
        if len(seen) >= FOLD:
            seen = [merge(seen)]
    # A host's events come in one chunk, so neither table needs to be summed again.
    return in_order(merge(seen)), _in_order(starts, STARTS_KEY), _in_order(buckets, BUCKETS_KEY)


def _in_order(tables: Iterable[pl.DataFrame], key: tuple[str, ...]) -> pl.DataFrame:
    return pl.concat(tables).sort(key)


def _starts(chunk: pl.DataFrame) -> pl.DataFrame:
    return (
        chunk.with_columns(pl.col("time").dt.date().alias("day"), pl.col("host").str.to_lowercase())
        .group_by(STARTS_KEY)
        .agg(pl.len().alias("runs"), pl.col("time").min().alias("first_seen"), pl.col("time").max().alias("last_seen"))
    )


def _buckets(chunk: pl.DataFrame) -> pl.DataFrame:
    return chunk.select(
        "tenant",
        pl.col("host").str.to_lowercase(),
        pl.col("image").str.extract(r"([^\\/]*)$").str.to_lowercase().alias("name"),
        pl.col("time").dt.truncate(BUCKET).alias("bucket"),
    ).unique()
