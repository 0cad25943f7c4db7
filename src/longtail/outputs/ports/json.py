"""What ``ports`` found → one JSON document: profiles, recommendations, what was read and what was not."""

from typing import IO

from longtail.outputs.plain import dumps
from longtail.outputs.ports.plain import ports_object
from longtail.ports.findings import Ports


def write(ports: Ports, stream: IO[str]) -> None:
    """One indented object."""
    stream.write(dumps(ports_object(ports), indent=2) + "\n")
