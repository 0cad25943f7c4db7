"""A hunt → one JSON document: alerts, populations with their ranked executables, what was read and what was not."""

from typing import IO

from longtail.outputs.plain import dumps, hunt_object
from longtail.prevalence.findings import Hunt


def write(hunt: Hunt, stream: IO[str]) -> None:
    """One indented object."""
    stream.write(dumps(hunt_object(hunt), indent=2) + "\n")
