"""A hunt → one CSV row an execution, its alert's columns repeated, so that a filter on any column keeps the story."""

import csv
from collections.abc import Iterator
from typing import IO, Any

from longtail.outputs.plain import alert_object, execution_object, normal_at_object, prevalence_object
from longtail.prevalence.findings import Alert, Hunt
from longtail.text import csv_cell

COLUMNS = (
    "rank",
    "severity",
    "score",
    "tenant",
    "host",
    "account",
    "account_class",
    "title",
    "reason",
    "time",
    "role",
    "executable",
    "hosted_by",
    "image",
    "command_line",
    "parent_image",
    "hosts",
    "of_hosts",
    "days",
    "of_days",
    "runs",
    "of_runs",
    "nearest_normal",
    "normal_at_hosts",
    "normal_at_days",
    "techniques",
    "similar",
    "first_seen",
    "last_seen",
    "alert_id",
    "all_hosts",
)


def write(hunt: Hunt, stream: IO[str]) -> None:
    """A header and the rows, in the order of `COLUMNS`; cells as `longtail.text.csv_cell` guards them."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for rank, alert in enumerate(hunt.alerts, 1):
        table.writerows([csv_cell(row.get(column)) for column in COLUMNS] for row in _rows(rank, alert))


def _rows(rank: int, alert: Alert) -> Iterator[dict[str, Any]]:
    whole = {"rank": rank, **alert_object(alert), "alert_id": alert.id}
    whole |= {"techniques": " ".join(alert.techniques), "similar": " ".join(alert.similar)}
    whole |= {"hosts": None, "all_hosts": " ".join(alert.hosts)}
    for each in alert.executions:
        price = {f"normal_at_{name}": number for name, number in normal_at_object(each.normal_at).items()}
        yield {**whole, **execution_object(each), **prevalence_object(each.prevalence), **price}
    if not alert.executions:
        yield whole
