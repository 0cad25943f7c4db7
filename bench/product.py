"""A fleet → the product's alerts as a ranking that can be laid beside its peers'."""

import polars as pl

from bench.fleets import Fleet
from bench.peers import RANKED
from longtail.executions.schema import UTC_TIME
from longtail.prevalence.findings import Alert, Severity
from longtail.prevalence.judgement import judged
from longtail.settings import Settings

MOMENTS = pl.Schema({**RANKED, "moments": pl.List(UTC_TIME)})


def product(fleet: Fleet) -> pl.DataFrame:
    """What ``longtail hunt`` tells with its default settings, in its own order."""
    rows = [_row(alert) for alert in judged(fleet.sightings, Settings()).alerts]
    return pl.DataFrame(rows, schema=MOMENTS, orient="row")


def _row(alert: Alert) -> tuple[object, ...]:
    moments = [each.time for each in alert.executions if each.role == "anomaly"]
    raised = alert.severity >= Severity.MEDIUM
    return alert.tenant, alert.host, alert.first_seen, alert.last_seen, alert.score, raised, moments
