"""Process starts and rules → how often each rule fires: distinct starts are counted first, then matched once each.

``distinct_starts(events)`` is a pure function from one batch (``PROCESS_EVENT``) to one table (``STARTS``) and
``merge`` sums such tables. ``merge`` is associative and commutative, so any cutting of the input ends in the same
table.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from longtail.detections.backtest_counts import Seen
from longtail.detections.findings import Backtest, Match
from longtail.detections.matching import Matcher, rows_of
from longtail.detections.matching_terms import Rule
from longtail.detections.sigma_scope import Applicability, applicability
from longtail.executions.accounts import account_class
from longtail.secrets import redacted

EXAMPLES = 5  # distinct command lines that a backtest shows

TEXTS = (
    "tenant",
    "host",
    "account",
    "account_class",
    "image",
    "command_line",
    "parent_image",
    "parent_command_line",
)
STARTS = pl.Schema({**dict.fromkeys(TEXTS, pl.Categorical()), "day": pl.Date(), "runs": pl.UInt64()})
"""Distinct process starts as they were written, with how often each ran: by tenant, host, account, its class, and day.

Texts are categorical: a fleet repeats them on every host and day. A command line or parent that is not known is null.
"""

KEY = [name for name in STARTS if name != "runs"]


def distinct_starts(events: pl.DataFrame) -> pl.DataFrame:
    """The distinct starts of one batch of process starts (``PROCESS_EVENT``); the result has the columns of ``STARTS``.

    Rows without a time, a host or an image say nothing about what ran where and are left out.
    """
    counted = (
        events.lazy()
        .filter(pl.col("time").is_not_null() & pl.col("host").is_not_null() & pl.col("image").is_not_null())
        .with_columns(
            pl.col("tenant").fill_null("default"), pl.col("account").fill_null(""), pl.col("host").str.to_lowercase()
        )
        .group_by(
            *(name for name in KEY if name not in ("account_class", "day")), pl.col("time").dt.date().alias("day")
        )
        .agg(pl.len().cast(pl.UInt64).alias("runs"))
        .collect()
    )
    told = ["account", "image", "parent_image"]
    distinct = counted.select(told).unique()
    classes = pl.Series("account_class", [account_class(*row).value for row in distinct.iter_rows()], dtype=pl.String)
    classed = counted.join(distinct.with_columns(classes), on=told, how="left", nulls_equal=True)
    return classed.select(pl.col(name).cast(kind) for name, kind in STARTS.items())


def merge(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The sum of tables of distinct starts: runs add up."""
    whole = pl.concat([pl.DataFrame(schema=STARTS), *tables], rechunk=False)
    return whole.group_by(KEY).agg(pl.col("runs").sum()).select(list(STARTS))


def backtest(rules: Sequence[Rule], starts: pl.DataFrame) -> tuple[Backtest, ...]:
    """How often each rule fires on these starts (``STARTS``), in the order of the rules.

    Each distinct (image, command line, parent, account) is matched once. A rule that asks for fields which no row has
    is not run where it could not match without them; each rule's ``applicability`` says which, and what is lost.
    """
    seen = Seen.of(starts)
    faces = rows_of(seen.faces)
    known = frozenset(name for name in faces.columns if faces[name].null_count() < faces.height)
    fits = [applicability(rule, known) for rule in rules]
    hits = iter(Matcher([rule for rule, fit in zip(rules, fits, strict=True) if fit.applicable]).hits(faces))
    found = [next(hits) if fit.applicable else np.empty(0, dtype=np.int64) for fit in fits]
    return tuple(_backtest(*each, seen) for each in zip(rules, fits, found, strict=True))


def _backtest(rule: Rule, fit: Applicability, faces: NDArray[np.int64], seen: Seen) -> Backtest:
    rows = seen.rows_of(faces)
    return Backtest(
        rule,
        fit,
        whole=seen.whole(rows),
        by_class=seen.shares("account_class", rows),
        by_account=tuple(sorted(seen.hit_shares("account", rows), key=lambda each: (-each.runs, each.name))),
        by_tenant=seen.shares("tenant", rows),
        by_day=seen.shares("day", rows),
        examples=_examples(seen.starts[rows]) if len(rows) else (),
    )


def _examples(matched: pl.DataFrame) -> tuple[Match, ...]:
    """The most frequent command lines, each with where it ran most; in an order that no cutting changes."""
    shown = matched.join(_most_frequent(matched), on="command_line", nulls_equal=True)
    texts = [name for name in TEXTS if name != "account_class"]
    places = shown.group_by(*texts, "of_line").agg(pl.col("runs").sum())
    ranked = places.with_columns(pl.col(texts).cast(pl.String).fill_null("")).sort(
        ["of_line", "command_line", "runs", *texts], descending=[True, False, True, *(False for _ in texts)]
    )
    first = ranked.unique("command_line", keep="first", maintain_order=True).drop("of_line").head(EXAMPLES)
    return tuple(
        Match(**{**row, "command_line": redacted(row["command_line"]),
                 "parent_command_line": redacted(row["parent_command_line"])})
        for row in first.iter_rows(named=True)
    )  # fmt: skip


def _most_frequent(matched: pl.DataFrame) -> pl.DataFrame:
    """The command lines to show (``command_line``), and how often each ran (``of_line``)."""
    lines = matched.group_by("command_line").agg(pl.col("runs").sum().alias("of_line"))
    most = lines.filter(pl.col("of_line") >= lines["of_line"].top_k(EXAMPLES).min())
    text = pl.col("command_line").cast(pl.String).fill_null("")
    return most.sort(["of_line", text], descending=[True, False]).head(EXAMPLES)
