"""A hunt → its alerts, one JSON object a line, most alarming first."""

from typing import IO

from longtail.outputs.plain import alert_object, dumps
from longtail.prevalence.findings import Hunt


def write(hunt: Hunt, stream: IO[str]) -> None:
    """One line an alert; nothing at all where there is none."""
    stream.writelines(dumps(alert_object(alert)) + "\n" for alert in hunt.alerts)
