"""Alerts, their grounds and what people said of them → what is kept out of learning, and what no longer alarms."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import Connection, select

from longtail.ledger.tables import alerts, grounds
from longtail.ledger.verdicts import BENIGN, TRUE_POSITIVE, Unlearned, Verdict, listed, no_longer_learnt
from longtail.prevalence.findings import Severity
from longtail.prevalence.grounds import EXCUSED, GROUND, LEFT_OUT, SCOPES, Memory, covered, scoped

UNIT, ACTOR = ("tenant", "account_class", "host"), ("tenant", "host", "account")
"""An undismissed alert is about its host's accounts of that class, and about its account should its class change."""

KNOWN = pl.Schema({"alert": pl.String(), "severity": pl.Int64(), "since": pl.Datetime("us", "UTC"), **GROUND})


def remembered(connection: Connection, store: str, now: datetime) -> Memory:
    """What is known at a moment: undismissed alerts are never learnt, dismissed ones no longer alarm."""
    said = {each.alert: each for each in listed(connection, store) if each.holds(now)}
    dropped = {each.alert for each in no_longer_learnt(connection, store) if each.alert is not None}
    known = _known(connection, store)
    dismissed = _dismissed(known, said)
    return Memory(_left_out(known, dismissed, said, dropped), dismissed)


def _known(connection: Connection, store: str) -> pl.DataFrame:
    """Every ground of every alert."""
    chosen = (
        select(grounds.c.alert, alerts.c.severity, grounds.c.since, *(grounds.c[name] for name in GROUND))
        .join(alerts, (alerts.c.store == grounds.c.store) & (alerts.c.id == grounds.c.alert))
        .where(grounds.c.store == store)
    )
    return pl.DataFrame([tuple(row) for row in connection.execute(chosen)], schema=KNOWN, orient="row")


def _dismissed(known: pl.DataFrame, said: dict[str, Verdict]) -> pl.DataFrame:
    """The behaviours that verdicts excuse (``EXCUSED``): those that were known when each was given."""
    verdicts = [each for each in said.values() if each.verdict == BENIGN]
    parts = [
        scoped(known.filter((pl.col("alert") == each.alert) & (pl.col("since") <= each.at)), SCOPES[each.scope]).select(
            list(EXCUSED)
        )
        for each in verdicts
    ]
    return pl.concat([pl.DataFrame(schema=EXCUSED), *parts]).unique()


def _left_out(
    known: pl.DataFrame, dismissed: pl.DataFrame, said: dict[str, Verdict], dropped: set[str]
) -> pl.DataFrame:
    """The grounds that are not learnt (``LEFT_OUT``)."""
    alarming = pl.col("severity") > int(Severity.INFORMATIONAL)
    open_still = known.filter(alarming & ~covered(known, dismissed) | pl.col("alert").is_in(sorted(dropped)))
    confirmed = [
        scoped(known.filter(pl.col("alert") == each.alert), SCOPES[each.scope])
        for each in said.values()
        if each.verdict == TRUE_POSITIVE
    ]
    parts = [scoped(open_still, UNIT), scoped(open_still, ACTOR), *confirmed]
    return pl.concat([pl.DataFrame(schema=LEFT_OUT), *(part.select(list(LEFT_OUT)) for part in parts)]).unique()


def without(sightings: pl.DataFrame, gone: Sequence[Unlearned]) -> pl.DataFrame:
    """The sightings without the hosts and days that are no longer learnt from."""
    for each in gone:
        if each.alert is None:
            sightings = sightings.filter(~_is_gone(each))
    return sightings


def unlearnt(habits: pl.DataFrame, gone: Sequence[Unlearned]) -> pl.DataFrame:
    """The same of habits (``HABIT``): a day on which a moment lies goes as a whole."""
    for each in gone:
        if each.alert is None:
            since = (each.before or each.at) + timedelta(days=1) - timedelta(microseconds=1)
            later = pl.col("days").list.eval(pl.element().filter(pl.element() >= since.date()))
            habits = habits.with_columns(pl.when(_is_about(each)).then(later).otherwise("days").alias("days"))
    return habits.filter(pl.col("days").list.len() > 0)


def _is_gone(each: Unlearned) -> pl.Expr:
    return _is_about(each) & (pl.col("last_seen") < (each.before or each.at))


def _is_about(each: Unlearned) -> pl.Expr:
    tests = [pl.lit(True)]
    if each.tenant is not None:
        tests.append(pl.col("tenant") == each.tenant)
    if each.host is not None:
        tests.append(is_host(each.host))
    return pl.all_horizontal(*tests)


def is_host(name: str) -> pl.Expr:
    """Whether ``host`` is the one that somebody names, in any case, with its domain or without."""
    known = name.strip().lower()
    return (pl.col("host") == known) | pl.col("host").str.starts_with(f"{known}.")
