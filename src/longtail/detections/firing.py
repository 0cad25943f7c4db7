"""Process starts × rules → which rule fired for whom, on which host and day: counted, with the first few starts.

``fired(rules, events)`` is a pure function from one batch (``PROCESS_EVENT``) to one table (``FIRED``) and ``merge``
sums such tables; it is associative and commutative, so any cutting of the input ends in the same table.
"""

from collections.abc import Iterable, Sequence

import polars as pl

from longtail.detections.matching import FACE, Matcher, rows_of
from longtail.detections.matching_terms import Rule
from longtail.executions.schema import PROCESS_EVENT, UTC_TIME

MOST_LINES = 20
"""Distinct starts that are kept of one rule, account, host and day: the first ones."""

KEY = ("rule", "tenant", "host", "account", "day")
LINE = ("image", "command_line", "parent_image", "parent_command_line")
FIRED = pl.Schema(
    {
        "rule": pl.UInt32(),
        **dict.fromkeys(("tenant", "host", "account"), pl.String()),
        "day": pl.Date(),
        **dict.fromkeys(LINE, pl.String()),
        "runs": pl.UInt64(),
        "first_seen": UTC_TIME,
        "last_seen": UTC_TIME,
    }
)
"""A rule (its number) that fired. Rows with an ``image`` are distinct starts and have no ``runs``; of each rule,
account, host and day one row has none: it counts all ``runs`` and has the whole span."""

KNOWN = frozenset(rows_of(pl.DataFrame(schema=PROCESS_EVENT)).columns)
"""The names of fields that a rule can ask a process start for."""


def fired(rules: Sequence[Rule], events: pl.DataFrame) -> pl.DataFrame:
    """What the rules match in one batch; rows without a time, a host or an image are left out, as everywhere."""
    usable = events.filter(pl.col("time").is_not_null() & pl.col("host").is_not_null() & pl.col("image").is_not_null())
    columns = list(FACE.values())
    faces = usable.select(columns).unique(maintain_order=True)
    hits = [
        faces[rows].with_columns(pl.lit(number, FIRED["rule"]).alias("rule"))
        for number, rows in enumerate(Matcher(rules).hits(rows_of(faces)))
        if rows.size
    ]
    if not hits:
        return pl.DataFrame(schema=FIRED)
    matched = usable.join(pl.concat(hits), on=columns, how="inner", nulls_equal=True).with_columns(
        pl.col("tenant").fill_null("default"),
        pl.col("account").fill_null(""),
        pl.col("host").str.to_lowercase(),
        pl.col("time").dt.date().alias("day"),
        pl.col("time").alias("first_seen"),
        pl.col("time").alias("last_seen"),
        pl.lit(1, FIRED["runs"]).alias("runs"),
    )
    lines = matched.with_columns(pl.lit(0, FIRED["runs"]).alias("runs")).select(list(FIRED))
    counts = matched.with_columns(pl.lit(None, pl.String).alias(name) for name in LINE).select(list(FIRED))
    return merge([lines, counts])


def merge(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The sum of tables: runs add up, spans widen, of the distinct starts the first few are kept."""
    whole = pl.concat([pl.DataFrame(schema=FIRED), *tables], rechunk=False)
    summed = whole.group_by(*KEY, *LINE).agg(
        pl.col("runs").sum(), pl.col("first_seen").min(), pl.col("last_seen").max()
    )
    lines = summed.filter(pl.col("image").is_not_null()).sort("first_seen", *LINE)
    first = lines.group_by(KEY, maintain_order=True).head(MOST_LINES)
    return pl.concat([first.select(list(FIRED)), summed.filter(pl.col("image").is_null()).select(list(FIRED))])
